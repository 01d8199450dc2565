//! A room whose game has panicked is made again, as it was after its last whole tick.

use tickwire_shared::{Game, Tick, control, frame::Reader, message::CloseCode};

use super::{
    HashCheck, Playback, Record, Restore, RestoreError, WorldHash,
    keyframe::{self, Present},
    playback::Event,
};
use crate::{hosted::RoomEvent, room::Room};

/// A game that is being made again.
pub(crate) struct Restoring<G: Game> {
    game: G,
    tick: Tick,
    playback: Playback<G::Input>,
    /// The records after the last whole tick.
    rest: Vec<u8>,
}

impl<G: Game> Room<G> {
    /// Goes on making the game again; see [`HostedRoom::restore`](crate::HostedRoom::restore).
    pub(crate) fn restore_some(&mut self, ticks: u32) -> Restore {
        // While it is taken out it is not there to be gone on with, should this panic.
        let begun = self.restoring.take();
        self.try_restore(begun, ticks).unwrap_or_else(Restore::Impossible)
    }

    fn try_restore(
        &mut self,
        begun: Option<Box<Restoring<G>>>,
        ticks: u32,
    ) -> Result<Restore, RestoreError> {
        let mut restoring = begun.map_or_else(|| self.begin_restore(), Ok)?;
        if self.play_some(&mut restoring, ticks)? {
            self.end_restore(*restoring);
            return Ok(Restore::Done);
        }
        self.restoring = Some(restoring);
        Ok(Restore::More)
    }

    fn begin_restore(&mut self) -> Result<Box<Restoring<G>>, RestoreError> {
        if let Some(why) = self.log.lacks() {
            return Err(why);
        }
        let (chunk, rest) = self.log.take_whole();
        let (head, world, records) = keyframe::read(&chunk).map_err(RestoreError::Unreadable)?;
        let mut game: G = control::load(world).map_err(RestoreError::World)?;
        game.restored(Some(&mut self.game));
        let at = chunk.len() - records.len();
        let playback = Playback::new(chunk, at, head.players);
        Ok(Box::new(Restoring { game, tick: head.tick, playback, rest }))
    }

    /// Plays some ticks; true when there are no more.
    fn play_some(
        &mut self,
        restoring: &mut Restoring<G>,
        ticks: u32,
    ) -> Result<bool, RestoreError> {
        let mut left = ticks;
        while left > 0 {
            let Restoring { game, tick, playback, .. } = restoring;
            let next = playback.next(game, &self.spec);
            match next.map_err(|why| RestoreError::Playback(*tick, why))? {
                Event::End => return Ok(true),
                Event::Step => {
                    self.step_again(restoring)?;
                    left -= 1;
                }
                Event::Joined(_) | Event::Left(_) | Event::Told => {}
            }
        }
        Ok(false)
    }

    fn step_again(&mut self, restoring: &mut Restoring<G>) -> Result<(), RestoreError> {
        let Restoring { game, tick, playback, .. } = restoring;
        *tick = tick.next();
        // What it says was said already.
        self.spec.step(game, *tick, &mut self.outbox);
        let Some(recorded) = playback.take_hash() else { return Ok(()) };
        let check = HashCheck { recorded, computed: WorldHash::of(game, &self.spec.schema) };
        if check.holds() { Ok(()) } else { Err(RestoreError::Differs(*tick, check)) }
    }

    /// The game is what it was after the last whole tick, and the room goes on with it.
    fn end_restore(&mut self, restoring: Restoring<G>) {
        let Restoring { game, tick, playback, rest } = restoring;
        (self.game, self.now) = (game, tick);
        self.outbox.clear();
        self.requests.clear();
        for player in &mut self.players {
            player.requests = 0;
            // Perhaps one of these made it panic.
            player.inputs.reset();
        }
        self.restart_viewers();
        self.counters.restores += 1;
        let (chunk, known) = playback.into_parts();
        self.log.put_back(chunk);
        self.write_keyframe(known.clone(), None);
        self.tell_what_it_missed(&known, &rest);
    }

    /// The game is told who has come and gone since its last whole tick. All of it is written before any
    /// is told, so that nobody is missing from the log should it panic again.
    fn tell_what_it_missed(&mut self, known: &[Present], rest: &[u8]) {
        let is_gone = |who: &&Present| self.position(who.id).is_none();
        let gone: Vec<_> = known.iter().filter(is_gone).collect();
        let mut come = Vec::new();
        let mut reader = Reader(rest);
        while let Ok(record) = Record::read(&mut reader) {
            let Record::Join { player, .. } = record else { continue };
            // Who has gone again, or could not come in, is nobody to the game.
            come.extend(self.position(player).map(|_| record));
        }
        for who in &gone {
            // The room may have been cut short before it told anybody.
            self.events.push_back(RoomEvent::Ended(who.id, CloseCode::NoSession));
            self.log_record(&Record::Leave(who.id));
        }
        come.iter().for_each(|record| self.log_record(record));
        gone.iter().filter(|who| !who.spectator).for_each(|who| self.game.leave(who.id));
        for record in come {
            if let Record::Join { player, spectator: false, name, identity } = record {
                self.tell_join(player, name, identity);
            }
        }
    }
}
