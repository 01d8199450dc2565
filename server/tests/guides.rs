//! The guides name flags, metrics, alerts, close codes and places that there are, and leave none out
//! that an operator may need.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

const GUIDES: [&str; 9] = [
    "README.md",
    "ARCHITECTURE.md",
    "PROTOCOL.md",
    "TRANSPORTS.md",
    "CHANGELOG.md",
    "OPERATING.md",
    "GAMES.md",
    "RECORDINGS.md",
    "TROUBLESHOOTING.md",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace holds this crate")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All words of a text that begin so, with what may stand in such a word.
fn words<'a>(text: &'a str, begin: &str, within: impl Fn(char) -> bool) -> BTreeSet<&'a str> {
    let starts = text.match_indices(begin).map(|(at, _)| at);
    let own = starts.filter(|at| !text[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '-'));
    own.map(|at| {
        let rest = &text[at + begin.len()..];
        let end = rest.find(|c: char| !within(c)).unwrap_or(rest.len());
        text[at..at + begin.len() + end].trim_end_matches(['-', '_'])
    })
    .collect()
}

fn flags(text: &str) -> BTreeSet<&str> {
    let mut flags = words(text, "--", |c| c.is_ascii_lowercase() || c == '-');
    flags.remove("");
    flags
}

fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let (_, rest) = text.split_once(&format!("\n## {heading}\n")).expect("the section is there");
    rest.split("\n## ").next().expect("a split has a first part")
}

#[test]
fn the_settings_in_the_guide_are_those_of_the_program() {
    let program = env!("CARGO_BIN_EXE_tickwire-server");
    let help = Command::new(program).arg("--help").output().expect("the program starts").stdout;
    let help = String::from_utf8(help).expect("help is text");
    let options = help.split("Options:").nth(1).and_then(|rest| rest.split("Examples:").next());
    let lines = options.expect("help lists options").lines().map(str::trim_start);
    let mut there: BTreeSet<&str> =
        lines.filter(|line| line.starts_with('-')).flat_map(flags).collect();
    assert!(there.remove("--help") && there.remove("--version"));
    let guide = read("OPERATING.md");
    let told = flags(&guide);
    let untold: Vec<_> = there.difference(&told).collect();
    assert!(untold.is_empty(), "OPERATING.md does not name {untold:?}");
    let told = flags(section(&guide, "Settings"));
    let unknown: Vec<_> = told.difference(&there).collect();
    assert!(unknown.is_empty(), "the program does not know {unknown:?}");
}

#[test]
fn metrics_and_alerts_that_guides_name_exist() {
    let folder = root().join("server/src/admin/prometheus");
    let sources: String = fs::read_dir(folder)
        .expect("the folder is there")
        .flatten()
        .filter(|entry| entry.path().is_file())
        .map(|entry| fs::read_to_string(entry.path()).expect("sources are text"))
        .collect();
    let alerts = read("server/observability/alerts.yml");
    for guide in ["OPERATING.md", "TROUBLESHOOTING.md"] {
        let text = read(guide);
        for metric in words(&text, "tickwire_", |c| c.is_ascii_lowercase() || c == '_') {
            assert!(sources.contains(metric), "{guide}: {metric}");
        }
        for alert in words(&text, "Tickwire", |c| c.is_ascii_alphabetic()) {
            let known = alert == "Tickwire" || alerts.contains(&format!("alert: {alert}\n"));
            assert!(known, "{guide}: {alert}");
        }
    }
}

#[test]
fn every_close_code_says_what_to_do() {
    let codes = |text: &str| -> BTreeSet<String> {
        let rows = text.lines().filter(|line| line.starts_with("| 1") || line.starts_with("| 4"));
        let first = rows.filter_map(|row| row.split('|').nth(1));
        let parts = first.flat_map(|cell| cell.split([',', ' ']));
        parts
            .filter(|word| word.len() == 4 && word.parse::<u16>().is_ok())
            .map(str::to_owned)
            .collect()
    };
    let protocol = read("PROTOCOL.md");
    let told = read("TROUBLESHOOTING.md");
    let expected = codes(section(&protocol, "11. Close codes"));
    assert!(expected.len() > 20, "{expected:?}");
    assert_eq!(codes(section(&told, "Connections end")), expected);
}

/// The anchor of a heading, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().trim().to_lowercase().replace(' ', "-")
}

#[test]
fn every_link_of_a_guide_leads_somewhere() {
    for guide in GUIDES {
        let text = read(guide);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") {
                continue;
            }
            let (path, place) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { guide } else { path };
            assert!(root().join(target).exists(), "{guide}: {link}");
            if !place.is_empty() {
                let there = read(target);
                let mut headings = there.lines().filter(|line| line.starts_with('#'));
                let found = headings.any(|line| anchor(line.trim_start_matches('#')) == place);
                assert!(found, "{guide}: {link}");
            }
        }
    }
}
