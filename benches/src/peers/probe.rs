//! A client that decodes what it is sent, and looks often: for what a player would notice.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use tickwire_bots::client::{Core, Event};

use super::{
    decode::{Picture, State, msgpack, socket_io},
    game::{Seen, Turn, You},
    host::{Dialect, Host},
    thin::Thin,
    world::HZ,
};
use crate::load::{Message, Outgoing, Speaker, socket::Socket};

/// The largest message.
const BUFFER: usize = 4 << 20;
/// How long it sleeps between looks.
const NAP: Duration = Duration::from_micros(200);
/// How long a join or a press may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A client that decodes. Colyseus has its own SDK for that, in `watch.js`.
#[derive(Debug)]
pub struct Probe {
    socket: Socket,
    scratch: Vec<u8>,
    out: Outgoing,
    begun: Instant,
    mind: Mind,
    /// The slot of its own ship, once it knows.
    pub me: Option<u32>,
}

#[derive(Debug)]
enum Mind {
    Tickwire(Box<Core>),
    Plain(Dialect, Thin),
}

impl Probe {
    /// Joins, and waits for the first state. Returns how long that took, seat and handshake included.
    ///
    /// # Errors
    /// When it is not let in.
    pub fn join(host: &Host, address: SocketAddr, near: bool) -> Result<(Probe, Duration), String> {
        let begun = Instant::now();
        let mind = match host.dialect {
            None => Mind::Tickwire(Box::new(Core::new("probe", None))),
            Some(dialect) => {
                let thin = Thin::new(dialect, address, 0).map_err(|error| error.to_string())?;
                Mind::Plain(dialect, thin)
            }
        };
        let target = match &mind {
            Mind::Tickwire(_) => format!("/ws?game={}", if near { "near" } else { "everyone" }),
            Mind::Plain(_, thin) => thin.target(),
        };
        let socket = Socket::connect(address, &target).map_err(|error| error.to_string())?;
        let (scratch, out) = (vec![0; BUFFER], Outgoing::default());
        let mut probe = Probe { socket, scratch, out, begun, mind, me: None };
        if let Mind::Plain(_, thin) = &mut probe.mind {
            thin.open(Duration::ZERO, &mut probe.out);
        }
        while begun.elapsed() < PATIENCE {
            if probe.look()?.is_some() || probe.is_ready() {
                return Ok((probe, begun.elapsed()));
            }
            thread::sleep(NAP);
        }
        Err("no state came".to_owned())
    }

    /// Colyseus' states are not decoded here, but they are seen to come.
    fn is_ready(&self) -> bool {
        matches!(&self.mind, Mind::Plain(Dialect::Colyseus, thin) if thin.ready)
    }

    /// Reads what has come, says what is to be said, and returns the newest state, if one came.
    ///
    /// # Errors
    /// When the connection ended, or a hash differs.
    pub fn look(&mut self) -> Result<Option<Picture>, String> {
        let mut newest = None;
        self.look_at_each(|picture| newest = Some(picture))?;
        Ok(newest)
    }

    /// The same, for each state that came.
    ///
    /// # Errors
    /// When the connection ended, or a hash differs.
    pub fn look_at_each(&mut self, mut each: impl FnMut(Picture)) -> Result<(), String> {
        let now = self.begun.elapsed();
        let (mind, me, out) = (&mut self.mind, &mut self.me, &mut self.out);
        self.socket.read(&mut self.scratch, |message| {
            let seen = match mind {
                Mind::Tickwire(core) => hear_tickwire(core, message, now, me)?,
                Mind::Plain(dialect, thin) => {
                    thin.receive(message, now, out)?;
                    hear_plain(*dialect, message, me)
                }
            };
            seen.into_iter().for_each(&mut each);
            Ok(())
        })?;
        self.speak()
    }

    fn speak(&mut self) -> Result<(), String> {
        if let Mind::Tickwire(core) = &mut self.mind {
            let mut bytes = Vec::new();
            while core.poll_outgoing(self.begun.elapsed(), &mut bytes) {
                self.out.binary(&bytes);
            }
        }
        if !self.out.bytes.is_empty() {
            self.socket.write(&self.out.bytes)?;
            self.out.bytes.clear();
        }
        Ok(())
    }

    /// Says what the ship does from now on.
    ///
    /// # Errors
    /// When the connection ended.
    pub fn steer(&mut self, turn: u8) -> Result<(), String> {
        match &mut self.mind {
            Mind::Tickwire(core) => {
                core.set_input(&Turn { turn }).map_err(|error| error.to_string())?
            }
            Mind::Plain(_, thin) => thin.steer(turn, &mut self.out),
        }
        self.speak()
    }

    /// Plays on until it is told to stop, or for as long as patience lasts.
    ///
    /// # Errors
    /// When the connection ended.
    pub fn play_until(&mut self, stop: &AtomicBool) -> Result<(), String> {
        let (begun, mut next) = (Instant::now(), 0);
        while !stop.load(Relaxed) && begun.elapsed() < PATIENCE {
            self.look()?;
            if begun.elapsed() >= Duration::from_secs(next) / HZ {
                next += 1;
                self.steer(1)?;
            }
            thread::sleep(NAP);
        }
        Ok(())
    }

    /// Presses now and then for some time; returns how long each press took until its effect was seen.
    ///
    /// # Errors
    /// When the connection ended.
    pub fn latencies(&mut self, time: Duration) -> Result<Vec<Duration>, String> {
        let (begun, mut samples) = (Instant::now(), Vec::new());
        let mut headings = VecDeque::from([0; 4]);
        let (mut pressed, mut next) = (None, 0);
        while begun.elapsed() < time {
            let seen = self.look()?;
            let own = seen.zip(self.me).and_then(|(picture, me)| Some(picture.ships.get(&me)?[2]));
            if let Some(heading) = own {
                let before = headings.back().copied();
                if let Some(at) = pressed.filter(|_| before != Some(heading)) {
                    samples.push(Instant::now() - at);
                    pressed = None;
                    self.steer(1)?;
                }
                headings.pop_front();
                headings.push_back(heading);
            }
            // A client says something in each tick; a press comes at any moment of one.
            if begun.elapsed() >= Duration::from_secs(next) / HZ {
                next += 1;
                let steady = headings.iter().all(|heading| *heading == headings[0]);
                if pressed.is_none() && next % 5 == 0 && steady && self.me.is_some() {
                    thread::sleep(Duration::from_millis(next * 7 % 33));
                    pressed = Some(Instant::now());
                }
                self.steer(if pressed.is_some() { 2 } else { 1 })?;
            }
            thread::sleep(NAP);
        }
        Ok(samples)
    }
}

fn hear_tickwire(
    core: &mut Core,
    message: Message<'_>,
    now: Duration,
    me: &mut Option<u32>,
) -> Result<Option<Picture>, String> {
    let bytes = match message {
        Message::Binary(bytes) => bytes,
        Message::Control(8, _) => return Err("the server closed".to_owned()),
        _ => return Ok(None),
    };
    let Event::Frame(applied) =
        core.handle_message(bytes, now).map_err(|error| error.to_string())?
    else {
        return Ok(None);
    };
    if applied.hash.is_some_and(|check| !check.holds()) {
        return Err("the hash differs".to_owned());
    }
    *me = core.messages_of::<You>().last().map(|you| you.slot.into()).or(*me);
    let ships = core.replica().into_iter().flat_map(|replica| replica.iter::<Seen>());
    let line = |seen: Seen| {
        [seen.x.into(), seen.y.into(), seen.heading.into(), seen.hp.into(), seen.score.into()]
    };
    // A slot map's first slot is 1.
    let ships = ships.map(|(id, seen)| (u32::from(id.slot()) - 1, line(seen))).collect();
    Ok(Some(Picture { tick: applied.tick.0, ships }))
}

/// Reads a state; the first message says which ship is one's own.
fn hear_plain(dialect: Dialect, message: Message<'_>, me: &mut Option<u32>) -> Option<Picture> {
    match (dialect, message) {
        (Dialect::Bincode, Message::Binary(bytes)) if me.is_none() => {
            *me = bytes.try_into().ok().map(u32::from_le_bytes);
            None
        }
        (Dialect::Bincode, Message::Binary(bytes)) => State::decode(bytes),
        (Dialect::MessagePack, Message::Binary(bytes)) => match msgpack(bytes)?.as_slice() {
            [slot] => {
                *me = Some(*slot);
                None
            }
            numbers => Picture::of_numbers(numbers),
        },
        (Dialect::SocketIo, Message::Text(text)) => {
            *me = socket_io(text, "w").or(*me);
            Picture::of_numbers(&socket_io::<Vec<u32>>(text, "s")?)
        }
        _ => None,
    }
}
