//! Sessions: a player comes, may lose its connection and come back, and leaves.
//!
//! Who loses its connection is *away*. Its entity stays and does nothing, and nothing is written to it,
//! until it resumes on another connection or its grace has passed. What it is subscribed to goes on
//! being remembered for as long as the history could serve a resume, so that who is back at once
//! misses nothing and gets no keyframe.

use tickwire_shared::{Game, PlayerId, Tick, message::CloseCode, room_message::Departure};

use crate::{
    chat::Allowance,
    hosted::{Newcomer, RoomEvent},
    inputs::InputQueue,
    log::Record,
    name::{clean_name, distinct_name},
    observe::Seat,
    pace::Pace,
    room::{Player, Refusal, Room},
    viewer::Viewer,
};

impl<G: Game> Room<G> {
    pub(crate) fn join(&mut self, newcomer: &Newcomer<'_>) -> Result<PlayerId, Refusal> {
        let spectators = self.roster.spectators;
        let is_full = match newcomer.spectator {
            true => spectators >= self.config.max_spectators,
            false => self.players.len() as u32 - spectators >= self.config.max_players,
        };
        if is_full {
            return Err(Refusal::Full);
        }
        if newcomer.schema_hash.is_some_and(|hash| hash != self.spec.schema_hash) {
            return Err(Refusal::WrongSchema);
        }
        self.begin_log();
        let id = PlayerId(self.next_player);
        self.next_player += 1;
        let others = self.players.iter().map(|player| &*player.name);
        let name = distinct_name(clean_name(newcomer.name), others, id.0).into_boxed_str();
        let (spectator, identity) = (newcomer.spectator, newcomer.identity);
        self.log_record(&Record::Join { player: id, spectator, name: &name, identity });
        // Before anything else, as the game may panic.
        if !spectator {
            self.tell_join(id, &name, identity);
        }
        self.add_player(id, name, spectator);
        let index = self.players.len() - 1;
        match !spectator && (newcomer.host || self.roster.host.is_none()) {
            true => self.appoint(index),
            false => self.announce(index),
        }
        Ok(id)
    }

    /// Makes a player known to the game.
    pub(crate) fn tell_join(&mut self, player: PlayerId, name: &str, identity: Option<&str>) {
        identity.into_iter().for_each(|who| self.game.identify(player, who));
        self.game.join(player, name);
    }

    /// Adds a player that the game knows; the others have yet to be told.
    pub(crate) fn add_player(&mut self, id: PlayerId, name: Box<str>, spectator: bool) {
        let mut viewer = Viewer::new(self.now, &self.config, &self.bulletin);
        viewer.pace = viewer.pace.with_phase(id.0);
        if self.players.len() == self.players.capacity() {
            // Players are large, so not for twice as many.
            self.players.reserve_exact(8 + self.players.len() / 8);
        }
        self.players.push(Player {
            id,
            name,
            spectator,
            inputs: InputQueue::default(),
            viewer,
            away: None,
            changed: 0,
            allowance: Allowance::new(self.now),
            requests: 0,
        });
        self.log.add_player::<G::Input>();
        self.roster.spectators += u32::from(spectator);
        self.greet(Seat::Player(self.players.len() - 1));
    }

    /// A player is gone for good.
    pub(crate) fn leave(&mut self, index: usize, why: Departure) {
        let Player { id, spectator, .. } = self.players[index];
        self.begin_log();
        self.log_record(&Record::Leave(id));
        self.remove_player(index, why);
        // After everything else, as the game may panic.
        if !spectator {
            self.game.leave(id);
        }
    }

    /// Takes out a player whom the game has forgotten, or is to forget, and tells the others.
    pub(crate) fn remove_player(&mut self, index: usize, why: Departure) {
        let mut gone = self.players.remove(index);
        let counters = gone.inputs.counters();
        self.counters = self.counters.with_inputs(counters);
        gone.viewer.interest.end(&mut self.segments);
        self.log.remove_player::<G::Input>(index);
        self.roster.spectators -= u32::from(gone.spectator);
        self.announce_departure(gone.id, why);
        self.end_observers_like(gone.id);
    }

    /// A player has lost its connection.
    pub(crate) fn drop_session(&mut self, index: usize) {
        let player = &mut self.players[index];
        if player.away.is_none() {
            player.away = Some(self.now);
            player.inputs.reset();
            self.requests.forget(player.id);
            self.counters.dropped_sessions += 1;
            self.announce(index);
        }
    }

    /// A player has another connection; false when it could not go on, and has left.
    pub(crate) fn resume_session(&mut self, index: usize, applied: Option<Tick>) -> bool {
        let player = &mut self.players[index];
        let was_away = player.away.take().is_some();
        player.inputs.reset();
        self.requests.forget(player.id);
        // Nothing is known of the new connection yet.
        player.viewer.pace = Pace::new(self.now, self.config.tick_hz).with_phase(player.id.0);
        if !player.viewer.resume(applied, &self.segments, &self.bulletin) {
            self.counters.expired_sessions += 1;
            self.leave(index, Departure::Lost);
            return false;
        }
        if was_away {
            self.announce(index);
        }
        if applied.is_none() {
            self.greet(Seat::Player(index));
        }
        self.counters.resumed_sessions += 1;
        self.counters.resumed_in_full += u64::from(!self.players[index].viewer.has_baseline());
        true
    }

    /// Lets go of players that have been away for too long, and of what could not serve them any more.
    pub(crate) fn expire_sessions(&mut self) {
        for index in (0..self.players.len()).rev() {
            let Player { id, viewer, away: Some(since), .. } = &mut self.players[index] else {
                continue;
            };
            let (id, age) = (*id, self.now.since(*since).max(0) as u32);
            if age > self.config.grace_ticks {
                self.counters.expired_sessions += 1;
                self.events.push_back(RoomEvent::Ended(id, CloseCode::NoSession));
                self.leave(index, Departure::Lost);
            } else if age > self.config.history_ticks && viewer.interest.is_set() {
                viewer.interest.release(&mut self.segments);
            }
        }
    }

    /// Gives up connections that are silent or acknowledge nothing, and players whose messages are no
    /// longer kept. Of one that is away only those for it alone count: whether it still needs those
    /// for everybody shows when it resumes.
    pub(crate) fn evict(&mut self) {
        for index in (0..self.players.len()).rev() {
            let Player { id, viewer, away, .. } = &self.players[index];
            let id = *id;
            let silent = viewer.pace.silent_for(self.now) > self.config.silence_ticks;
            let stalled = viewer.pace.stalled_for(self.now) > self.config.stall_ticks;
            let lacks = away.is_none() && viewer.mail.lacks(&self.bulletin);
            if lacks || viewer.mail.overflowed() {
                self.counters.overflowed_viewers += 1;
                self.events.push_back(RoomEvent::Ended(id, CloseCode::TooSlow));
                self.leave(index, Departure::Lost);
            } else if away.is_none() && (silent || stalled) {
                self.counters.stalled_viewers += u64::from(!silent);
                let code = if silent { CloseCode::Idle } else { CloseCode::TooSlow };
                self.events.push_back(RoomEvent::Dropped(id, code));
                self.drop_session(index);
            } else {
                continue;
            }
            self.counters.evictions += 1;
        }
        self.evict_observers();
    }
}
