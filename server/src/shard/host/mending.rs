//! A room whose game has panicked is made again, as it was after its last whole tick.
//!
//! That takes a few milliseconds at most in each of the shard's turns, so other rooms of the shard go on
//! meanwhile. The room's own connections wait: they are neither read nor closed, and afterwards
//! everybody gets a whole frame and a line that says what happened. A game that panics again soon
//! afterwards, or cannot be made again in time, is closed.

use std::{
    any::Any,
    fmt::Display,
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

use tickwire_recording::Incident;
use tickwire_room::{Restore, Work};
use tickwire_shared::message::CloseCode;

use super::{BROKEN, Broken, RoomHost};
use crate::{
    panics::{self, text_of},
    shard::{Context, connection::End, socket::Socket},
    ws::close::CloseReason,
};

/// A game that panics twice within this time is not made again a second time.
const AGAIN_AFTER: Duration = Duration::from_secs(10);
/// A room that was not made again in this time is closed.
const MOST: Duration = Duration::from_secs(3);
/// No further tick is played again in one turn after this time,
const SLICE: Duration = Duration::from_millis(1);
/// and no more ticks than that.
const TICKS_A_TURN: u32 = 16;
/// What the players are told then.
const GOES_ON: &str = "the game stopped because of an error, and goes on from where it was";

/// How a room's game fares.
#[derive(Debug, Default)]
pub(super) struct Health {
    /// Since when it is being made again.
    mending: Option<Instant>,
    /// When it panicked last.
    panicked: Option<Instant>,
    /// Its players are to be told that it is over soon, once they can be told anything.
    drains: bool,
}

impl Health {
    /// Whether the game must be left alone.
    pub(super) fn is_mending(&self) -> bool {
        self.mending.is_some()
    }

    /// Players are to be told that it is over soon, when the game has been made again.
    pub(super) fn drain_later(&mut self) {
        self.drains = true;
    }
}

impl<S: Socket> RoomHost<S> {
    /// Does what may call the game; nothing comes of it if that panics.
    pub(super) fn guarded(
        &mut self,
        now: Instant,
        cx: &mut Context,
        act: impl FnOnce(&mut Self, &mut Context),
    ) -> Result<bool, Broken> {
        match catch_unwind(AssertUnwindSafe(|| act(self, cx))) {
            Ok(()) => Ok(true),
            Err(panic) => self.break_down(panic.as_ref(), now, cx).map(|()| false),
        }
    }

    /// The game has panicked: it is to be made again, unless it has been already lately.
    fn break_down(
        &mut self,
        panic: &(dyn Any + Send),
        now: Instant,
        cx: &mut Context,
    ) -> Result<(), Broken> {
        cx.metrics.panics.add(1);
        let what = text_of(panic);
        let (room, game, place) = (&self.entry.code, self.entry.game, panics::last_place());
        tracing::error!(room, game, what, place, "the game panicked");
        // What was lent to the room may be in any state, and is lost with it.
        self.room.lend(&mut Work::default());
        self.tape.fly((Incident::Panic, what), self.room.as_ref(), &self.entry, &cx.recorder);
        // What is whole by now is not lost, whether or not the game can be made again.
        self.tape.flush(self.room.as_mut(), &self.entry, &cx.recorder);
        let before = self.health.panicked.replace(now);
        if before.is_some_and(|before| now.saturating_duration_since(before) < AGAIN_AFTER) {
            return Err(self.give_up(&"it has panicked again too soon"));
        }
        self.end_at_hand();
        self.health.mending = Some(now);
        self.next_turn = now;
        Ok(())
    }

    /// Ends the connection whose message the game panicked at, if it was at one: how much of that was
    /// acted upon is not known.
    fn end_at_hand(&mut self) {
        let Some(number) = self.at_hand.take() else { return };
        if let Some(connection) = self.connections.iter_mut().find(|one| one.number == number) {
            connection.end(End::Close(CloseReason::new(CloseCode::RoomClosed, BROKEN)));
        }
    }

    /// Makes the game again, as far as that goes in one turn.
    pub(super) fn mend(
        &mut self,
        now: Instant,
        time: &dyn Fn() -> Instant,
        cx: &Context,
    ) -> Result<Instant, Broken> {
        let mut done = now;
        for _ in 0..TICKS_A_TURN {
            let restore = AssertUnwindSafe(|| self.room.restore(1));
            match catch_unwind(restore) {
                Ok(Restore::Done) => {
                    self.go_on(time(), cx);
                    return Ok(time());
                }
                Ok(Restore::More) => {}
                Ok(Restore::Impossible(why)) => return Err(self.give_up(&why)),
                Err(panic) => return Err(self.give_up(&text_of(panic.as_ref()))),
            }
            done = time();
            if done.saturating_duration_since(now) >= SLICE {
                break;
            }
        }
        let since = self.health.mending.unwrap_or(now);
        if done.saturating_duration_since(since) > MOST {
            return Err(self.give_up(&"it takes too long"));
        }
        self.next_turn = done;
        Ok(done)
    }

    fn give_up(&self, why: &dyn Display) -> Broken {
        tracing::error!(room = self.entry.code, %why, "the game cannot be made again");
        Broken
    }

    fn go_on(&mut self, now: Instant, cx: &Context) {
        let since = self.health.mending.take().unwrap_or(now);
        let took = now.saturating_duration_since(since).as_millis() as u64;
        tracing::warn!(room = self.entry.code, took_ms = took, "the game was made again");
        self.room.handle_announce(GOES_ON);
        if std::mem::take(&mut self.health.drains) {
            self.room.handle_drain();
        }
        self.plan(now, cx.ladder);
    }
}
