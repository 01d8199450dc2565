//! The repository's own rules, checked rather than remembered.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Files beyond this are split; most should be near 150.
const MOST_LINES: usize = 500;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace holds this crate")
}

/// All our source files: Rust and JavaScript, without what tools put there.
fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be read").flatten() {
            let path = entry.path();
            let name = entry.file_name().into_string().expect("names are UTF-8");
            if path.is_dir() && !matches!(name.as_str(), "target" | "node_modules" | ".git") {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs" || end == "js" || end == "mjs")
            {
                found.push(path);
            }
        }
    }
    found
}

fn offenders(is_bad: impl Fn(&Path, &str) -> bool) -> Vec<PathBuf> {
    let bad = |path: &PathBuf| {
        let text = fs::read_to_string(path).expect("a source file is UTF-8");
        is_bad(path, &text)
    };
    sources().into_iter().filter(bad).collect()
}

#[test]
fn no_file_is_too_long_to_read() {
    assert_eq!(offenders(|_, text| text.lines().count() > MOST_LINES), [] as [PathBuf; 0]);
}

#[test]
fn no_test_is_ignored_and_nothing_is_left_to_do() {
    // Split, so that this file does not find itself.
    let banned = [concat!("#[ig", "nore"), concat!("to", "do!("), concat!("unimple", "mented!(")];
    let bad = offenders(|_, text| banned.iter().any(|word| text.contains(word)));
    assert_eq!(bad, [] as [PathBuf; 0]);
}

#[test]
fn every_rust_file_says_what_it_is() {
    let silent = offenders(|path, text| {
        path.extension().is_some_and(|end| end == "rs")
            && !text.starts_with("//!")
            // The tests of a module stand beside it and go by its name.
            && !path.ends_with("tests.rs")
            && !path.components().any(|part| part.as_os_str() == "compile_fail")
    });
    assert_eq!(silent, [] as [PathBuf; 0]);
}

#[test]
fn the_complete_example_stays_within_eighty_lines() {
    let minimal = root().join("shared/games/minimal/src/main.rs");
    let lines = fs::read_to_string(minimal).expect("it is there").lines().count();
    assert!(lines <= 80, "{lines} lines");
}

#[test]
fn bincode_stays_behind_one_module() {
    let users = offenders(|path, text| {
        text.contains(concat!("bincode", "::")) && !path.ends_with("shared/src/control.rs")
    });
    assert_eq!(users, [] as [PathBuf; 0]);
}

#[test]
fn the_walk_through_quotes_the_real_code() {
    let folder = root().join("shared/games/minimal");
    let read = |path| fs::read_to_string(folder.join(path)).expect("it is there");
    let (text, code) = (read("README.md"), read("src/main.rs"));
    let blocks: Vec<&str> = text.split("```rust\n").skip(1).collect();
    assert!(blocks.len() >= 4);
    for block in blocks {
        let quoted = block.split("```").next().expect("a block has an end");
        assert!(code.contains(quoted), "not in main.rs:\n{quoted}");
    }
}
