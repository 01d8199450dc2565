//! A room, its clients, and the lines between them.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use parking_lot::Mutex;
use tickwire_bots::client::{Core, CoreError, Event};
use tickwire_room::{HostedRoom, Newcomer, Poll, Reply, Room, RoomConfig};
use tickwire_shared::{
    Game, PlayerId, Tick,
    message::{ClientMessage, pong, resumed},
    replica::Memo,
    schema::Schema,
    session::Token,
};

use super::Rng;

/// A client, and the messages that are under way to and from it.
pub struct Puppet {
    pub core: Core,
    pub player: PlayerId,
    down: VecDeque<(u64, Vec<u8>)>,
    up: VecDeque<(u64, Vec<u8>)>,
    /// The least ticks that a message takes; it may take half as many more.
    pub delay: u64,
    pub verified: u32,
    pub merged: u32,
    pub full: u32,
    last_tick: Option<Tick>,
    /// It has no connection.
    lost: bool,
    /// How often it came back.
    returns: u8,
}

/// Changes a message on its way to the client of this number.
pub type Tamper = Box<dyn FnMut(usize, &mut Vec<u8>)>;

/// A room and its clients. Every message takes a random number of ticks, in order.
pub struct World<G: Game> {
    pub room: Room<G>,
    pub puppets: Vec<Puppet>,
    /// What every other client shares, so that those who do meet those who do not.
    pub memo: Arc<Mutex<Memo>>,
    pub rng: Rng,
    pub time: u64,
    /// Hashes that held, of clients that are in and that have left.
    pub verified: u32,
    pub tampered: Vec<CoreError>,
    /// Applied to every message from the server but the welcomes.
    pub tamper: Tamper,
}

pub fn config(start_tick: Tick) -> RoomConfig {
    RoomConfig { start_tick, ..RoomConfig::new("ROOM", 30, 7) }
}

impl<G: Game> World<G>
where
    G::Config: Default,
{
    pub fn new(start_tick: Tick, seed: u64) -> World<G> {
        World {
            room: Room::new(config(start_tick), &G::Config::default()),
            puppets: Vec::new(),
            memo: Arc::default(),
            rng: Rng(seed),
            time: 0,
            verified: 0,
            tampered: Vec::new(),
            tamper: Box::new(|_, _| {}),
        }
    }

    /// Lets a client in, whose messages take `delay` ticks or half as many more.
    pub fn join(&mut self, delay: u64) -> usize {
        let mut core = Core::new("puppet", None);
        if self.puppets.len().is_multiple_of(2) {
            core = core.sharing(self.memo.clone());
        }
        let mut join = Vec::new();
        assert!(core.poll_outgoing(Duration::ZERO, &mut join));
        let player = self.room.handle_join(&Newcomer::named("puppet")).expect("there is a place");
        let down = VecDeque::from([(self.time, self.room.welcome(player, &Token([0; 16])))]);
        self.puppets.push(Puppet {
            core,
            player,
            down,
            up: VecDeque::new(),
            delay,
            verified: 0,
            merged: 0,
            full: 0,
            last_tick: None,
            lost: false,
            returns: 0,
        });
        self.puppets.len() - 1
    }

    pub fn leave(&mut self, index: usize) {
        let puppet = self.puppets.remove(index);
        self.room.handle_leave(puppet.player);
    }

    /// A client's connection is lost, with all that is under way. The room may not have noticed.
    pub fn lose(&mut self, index: usize, is_noticed: bool) {
        let puppet = &mut self.puppets[index];
        puppet.down.clear();
        puppet.up.clear();
        puppet.lost = true;
        if is_noticed {
            self.room.handle_drop(puppet.player);
        }
    }

    /// A client resumes its session over a new connection.
    pub fn come_back(&mut self, index: usize) {
        let (now, mut message) = (self.now(), Vec::new());
        let puppet = &mut self.puppets[index];
        puppet.lost = false;
        puppet.returns += 1;
        let (player, next) = (puppet.player, Token([puppet.returns; 16]));
        let before = puppet.core.token();
        puppet.core.resume([7; 16]).expect("it was in");
        assert!(puppet.core.poll_outgoing(now, &mut message));
        let Ok(ClientMessage::Resume(resume)) = ClientMessage::read(&message) else {
            panic!("the first message asks for the session: {message:?}");
        };
        assert_eq!((Some(resume.token), resume.attempt), (before, [7; 16]));
        assert!(!puppet.core.poll_outgoing(now, &mut message), "then the server has to speak");
        assert!(self.room.handle_resume(player, resume.applied));
        let answer = match resume.applied {
            Some(_) => resumed(&next).to_vec(),
            None => self.room.welcome(player, &next),
        };
        self.send_down(index, answer);
    }

    pub fn run(&mut self, ticks: u64) {
        for _ in 0..ticks {
            self.tick();
        }
    }

    pub fn tick(&mut self) {
        self.time += 1;
        for index in 0..self.puppets.len() {
            self.receive_at_server(index);
        }
        self.room.tick();
        assert_eq!(self.room.poll_event(), None, "nobody is given up");
        for index in 0..self.puppets.len() {
            let mut frame = Vec::new();
            if self.room.poll_frame(self.puppets[index].player, &mut frame) == Poll::Frame
                && !self.puppets[index].lost
            {
                self.send_down(index, frame);
            }
            self.receive_at_client(index);
        }
    }

    fn due(&mut self, delay: u64, last: Option<u64>) -> u64 {
        (self.time + delay + self.rng.below(delay / 2 + 1)).max(last.unwrap_or(0))
    }

    fn send_down(&mut self, index: usize, mut message: Vec<u8>) {
        (self.tamper)(index, &mut message);
        let last = self.puppets[index].down.back().map(|(due, _)| *due);
        let due = self.due(self.puppets[index].delay, last);
        self.puppets[index].down.push_back((due, message));
    }

    fn receive_at_server(&mut self, index: usize) {
        let time = self.time;
        while let Some((_, message)) = self.puppets[index].up.pop_front_if(|(due, _)| *due <= time)
        {
            let player = self.puppets[index].player;
            match self.room.handle_message(player, &message).expect("a core sends messages") {
                Reply::Nothing | Reply::Leave | Reply::Net(_) => {}
                Reply::Send(bytes) => self.send_down(index, bytes),
                Reply::Pong(token) => self.send_down(index, pong(token).to_vec()),
            }
        }
    }

    fn receive_at_client(&mut self, index: usize) {
        let time = self.time;
        let now = self.now();
        while let Some((_, message)) =
            self.puppets[index].down.pop_front_if(|(due, _)| *due <= time)
        {
            let push = self.rng.next();
            let puppet = &mut self.puppets[index];
            match puppet.core.handle_message(&message, now) {
                Ok(event) => self.verified += puppet.note(&event),
                Err(error) if error.is_recoverable() => self.tampered.push(error),
                Err(error) => panic!("{error}"),
            }
            puppet.play(push);
            self.answer(index);
        }
        self.answer(index);
    }

    /// The time, for clients: ticks are a thirtieth of a second.
    fn now(&self) -> Duration {
        Duration::from_micros(self.time * 1_000_000 / 30)
    }

    fn answer(&mut self, index: usize) {
        if self.puppets[index].lost {
            return;
        }
        let (mut message, now) = (Vec::new(), self.now());
        while self.puppets[index].core.poll_outgoing(now, &mut message) {
            let last = self.puppets[index].up.back().map(|(due, _)| *due);
            let due = self.due(self.puppets[index].delay, last);
            // What is sent in a tick arrives before the next one at the earliest.
            self.puppets[index].up.push_back((due.max(self.time + 1), message.clone()));
        }
    }
}

impl Puppet {
    /// Notes a frame; 1 when it proved something.
    fn note(&mut self, event: &Event) -> u32 {
        let Event::Frame(applied) = event else { return 0 };
        let gap = self.last_tick.map(|last| applied.tick.since(last));
        self.merged += u32::from(!applied.full && gap.is_some_and(|gap| gap > 1));
        self.full += u32::from(applied.full);
        let verified = u32::from(applied.hash.is_some_and(|check| check.holds()));
        self.verified += verified;
        self.last_tick = Some(applied.tick);
        verified
    }

    /// Any input will do, as long as it is one.
    fn play(&mut self, random: u64) {
        let columns = random_columns(self.core.replica().expect("it is in").schema(), random);
        self.core.set_input_columns(&columns).expect("the columns were made from the schema");
    }

    /// Ends the delay: from now on messages take `delay` ticks, after those under way.
    pub fn stall_until(&mut self, time: u64) {
        let first = self.down.back().map_or(time, |(due, _)| time.max(*due));
        self.down.push_back((first, pong(u32::MAX).to_vec()));
    }
}

pub fn random_columns(schema: &Schema, random: u64) -> Vec<u32> {
    let mut rng = Rng(random);
    let specs = schema.input.fields.iter().flat_map(|field| field.columns());
    specs.map(|spec| rng.below(u64::from(spec.max) + 1) as u32).collect()
}
