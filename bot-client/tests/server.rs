//! The swarm against the real server, in one process: what one says, the other must have seen.

mod common;

use clap::Parser;
use common::Drift;
use tickwire_bots::swarm::{self, Cli, Command, Report, Table};
use tickwire_games::arena::Arena;
use tickwire_server::{Config, Games, Running, Server};

async fn start(config: Config) -> Running {
    let games = Games::new().with::<Arena>().with::<Drift>();
    let listen = ([127, 0, 0, 1], 0).into();
    Server::start(Config { listen, seed: 4, ..config }, games).await.unwrap()
}

async fn swarm(server: &Running, args: &str) -> Report {
    let url = format!("ws://{}", server.local_addr());
    let words = ["tickwire-bots", "swarm", "--quiet", "--url", &url];
    let cli = Cli::try_parse_from(words.into_iter().chain(args.split_whitespace())).unwrap();
    let Command::Swarm(options) = cli.command else { unreachable!("it says swarm") };
    swarm::run(&options).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_pilots_prove_what_they_saw() {
    let server = start(Config::default()).await;
    let report = swarm(&server, "-n 20 --for 4s").await;
    assert!(report.passed(), "{:?}", report.reasons);
    assert_eq!((report.joins, report.leaves, report.full_frames), (20, 20, 20));
    assert!(report.frames > 20 * 30 * 3, "{} frames", report.frames);
    assert!(report.hashes_verified > 20 * 10, "{} hashes", report.hashes_verified);
    assert!(report.inputs.inputs_sent > 20 * 30 * 2, "{} inputs", report.inputs.inputs_sent);
    let rate = report.tick_rate;
    assert!(rate.expected == 30 && rate.worst.is_some_and(|rate| rate > 27.0), "{rate:?}");
    assert_eq!(server.rooms().len(), 1, "one room, the one that a browser finds");
}

#[tokio::test(flavor = "multi_thread")]
async fn any_game_is_played_by_its_schema_and_bots_come_and_go() {
    let wraps = Config { start_tick: u32::MAX - 60, hash_interval: 1, ..Config::default() };
    let server = start(wraps).await;
    let report = swarm(&server, "-n 12 --rooms 3 --for 5s --churn 1500 --game drift").await;
    assert!(report.passed(), "{:?} {:?}", report.reasons, report.mismatch_details);
    assert!(report.joins > 12 && report.joins == report.leaves, "{} joins", report.joins);
    assert_eq!(server.rooms().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_ones_own_game_needs_no_game_to_be_named() {
    let listen = ([127, 0, 0, 1], 0).into();
    let config = Config { listen, seed: 4, ..Config::default() };
    let server = Server::start(config, Games::new().with::<Drift>()).await.unwrap();
    for rooms in 1..=2 {
        let report = swarm(&server, &format!("-n 4 --for 2s --rooms {rooms}")).await;
        assert!(report.passed(), "{:?}", report.reasons);
        assert_eq!(report.game.as_deref(), Some("drift"));
        assert!(Table(&report).to_string().contains(" of drift at ws://"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bots_that_find_no_place_fail_the_run() {
    let server = start(Config { max_players: Some(3), ..Config::default() }).await;
    let report = swarm(&server, "-n 5 --for 2s --behaviour idle").await;
    assert_eq!((report.passed(), report.refused, report.joins), (false, 2, 3));
    assert!(report.reasons[0].contains("the room is full"), "{:?}", report.reasons);
    assert_eq!(report.inputs.inputs_sent, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_bad_networks_every_hash_holds_and_inputs_arrive() {
    let server = start(Config::default()).await;
    for (network, way_ms) in
        [("wifi", 10.0), ("transatlantic", 42.0), ("latency=30ms,jitter=5ms", 25.0)]
    {
        let report = swarm(&server, &format!("-n 8 --for 5s --net {network}")).await;
        assert!(report.passed(), "{network}: {:?}", report.reasons);
        assert!(report.hashes_verified > 8 * 8, "{network}: {} hashes", report.hashes_verified);
        // No frame is younger than its way is long.
        let age = report.frame_age_ms;
        assert!(age.p50 >= way_ms, "{network}: frames are {:.1} ms old", age.p50);
        assert!(report.frame_written_ms.is_some_and(|written| written.p50 > 0.0), "{network}");
        assert!(
            report.inputs.input_wait_ms.p50 > 0.0 && report.inputs.corrections_per_minute.is_some(),
            "{network}"
        );
    }
}
