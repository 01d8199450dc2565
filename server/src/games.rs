//! The games that a server can host.

use std::{fmt, sync::Arc};

use parking_lot::Mutex;
use tickwire_room::{HostedRoom, Room, RoomConfig, Spec};
use tickwire_shared::Game;

/// Makes a room of one game, whose settings it knows.
pub(crate) type RoomFactory = Arc<dyn Fn(RoomConfig) -> Box<dyn HostedRoom> + Send + Sync>;

/// Reads a game's table of the configuration file.
type Configure = fn(toml::Table) -> Result<RoomFactory, toml::de::Error>;

/// A game that can be hosted.
#[derive(Clone)]
pub(crate) struct HostedGame {
    pub(crate) name: &'static str,
    pub(crate) tick_hz: u32,
    pub(crate) max_players: u32,
    pub(crate) bytes_a_second: u32,
    pub(crate) make: RoomFactory,
    configure: Configure,
}

impl HostedGame {
    /// Takes the game's settings from its table.
    pub(crate) fn configure(&mut self, table: toml::Table) -> Result<(), toml::de::Error> {
        self.make = (self.configure)(table)?;
        Ok(())
    }
}

/// The games that a server can host; the first one is what a client gets that names none.
///
/// ```
/// use tickwire_games::arena::Arena;
/// use tickwire_server::Games;
///
/// let games = Games::new().with::<Arena>();
/// assert!(games.names().eq(["arena"]));
/// ```
#[derive(Clone, Default)]
pub struct Games(pub(crate) Vec<HostedGame>);

impl Games {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Games::default()
    }

    /// Adds a game with its default settings.
    #[must_use]
    pub fn with<G: Game>(self) -> Self {
        self.with_config::<G>(G::Config::default())
    }

    /// Adds a game with these settings.
    #[must_use]
    pub fn with_config<G: Game>(mut self, config: G::Config) -> Self {
        // A mistake in the types shows when the server starts, not when the first player comes.
        drop(G::schema());
        self.0.retain(|game| game.name != G::NAME);
        self.0.push(HostedGame {
            name: G::NAME,
            tick_hz: G::TICK_HZ,
            max_players: G::MAX_PLAYERS,
            bytes_a_second: G::BYTES_A_SECOND,
            make: factory::<G>(config),
            configure: |table| Ok(factory::<G>(table.try_into()?)),
        });
        self
    }

    /// The games' names, the default first.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|game| game.name)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&HostedGame> {
        self.0.iter().find(|game| game.name == name)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut HostedGame> {
        self.0.iter_mut().find(|game| game.name == name)
    }

    /// Makes a game the default; `false` when there is none of that name.
    pub(crate) fn prefer(&mut self, name: &str) -> bool {
        let index = self.0.iter().position(|game| game.name == name);
        if let Some(index) = index {
            self.0[..=index].rotate_right(1);
        }
        index.is_some()
    }

    /// The names as people read them: "arena, minimal".
    pub(crate) fn list(&self) -> String {
        self.names().collect::<Vec<_>>().join(", ")
    }
}

/// The spec of a game's rooms, made with the first of them.
#[derive(Default)]
struct Specs(Mutex<Option<Arc<Spec>>>);

impl Specs {
    fn get<G: Game>(&self, tick_hz: u32) -> Arc<Spec> {
        let mut made = self.0.lock();
        match &*made {
            Some(spec) if spec.tick_hz() == tick_hz => Arc::clone(spec),
            _ => Arc::clone(made.insert(Arc::new(Spec::of::<G>(tick_hz)))),
        }
    }
}

fn factory<G: Game>(config: G::Config) -> RoomFactory {
    let specs = Specs::default();
    Arc::new(move |room| {
        let spec = specs.get::<G>(room.tick_hz);
        Box::new(Room::<G>::with_spec(room, &config, spec))
    })
}

impl fmt::Debug for Games {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}
