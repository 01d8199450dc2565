//! Frames of a recording, as somebody in the room could have got them.

use std::io::{self, Read, Seek};

use tickwire_room::Poll;
use tickwire_shared::{
    PlayerId, Tick, batch::write_message, message::ClientMessage, session::Token,
};

use super::player::{Played, Player, ReplayError};

/// The most ticks that are asked for at once.
const MOST_TICKS: u32 = 600;
/// No further frame is made for an answer of so many bytes.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// Whose view it is: a player's, or a spectator's, also where there is no such player.
pub(super) type Eyes = Option<PlayerId>;

/// Tells whether somebody still waits for what is made.
pub(super) type Wanted<'a> = &'a dyn Fn() -> bool;

/// Who looks on, as long as the frames that are asked for follow upon each other.
struct Cursor {
    observer: PlayerId,
    eyes: Eyes,
    next: Tick,
}

/// Makes frames of a recording, in one room: for one viewer at a time. Two that take turns get what they ask for
/// as well, but each time the room is made again from the keyframe before.
pub(super) struct Projector<R> {
    player: Player<R>,
    cursor: Option<Cursor>,
}

impl<R: Read + Seek> Projector<R> {
    pub(super) fn new(player: Player<R>) -> Self {
        Projector { player, cursor: None }
    }

    /// The first tick that can be shown.
    pub(super) fn first(&self) -> Tick {
        self.player.ends().0
    }

    /// The welcome that frames from a tick on are read with, if it is still wanted then.
    pub(super) fn welcome(
        &mut self,
        from: Tick,
        eyes: Eyes,
        wanted: Wanted<'_>,
    ) -> Result<Vec<u8>, ReplayError> {
        let observer = self.look(from, eyes, wanted)?;
        Ok(self.player.room().welcome(observer, &Token([0; 16])))
    }

    /// The frames of at most `ticks` ticks from `from` on, each with its length before it. The first one
    /// stands alone, unless the frames are to go `on` from the last ones that were made, and do. There
    /// are fewer where the recording ends, has a gap, or becomes large, or when nobody wants them any more.
    pub(super) fn frames(
        &mut self,
        (from, ticks): (Tick, u32),
        eyes: Eyes,
        on: bool,
        wanted: Wanted<'_>,
    ) -> Result<Vec<u8>, ReplayError> {
        let goes_on = |cursor: &Cursor| on && cursor.eyes == eyes && cursor.next == from;
        let observer = match self.cursor.take_if(|cursor| goes_on(cursor)) {
            Some(cursor) => cursor.observer,
            None => self.look(from, eyes, wanted)?,
        };
        let made = self.make(observer, ticks, wanted);
        // A room whose game panicked is another one now, without an observer.
        self.cursor = (made.is_ok() && self.player.is_loaded()).then(|| {
            let next = self.player.room().now().next();
            Cursor { observer, eyes, next }
        });
        if self.cursor.is_none() {
            self.player.room().handle_leave(observer);
        }
        made
    }

    fn make(
        &mut self,
        observer: PlayerId,
        ticks: u32,
        wanted: Wanted<'_>,
    ) -> Result<Vec<u8>, ReplayError> {
        let (mut out, mut frame, mut said) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ticks.min(MOST_TICKS) {
            if out.len() >= MOST_BYTES || !wanted() {
                break;
            }
            match self.play_on() {
                Ok(true) => {}
                Ok(false) => break,
                // What is whole before it is shown; who asks for what follows is told of it.
                Err(_) if !out.is_empty() => break,
                Err(error) => return Err(error),
            }
            let room = self.player.room();
            frame.clear();
            if room.poll_frame(observer, &mut frame) == Poll::Frame {
                write_message(&frame, &mut out);
                said.clear();
                ClientMessage::Ack(room.now()).write(&mut said);
                // An observer may acknowledge, so nothing is wrong with that.
                let _ = room.handle_message(observer, &said);
            }
            while room.poll_event().is_some() {}
        }
        Ok(out)
    }

    /// Somebody looks on from a tick on, and whoever did before does not any more.
    fn look(
        &mut self,
        from: Tick,
        eyes: Eyes,
        wanted: Wanted<'_>,
    ) -> Result<PlayerId, ReplayError> {
        if let Some(cursor) = self.cursor.take() {
            self.player.room().handle_leave(cursor.observer);
        }
        self.go_to(from, wanted)?;
        let room = self.player.room();
        let like = eyes.and_then(|like| room.handle_observe(Some(like)).ok());
        let observer = match like {
            Some(observer) => observer,
            None => room.handle_observe(None).map_err(ReplayError::Observer)?,
        };
        self.cursor = Some(Cursor { observer, eyes, next: from });
        Ok(observer)
    }

    /// Makes the room what it was right before a tick.
    fn go_to(&mut self, tick: Tick, wanted: Wanted<'_>) -> Result<(), ReplayError> {
        let player = &mut self.player;
        let (first, last) = player.ends();
        let missing = || ReplayError::Tick { asked: tick, first, last };
        player.load(player.chunk_of(tick).ok_or_else(missing)?)?;
        while tick.is_after(player.room().now().next()) {
            if !wanted() {
                return Err(io::Error::from(io::ErrorKind::ConnectionAborted).into());
            }
            if !matches!(player.play()?, Played::Tick(_)) {
                return Err(missing());
            }
        }
        Ok(())
    }

    /// Plays one tick more, in the next chunk if need be; false where there is none.
    fn play_on(&mut self) -> Result<bool, ReplayError> {
        let player = &mut self.player;
        Ok(match player.play()? {
            Played::Tick(_) => true,
            Played::Panicked(_) => false,
            Played::End => player.load_next()? && matches!(player.play()?, Played::Tick(_)),
        })
    }
}

#[cfg(test)]
mod tests;
