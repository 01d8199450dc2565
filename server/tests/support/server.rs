//! A server of one's own for each test.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use serde_json::Value;
use tickwire_server::{Config, Games, RoomEntry, Running, Server};

use super::{
    api::{self, Answer},
    client::Client,
    game::Restless,
};

pub struct TestServer {
    pub running: Option<Running>,
    runtime: tokio::runtime::Runtime,
}

impl TestServer {
    /// Starts a server of the test game, set up by `change`.
    pub fn start(change: impl FnOnce(&mut Config)) -> Self {
        Self::with_games(change, Games::new().with::<Restless>())
    }

    pub fn with_games(change: impl FnOnce(&mut Config), games: Games) -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut config = Config { listen, seed: 7, hash_interval: 1, ..Config::default() };
        change(&mut config);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let running = runtime.block_on(Server::start(config, games)).expect("a free port");
        TestServer { running: Some(running), runtime }
    }

    fn running(&self) -> &Running {
        self.running.as_ref().expect("it runs until it is shut down")
    }

    pub fn addr(&self) -> SocketAddr {
        self.running().local_addr()
    }

    pub fn rooms(&self) -> Vec<Arc<RoomEntry>> {
        self.running().rooms()
    }

    pub fn status(&self) -> Value {
        self.running().status()
    }

    /// A number of the status, by its path such as `closes/1002`.
    pub fn count(&self, path: &str) -> u64 {
        let status = self.status();
        status.pointer(&format!("/{path}")).and_then(Value::as_u64).unwrap_or(0)
    }

    /// What a GET request is answered.
    pub fn get(&self, path: &str) -> Answer {
        api::request(self.addr(), ("GET", path), "", "")
    }

    /// What a POST request with a body is answered.
    pub fn post(&self, path: &str, body: &str) -> Answer {
        self.post_with(path, "", body)
    }

    /// The same with more header lines, each with its end.
    pub fn post_with(&self, path: &str, more: &str, body: &str) -> Answer {
        api::request(self.addr(), ("POST", path), more, body)
    }

    /// A client that has shaken hands.
    pub fn connect(&self, path: &str) -> Client {
        Client::connect(self.addr(), path)
    }

    /// A client that is in a room and holds its first frame.
    pub fn join(&self, path: &str) -> Client {
        let mut client = self.connect(path);
        client.join();
        client
    }

    pub fn shutdown(mut self) {
        let running = self.running.take().expect("it runs until it is shut down");
        self.runtime.block_on(running.shutdown());
    }
}

/// Waits for something that another thread brings about.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("this did not come about: {what}");
}
