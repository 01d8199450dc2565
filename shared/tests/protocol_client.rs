//! The client that was written from PROTOCOL.md alone, in Python, held to the golden files.

use std::{io::Write, path::Path, process::Command};

#[test]
fn a_client_written_from_the_document_agrees_with_the_golden_files() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/protocol_client");
    let mut python = Command::new("python3");
    // Nothing is to be left in the source tree.
    python.args(["-B", "-m", "unittest"]).current_dir(folder);
    let Ok(run) = python.output() else {
        // Written to the stream itself, because what tests print is shown only when they fail.
        let _ = writeln!(std::io::stderr(), "SKIPPED: there is no python3 on this machine");
        return;
    };
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success() && said.contains("Ran 12 tests"), "{said}");
}
