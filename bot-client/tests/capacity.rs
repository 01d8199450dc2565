//! The search for a server's capacity against the real server, in one process and as a program.

mod common;

use std::process::Command;

use clap::Parser;
use common::Drift;
use tickwire_bots::{
    capacity::{self, Capacity, Limit, Outcome, Picture, Sizing},
    swarm::{Cli, Command as Subcommand},
};
use tickwire_server::{Config, Games, Running, Server};

async fn start(config: Config) -> Running {
    let listen = ([127, 0, 0, 1], 0).into();
    Server::start(Config { listen, seed: 4, ..config }, Games::new().with::<Drift>()).await.unwrap()
}

async fn find(server: &Running, args: &str) -> Capacity {
    let url = format!("ws://{}", server.local_addr());
    let words = ["tickwire-bots", "capacity", "--quiet", "--url", &url];
    let cli = Cli::try_parse_from(words.into_iter().chain(args.split_whitespace())).unwrap();
    let Subcommand::Capacity(options) = cli.command else { unreachable!("it says capacity") };
    capacity::run(&options).await.unwrap()
}

/// Whether anything but a setting ended the search, as others who use this machine may have it.
fn was_disturbed(capacity: &Capacity) -> bool {
    let disturbed = |outcome: &Outcome| matches!(outcome, Outcome::Breaks(_) | Outcome::Void(_));
    let mut steps = capacity.answers.iter().flat_map(|answer| &answer.found.steps);
    steps.any(|step| disturbed(&step.outcome))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_is_full_is_told_with_the_flag_that_raises_it() {
    let server = start(Config { max_players: Some(5), ..Config::default() }).await;
    let capacity = find(&server, "--only room --start 4 --step 900ms --for 40s").await;
    let answer = &capacity.answers[0];
    assert_eq!((capacity.hash_mismatches, answer.tick_hz), (0, 30));
    assert!(answer.found.holds <= 5, "{answer:?}");
    if was_disturbed(&capacity) {
        return;
    }
    assert_eq!(answer.found.holds, 5, "{answer:?}");
    let Limit::Setting(why) = &answer.found.limit else { panic!("{answer:?}") };
    assert_eq!(why, "the room has 5 places: the server's --max-players raises that");
    let verified = |step: &capacity::Step| step.figures.map(|figures| figures.hashes_verified);
    assert!(answer.found.steps.iter().filter_map(verified).any(|hashes| hashes > 0), "{answer:?}");
    let line = "This machine holds at least 5 players in one room of drift at 30 Hz; the room has";
    assert!(Sizing(&capacity).to_string().starts_with(line), "{}", Sizing(&capacity));
    assert!(Picture(&capacity).to_string().contains("refused: the room has 5 places"));
    assert_eq!(server.rooms().len(), 1, "those who came later joined those who were there");
}

#[tokio::test(flavor = "multi_thread")]
async fn so_is_a_server_that_opens_no_more_rooms() {
    let server = start(Config { max_rooms: 3, ..Config::default() }).await;
    let args = "--only rooms --players-a-room 2 --start 4 --step 900ms --for 40s";
    let capacity = find(&server, args).await;
    let answer = &capacity.answers[0];
    assert!(answer.found.holds <= 3 && answer.players_a_room == Some(2), "{answer:?}");
    if was_disturbed(&capacity) {
        return;
    }
    assert_eq!(answer.found.holds, 3, "{answer:?}");
    let Limit::Setting(why) = &answer.found.limit else { panic!("{answer:?}") };
    assert_eq!(why, "the server opens no more than 3 rooms: --max-rooms raises that");
}

#[test]
fn what_makes_no_sense_exits_with_two_and_nobody_there_with_one() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = format!("ws://{nobody}");
    for (args, code, words) in [
        (&["--url", "ws://192.0.2.7:2567"][..], 2, "--allow-remote"),
        (&["--players-a-room", "0"], 2, "1..=10000"),
        (&["--json", "/"], 2, "the results cannot be written to"),
        (&["--url", &nobody], 1, "nobody answers at"),
    ] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_tickwire-bots"));
        let output = program.arg("capacity").args(args).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {errors}");
        assert!(errors.contains(words) && output.stdout.is_empty(), "{args:?}: {errors}");
    }
}
