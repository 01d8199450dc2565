//! What players say to each other.
//!
//! A player may say a few lines at once and then one a second; together, players may say no more than
//! anybody could read, so that who is away for a minute does not find more than is kept for it. Whose
//! line is dropped is told so, at most once a second.

use tickwire_shared::{
    Game, Tick,
    message::{MAX_CHAT_BYTES, MAX_CHAT_GRAPHEMES},
    room_message::{Dropped, RoomMessage},
    text,
};

use crate::{budget::Budget, limit::Limit, room::Room};

/// How many lines a player may say at once.
const BURST: u32 = 5;
/// How many bytes of chat there may be in a second, as they are written.
const BYTES_A_SECOND: u32 = 1024;

/// What a player may say yet, and be told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowance {
    lines: Limit,
    notices: [Limit; 2],
}

impl Allowance {
    pub(crate) fn new(now: Tick) -> Allowance {
        Allowance { lines: Limit::new(now), notices: [Limit::new(now); 2] }
    }
}

/// What all of a room's players may say together.
pub(crate) fn budget(tick_hz: u32, now: Tick) -> Budget {
    Budget::new(BYTES_A_SECOND, tick_hz, now)
}

impl<G: Game> Room<G> {
    /// A player says something to everybody.
    pub(crate) fn handle_chat(&mut self, index: usize, line: &str) {
        let line = text::clean(line, MAX_CHAT_GRAPHEMES, MAX_CHAT_BYTES);
        if line.is_empty() {
            return;
        }
        let player = &mut self.players[index];
        let lines = &mut player.allowance.lines;
        let is_free = self.chat_budget.available(self.now) > 0;
        if !is_free || !lines.take(self.now, self.config.tick_hz, BURST) {
            self.counters.chat_dropped += 1;
            return self.note_dropped(index, Dropped::Chat);
        }
        self.counters.chat_lines += 1;
        let before = self.bulletin.end();
        self.bulletin.post(&RoomMessage::Chat(player.id, &line));
        self.chat_budget.spend((self.bulletin.end() - before) as usize);
    }

    /// Something of a player's is dropped: it is told, at most once a second.
    pub(crate) fn note_dropped(&mut self, index: usize, what: Dropped) {
        let player = &mut self.players[index];
        if player.allowance.notices[what as usize].take(self.now, self.config.tick_hz, 1) {
            player.viewer.mail.post(&self.bulletin, &RoomMessage::Dropped(what));
        }
    }
}
