//! Golden files: a JSON list with one case a line, so that a change is easy to review.

use std::{fs, path::PathBuf};

use serde_json::Value;

/// Compares cases with the file of this name, or writes it when blessed.
pub fn check(name: &str, cases: &[Value]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../assets/golden")
        .join(name)
        .with_extension("json");
    let lines: Vec<_> = cases.iter().map(Value::to_string).collect();
    let text = format!("[\n{}\n]\n", lines.join(",\n"));
    if std::env::var_os("TICKWIRE_BLESS").is_some() {
        fs::write(&path, text).expect("the golden folder can be written");
        return;
    }
    let golden = fs::read_to_string(&path).expect("the golden file is checked in");
    for (line, (got, want)) in text.lines().zip(golden.lines()).enumerate() {
        assert!(got == want, "{name}.json line {} differs\n got {got}\nwant {want}", line + 1);
    }
    assert_eq!(text.len(), golden.len(), "{name}.json has another number of cases");
}

/// Bytes as hexadecimal text.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
