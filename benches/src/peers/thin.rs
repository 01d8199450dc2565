//! A client that knows just enough of a protocol to be served like any other.

use std::{io, net::SocketAddr, time::Duration};

use tickwire_games::common::rng::Rng;

use super::host::Dialect;
use crate::load::{Message, Outgoing, Speaker, http, tickwire::Player};

/// Each random input is held for so many turns.
const HOLD: usize = 20;

/// Any host's client.
#[derive(Debug)]
pub enum Client {
    /// Tickwire's, some of which hold a replica and prove it.
    Tickwire(Box<Player>),
    /// Another's.
    Thin(Thin),
}

/// A client of another host's.
#[derive(Debug)]
pub struct Thin {
    dialect: Dialect,
    target: String,
    rng: Rng,
    turns: usize,
    turn: u8,
    /// Whether a state has come.
    pub ready: bool,
}

impl Thin {
    /// A client; for Colyseus this takes a seat, as its SDK would.
    ///
    /// # Errors
    /// When there is no seat.
    pub fn new(dialect: Dialect, address: SocketAddr, index: usize) -> io::Result<Thin> {
        let target = match dialect {
            Dialect::Bincode | Dialect::MessagePack => "/".to_owned(),
            Dialect::SocketIo => "/socket.io/?EIO=4&transport=websocket".to_owned(),
            Dialect::Colyseus => seat(address)?,
        };
        let rng = Rng::new(index as u64);
        Ok(Thin { dialect, target, rng, turns: index % HOLD, turn: 1, ready: false })
    }

    /// Says what the ship does from now on.
    pub fn steer(&self, turn: u8, out: &mut Outgoing) {
        match self.dialect {
            Dialect::Bincode | Dialect::MessagePack => out.binary(&[turn]),
            Dialect::SocketIo => out.text(format!("42[\"i\",{turn}]").as_bytes()),
            Dialect::Colyseus => out.binary(&[17, 0xA1, b'i', turn]),
        }
    }
}

/// Takes a seat in the room of ships.
fn seat(address: SocketAddr) -> io::Result<String> {
    let seat = http::ask(address, "POST", "/matchmake/joinOrCreate/ships")?;
    let text = |key: &str| seat[key].as_str().unwrap_or_default().to_owned();
    Ok(format!("/{}/{}?sessionId={}", text("processId"), text("roomId"), text("sessionId")))
}

impl Speaker for Thin {
    fn target(&self) -> String {
        self.target.clone()
    }

    fn open(&mut self, _: Duration, out: &mut Outgoing) {
        if self.dialect == Dialect::SocketIo {
            out.text(b"40");
        }
    }

    fn receive(
        &mut self,
        message: Message<'_>,
        _: Duration,
        out: &mut Outgoing,
    ) -> Result<(), String> {
        match (self.dialect, message) {
            // The room's description; the state comes when that has been acknowledged.
            (Dialect::Colyseus, Message::Binary([10, ..])) => out.binary(&[10]),
            (Dialect::SocketIo, Message::Text(b"2")) => out.text(b"3"),
            (_, Message::Control(8, _)) => return Err("the server closed".to_owned()),
            (_, Message::Control(9, payload)) => out.frame(0x8A, payload),
            (Dialect::Colyseus, Message::Binary([14, ..])) => self.ready = true,
            (Dialect::SocketIo, Message::Text(text)) => self.ready |= text.starts_with(b"42"),
            (Dialect::Bincode | Dialect::MessagePack, Message::Binary(_)) => self.ready = true,
            _ => {}
        }
        Ok(())
    }

    fn turn(&mut self, _: Duration, out: &mut Outgoing) {
        self.turns += 1;
        if self.turns.is_multiple_of(HOLD) {
            self.turn = self.rng.below(3) as u8;
        }
        if self.ready {
            self.steer(self.turn, out);
        }
    }
}

impl Speaker for Client {
    fn target(&self) -> String {
        match self {
            Client::Tickwire(player) => player.target(),
            Client::Thin(thin) => thin.target(),
        }
    }

    fn open(&mut self, now: Duration, out: &mut Outgoing) {
        match self {
            Client::Tickwire(player) => player.open(now, out),
            Client::Thin(thin) => thin.open(now, out),
        }
    }

    fn receive(
        &mut self,
        message: Message<'_>,
        now: Duration,
        out: &mut Outgoing,
    ) -> Result<(), String> {
        match self {
            Client::Tickwire(player) => player.receive(message, now, out),
            Client::Thin(thin) => thin.receive(message, now, out),
        }
    }

    fn turn(&mut self, now: Duration, out: &mut Outgoing) {
        match self {
            Client::Tickwire(player) => player.turn(now, out),
            Client::Thin(thin) => thin.turn(now, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(dialect: Dialect) -> Thin {
        let rng = Rng::new(1);
        Thin { dialect, target: String::new(), rng, turns: 0, turn: 1, ready: false }
    }

    #[test]
    fn nothing_is_steered_before_the_server_has_spoken() {
        let (mut client, mut out) = (client(Dialect::MessagePack), Outgoing::default());
        client.turn(Duration::ZERO, &mut out);
        assert_eq!(out.count, 0);
        client.receive(Message::Binary(&[0x91, 0]), Duration::ZERO, &mut out).expect("it is fine");
        client.turn(Duration::ZERO, &mut out);
        assert_eq!(out.count, 1);
    }

    #[test]
    fn pings_of_every_kind_are_answered() {
        for (dialect, ping) in [
            (Dialect::SocketIo, Message::Text(b"2")),
            (Dialect::Colyseus, Message::Control(9, b"")),
            (Dialect::Colyseus, Message::Binary(&[10, 1, 2])),
        ] {
            let (mut client, mut out) = (client(dialect), Outgoing::default());
            client.receive(ping, Duration::ZERO, &mut out).expect("it is fine");
            assert_eq!(out.count, 1, "{dialect:?}");
        }
    }
}
