//! The program itself, over real sockets: what it prints, what it writes, how it exits.

mod common;

use std::{
    path::Path,
    process::{Command, Output},
    time::Instant,
};

use common::fake::{self, Flaw};
use serde_json::Value;

struct Outcome {
    code: Option<i32>,
    out: String,
    errors: String,
    json: Option<Value>,
}

/// Runs the program against an address.
async fn swarm(url: &str, args: &str) -> Outcome {
    let json = std::env::temp_dir().join(format!("tickwire-swarm-{}.json", fresh_number()));
    let outcome = swarm_to(&json, url, args).await;
    let _ = std::fs::remove_file(&json);
    outcome
}

/// Runs the program against an address, with its results for a file.
async fn swarm_to(json: &Path, url: &str, args: &str) -> Outcome {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tickwire-bots"));
    command.args(["swarm", "--url", url]).args(args.split_whitespace()).arg("--json").arg(json);
    let output = tokio::task::spawn_blocking(move || command.output());
    let Output { status, stdout, stderr } = output.await.unwrap().unwrap();
    let text = std::fs::read_to_string(json).ok();
    Outcome {
        code: status.code(),
        out: String::from_utf8(stdout).unwrap(),
        errors: String::from_utf8(stderr).unwrap(),
        json: text.and_then(|text| serde_json::from_str(&text).ok()),
    }
}

fn fresh_number() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

async fn against(flaw: Flaw, args: &str) -> Outcome {
    let address = fake::start(flaw).await;
    swarm(&format!("ws://{address}"), args).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_server_passes_and_the_json_says_all() {
    let outcome = against(Flaw::Nothing, "--game drift -n 6 --rooms 2 --for 2s --seed 5").await;
    assert_eq!(outcome.code, Some(0), "{}{}", outcome.out, outcome.errors);
    assert!(outcome.out.ends_with("VERDICT: PASS\n"), "{}", outcome.out);
    let json = outcome.json.unwrap();
    for key in [
        "bots",
        "rooms",
        "seconds",
        "frames",
        "payload_bytes",
        "wire_bytes",
        "entity_updates",
        "hashes_verified",
        "hash_mismatches",
        "disconnects",
        "refused",
        "generator_cpu_seconds",
        "seed",
        "bytes_per_entity_update",
        "full_frames",
        "merged_frames",
        "joins",
        "leaves",
        "inputs_sent",
        "late_inputs",
        "starvation",
    ] {
        assert!(json[key].is_number(), "{key}: {}", json[key]);
    }
    assert_eq!(json["tick_rate"]["expected"], 30);
    for key in [
        "join_ms",
        "join_ticks",
        "rtt_ms",
        "frame_interval_ms",
        "frame_age_ms",
        "input_wait_ms",
        "input_lateness_ms",
    ] {
        assert!(json[key]["p50"].is_number() && json[key]["p99"].is_number(), "{key}");
    }
    assert_eq!((&json["verdict"], &json["reasons"]), (&"pass".into(), &Value::Array(vec![])));
    // Whether it was out of breath depends on who else uses the machine.
    assert!(json["generator_saturated"].is_boolean() && json["game"] == "drift");
    assert_eq!((&json["joins"], &json["leaves"], &json["seed"]), (&6.into(), &6.into(), &5.into()));
    assert!(json["frames"].as_u64().unwrap() > 300 && json["version"].is_string());
    assert!(json["wire_bytes"].as_u64() > json["payload_bytes"].as_u64());
    assert!(json["hashes_verified"].as_u64().unwrap() > 30);
    assert!(json["url"].as_str().unwrap().starts_with("ws://127.0.0.1:"));
    assert_eq!(json["mismatch_details"], Value::Array(vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lying_server_fails_and_the_field_is_named() {
    let outcome = against(Flaw::Lies, "--game drift -n 2 --for 1s").await;
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.out.contains("VERDICT: FAIL\n"), "{}", outcome.out);
    let field = "mote.hp of 0/1v1: 93 [93] here, 100 [100] on the server";
    assert!(outcome.out.contains(field), "{}", outcome.out);
    let json = outcome.json.unwrap();
    assert!(json["hash_mismatches"].as_u64().unwrap() > 0);
    assert_eq!(json["verdict"], "fail");
    let detail = &json["mismatch_details"][0]["fields"][0];
    assert_eq!((&detail["kind"], &detail["field"]), (&"mote".into(), &"hp".into()));
    assert_eq!((&detail["our_value"], &detail["their_value"]), (&"93".into(), &"100".into()));
}

/// A run that fails, with the one reason that its verdict gives.
async fn fails_because(flaw: Flaw, args: &str, reason: &str) {
    let outcome = against(flaw, args).await;
    assert_eq!(outcome.code, Some(1), "{flaw:?}");
    assert!(outcome.out.contains(&format!("\n  - {reason}")), "{flaw:?}: {}", outcome.out);
    let reasons = outcome.json.unwrap()["reasons"].clone();
    assert_eq!(reasons.as_array().unwrap().len(), 1, "{flaw:?}: {reasons}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_of_losing_bots_is_told_in_words() {
    let args = "-n 1 --for 800ms";
    let busy = "1 bot was refused: the server answered 503 instead of opening a WebSocket: the server is draining";
    let full = "1 bot was refused: the server closed the connection: 4004, the room is full: no places left. Give";
    let down = "1 bot lost its connection: the server closed the connection: 1001, the server shuts down: back soon";
    let hung = "1 bot lost its connection: the connection broke off without a close frame";
    let cut = "1 frame was no good: a frame could not be applied: the frame ends too early";
    let away = "1 bot was refused: the server closed the connection: 4005, there is no such room: it closed an hour ago";
    let silent = "1 bot lost its connection: nothing was heard for 5 s at the end";
    tokio::join!(
        fails_because(Flaw::IsBusy, args, busy),
        fails_because(Flaw::IsFull, args, full),
        fails_because(Flaw::ShutsDown(9), args, down),
        fails_because(Flaw::HangsUp(9), args, hung),
        fails_because(Flaw::Garbles(9), args, cut),
        fails_because(Flaw::TurnsAway, args, away),
        fails_because(Flaw::FallsSilent, args, silent),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_makes_a_third_of_its_ticks_fails() {
    let outcome = against(Flaw::IsSlow, "-n 2 --rooms 2 --for 4s").await;
    let json = outcome.json.unwrap();
    assert_eq!(json["tick_rate"]["expected"], 30);
    let worst = json["tick_rate"]["worst"].as_f64().unwrap();
    assert!((2.0..12.0).contains(&worst), "{worst}");
    let words = " of 30 ticks a second, and 1 other room was slow too";
    assert!(outcome.out.contains(words), "{}", outcome.out);
    // Whoever else uses this machine may excuse the server.
    let is_excused = json["generator_saturated"] == true;
    assert_eq!(outcome.code, Some(i32::from(!is_excused)), "{}", outcome.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_others_are_told_when_their_room_never_opened() {
    let outcome = against(Flaw::IsFull, "-n 3 --for 2s -q").await;
    let warned = outcome.json.unwrap()["generator_saturated"] == true;
    assert_eq!(outcome.out.starts_with("WARNING: the bots themselves"), warned, "{}", outcome.out);
    assert!(outcome.out.contains("VERDICT: FAIL\n"), "{}", outcome.out);
    assert!(outcome.out.contains("2 bots never got in: the bot that was to open the room"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bots_come_and_go_when_asked_to() {
    let outcome = against(Flaw::Nothing, "--game drift -n 8 --for 4s --churn 4000%").await;
    assert_eq!(outcome.code, Some(0), "{}", outcome.out);
    let json = outcome.json.unwrap();
    let (joins, leaves) = (json["joins"].as_u64().unwrap(), json["leaves"].as_u64().unwrap());
    assert!(joins >= 12 && joins == leaves, "{joins} joins, {leaves} leaves");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_there_is_a_failure_that_says_what_to_do() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let outcome = swarm(&format!("ws://{address}"), "--for 1s").await;
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.out.contains(&format!("nobody answers at {address}")), "{}", outcome.out);
    assert!(outcome.out.contains("Start a server there"), "{}", outcome.out);
    assert_eq!(outcome.json.unwrap()["verdict"], "fail");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_exits_with_two_and_writes_nothing() {
    for (url, args, words) in [
        ("ws://192.0.2.7:2567", "", "--allow-remote"),
        ("wss://127.0.0.1:1", "", "TLS is not supported here"),
        ("nowhere", "", "ws://"),
        (
            "http://127.0.0.1:1/play",
            "",
            "--url http://127.0.0.1:1/play has a path that no server has",
        ),
        ("ws://127.0.0.1:1/ws?room=ABCD", "", "--game and --room"),
        ("ws://127.0.0.1:1", "--churn -5", "percent a minute"),
        ("ws://127.0.0.1:1", "--ramp 1", "larger --ramp"),
        ("ws://127.0.0.1:1", "--bots none", "--bots"),
    ] {
        let json = std::env::temp_dir().join(format!("tickwire-none-{}.json", fresh_number()));
        let outcome = swarm_to(&json, url, args).await;
        assert_eq!(outcome.code, Some(2), "{url} {args}");
        assert!(outcome.errors.contains(words), "{url} {args}: {}", outcome.errors);
        assert!(!json.exists() && outcome.out.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn results_that_have_no_place_are_refused_before_the_run() {
    let address = fake::start(Flaw::Nothing).await;
    let start = Instant::now();
    let outcome = swarm_to(&std::env::temp_dir(), &format!("ws://{address}"), "--for 1h").await;
    assert_eq!(outcome.code, Some(2), "{}", outcome.errors);
    assert!(outcome.errors.contains("the results cannot be written to"), "{}", outcome.errors);
    assert!(start.elapsed().as_secs() < 60 && outcome.out.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn earlier_results_stay_until_there_are_others() {
    let json = std::env::temp_dir().join(format!("tickwire-kept-{}.json", fresh_number()));
    let old = format!("{{\"old\": \"{}\"}}", "x".repeat(10_000));
    std::fs::write(&json, &old).unwrap();
    assert_eq!(swarm_to(&json, "nowhere", "").await.code, Some(2));
    assert_eq!(std::fs::read_to_string(&json).unwrap(), old);
    let address = fake::start(Flaw::IsFull).await;
    let outcome = swarm_to(&json, &format!("ws://{address}"), "-n 1 --for 500ms").await;
    std::fs::remove_file(&json).unwrap();
    assert_eq!(outcome.json.unwrap()["verdict"], "fail", "nothing of the longer text is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn bots_on_bad_networks_hold_what_the_server_holds() {
    let mix = "--net wifi=60,3g=20,none=20";
    let outcome = against(Flaw::Nothing, &format!("--game drift -n 10 --for 4s {mix}")).await;
    assert_eq!(outcome.code, Some(0), "{}{}", outcome.out, outcome.errors);
    let json = outcome.json.unwrap();
    let hashes = json["hashes_verified"].as_u64().unwrap();
    assert!(hashes > 30 && json["leaves"] == 10, "{hashes} hashes, {} left", json["leaves"]);
    let bots: u64 =
        json["nets"].as_array().unwrap().iter().filter_map(|net| net["bots"].as_u64()).sum();
    assert_eq!((bots, &json["nets"][1]["net"]), (10, &"3g".into()));
    // The way to a server on the same machine takes no time, so this comes from the network.
    assert!(json["join_ms"]["p99"].as_f64().unwrap() > 240.0, "{}", json["join_ms"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_there_is_not_is_refused_with_those_that_there_are() {
    let outcome = against(Flaw::Nothing, "--net wify").await;
    assert_eq!(outcome.code, Some(2));
    let expected = "there is no network \"wify\"; write one of none, lan, wifi, 4g";
    assert!(outcome.errors.contains(expected), "{}", outcome.errors);
}
