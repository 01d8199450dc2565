//! Every transport against the real server: whatever carries it, every hash holds, and a session goes
//! on over another connection.

mod common;

use std::time::Duration;

use clap::Parser;
use common::Drift;
use tickwire_bots::{
    client::{self, Client, ClientError, Comeback, Event, Options, TRANSPORTS, Transport},
    swarm::{self, Cli, Command, Report, Table},
};
use tickwire_games::arena::{Arena, Controls};
use tickwire_server::{Config, Games, Running, Server};
use tickwire_shared::{message::CloseCode, room_message::RoomMessage};

async fn start() -> Running {
    let games = Games::new().with::<Arena>().with::<Drift>();
    let listen = ([127, 0, 0, 1], 0).into();
    Server::start(Config { listen, seed: 4, ..Config::default() }, games).await.unwrap()
}

async fn swarm(server: &Running, args: &str) -> Report {
    let url = format!("ws://{}", server.local_addr());
    let words = ["tickwire-bots", "swarm", "--quiet", "--url", &url];
    let cli = Cli::try_parse_from(words.into_iter().chain(args.split_whitespace())).unwrap();
    let Command::Swarm(options) = cli.command else { unreachable!("it says swarm") };
    swarm::run(&options).await.unwrap()
}

async fn join(server: &Running, query: &str, options: Options) -> Client {
    let url = format!("ws://{}/ws{query}", server.local_addr());
    let mut client = client::connect(&url, &options).await.unwrap();
    assert_eq!(client.next().await.unwrap(), Event::Joined);
    client
}

fn on(transport: Transport) -> Options {
    Options { transport, reserves: true, ..Options::default() }
}

/// Plays until so many hashes have held.
async fn prove(client: &mut Client, hashes: u32) {
    let mut held = 0;
    while held < hashes {
        if let Event::Frame(applied) = client.next().await.unwrap() {
            client.core_mut().set_input(&Controls { thrust: 1, ..Controls::default() }).unwrap();
            assert!(applied.hash.is_none_or(|check| check.holds()), "a hash at {}", applied.tick);
            held += u32::from(applied.hash.is_some());
        }
    }
}

/// Resumes, and gives whether the next frame stood alone.
async fn come_back(client: &mut Client) -> bool {
    client.resume().await.unwrap();
    assert_eq!(client.next().await.unwrap(), Event::Resumed);
    loop {
        if let Event::Frame(applied) = client.next().await.unwrap() {
            return applied.full;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_transport_carries_a_game_and_every_hash_holds() {
    let server = start().await;
    for transport in TRANSPORTS {
        let report = swarm(&server, &format!("-n 6 --for 4s --transport {transport}")).await;
        assert!(report.passed(), "{transport}: {:?}", report.reasons);
        assert!(report.hashes_verified > 6 * 8, "{transport}: {} hashes", report.hashes_verified);
        assert!(report.inputs.inputs_sent > 6 * 30, "{transport}: {:?}", report.inputs);
        let [told] = report.transports[..] else { panic!("{:?}", report.transports) };
        assert_eq!((told.transport, told.bots), (transport.name(), 6));
        assert!(told.client_seconds > 6.0 && told.received_bytes > 6 * 1000, "{told:?}");
        let is_socket = transport == Transport::WebSocket;
        assert_eq!(told.requests == 0, is_socket, "a WebSocket is asked for once: {told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mix_of_transports_shares_a_room() {
    let server = start().await;
    let mix = "-n 12 --for 4s --transport ws=1,stream=1,long-poll=1,poll=1 --poll-hz 30";
    let report = swarm(&server, mix).await;
    assert!(report.passed(), "{:?}", report.reasons);
    assert_eq!(report.transports.len(), 4, "{:?}", report.transports);
    let table = Table(&report).to_string();
    assert!(table.contains(" on long-poll ") && table.contains("requests a second"), "{table}");
    assert_eq!(server.rooms().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn bots_that_lose_their_connections_go_on_where_they_were() {
    let server = start().await;
    for transport in TRANSPORTS {
        let args = format!("-n 4 --for 8s --transport {transport} --drop 50%");
        let report = swarm(&server, &args).await;
        assert!(report.passed(), "{transport}: {:?}", report.reasons);
        let told = report.resumes;
        assert!(told.cuts >= 2 && told.resumes_failed == 0, "{transport}: {told:?}");
        let resumed = told.resumed_from_history + told.resumed_full;
        // The last cut may have come too shortly before the end.
        assert!(resumed > 0 && resumed + 2 >= told.cuts, "{transport}: {told:?}");
        assert_eq!((report.joins, report.leaves), (4, 4), "{transport}: they never left");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_moves_from_one_transport_to_the_next() {
    let server = start().await;
    let mut client = join(&server, "", on(Transport::WebSocket)).await;
    prove(&mut client, 3).await;
    let (player, tick) = (client.core().player(), client.core().latest_tick().unwrap());
    for transport in [
        Transport::LongPoll,
        Transport::Stream,
        Transport::Poll,
        Transport::WebSocket,
        Transport::Stream,
        Transport::LongPoll,
    ] {
        client.set_transport(transport);
        assert!(!come_back(&mut client).await, "{transport}: it built upon what was held");
        prove(&mut client, 3).await;
    }
    assert_eq!(client.core().player(), player);
    assert!(client.core().latest_tick().unwrap().is_after(tick));
    client.leave().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_told_to_comes_back_by_itself() {
    let server = start().await;
    for transport in TRANSPORTS {
        let options = Options { comeback: Some(Comeback::default()), ..on(transport) };
        let mut client = join(&server, "", options).await;
        prove(&mut client, 1).await;
        let player = client.core().player();
        client.cut();
        while client.next().await.unwrap() != Event::Resumed {}
        prove(&mut client, 3).await;
        assert_eq!(client.core().player(), player, "{transport}");
        client.leave().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_left_has_no_session_to_go_on_with() {
    let server = start().await;
    for transport in TRANSPORTS {
        let mut client = join(&server, "", on(transport)).await;
        let mut keeper = join(&server, "", on(Transport::WebSocket)).await;
        prove(&mut client, 1).await;
        client.leave().await.unwrap();
        client.resume().await.unwrap();
        let ended = loop {
            match client.next().await {
                Err(error) => break error,
                Ok(event) => assert_ne!(event, Event::Resumed),
            }
        };
        let is_told =
            matches!(&ended, ClientError::Closed(closed) if closed.is(CloseCode::NoSession));
        assert!(is_told, "{transport}: {ended}");
        keeper.leave().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_cut_and_then_leaves_is_not_told_that_it_has_left() {
    let server = start().await;
    for transport in TRANSPORTS {
        let options = Options { comeback: Some(Comeback::default()), ..on(transport) };
        let mut client = join(&server, "", options).await;
        prove(&mut client, 1).await;
        client.cut();
        let left = client.leave().await;
        assert!(matches!(left, Err(ClientError::BrokenOff)), "{transport}: {left:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_says_the_others_hear_whatever_carries_it() {
    let server = start().await;
    let mut listener = join(&server, "", on(Transport::WebSocket)).await;
    for transport in TRANSPORTS {
        let options = Options { name: format!("on {transport}"), ..on(transport) };
        let mut speaker = join(&server, "", options).await;
        prove(&mut speaker, 1).await;
        speaker.core_mut().say("is anybody there?").unwrap();
        let player = speaker.core().player().unwrap();
        let hears = async {
            let mut came = false;
            loop {
                let Event::Frame(_) = listener.next().await.unwrap() else { continue };
                for message in listener.core().room_messages() {
                    match message {
                        RoomMessage::Presence(id, _, name) if id == player => {
                            came |= name == format!("on {transport}");
                        }
                        RoomMessage::Chat(id, text) if id == player => {
                            assert_eq!(text, "is anybody there?");
                            return came;
                        }
                        _ => {}
                    }
                }
            }
        };
        let plays = async {
            loop {
                speaker.next().await.unwrap();
            }
        };
        let heard = tokio::time::timeout(Duration::from_secs(10), async {
            tokio::select! {
                heard = hears => heard,
                () = plays => unreachable!("it plays on"),
            }
        });
        assert!(heard.await.expect("it is heard in ten seconds"), "{transport}: who came in?");
    }
}
