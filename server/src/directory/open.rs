//! How a room comes to be.

use std::{net::IpAddr, sync::Arc, time::Duration};

use tickwire_room::{HostedRoom, RoomConfig};
use tickwire_shared::Tick;

use super::{Denied, Directory, Options, RoomEntry, Who, rooms::Rooms};
use crate::{codes::room_seed, games::HostedGame, panics::quietly};

/// So many ticks a second anybody may ask for.
const ANY_HZ: u32 = 60;

/// What is decided about a room when somebody opens it.
#[derive(Debug, Default)]
pub(super) struct Opening {
    /// Only who has the code finds it.
    pub(super) private: bool,
    /// Whose room it is, as far as that is limited.
    pub(super) opener: Option<IpAddr>,
}

impl Directory {
    /// Opens a room, as `open` is told.
    pub(super) fn open(
        &self,
        rooms: &mut Rooms,
        options: &Options,
        who: &Who,
        open: impl FnOnce(Arc<RoomEntry>, Box<dyn HostedRoom>),
    ) -> Result<Arc<RoomEntry>, Denied> {
        let game = self.game(options.game.as_deref())?;
        if rooms.len() >= self.config.max_rooms {
            return Err(Denied::TooManyRooms);
        }
        let opener = who.counted_as();
        let most = self.config.limits.rooms_per_address;
        if opener.is_some_and(|opener| rooms.opened_by(opener) >= most) {
            return Err(Denied::TooManyOwnRooms);
        }
        let config = self.room_config(rooms, game, options)?;
        let shard = rooms.least_busy_shard(&self.stuck);
        let opening = Opening { private: options.private, opener };
        let entry = RoomEntry::new((game.name, &opening), &config, (rooms.opened(), shard));
        let entry = Arc::new(entry);
        let seed = config.seed;
        // A game whose first moment panics must not take the lock's owner with it.
        let make = std::panic::AssertUnwindSafe(|| (game.make)(config));
        let room = std::panic::catch_unwind(make).map_err(|_| Denied::Broken)?;
        tracing::info!(room = entry.code, game = entry.game, seed, "room opened");
        rooms.add(&entry);
        open(Arc::clone(&entry), room);
        Ok(entry)
    }

    /// Makes a room of each game and lets it go: what is wrong with a game or its settings shows when the
    /// server starts, not when the first player comes.
    ///
    /// # Errors
    /// Which game cannot be hosted, and why.
    pub(crate) fn try_games(&self) -> Result<(), String> {
        self.games.0.iter().try_for_each(|game| {
            let room = RoomConfig {
                start_tick: Tick(self.config.start_tick),
                max_players: self.most_players(game),
                ..RoomConfig::new("TRIAL", self.usual_hz(game), self.config.seed)
            };
            let made = quietly(|| drop((game.make)(room)));
            made.map_err(|why| format!("the game {:?} does not start: {why}", game.name))
        })
    }

    fn room_config(
        &self,
        rooms: &mut Rooms,
        game: &HostedGame,
        options: &Options,
    ) -> Result<RoomConfig, Denied> {
        let most = self.most_players(game);
        let max_players = options.max_players.unwrap_or(most);
        if !(1..=most).contains(&max_players) {
            return Err(Denied::BadOptions(format!("max_players must be 1 to {most} here")));
        }
        let tick_hz = options.tick_hz.unwrap_or_else(|| self.usual_hz(game));
        let most_hz = self.most_hz(game);
        if !(1..=most_hz).contains(&tick_hz) {
            return Err(Denied::BadOptions(format!("tick_hz must be 1 to {most_hz} here")));
        }
        let seed = room_seed(self.config.seed, rooms.opened());
        let usual = RoomConfig::new(&rooms.unused_code(), tick_hz, seed);
        let limits = &self.config.limits;
        let ticks = |time: Duration| (time.as_secs_f64() * f64::from(tick_hz)).ceil() as u32;
        Ok(RoomConfig {
            start_tick: Tick(self.config.start_tick),
            max_players,
            max_spectators: self.config.max_spectators,
            bytes_a_second: self.config.bytes_a_second.unwrap_or(game.bytes_a_second),
            hash_interval: self.config.hash_interval,
            grace_ticks: ticks(self.config.grace),
            silence_ticks: ticks(limits.silence),
            stall_ticks: ticks(limits.stall),
            ..usual
        })
    }

    /// How many ticks a second a game's rooms make, unless somebody wants it otherwise.
    pub(crate) fn usual_hz(&self, game: &HostedGame) -> u32 {
        self.config.tick_hz.unwrap_or(game.tick_hz)
    }

    /// How many ticks a second somebody may want: a shard has as much more to do.
    fn most_hz(&self, game: &HostedGame) -> u32 {
        game.tick_hz.max(self.config.tick_hz.unwrap_or(0)).max(ANY_HZ)
    }

    /// How many spectators a room takes.
    pub(crate) fn most_spectators(&self) -> u32 {
        self.config.max_spectators
    }

    /// How many players a game's rooms take at most.
    pub(crate) fn most_players(&self, game: &HostedGame) -> u32 {
        self.config.max_players.unwrap_or(game.max_players)
    }
}
