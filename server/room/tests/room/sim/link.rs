//! A room of any game whose viewers sit behind links of limited width, in virtual time.
//!
//! A link takes so many bytes a tick and keeps what is beyond, as a kernel and a modem do.
//! Readers apply every frame that arrives and check its hash; what differs is when they do so.

use std::collections::VecDeque;

use tickwire_room::{HostedRoom, Newcomer, Poll, Reply, Room, RoomConfig, RoomEvent};
use tickwire_shared::{
    Game, PlayerId, Tick,
    message::{ClientMessage, CloseCode, ServerMessage},
    record::RecordLayout,
    replica::Replica,
    session::Token,
};

use super::Random;

/// A link as wide as anybody wants.
pub const WIDE: u32 = 1 << 30;

/// A viewer and the link to it.
pub struct Reader {
    pub id: PlayerId,
    replica: Replica,
    /// Bytes that the link takes in a tick.
    pub width: u32,
    credit: u32,
    /// Ticks that a byte takes on the way, and an acknowledgement on the way back.
    pub delay: i32,
    /// Acknowledges only each so many ticks.
    pub every: u32,
    /// Reads nothing before this tick.
    pub stalled_until: Option<Tick>,
    /// Sends inputs; one that does not only acknowledges.
    pub plays: bool,
    queue: VecDeque<(Tick, Vec<u8>)>,
    arriving: VecDeque<(Tick, Tick, Vec<u8>)>,
    acks: VecDeque<(Tick, Tick)>,
    /// The bytes of each frame made for it.
    pub frames: Vec<(Tick, Vec<u8>)>,
    /// How many ticks old each frame was when it was applied.
    pub ages: Vec<i32>,
    /// At each tick, how old the state was that it held.
    pub stale: Vec<i32>,
    pub full: u32,
    pub verified: u32,
    pub closed: Option<CloseCode>,
}

/// A room and its readers.
pub struct Network<G: Game> {
    pub room: Room<G>,
    pub readers: Vec<Reader>,
    pub now: Tick,
    record: RecordLayout,
    random: Random,
}

impl<G: Game> Network<G> {
    pub fn new(config: RoomConfig, game: &G::Config) -> Self {
        let (now, random) = (config.start_tick, Random(config.seed));
        let record = RecordLayout::new(&G::schema().input);
        Network { room: Room::new(config, game), readers: Vec::new(), now, record, random }
    }

    pub fn join(&mut self) -> &mut Reader {
        let id = self.room.handle_join(&Newcomer::named("reader")).expect("the room has space");
        self.connect(id)
    }

    pub fn observe(&mut self, like: Option<PlayerId>) -> &mut Reader {
        let id = self.room.handle_observe(like).expect("there is space for observers");
        self.connect(id)
    }

    fn connect(&mut self, id: PlayerId) -> &mut Reader {
        let bytes = self.room.welcome(id, &Token([0; 16]));
        let ServerMessage::Welcome(welcome) = ServerMessage::read(&bytes).unwrap() else {
            panic!("a welcome was expected");
        };
        let replica = Replica::new(welcome.schema, &welcome.priors, welcome.tick_hz).unwrap();
        self.readers.push(Reader::new(id, replica));
        self.readers.last_mut().unwrap()
    }

    pub fn run(&mut self, ticks: u32) {
        (0..ticks).for_each(|_| self.tick());
    }

    pub fn tick(&mut self) {
        for reader in &mut self.readers {
            let input = random_input::<G>(&self.record, &mut self.random);
            while let Some(message) = reader.message(self.now, &input) {
                let reply = self.room.handle_message(reader.id, &message).unwrap();
                assert_eq!(reply, Reply::Nothing);
            }
        }
        HostedRoom::tick(&mut self.room);
        self.now = self.now.next();
        while let Some(event) = self.room.poll_event() {
            let (RoomEvent::Dropped(player, code) | RoomEvent::Ended(player, code)) = event else {
                continue;
            };
            let reader = self.readers.iter_mut().find(|reader| reader.id == player);
            reader.expect("it is one of these").closed = Some(code);
        }
        for reader in self.readers.iter_mut().filter(|reader| reader.closed.is_none()) {
            let mut frame = Vec::new();
            if self.room.poll_frame(reader.id, &mut frame) == Poll::Frame {
                reader.frames.push((self.now, frame.clone()));
                reader.queue.push_back((self.now, frame));
            }
            reader.turn(self.now);
        }
    }
}

/// Any controls, the same for the same seed whatever readers do.
fn random_input<G: Game>(layout: &RecordLayout, random: &mut Random) -> Vec<u8> {
    let schema = G::schema();
    let specs = schema.input.fields.iter().flat_map(|field| field.ty.columns());
    let columns: Vec<_> = specs.map(|spec| random.below(spec.max.saturating_add(1))).collect();
    let mut record = Vec::new();
    layout.pack(&columns, &mut record);
    record
}

impl Reader {
    fn new(id: PlayerId, replica: Replica) -> Reader {
        Reader {
            id,
            replica,
            width: WIDE,
            credit: 0,
            delay: 0,
            every: 1,
            stalled_until: None,
            plays: false,
            queue: VecDeque::new(),
            arriving: VecDeque::new(),
            acks: VecDeque::new(),
            frames: Vec::new(),
            ages: Vec::new(),
            stale: Vec::new(),
            full: 0,
            verified: 0,
            closed: None,
        }
    }

    /// What it says before the tick that follows `now`.
    fn message(&mut self, now: Tick, record: &[u8]) -> Option<Vec<u8>> {
        if self.closed.is_some() || !now.0.is_multiple_of(self.every) {
            return None;
        }
        let (_, applied) = self.acks.pop_front_if(|(due, _)| !due.is_after(now))?;
        let mut bytes = Vec::new();
        match self.plays {
            true => {
                let tick = now.next();
                ClientMessage::Input { applied, tick, behind: 0, record }.write(&mut bytes);
            }
            false => ClientMessage::Ack(applied).write(&mut bytes),
        }
        Some(bytes)
    }

    /// Moves bytes along the link and reads what has arrived.
    fn turn(&mut self, now: Tick) {
        self.credit += self.width;
        while let Some((tick, frame)) =
            self.queue.pop_front_if(|(_, frame)| frame.len() as u32 <= self.credit)
        {
            self.credit -= frame.len() as u32;
            self.arriving.push_back((now.offset(self.delay), tick, frame));
        }
        if self.queue.is_empty() {
            self.credit = 0;
        }
        if !self.stalled_until.is_some_and(|until| until.is_after(now)) {
            while let Some((_, tick, frame)) =
                self.arriving.pop_front_if(|(due, ..)| !due.is_after(now))
            {
                self.apply(now, tick, &frame);
            }
        }
        self.stale.extend(self.replica.tick().map(|held| now.since(held)));
    }

    fn apply(&mut self, now: Tick, tick: Tick, frame: &[u8]) {
        let applied = self.replica.apply(frame).expect("the room's frames can be applied");
        assert_eq!(applied.tick, tick);
        if let Some(check) = applied.hash {
            assert!(check.holds(), "the hash differs at tick {tick}");
            self.verified += 1;
        }
        self.full += u32::from(applied.full);
        self.ages.push(now.since(tick));
        // One acknowledgement says all that came before it.
        let due = now.offset(self.delay);
        self.acks.push_back((due, tick));
    }

    pub fn held(&self) -> Option<Tick> {
        self.replica.tick()
    }
}

/// What this share of all lies at or below.
pub fn quantile(numbers: &[i32], share: f64) -> i32 {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    sorted[((sorted.len() - 1) as f64 * share) as usize]
}
