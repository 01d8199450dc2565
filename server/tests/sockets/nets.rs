//! Bad networks, over real sockets. That a delay is not shorter than asked for can be told on any machine.

use std::time::{Duration, Instant};

use tickwire_shared::{
    link::{Conditions, Profile},
    message::ClientMessage,
};

use crate::support::{
    client::Client,
    server::{TestServer, eventually},
    viewer::Event,
};

/// How long a ping takes, while frames come.
fn ping(client: &mut Client) -> Duration {
    let sent = Instant::now();
    client.send_message(&ClientMessage::Ping(7));
    loop {
        match client.next() {
            Some(Event::Pong(7)) => return sent.elapsed(),
            Some(Event::Frame(_)) => {
                let ack = client.viewer.ack().expect("a frame was applied");
                client.send(&ack);
            }
            other => panic!("{other:?} came instead of a pong"),
        }
    }
}

#[test]
fn a_server_puts_everybody_on_the_network_that_it_was_told() {
    let latency = Duration::from_millis(40);
    let server = TestServer::start(|config| {
        config.net = Some("latency=40ms".parse().expect("a network"));
    });
    let begun = Instant::now();
    let mut clients = [server.join("/ws"), server.join("/ws")];
    assert!(begun.elapsed() >= 4 * latency, "each of two joins goes there and back");
    for client in &mut clients {
        assert!(ping(client) >= 2 * latency);
        client.play(20);
    }
    assert_eq!(server.count("impaired_connections"), 2);
    let [first, second] = clients;
    drop(first);
    eventually("who hung up is gone", || server.count("impaired_connections") == 1);
    drop(second);
}

#[test]
fn a_client_tries_out_a_network_and_leaves_it_again() {
    let server = TestServer::start(|_| {});
    assert_eq!(server.status()["net_control"], true, "it listens on a loopback address");
    let mut client = server.join("/ws");
    client.send_message(&ClientMessage::Net("latency=60ms,loss=1%".parse().expect("a network")));
    eventually("the server obeys", || server.count("impaired_connections") == 1);
    assert!(ping(&mut client) >= Duration::from_millis(120));
    client.send_message(&ClientMessage::Net(Profile::Train.conditions()));
    client.play(30);
    client.send_message(&ClientMessage::Net(Conditions::NONE));
    eventually("the server obeys", || server.count("impaired_connections") == 0);
    client.play(30);
    client.send_message(&ClientMessage::Leave);
    assert_eq!(client.wait_for_close().0, 1000);
}

#[test]
fn a_server_for_others_obeys_nobody_unless_told_to() {
    let server = TestServer::start(|config| config.net_control = Some(false));
    assert_eq!(server.status()["net_control"], false, "pages ask before they offer it");
    let mut client = server.join("/ws");
    client.send_message(&ClientMessage::Net(Profile::Train.conditions()));
    eventually("the wish is counted", || server.count("ignored_net_requests") == 1);
    client.play(10);
    assert_eq!(server.count("impaired_connections"), 0);
}
