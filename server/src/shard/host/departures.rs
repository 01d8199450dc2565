//! What becomes of a player whose connection ends, and of the connection of a player who has gone.

use tickwire_room::RoomEvent;
use tickwire_shared::{PlayerId, message::CloseCode};

use super::RoomHost;
use crate::{
    directory::Banned,
    shard::{Context, connection::End, socket::Socket},
    ws::close::CloseReason,
};

impl<S: Socket> RoomHost<S> {
    /// Tells the game of players whose connection has ended: they are away or have left.
    pub(super) fn depart(&mut self, cx: &Context) {
        self.close_abandoned(cx);
        for connection in &mut self.connections {
            let Some(end) = connection.end.as_ref().filter(|_| !connection.is_settled) else {
                continue;
            };
            let ((code, why), from) = (end.parts(), connection.address);
            let held = |player: &PlayerId| self.sessions.is_held_by(*player, connection.number);
            match connection.player.filter(held) {
                Some(player) if end.may_come_back() => {
                    let room = self.room.code();
                    tracing::debug!(room, player = player.0, %from, code, why, "away");
                    self.room.handle_drop(player);
                    self.sessions.release(player);
                }
                Some(player) => {
                    let room = self.room.code();
                    tracing::debug!(room, player = player.0, %from, code, why, "left");
                    self.room.handle_leave(player);
                    self.sessions.end(player);
                }
                None => {
                    tracing::debug!(%from, code, why, "connection ended");
                    let observer = connection.player.filter(|_| connection.observes);
                    observer.into_iter().for_each(|observer| self.room.handle_leave(observer));
                }
            }
            connection.settle();
        }
    }

    /// Ends connections whose session another one has taken over. They hear of it at the tick.
    pub(super) fn close_abandoned(&mut self, cx: &Context) {
        if !self.sessions.take_moved() {
            return;
        }
        for connection in &mut self.connections {
            let Some(player) = connection.player.filter(|_| !connection.observes) else { continue };
            if connection.end.is_none() && !self.sessions.is_held_by(player, connection.number) {
                let why = "another connection has taken the session over";
                connection.end(End::Close(CloseReason::new(CloseCode::TakenOver, why)));
                cx.metrics.takeovers.add(1);
            }
        }
    }

    /// Does what the room wants of its connections.
    pub(super) fn obey_room(&mut self) {
        while let Some(event) = self.room.poll_event() {
            match event {
                RoomEvent::Dropped(player, code) => {
                    self.sessions.release(player);
                    self.close_connection(player, End::Away(reason(code)));
                }
                RoomEvent::Ended(player, code) => {
                    self.sessions.end(player);
                    self.close_connection(player, End::Close(reason(code)));
                }
                RoomEvent::Banned(player, name) => {
                    self.sessions.end(player);
                    let known = self.sessions.known_as(player);
                    self.close_connection(player, End::Close(reason(CloseCode::Banned)));
                    if let Some(known) = known {
                        self.ban(known, name);
                    }
                }
                RoomEvent::Unlogged(why) => {
                    let (room, game) = (&self.entry.code, self.entry.game);
                    tracing::warn!(room, game, %why, "the room keeps no log: it cannot be made again");
                    self.tape.unlogged();
                }
                RoomEvent::Locked(locked) => self.entry.set_locked(locked),
            }
        }
        self.sessions.forget_ended();
    }

    /// Bans somebody from the room, who may be in it more than once.
    fn ban(&mut self, known: Banned, name: Box<str>) {
        for player in self.sessions.same_as(&known) {
            self.room.handle_leave(player);
            self.sessions.end(player);
            self.close_connection(player, End::Close(reason(CloseCode::Banned)));
        }
        self.entry.ban(known, name);
    }

    /// Ends the connection of a player of whose end the room knows.
    fn close_connection(&mut self, player: PlayerId, end: End) {
        let connection = self.connections.iter_mut().find(|one| one.player == Some(player));
        if let Some(connection) = connection {
            connection.player = None;
            connection.end(if connection.observes { unseen(&end) } else { end });
        }
    }
}

/// How an observer ends whom the room gives up.
fn unseen(end: &End) -> End {
    let (code, why) = end.parts();
    let ended = code == CloseCode::NoSession as u16;
    let why = if ended { "who was looked at has left" } else { why };
    End::Close(CloseReason { code, text: why.to_owned().into() })
}

fn reason(code: CloseCode) -> CloseReason {
    let why = match code {
        CloseCode::Idle => "nothing was heard for too long",
        CloseCode::TooSlow => "frames were not acknowledged, or messages piled up, for too long",
        CloseCode::Kicked => "the host threw you out",
        CloseCode::Banned => "the host threw you out for good",
        CloseCode::NoSession => "you were away for too long",
        _ => "the room gave the player up",
    };
    CloseReason::new(code, why)
}
