//! What players send, once they are in.

use tickwire_shared::{
    Game, Replicate, Tick,
    frame::{Cadence, SegmentBody, write_segment},
    link::Conditions,
    message::{self, ClientMessage, MessageError},
    schema::MAX_COLUMNS,
};

use crate::{
    inputs::Intent,
    log,
    observe::{Seat, viewer_at},
    room::Room,
    segments::SegmentSlot,
};

/// What a message asks of the shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Nothing.
    Nothing,
    /// Send these bytes as a message, now.
    Send(Vec<u8>),
    /// Send a pong with this token, now.
    Pong(u32),
    /// The player leaves: close.
    Leave,
    /// The player asks for its own connection to be this bad.
    Net(Conditions),
}

impl<G: Game> Room<G> {
    pub(crate) fn read_message(
        &mut self,
        index: usize,
        bytes: &[u8],
        left: u16,
    ) -> Result<Reply, MessageError> {
        if self.players[index].away.is_some() {
            return Ok(Reply::Nothing);
        }
        self.players[index].viewer.pace.heard(self.now);
        match ClientMessage::read(bytes)? {
            ClientMessage::Join(_) => return Err(MessageError::Kind(message::kind::JOIN)),
            ClientMessage::Resume(_) => return Err(MessageError::Kind(message::kind::RESUME)),
            ClientMessage::Chat(line) => self.handle_chat(index, line),
            ClientMessage::Request { index: kind, record } => {
                self.handle_request(index, kind, record)?;
            }
            ClientMessage::Moderate(moderation) => {
                self.moderate(self.players[index].id, moderation);
            }
            ClientMessage::Input { applied, tick, behind, record } => {
                self.handle_input(index, (tick, left), behind, record)?;
                self.acknowledge(index, applied);
            }
            ClientMessage::Ack(applied) => {
                self.players[index].inputs.pause();
                self.acknowledge(index, applied);
            }
            ClientMessage::Leave => return Ok(Reply::Leave),
            ClientMessage::Ping(token) => return Ok(Reply::Pong(token)),
            ClientMessage::Mismatch(tick) => {
                return Ok(self.handle_mismatch(Seat::Player(index), tick));
            }
            ClientMessage::Net(conditions) => return Ok(Reply::Net(conditions)),
        }
        Ok(Reply::Nothing)
    }

    fn handle_input(
        &mut self,
        index: usize,
        (tick, left): (Tick, u16),
        behind: u16,
        record: &[u8],
    ) -> Result<(), MessageError> {
        let mut columns = [0; MAX_COLUMNS];
        let unpacked = self.spec.input_record.unpack(record, &mut columns);
        unpacked.map_err(|_| MessageError::Length(message::kind::INPUT))?;
        if self.players[index].spectator {
            self.counters.refused_messages += 1;
            return Ok(());
        }
        let input = G::Input::restore(&columns[..G::Input::COLUMNS]);
        self.players[index].inputs.push((self.now, left), tick, Intent { input, behind });
        Ok(())
    }

    /// Takes what players do in the tick to come, and logs it.
    pub(crate) fn take_inputs(&mut self) {
        let players = self.players.iter_mut().enumerate();
        for (index, player) in players.filter(|(_, player)| !player.spectator) {
            player.inputs.take(self.now, self.config.repeat_ticks);
            if self.log.is_on() {
                let taken = player.inputs.taken();
                let taken = taken.map(|it| (&it.input, it.behind.min(self.config.rewind)));
                self.log.write_input((index, player.id), taken, &self.spec.input_record);
            }
        }
    }

    /// Gives the game what was taken, as it will be read again from the log, if there is one.
    pub(crate) fn give_inputs(&mut self) {
        let players = self.players.iter().enumerate();
        for (index, player) in players.filter(|(_, player)| !player.spectator) {
            let taken = player.inputs.taken();
            let behind = taken.map_or(0, |it| it.behind.min(self.config.rewind));
            self.game.sight(player.id, log::sight(behind));
            match (self.log.is_on(), taken) {
                (true, _) => self.game.input(player.id, &self.log.held_input(index)),
                (false, Some(it)) => self.game.input(player.id, &it.input),
                (false, None) => self.game.input(player.id, &G::Input::default()),
            }
        }
    }

    fn acknowledge(&mut self, index: usize, applied: Tick) {
        self.players[index].viewer.acknowledge(self.now, applied);
    }

    /// Answers a reported mismatch with what the viewer should have held, and starts it anew.
    ///
    /// At most once a second for one viewer, because keyframes are dear. Those of observers are not counted.
    pub(crate) fn handle_mismatch(&mut self, seat: Seat, tick: Tick) -> Reply {
        if let Seat::Player(_) = seat {
            self.counters.mismatches += 1;
        }
        let viewer = viewer_at(&mut self.players, &mut self.observers, seat);
        let second = 0..self.config.tick_hz as i32;
        let recent = |given: Tick| second.contains(&self.now.since(given));
        if viewer.evidence_given.is_some_and(recent) {
            return Reply::Nothing;
        }
        viewer.evidence_given = Some(self.now);
        viewer.forget();
        let held = viewer.held_at(tick).to_vec();
        let mut out = vec![message::kind::EVIDENCE];
        out.extend_from_slice(&tick.0.to_le_bytes());
        for (handle, slot, tick) in held {
            self.write_past(handle, slot, tick, &mut out);
        }
        Reply::Send(out)
    }

    fn write_past(&mut self, handle: u32, slot: SegmentSlot, tick: Tick, out: &mut Vec<u8>) {
        let mut bytes = Vec::new();
        let Some(key) = self.segments.keyframe_past(slot, tick, &mut bytes) else { return };
        let body = SegmentBody::Keyframe(Cadence::Live, key.audience(), &bytes);
        write_segment(handle, body, out);
    }
}
