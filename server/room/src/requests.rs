//! What players ask of the game, waiting for the tick to come.

use tickwire_shared::{
    Game, PlayerId,
    game::{MAX_REQUESTS_A_TICK, Request},
    message::MessageError,
    room_message::Dropped,
    schema::MAX_COLUMNS,
};

use crate::room::Room;

/// Requests of all players in the order in which they came: at most [`MAX_REQUESTS_A_TICK`] of each,
/// and what is beyond is dropped.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    waiting: Vec<Waiting>,
    columns: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    player: PlayerId,
    kind: u8,
    /// The player's connection was lost since.
    forgotten: bool,
    first_column: u32,
}

impl Requests {
    /// Forgets what a player asked for. It still counts for this tick.
    pub(crate) fn forget(&mut self, player: PlayerId) {
        let its = self.waiting.iter_mut().filter(|request| request.player == player);
        its.for_each(|request| request.forgotten = true);
    }

    /// Gives back memory, with what waits.
    pub(crate) fn clear(&mut self) {
        *self = Requests::default();
    }
}

impl<G: Game> Room<G> {
    /// Keeps a player's request for the next tick.
    pub(crate) fn handle_request(
        &mut self,
        index: usize,
        kind: u8,
        record: &[u8],
    ) -> Result<(), MessageError> {
        let bad = MessageError::Request(kind);
        let layout = self.spec.request_records.get(usize::from(kind));
        let mut columns = [0; MAX_COLUMNS];
        match layout.map(|layout| (layout.unpack(record, &mut columns), layout.columns())) {
            Some((Ok(()), count)) => self.keep_request(index, kind, &columns[..count]),
            _ => return Err(bad),
        }
        Ok(())
    }

    fn keep_request(&mut self, index: usize, kind: u8, columns: &[u32]) {
        let player = &mut self.players[index];
        if player.spectator {
            self.counters.refused_messages += 1;
        } else if usize::from(player.requests) == MAX_REQUESTS_A_TICK {
            self.counters.requests_dropped += 1;
            self.note_dropped(index, Dropped::Request);
        } else {
            player.requests += 1;
            self.counters.requests += 1;
            let first_column = self.requests.columns.len() as u32;
            self.requests.columns.extend_from_slice(columns);
            let request = Waiting { player: player.id, kind, forgotten: false, first_column };
            self.requests.waiting.push(request);
        }
    }

    /// Gives the game all requests that wait.
    pub(crate) fn drain_requests(&mut self) {
        let mut requests = std::mem::take(&mut self.requests);
        for Waiting { player, kind, forgotten, first_column } in requests.waiting.drain(..) {
            // Who has left meanwhile asks for nothing any more.
            let Some(index) = self.position(player) else { continue };
            self.players[index].requests = 0;
            if forgotten {
                continue;
            }
            let columns = &requests.columns[first_column as usize..];
            if self.log.is_on() {
                let layout = &self.spec.request_records[usize::from(kind)];
                self.log.write_request((player, kind), layout, &columns[..layout.columns()]);
            }
            let kind = &self.spec.schema.requests[usize::from(kind)];
            self.game.request(player, &Request::new(kind, columns));
        }
        requests.columns.clear();
        self.requests = requests;
    }
}
