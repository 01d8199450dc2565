//! A room and its clients in one thread and virtual time, with an independent checker.
//!
//! Links deliver frames and acknowledgements some ticks late and can stall. The
//! checker keeps what the game said it replicates, tick by tick, for each
//! player's eyes, and compares it with what each client's replica holds: it
//! shares no code with the room's segments.

pub mod brittle;
pub mod link;
pub mod meadow;
pub mod world;

use std::collections::VecDeque;

use tickwire_room::{HostedRoom, Newcomer, Poll, Reply, Room, RoomConfig};
use tickwire_shared::{
    Game, PlayerId, Tick,
    message::{ClientMessage, ServerMessage, Welcome},
    replica::Replica,
    session::Token,
};

/// A game that knows what its players should see.
pub trait Checked: Game {
    /// Compares what a player holds after the frame of a tick with what it should hold.
    fn check(&self, player: PlayerId, replica: &Replica, tick: Tick);
}

const FNV_PRIME: u64 = 0x100_0000_01B3;

/// A small generator, so that a failing seed repeats.
#[derive(serde::Serialize, serde::Deserialize)]
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: u32) -> u32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as u32) % limit.max(1)
    }
}

/// A client at the end of a link.
pub struct Client {
    pub id: PlayerId,
    /// The player whose eyes it has: itself, unless it observes.
    pub eyes: PlayerId,
    pub replica: Replica,
    /// Frames under way, with the tick in which they arrive.
    link: VecDeque<(Tick, Vec<u8>)>,
    /// Ticks that a frame takes.
    pub delay: i32,
    /// The client reads nothing before this tick.
    pub stalled_until: Option<Tick>,
    /// It has a connection. Without one nothing comes and nothing goes.
    pub is_connected: bool,
    /// The game's messages that it got: their records.
    pub heard: Vec<Vec<u8>>,
    /// What it was told by the room itself: index and body.
    pub told: Vec<(u8, Vec<u8>)>,
    pub verified: u32,
    pub full_frames: u32,
    pub frames: u32,
    pub bytes: u64,
}

/// A room with its clients.
pub struct Sim<W: Checked> {
    pub room: Room<W>,
    pub clients: Vec<Client>,
    pub now: Tick,
    /// The bytes of all frames that were made for players, whether or not they arrived.
    pub sent: u64,
    /// Differs when a byte of any frame does.
    pub digest: u64,
    frame: Vec<u8>,
}

impl<W: Checked> Sim<W> {
    pub fn new(config: RoomConfig, world: &W::Config) -> Self {
        let now = config.start_tick;
        // The worlds carry along what they were seen to do, which ticks on trial must not add to.
        let room = Room::new(RoomConfig { trials: 0, ..config }, world);
        Sim { room, clients: Vec::new(), now, sent: 0, digest: 0, frame: Vec::new() }
    }

    pub fn join(&mut self, delay: i32) -> PlayerId {
        let id = self.room.handle_join(&Newcomer::named("bot")).expect("the room has space");
        self.connect(id, delay);
        id
    }

    /// Somebody observes a player; the observer's place among the clients.
    pub fn observe(&mut self, like: PlayerId) -> usize {
        let id = self.room.handle_observe(Some(like)).expect("there is space for observers");
        self.connect(id, 0);
        self.clients.len() - 1
    }

    fn connect(&mut self, id: PlayerId, delay: i32) {
        let bytes = self.room.welcome(id, &Token([0; 16]));
        let ServerMessage::Welcome(welcome) = ServerMessage::read(&bytes).unwrap() else {
            panic!("a welcome was expected");
        };
        let Welcome { schema, priors, tick_hz, player: eyes, .. } = *welcome;
        let replica = Replica::new(schema, &priors, tick_hz).unwrap();
        self.clients.push(Client {
            id,
            eyes,
            replica,
            link: VecDeque::new(),
            delay,
            stalled_until: None,
            is_connected: true,
            heard: Vec::new(),
            told: Vec::new(),
            verified: 0,
            full_frames: 0,
            frames: 0,
            bytes: 0,
        });
    }

    pub fn leave(&mut self, index: usize) {
        let client = self.clients.remove(index);
        self.room.handle_leave(client.id);
    }

    /// A client's connection breaks, with all that is on its way. The room may come to know.
    pub fn disconnect(&mut self, index: usize, is_known: bool) {
        let client = &mut self.clients[index];
        client.is_connected = false;
        client.link.clear();
        if is_known {
            self.room.handle_drop(client.id);
        }
    }

    /// A client is back on another connection, with what it holds or without.
    pub fn resume(&mut self, index: usize, knows: bool) -> bool {
        let client = &mut self.clients[index];
        client.is_connected = true;
        client.stalled_until = None;
        // Whatever the old connection still had is gone.
        client.link.clear();
        self.room.handle_resume(client.id, client.replica.tick().filter(|_| knows))
    }

    /// One tick: the room, its frames onto the links, what arrives, and the check.
    pub fn tick(&mut self, random: &mut Random) {
        HostedRoom::tick(&mut self.room);
        self.now = self.now.next();
        for client in &mut self.clients {
            self.frame.clear();
            if self.room.poll_frame(client.id, &mut self.frame) == Poll::Frame {
                let is_player = client.eyes == client.id;
                self.sent += if is_player { self.frame.len() as u64 } else { 0 };
                let bytes = self.frame.iter().map(|byte| u64::from(*byte) + 1);
                self.digest = bytes.fold(self.digest, |sum, it| (sum ^ it).wrapping_mul(FNV_PRIME));
                let arrival = self.now.offset(client.delay);
                let frame = (arrival, self.frame.clone());
                // What is written to a connection that is broken is lost.
                client.link.extend(client.is_connected.then_some(frame));
            }
        }
        for index in 0..self.clients.len() {
            self.deliver(index, random);
        }
    }

    fn deliver(&mut self, index: usize, random: &mut Random) {
        let now = self.now;
        let client = &mut self.clients[index];
        let stalls = client.stalled_until.is_some_and(|until| until.is_after(now));
        if stalls || !client.is_connected {
            return;
        }
        while client.link.front().is_some_and(|(arrival, _)| !arrival.is_after(now)) {
            let (_, bytes) = client.link.pop_front().unwrap();
            client.receive(&bytes, self.room.game());
        }
        let message = client.answer(random);
        if let Some(message) = message {
            let reply = self.room.handle_message(client.id, &message).unwrap();
            assert_eq!(reply, Reply::Nothing);
        }
    }
}

impl Client {
    fn receive(&mut self, bytes: &[u8], world: &impl Checked) {
        let applied = self.replica.apply(bytes).expect("the room's frames can be applied");
        self.frames += 1;
        self.bytes += bytes.len() as u64;
        self.full_frames += u32::from(applied.full);
        if let Some(check) = applied.hash {
            assert!(check.holds(), "the hash differs at tick {}", applied.tick);
            self.verified += 1;
        }
        for (index, record) in self.replica.messages() {
            match index {
                0..64 => self.heard.push(record.to_vec()),
                _ => self.told.push((index as u8, record.to_vec())),
            }
        }
        world.check(self.eyes, &self.replica, applied.tick);
    }

    fn answer(&self, random: &mut Random) -> Option<Vec<u8>> {
        let applied = self.replica.tick()?;
        let mut bytes = Vec::new();
        let record = [random.below(4) as u8];
        let tick = applied.offset(self.delay + 2);
        if self.eyes != self.id {
            ClientMessage::Ack(applied).write(&mut bytes);
            return Some(bytes);
        }
        match random.below(8) {
            0 => ClientMessage::Ack(applied).write(&mut bytes),
            1 => return None,
            _ => {
                ClientMessage::Input { applied, tick, behind: 0, record: &record }.write(&mut bytes)
            }
        }
        Some(bytes)
    }
}
