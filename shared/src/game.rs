//! What someone writes to have a game hosted: a world, a `step`, and what is replicated.
//!
//! A game never sees a connection, a clock or a byte. The room calls it in this
//! order each tick: [`Game::join`] and [`Game::leave`] as they happen,
//! [`Game::sight`] and [`Game::input`] for every player, [`Game::step`], [`Game::replicate`].

use glam::Vec2;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use slotmap::{Key, KeyData};

use crate::{
    Replicate,
    ids::PlayerId,
    record::RecordLayout,
    schema::{Kind, MAX_COLUMNS, Schema},
    tick::Tick,
};

/// A game that Tickwire can host.
///
/// Everything must follow from `config`, `seed` and the calls made: no clock, no
/// I/O, no randomness but from the seed, no iteration over a hash map. Then the
/// same inputs give the same state on every run.
///
/// A game is saved and loaded as a whole, with its settings and its random generator: every few
/// seconds its room writes it into the log of its recent past, from where the room is made again
/// after a panic, and recordings are played. It then goes on as what was loaded, so that
/// all copies of it are alike in what a saved world leaves out, such as which free slot of a slot map is
/// used next. What is made anew in each step may be left out with `#[serde(skip)]`; all else must be
/// in it, and what depends on nothing else must not change what the game does. Types that are saved
/// cannot use what needs a self-describing format: `#[serde(flatten)]`, `untagged` or `tag`.
pub trait Game: Serialize + DeserializeOwned + Sized + Send + 'static {
    /// The name that clients and `--game` use.
    const NAME: &'static str;
    /// The tick rate, unless the operator sets another.
    const TICK_HZ: u32 = 30;
    /// How many players a room takes, unless the operator sets another.
    const MAX_PLAYERS: u32 = 64;
    /// How many bytes a second one player is sent, unless the operator sets another number.
    /// What does not fit waits, the farthest first.
    const BYTES_A_SECOND: u32 = u32::MAX;
    /// Settings, read from the table of the game's name in the configuration file.
    type Config: DeserializeOwned + Default + Clone + Send + Sync;
    /// What a player sends each tick. Its default is what a silent player is taken to do.
    type Input: Replicate + Default + Clone + Send;

    /// The kinds of entity and messages; see [`SchemaBuilder`].
    fn schema() -> Schema;

    /// A file of priors trained on recordings of this game, made by `train`; without one its
    /// frames are a little larger.
    fn priors() -> Option<&'static [u8]> {
        None
    }

    /// A fresh world.
    fn init(config: &Self::Config, seed: u64) -> Self;

    /// Something that clients need once and that never changes, such as the map. Empty by default.
    ///
    /// The schema and this together must fit a control message, which leaves it some 50 KiB.
    fn setup(&self) -> String {
        String::new()
    }

    /// A player comes in. `name` has been cleaned and cut already.
    fn join(&mut self, player: PlayerId, name: &str);

    /// Who the player is that comes in next, as whoever signed its token says; called right before
    /// [`Game::join`], for players that have one. The same person may come in twice.
    fn identify(&mut self, _player: PlayerId, _identity: &str) {}

    /// A player has gone.
    fn leave(&mut self, player: PlayerId);

    /// A player asks for something, once: one of the schema's requests, in the order in which it sent
    /// them. Called before the inputs of the tick to come; at most
    /// [`MAX_REQUESTS_A_TICK`] for one player.
    fn request(&mut self, _player: PlayerId, _request: &Request<'_>) {}

    /// How far behind the tick to come the world was that a player looked at when it gave the input
    /// of this tick, in ticks; called right before [`Game::input`].
    ///
    /// A game that judges what players do by what they saw can keep a
    /// [`Rewind`](crate::netcode::Rewind). The room has bounded the number to a quarter of a second; 0
    /// means that nothing is to be rewound.
    fn sight(&mut self, _player: PlayerId, _behind: f32) {}

    /// What a player does in the tick to come; called once a tick for each player.
    fn input(&mut self, player: PlayerId, input: &Self::Input);

    /// Moves the world on by one tick.
    fn step(&mut self, step: &mut Step<'_>);

    /// Names everything that clients should hold, as it stands after the step.
    fn replicate(&self, capture: &mut Capture<'_>);

    /// The team whose private state a player may see.
    fn team(&self, _player: PlayerId) -> Option<u8> {
        None
    }

    /// How a large world is divided for interest management; asked once, after [`Game::init`].
    ///
    /// Without a grid everybody sees all entities, wherever they are.
    fn grid(&self) -> Option<Grid> {
        None
    }

    /// Gives back memory that can be made again. Called when a room in which nobody is stops making
    /// ticks for a while; the world stays as it is.
    fn sleep(&mut self) {}

    /// This game has been loaded: makes again what is not saved, such as memory that steps use
    /// again. `before` is the game whose place it takes, if there is one: what never changes can
    /// be shared with it, and its working memory taken over. Nothing else may be, or a replay,
    /// which has another before it, or none, would go differently.
    fn restored(&mut self, _before: Option<&mut Self>) {}

    /// Says where a player looks from and which groups it sees; asked once a tick for each
    /// player, after the step. Unless something is said here, a player sees no placed entity
    /// of a game with a grid, and no group.
    fn view(&self, _player: PlayerId, _view: &mut View) {}

    /// The same for somebody who only watches: such a viewer has joined nothing, and the game does not
    /// know it.
    fn spectate(&self, _view: &mut View) {}
}

/// A player may make so many requests in a tick; what is beyond is dropped, and it is told so.
pub const MAX_REQUESTS_A_TICK: usize = 8;

/// What a player asks of the game.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    kind: &'a Kind,
    columns: &'a [u32],
}

impl<'a> Request<'a> {
    /// A request of this kind, with its columns.
    #[must_use]
    pub fn new(kind: &'a Kind, columns: &'a [u32]) -> Self {
        Request { kind, columns }
    }

    /// The request, if it is of type `T`.
    #[must_use]
    pub fn get<T: Replicate>(&self) -> Option<T> {
        (self.kind.name == T::NAME).then(|| T::restore(&self.columns[..T::COLUMNS]))
    }
}

/// Builds a [`Schema`] from Rust types.
#[derive(Debug)]
pub struct SchemaBuilder(Schema);

impl SchemaBuilder {
    /// Starts the schema of `G`, whose input is `G::Input`.
    #[must_use]
    pub fn new<G: Game>() -> Self {
        SchemaBuilder(Schema {
            game: G::NAME.to_owned(),
            kinds: Vec::new(),
            input: G::Input::kind(),
            messages: Vec::new(),
            requests: Vec::new(),
        })
    }

    /// Adds a kind of entity.
    #[must_use]
    pub fn kind<T: Replicate>(mut self) -> Self {
        self.0.kinds.push(T::kind());
        self
    }

    /// Adds a message that the game may send.
    #[must_use]
    pub fn message<T: Replicate>(mut self) -> Self {
        self.0.messages.push(T::kind());
        self
    }

    /// Adds a request: a message that players may send to the game; see [`Game::request`].
    #[must_use]
    pub fn request<T: Replicate>(mut self) -> Self {
        self.0.requests.push(T::kind());
        self
    }

    /// The finished schema.
    ///
    /// # Panics
    /// When it breaks a limit: that is a mistake in the game's types.
    #[must_use]
    pub fn build(self) -> Schema {
        if let Err(error) = self.0.validate() {
            panic!("the schema of {:?} cannot be used: {error}", self.0.game);
        }
        self.0
    }
}

/// How a large world is divided into square cells, and how far a player sees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// The side of a cell, in the game's units; above zero.
    pub cell: f32,
    /// How far a player sees at each rate, in the game's units and never falling: cells within
    /// `reach[0]` are sent every tick, within `reach[1]` every 2nd, `reach[2]` every 4th and
    /// `reach[3]` every 8th tick. Beyond that nothing is seen. A rate is left out by repeating
    /// the reach before it.
    pub reach: [f32; 4],
}

/// What a player sees, as the game says in [`Game::view`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Where it looks from.
    pub eye: Option<Vec2>,
    /// The groups that it sees.
    pub groups: Vec<u16>,
}

impl View {
    /// Sets where the player looks from.
    pub fn look_from(&mut self, eye: Vec2) {
        self.eye = Some(eye);
    }

    /// Lets the player see the entities of a group.
    pub fn see_group(&mut self, group: u16) {
        self.groups.push(group);
    }
}

/// Whose an entity is and where: decides who gets which of its fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Belongs {
    /// The player that gets the fields marked `owner`.
    pub player: Option<PlayerId>,
    /// The team that gets the fields marked `team`.
    pub team: Option<u8>,
    /// The only ones that see the entity's public fields, if not everybody: those whose
    /// [`View`] has this group. It may change from tick to tick, as fog of war does.
    pub group: Option<u16>,
    /// Where the entity is; then its public and team fields are for those who see that place.
    pub at: Option<Vec2>,
}

impl Belongs {
    /// Nobody's: only its public fields are seen.
    pub const NOBODY: Belongs = Belongs { player: None, team: None, group: None, at: None };

    /// A player's.
    #[must_use]
    pub fn to(player: PlayerId) -> Belongs {
        Belongs { player: Some(player), ..Belongs::NOBODY }
    }

    /// Seen by a group only.
    #[must_use]
    pub fn group(self, group: u16) -> Belongs {
        Belongs { group: Some(group), ..self }
    }

    /// Placed in the world.
    #[must_use]
    pub fn at(self, place: Vec2) -> Belongs {
        Belongs { at: Some(place), ..self }
    }

    /// Also a team's.
    #[must_use]
    pub fn team(self, team: u8) -> Belongs {
        Belongs { team: Some(team), ..self }
    }
}

/// Where captured entities go; implemented by the room.
pub trait CaptureSink {
    /// Takes one entity: its kind's index, its slot and the slot's version, and all its columns.
    fn put(&mut self, kind: usize, slot: u16, version: u32, belongs: Belongs, columns: &[u32]);
}

/// Collects the replicated state of one tick.
pub struct Capture<'a> {
    schema: &'a Schema,
    sink: &'a mut dyn CaptureSink,
    last_kind: (&'static str, usize),
    last: Option<(usize, u16)>,
    columns: [u32; MAX_COLUMNS],
}

impl<'a> Capture<'a> {
    /// A capture into `sink`.
    pub fn new(schema: &'a Schema, sink: &'a mut dyn CaptureSink) -> Self {
        Capture { schema, sink, last_kind: ("", 0), last: None, columns: [0; MAX_COLUMNS] }
    }

    /// Replicates one entity under its slot map key.
    ///
    /// Kinds must come in the order of the schema, and entities of one kind in the
    /// order of their slots, which is the order in which a `SlotMap` iterates.
    ///
    /// # Panics
    /// When the kind is not in the schema, the order is wrong, or the slot's
    /// index is above 65,535.
    #[track_caller]
    pub fn put<T: Replicate>(&mut self, key: impl Key, belongs: Belongs, entity: &T) {
        let kind = self.kind_of::<T>();
        let (index, version) = split_key(key.data());
        let slot = u16::try_from(index).expect("a kind has at most 65,536 slots");
        assert!(
            self.last.is_none_or(|last| last < (kind, slot)),
            "{:?} in slot {slot} comes too late or twice: replicate kinds in the order of the \
             schema, and each one's entities once, in the order of their slots",
            T::NAME
        );
        self.last = Some((kind, slot));
        let columns = &mut self.columns[..T::COLUMNS];
        entity.quantise(columns);
        self.sink.put(kind, slot, version, belongs, columns);
    }

    #[track_caller]
    fn kind_of<T: Replicate>(&mut self) -> usize {
        if !std::ptr::eq(self.last_kind.0, T::NAME) {
            let kind = self.schema.kind_index(T::NAME);
            let Some(kind) = kind else {
                let name = std::any::type_name::<T>();
                panic!("{:?} is no kind of the schema; add .kind::<{name}>() to it", T::NAME);
            };
            self.last_kind = (T::NAME, kind);
        }
        self.last_kind.1
    }
}

/// A slot map key's index and version.
fn split_key(key: KeyData) -> (u32, u32) {
    let bits = key.as_ffi();
    (bits as u32, (bits >> 32) as u32)
}

/// Who a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// Everybody in the room.
    All,
    /// One player.
    Player(PlayerId),
}

/// The most bytes of messages that a game may send in one tick; what is beyond is refused.
pub const MAX_MESSAGE_BYTES_A_TICK: usize = 16 * 1024;

/// Messages sent during a step, in order, packed as records.
///
/// Bounded: beyond [`MAX_MESSAGE_BYTES_A_TICK`] a message is dropped and counted.
#[derive(Debug, Default)]
pub struct Outbox {
    bytes: Vec<u8>,
    entries: Vec<OutboxEntry>,
    dropped: u64,
}

#[derive(Clone, Copy, Debug)]
struct OutboxEntry {
    to: To,
    start: usize,
    end: usize,
}

impl Outbox {
    /// Packs a message: its index in the schema as one byte, then its record.
    pub fn push<T: Replicate>(&mut self, to: To, index: u8, layout: &RecordLayout, message: &T) {
        let start = self.bytes.len();
        self.bytes.push(index);
        let mut columns = [0; MAX_COLUMNS];
        message.quantise(&mut columns[..T::COLUMNS]);
        layout.pack(&columns[..T::COLUMNS], &mut self.bytes);
        if self.bytes.len() > MAX_MESSAGE_BYTES_A_TICK {
            self.bytes.truncate(start);
            self.dropped += 1;
            return;
        }
        self.entries.push(OutboxEntry { to, start, end: self.bytes.len() });
    }

    /// The messages, in order of sending.
    pub fn iter(&self) -> impl Iterator<Item = (To, &[u8])> {
        self.entries.iter().map(|entry| (entry.to, &self.bytes[entry.start..entry.end]))
    }

    /// How many messages were dropped since the beginning because a tick was full.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Forgets the messages, keeping the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.entries.clear();
    }

    /// Gives back the memory that its messages do not need.
    pub fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.entries.shrink_to_fit();
    }
}

/// What a step may know and do beyond its own world.
pub struct Step<'a> {
    /// The tick being made.
    pub tick: Tick,
    /// How much time a tick stands for, in seconds.
    pub dt: f32,
    schema: &'a Schema,
    records: &'a [RecordLayout],
    outbox: &'a mut Outbox,
}

impl<'a> Step<'a> {
    /// A step of a game with this schema, whose messages are laid out as `records` says.
    pub fn new(
        (tick, dt): (Tick, f32),
        schema: &'a Schema,
        records: &'a [RecordLayout],
        outbox: &'a mut Outbox,
    ) -> Self {
        Step { tick, dt, schema, records, outbox }
    }

    /// Sends a message once, reliably and in order, with this tick's frame.
    ///
    /// # Panics
    /// When the message's type is not in the schema.
    #[track_caller]
    pub fn send<T: Replicate>(&mut self, to: To, message: &T) {
        let index = self.schema.messages.iter().position(|kind| kind.name == T::NAME);
        let index = index.unwrap_or_else(|| panic!("message {:?} is not in the schema", T::NAME));
        self.outbox.push(to, index as u8, &self.records[index], message);
    }
}
