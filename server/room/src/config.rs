//! What an operator may set for a room.

use tickwire_shared::{Tick, tick::TICK_PARTS};

/// How a room runs.
#[derive(Clone, Debug)]
pub struct RoomConfig {
    /// The join code that players share.
    pub code: String,
    /// Ticks a second, 1 to 240.
    pub tick_hz: u32,
    /// Seeds the game's randomness.
    pub seed: u64,
    /// The tick before the first one.
    pub start_tick: Tick,
    /// Players beyond this are refused.
    pub max_players: u32,
    /// A frame carries a hash when its tick reaches or passes a multiple of this; at least 1.
    pub hash_interval: u32,
    /// Ticks of history kept for viewers that skip some, a power of two from 2 to 128.
    pub history_ticks: u32,
    /// For how many ticks a missing input is taken to be the one before.
    pub repeat_ticks: u32,
    /// The most that a shot may be rewound, in 1/256 ticks; see
    /// [`Game::sight`](tickwire_shared::Game::sight).
    pub rewind: u16,
    /// How many bytes of frames one viewer is sent in a second; `u32::MAX` is no limit.
    pub bytes_a_second: u32,
    /// Those who only watch, beyond which they are refused.
    pub max_spectators: u32,
    /// [Observers](crate::HostedRoom::handle_observe), beyond which they are refused. A live room has few, as each
    /// costs as much as a player; one that is played again may have one for each player.
    pub max_observers: u32,
    /// For how many ticks a player is kept whose connection is lost.
    pub grace_ticks: u32,
    /// After how many ticks without a word a connection is given up.
    pub silence_ticks: u32,
    /// After how many ticks a connection is given up that has frames under way of which none is
    /// acknowledged.
    pub stall_ticks: u32,
    /// A log of the recent past is kept that begins with a keyframe every so many ticks; 0 for none.
    pub keyframe_ticks: u32,
    /// At so many keyframes at most, the first ones after some play, it is tried whether the game can do without what it
    /// does not save: a few ticks are made with the game and with what its saved bytes load to. A trial that is clear
    /// is the last.
    pub trials: u8,
}

impl RoomConfig {
    /// The settings that suit a small action game at `tick_hz`.
    #[must_use]
    pub fn new(code: &str, tick_hz: u32, seed: u64) -> Self {
        RoomConfig {
            code: code.to_owned(),
            tick_hz,
            seed,
            start_tick: Tick(0),
            max_players: 64,
            hash_interval: 8,
            history_ticks: 32,
            repeat_ticks: (tick_hz / 4).max(1),
            // A quarter of a second.
            rewind: (tick_hz * TICK_PARTS as u32 / 4).min(u32::from(u16::MAX)) as u16,
            bytes_a_second: u32::MAX,
            max_spectators: 16,
            max_observers: 4,
            grace_ticks: tick_hz * 30,
            silence_ticks: tick_hz * 15,
            stall_ticks: tick_hz * 15,
            keyframe_ticks: tick_hz * 5,
            trials: 4,
        }
    }
}
