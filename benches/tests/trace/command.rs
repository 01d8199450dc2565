//! The two programs as they are called.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use crate::SHIPS;

const TICKS: &str = r#"{"tick":1,"entities":[[7,"ship",{"pos":[10.5,3.0],"hp":100}]]}
{"tick":2,"entities":[[7,"ship",{"pos":[10.9,3.1],"hp":99}]]}"#;

/// A file of its own for each test.
fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("the target folder can be written to");
    path
}

fn trace(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trace"));
    command.args(arguments).stdin(Stdio::null()).output().expect("it starts")
}

fn record(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_record")).args(arguments).output().expect("it starts")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("it is text")
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> =
        value.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn the_keys_of_the_json_are_those_that_scripts_rely_on() {
    let (input, output) =
        (file("keys.jsonl", &format!("{SHIPS}\n{TICKS}\n")), file("keys.json", ""));
    let (input, output) = (input.to_str().expect("UTF-8"), output.to_str().expect("UTF-8"));
    let ran = trace(&[input, "--json", output]);
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    let written = fs::read_to_string(output).expect("it was written");
    let json: Value = serde_json::from_str(&written).expect("it is JSON");
    let wanted = [
        "bytes",
        "bytes_per_tick",
        "bytes_per_update",
        "codecs",
        "entities_most",
        "fields",
        "file",
        "game",
        "hz",
        "keyframe_bytes",
        "keyframes",
        "kilobits_per_second",
        "overhead",
        "ticks",
        "updates",
        "updates_per_tick",
        "verified",
    ];
    assert_eq!(keys(&json), wanted);
    assert_eq!((&json["ticks"], &json["updates"]), (&Value::from(2), &Value::from(1)));
    assert_eq!(json["verified"], Value::from(true));
    let wanted = [
        "bytes",
        "bytes_per_tick",
        "bytes_per_update",
        "keyframe_bytes",
        "kilobits_per_second",
        "name",
    ];
    let codecs = json["codecs"].as_array().expect("a list");
    assert_eq!(codecs.len(), 5);
    codecs.iter().for_each(|codec| assert_eq!(keys(codec), wanted));
    let wanted = ["bits_per_update", "clamped", "field", "kind", "one_bit_fewer_saves", "share"];
    let fields = json["fields"].as_array().expect("a list");
    fields.iter().for_each(|field| assert_eq!(keys(field), wanted));
    assert_eq!(keys(&json["overhead"][0]), ["bits_per_update", "name", "share"]);
}

#[test]
fn people_see_a_bar_for_each_codec_and_a_line_for_each_field() {
    let input = file("bars.jsonl", &format!("{SHIPS}\n{TICKS}\n"));
    let ran = trace(&[input.to_str().expect("UTF-8")]);
    let shown = text(&ran.stdout);
    for part in ["2 ticks at 60 Hz", "decoded again and is equal", "JSON of changed entities", "█"]
    {
        assert!(shown.contains(part), "{shown}");
    }
    for field in ["ship.pos", "ship.hp", "rock.size", "who is new"] {
        assert!(shown.lines().any(|line| line.starts_with(field)), "{field} in\n{shown}");
    }
    assert!(ran.stderr.is_empty(), "no bar where there is no terminal");
}

#[test]
fn a_bad_trace_is_one_paragraph_and_exit_code_one() {
    let bad = TICKS.replace("99", "\"low\"");
    let input = file("bad.jsonl", &format!("{SHIPS}\n{bad}\n"));
    let input = input.to_str().expect("UTF-8");
    let ran = trace(&[input]);
    assert_eq!(ran.status.code(), Some(1));
    let message = text(&ran.stderr);
    assert!(
        message.starts_with(&format!("{input}:3: entity 7, field ship.hp: found")),
        "{message}"
    );
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(ran.stdout.is_empty());
    let missing = trace(&["/no/such/trace.jsonl"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stderr).contains("/no/such/trace.jsonl cannot be read"));
}

#[test]
fn priors_that_do_not_fit_are_refused() {
    let input = file("priors.jsonl", &format!("{SHIPS}\n{TICKS}\n"));
    let priors = file("priors.bin", "short");
    let path = |path: &PathBuf| path.to_str().expect("UTF-8").to_owned();
    let ran = trace(&[&path(&input), "--priors", &path(&priors)]);
    assert_eq!(ran.status.code(), Some(1));
    assert!(text(&ran.stderr).contains("not a file of priors"), "{}", text(&ran.stderr));
}

#[test]
fn a_recorded_world_is_piped_into_the_tool() {
    let mut recorder = Command::new(env!("CARGO_BIN_EXE_record"))
        .args(["arena", "--players", "4", "--ticks", "50", "--out", "-"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let pipe = recorder.stdout.take().expect("it was asked for");
    let ran =
        Command::new(env!("CARGO_BIN_EXE_trace")).arg("-").stdin(pipe).output().expect("it starts");
    assert!(recorder.wait().expect("it ends").success());
    assert!(text(&ran.stdout).starts_with("standard input: 50 ticks at 30 Hz"), "{ran:?}");
}

#[test]
fn the_same_seed_records_the_same_world() {
    let run = |seed: &str| {
        record(&["r1", "--players", "3", "--ticks", "20", "--seed", seed, "--out", "-"]).stdout
    };
    assert_eq!(run("4"), run("4"));
    assert_ne!(run("4"), run("5"));
}

#[test]
fn options_that_count_for_nothing_are_refused() {
    for (arguments, wanted) in [
        (&["sparse", "--players", "4", "--out", "-"][..], "--players is for the worlds"),
        (&["cubes", "--seed", "4", "--out", "-"][..], "--seed is for worlds"),
        (&["pong", "--out", "-"][..], "pong"),
    ] {
        let ran = record(arguments);
        assert_eq!(ran.status.code(), Some(2), "{arguments:?}");
        assert!(text(&ran.stderr).contains(wanted), "{}", text(&ran.stderr));
    }
}
