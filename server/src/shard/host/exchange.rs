//! What happens between a room and its connections in one tick: everything that
//! may call the game, and so may panic. The working memory of a room that does is lost with it.

use std::time::Instant;

use tickwire_room::{HostedRoom, RoomEvent};
use tickwire_shared::{PlayerId, message::CloseCode};

use super::{RoomHost, sooner};
use crate::{
    shard::{
        Context,
        connection::{Connection, End},
        socket::Socket,
    },
    ws::close::CloseReason,
};

impl<S: Socket> RoomHost<S> {
    /// Reads all sockets before the time of the tick, or those on a bad network only.
    pub(super) fn read_early(&mut self, now: Instant, all: bool, cx: &mut Context) {
        let (room, game) = (self.room.as_mut(), self.entry.game);
        room.lend(cx.work(game));
        self.carry_at = None;
        for connection in self.connections.iter_mut().filter(|one| one.end.is_none()) {
            if connection.pipe.turn(now) || all {
                connection.receive_early(room, cx);
            }
            self.carry_at = sooner(self.carry_at, connection.pipe.next_due());
        }
        room.lend(cx.work(game));
    }

    /// Reads all sockets, makes the tick, and writes all sockets.
    pub(super) fn exchange(
        &mut self,
        now: Instant,
        (due, time): (Instant, &dyn Fn() -> Instant),
        cx: &mut Context,
    ) {
        let (room, game) = (self.room.as_mut(), self.entry.game);
        room.lend(cx.work(game));
        // One that has ended between the ticks is heard no more, whatever else it had sent.
        for connection in self.connections.iter_mut().filter(|one| one.end.is_none()) {
            connection.pipe.turn(now);
            connection.receive(now, room, cx);
        }
        depart(&mut self.connections, room);
        room.tick();
        while let Some(RoomEvent::Ended(player, code)) = room.poll_event() {
            evict(&mut self.connections, player, code);
        }
        // What a client sees is never ahead of what the directory shows.
        self.entry.publish(room);
        self.carry_at = None;
        for connection in self.connections.iter_mut().filter(|one| one.end.is_none()) {
            if connection.send(room, cx) {
                cx.metrics.written.record(time().saturating_duration_since(due));
            }
            self.carry_at = sooner(self.carry_at, connection.pipe.next_due());
        }
        depart(&mut self.connections, room);
        room.lend(cx.work(game));
    }
}

/// Tells the game of players whose connection has ended.
fn depart<S: Socket>(connections: &mut [Connection<S>], room: &mut dyn HostedRoom) {
    for connection in connections {
        let Some(end) = connection.ending() else { continue };
        let (code, why) = match end {
            End::Close(reason) => (reason.code, reason.text.as_ref()),
            End::Gone(code, why) => (*code, *why),
        };
        let peer = connection.pipe.peer;
        if let Some(player) = connection.player {
            tracing::debug!(room = room.code(), player = player.0, %peer, code, why, "left");
            room.handle_leave(player);
        } else {
            tracing::debug!(%peer, code, why, "connection ended");
        }
        connection.leave();
    }
}

fn evict<S: Socket>(connections: &mut [Connection<S>], player: PlayerId, code: CloseCode) {
    let why = match code {
        CloseCode::Idle => "nothing was heard for too long",
        CloseCode::TooSlow => "frames were not acknowledged, or messages piled up, for too long",
        _ => "the room gave the player up",
    };
    if let Some(connection) = connections.iter_mut().find(|one| one.player == Some(player)) {
        connection.end(End::Close(CloseReason::new(code, why)));
    }
}
