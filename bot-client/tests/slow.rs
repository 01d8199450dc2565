//! Bots that do not keep up, against the real server: what they get, and that others get all.

mod common;

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::{Duration, Instant},
};

use clap::Parser;
use common::Drift;
use serde_json::Value;
use tickwire_bots::{
    client::{self, Event, Hindrance, Options, Stall},
    swarm::{self, Cli, Command, KindReport, Report, Table},
};
use tickwire_games::arena::Arena;
use tickwire_server::{Config, Games, Running, Server};

async fn start(change: impl FnOnce(&mut Config)) -> Running {
    let listen = ([127, 0, 0, 1], 0).into();
    let mut config = Config { listen, seed: 4, ..Config::default() };
    change(&mut config);
    Server::start(config, Games::new().with::<Arena>().with::<Drift>()).await.unwrap()
}

async fn swarm(server: &Running, args: &str) -> Report {
    println!("tickwire-bots swarm {args}");
    let url = format!("ws://{}", server.local_addr());
    let words = ["tickwire-bots", "swarm", "--quiet", "--url", &url];
    let cli = Cli::try_parse_from(words.into_iter().chain(args.split_whitespace())).unwrap();
    let Command::Swarm(options) = cli.command else { unreachable!("it says swarm") };
    let report = swarm::run(&options).await.unwrap();
    println!("{}", Table(&report));
    report
}

fn kind<'a>(report: &'a Report, name: &str) -> &'a KindReport {
    report.kinds.iter().find(|kind| kind.kind == name).expect("there were such bots")
}

fn count(server: &Running, name: &str) -> u64 {
    server.status()[name].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_keep_up_sees_the_present_and_nobody_else_suffers() {
    let server = start(|_| {}).await;
    let report = swarm(&server, "-n 24 --for 18s --seed 3 --slow 8% --hidden 8% --stall 8%").await;
    // Whether it was all as it should be for the others is the verdict.
    assert!(report.passed(), "{:?}", report.reasons);
    assert_eq!((report.joins, report.leaves, report.hash_mismatches), (24, 24, 0));
    let names: Vec<_> = report.kinds.iter().map(|kind| (kind.kind, kind.bots)).collect();
    assert_eq!(names, [("healthy", 18), ("slow", 2), ("hidden", 2), ("stalled", 2)]);
    assert!(report.kinds.iter().all(|kind| kind.hashes_verified > 0 && kind.given_up == 0));

    let slow = kind(&report, "slow");
    assert!(slow.merged_frames > 50, "{slow:?}");
    assert!(slow.frame_age_ticks.p50 <= 24, "{slow:?}");
    let (hidden, healthy) = (kind(&report, "hidden"), kind(&report, "healthy"));
    let each = |kind: &KindReport| kind.frames / u64::from(kind.bots);
    assert!(each(hidden) < each(healthy) / 2, "{hidden:?}");
    let stalled = kind(&report, "stalled");
    assert!(stalled.full_frames > u64::from(stalled.bots), "each stall ends in one: {stalled:?}");
    assert!(count(&server, "lag_keyframes") > 0 && count(&server, "slowed_viewers") > 0);
    assert!(count(&server, "skipped_frames") > 0 && count(&server, "thinned_frames") > 0);
    assert_eq!(count(&server, "evictions"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_close_for_a_short_stall_fails_the_run() {
    let server = start(|config| config.limits.stall = Duration::from_secs(1)).await;
    let report = swarm(&server, "-n 4 --game drift --for 16s --stall 25% --stall-time 3s").await;
    assert!(!report.passed());
    assert_eq!(report.reasons.len(), 1, "{:?}", report.reasons);
    assert!(report.reasons[0].contains("1 bot lost its connection"), "{:?}", report.reasons);
    assert!(report.reasons[0].contains("4007"), "{:?}", report.reasons);
    assert_eq!(count(&server, "stalled_viewers"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_close_for_a_stall_beyond_the_limit_is_told_and_the_bot_comes_back() {
    let server = start(|_| {}).await;
    let report = swarm(&server, "-n 4 --game drift --for 32s --stall 25% --stall-time 16s").await;
    assert!(report.passed(), "{:?}", report.reasons);
    let stalled = kind(&report, "stalled");
    assert!(stalled.given_up >= 1, "{stalled:?}");
    assert_eq!(count(&server, "stalled_viewers"), stalled.given_up);
    assert_eq!(report.joins, 4 + stalled.given_up, "it came back");
    assert!(Table(&report).to_string().contains(" closed\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_tells_kinds_apart_only_when_there_are_several() {
    let server = start(|_| {}).await;
    let report = swarm(&server, "-n 4 --game drift --for 2s").await;
    assert!(!Table(&report).to_string().contains("healthy"));
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!((&json["kinds"][0]["kind"], &json["kinds"][1]), (&"healthy".into(), &Value::Null));
    let report = swarm(&server, "-n 4 --game drift --for 3s --hidden 25%").await;
    let table = Table(&report).to_string();
    assert!(table.contains("  3 healthy  ") && table.contains("  1 hidden  "), "{table}");
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["kinds"][1]["kind"], "hidden");
    assert!(json["kinds"][1]["frame_age_ticks"]["p99"].is_number(), "{json}");
}

/// Plays for a while; how many bytes came, and how many hashes held.
async fn play(server: &Running, hindrance: Hindrance, time: Duration) -> (usize, u32) {
    let url = format!("ws://{}/ws?game=drift", server.local_addr());
    let silence = Duration::from_secs(30);
    let options = Options { hindrance, silence, ..Options::default() };
    let mut client = client::connect(&url, &options).await.unwrap();
    let (mut bytes, mut verified, started) = (0, 0, Instant::now());
    while started.elapsed() < time {
        if let Event::Frame(applied) = client.next().await.unwrap() {
            bytes += client.last_message_bytes().1;
            let check = applied.hash.map(|check| check.holds());
            assert_ne!(check, Some(false), "at tick {}", applied.tick);
            verified += u32::from(check == Some(true));
        }
    }
    client.leave().await.unwrap();
    (bytes, verified)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_held_up_proves_its_state_and_reads_no_more_than_it_may() {
    let server = start(|config| config.hash_interval = 1).await;
    let (time, rate) = (Duration::from_secs(16), 1000);
    let slow = Hindrance {
        rate: Some(Arc::new(AtomicU64::new(rate))),
        receive_buffer: Some(8 * 1024),
        ..Hindrance::default()
    };
    let second = Duration::from_secs(1);
    let stall = Stall { first: second, every: second * 3, time: second };
    let rough = Hindrance { stall: Some(stall), hold: Some(second / 2), ..slow.clone() };
    let free = Hindrance::default();
    let (all, less, least) = tokio::join!(
        play(&server, free, time),
        play(&server, slow, time),
        play(&server, rough, time)
    );
    println!("bytes and hashes: {all:?} freely, {less:?} slowly, {least:?} roughly");
    let most = (rate as usize) * (time.as_secs() as usize + 2);
    assert!(less.0 <= most && least.0 <= most);
    assert!(all.1 > less.1 && less.1 > 10 && least.1 > 5);
}

#[test]
fn shares_that_make_no_sense_are_usage_errors() {
    let parse = |args: &str| {
        let words = ["tickwire-bots", "swarm"].into_iter().chain(args.split_whitespace());
        Cli::try_parse_from(words).map(|cli| match cli.command {
            Command::Swarm(options) => options,
            _ => unreachable!("it says swarm"),
        })
    };
    for bad in ["--slow 91%", "--hidden -1", "--stall many", "--stall-time never"] {
        assert_eq!(parse(bad).expect_err(bad).exit_code(), 2, "{bad}");
    }
    let crowded = parse("-n 4 --rooms 3 --slow 25% --stall 25%").unwrap();
    assert!(crowded.check().unwrap_err().contains("too few would keep up"));
}
