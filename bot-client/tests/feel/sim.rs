//! A room, its players and the networks between them, in one thread and virtual time.
//!
//! Time goes by the millisecond. The room makes its ticks on time and reads what has come each
//! millisecond, as a server does that has time to spare.

use std::{sync::Arc, time::Duration};

use tickwire_bots::client::{Core, Event};
use tickwire_games::arena::{Arena, Config, Controls, Map};
use tickwire_room::{HostedRoom, Newcomer, Poll, Reply, Room, RoomConfig};
use tickwire_shared::{
    PlayerId, Tick,
    link::{Conditions, Duplex, Link},
    message::{kind, pong},
    session::Token,
};

use super::player::Player;

pub const HZ: u32 = 30;
/// What a hit takes of a ship's 100.
const DAMAGE: u8 = 1;
const STEP: Duration = Duration::from_millis(1);
/// A picture is drawn each so many milliseconds.
pub const PICTURE: u64 = 16;
/// A frame is made only when so much space is left on the way to the player.
const ROOM_FOR_A_FRAME: usize = 8192;

/// A player's connection.
pub struct Line {
    pub wire: Duplex<Vec<u8>>,
    /// Messages that the way to the server had no space for, in order.
    waiting: Vec<Vec<u8>>,
}

/// What becomes of a message on its way to the server; nothing, or others instead.
pub type Tamper = Box<dyn FnMut(Duration, Vec<u8>) -> Vec<Vec<u8>>>;

/// Somebody in the room.
pub struct Seat {
    pub id: PlayerId,
    pub core: Core,
    pub line: Line,
    pub player: Player,
    pub tamper: Tamper,
    /// How fast its clock runs.
    pub pace: f64,
}

pub struct Sim {
    pub room: Room<Arena>,
    pub seats: Vec<Seat>,
    pub now: Duration,
    made: u64,
    map: Arc<Map>,
    seed: u64,
}

/// A room in which one can fly in circles for a minute and touch nothing.
pub fn hall() -> Map {
    let wall = "#".repeat(40);
    let floor = format!("#{}#", ".".repeat(38));
    let spawn = format!("#{}S{}#", ".".repeat(19), ".".repeat(18));
    let mut rows = vec![wall.clone()];
    rows.extend((0..19).map(|_| floor.clone()));
    rows.push(spawn);
    rows.extend((0..18).map(|_| floor.clone()));
    rows.push(wall);
    Map::parse(&rows.join("\n")).expect("it is fine")
}

impl Sim {
    pub fn new(map: Map, seed: u64) -> Sim {
        let config =
            RoomConfig { start_tick: Tick(u32::MAX - 700), ..RoomConfig::new("FEEL", HZ, seed) };
        // A hit takes next to nothing, so that nobody has to come in anew.
        let game = Config { map: map.clone(), damage: DAMAGE, ..Config::default() };
        Sim {
            room: Room::new(config, &game),
            seats: Vec::new(),
            now: Duration::ZERO,
            made: 0,
            map: Arc::new(map),
            seed,
        }
    }

    /// Lets somebody in who does what `play` says at each frame.
    pub fn join(
        &mut self,
        conditions: &Conditions,
        play: impl FnMut(&Core) -> Controls + 'static,
    ) -> usize {
        let mut core = Core::new("player", None);
        let mut join = Vec::new();
        assert!(core.poll_outgoing(self.now, &mut join) && join[0] == kind::JOIN);
        let id = self.room.handle_join(&Newcomer::named("player")).expect("there is a place");
        let seed = self.seed ^ u64::from(id.0).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut wire = Duplex::new(conditions, seed, self.now);
        let welcome = self.room.welcome(id, &Token([0; 16]));
        // It has waited for the join to arrive; that the join was not sent is not seen.
        wire.up.push(self.now, join.len(), join).expect("there is space");
        send(&mut wire.down, self.now + conditions.least_delay(), welcome);
        let line = Line { wire, waiting: Vec::new() };
        let player = Player::new(id, Arc::clone(&self.map), HZ, Box::new(play));
        let tamper: Tamper = Box::new(|_, message| vec![message]);
        self.seats.push(Seat { id, core, line, player, tamper, pace: 1.0 });
        self.seats.len() - 1
    }

    pub fn run(&mut self, time: Duration) {
        let until = self.now + time;
        while self.now < until {
            self.step();
        }
    }

    pub fn run_seconds(&mut self, seconds: u64) {
        self.run(Duration::from_secs(seconds));
    }

    fn step(&mut self) {
        self.now += STEP;
        let due = Duration::from_nanos((self.made + 1) * 1_000_000_000 / u64::from(HZ));
        let left = due.saturating_sub(self.now).as_nanos() * u128::from(HZ) * 256 / 1_000_000_000;
        for seat in &mut self.seats {
            seat.arrive(&mut self.room, self.now, left.min(256) as u16);
        }
        if self.now >= due {
            self.tick();
        }
        let draws = (self.now.as_millis() as u64).is_multiple_of(PICTURE);
        for seat in &mut self.seats {
            seat.live(self.now);
            if draws {
                seat.player.draw(self.now);
            }
        }
    }

    fn tick(&mut self) {
        self.made += 1;
        HostedRoom::tick(&mut self.room);
        assert_eq!(self.room.poll_event(), None, "nobody is given up");
        for seat in &mut self.seats {
            if seat.line.wire.down.space() < ROOM_FOR_A_FRAME {
                self.room.handle_blocked(seat.id);
                continue;
            }
            let mut frame = Vec::new();
            if self.room.poll_frame(seat.id, &mut frame) == Poll::Frame {
                send(&mut seat.line.wire.down, self.now, frame);
            }
        }
    }
}

fn send(link: &mut Link<Vec<u8>>, now: Duration, message: Vec<u8>) {
    link.push(now, message.len(), message).expect("there is space for it");
}

impl Seat {
    /// The server reads what has come.
    fn arrive(&mut self, room: &mut Room<Arena>, now: Duration, left: u16) {
        while let Some(message) = self.line.wire.up.pop(now) {
            if message[0] == kind::JOIN {
                continue;
            }
            match room.handle_message_ahead(self.id, &message, left).expect("it is a message") {
                Reply::Pong(token) => send(&mut self.line.wire.down, now, pong(token).to_vec()),
                Reply::Send(bytes) => send(&mut self.line.wire.down, now, bytes),
                Reply::Nothing | Reply::Leave | Reply::Net(_) => {}
            }
        }
    }

    /// The client reads what has come, and says what is due.
    fn live(&mut self, now: Duration) {
        let own_now = now.mul_f64(self.pace);
        while let Some(message) = self.line.wire.down.pop(now) {
            let event =
                self.core.handle_message(&message, own_now).expect("the room's frames hold");
            if let Event::Frame(applied) = event {
                assert!(applied.hash.is_none_or(|check| check.holds()), "at tick {}", applied.tick);
                self.player.see(&mut self.core, now);
            }
        }
        let mut message = Vec::new();
        while self.core.poll_outgoing(own_now, &mut message) {
            let sent = (self.tamper)(now, message.clone());
            self.line.waiting.extend(sent);
        }
        self.player.note_inputs(&self.core);
        let Line { wire, waiting, .. } = &mut self.line;
        let mut rest = std::mem::take(waiting).into_iter();
        for message in rest.by_ref() {
            if let Err(full) = wire.up.push(now, message.len(), message) {
                waiting.push(full);
                break;
            }
        }
        waiting.extend(rest);
    }
}
