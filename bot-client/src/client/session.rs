//! A client that is in: its replica, its inputs, and its doubts.

use std::{sync::Arc, time::Duration};

use parking_lot::Mutex;
use tickwire_shared::{
    PlayerId, Tick,
    frame::{self, FrameTick},
    message::{ClientMessage, PROTOCOL, Welcome},
    netcode::InputClock,
    record::RecordLayout,
    replica::{Applied, Memo, Replica},
    schema::Schema,
    session::Token,
    tick::TICK_PARTS,
};

use super::{
    core::{Event, InputStats},
    doubt::Doubt,
    error::CoreError,
};

/// After a pause this many inputs are sent for the ticks that went by, and no more.
const MOST_AT_ONCE: i64 = 4;
/// Inputs acknowledge frames. One that none has acknowledged for so long is on its own.
const ACKNOWLEDGE_AFTER: Duration = Duration::from_millis(100);

/// What a player saw: the newest frame, less so many ticks.
type Seen = (Tick, f64);

/// What the welcome said that is not in the replica.
#[derive(Debug)]
pub(super) struct About {
    pub(super) room: String,
    pub(super) player: PlayerId,
    pub(super) tick_hz: u32,
    pub(super) setup: String,
    pub(super) spectator: bool,
    /// What to resume with, and for how many ticks.
    pub(super) token: Token,
    pub(super) grace_ticks: u32,
}

#[derive(Debug)]
pub(super) struct Session {
    pub(super) about: About,
    replica: Replica,
    /// What is shared with others who decode the same.
    memo: Option<Arc<Mutex<Memo>>>,
    message_records: Vec<RecordLayout>,
    input_record: RecordLayout,
    /// The input's record, when there is an input, and the tick of the world that it goes by.
    input: Option<(Vec<u8>, Seen)>,
    clock: InputClock,
    round_trip: Duration,
    /// How far behind the newest frame others are seen, in ticks.
    behind: f64,
    sent: InputStats,
    /// The tick of the last frame that came, applied or not: what the server is told.
    latest: Option<Tick>,
    /// Since when a frame is to be acknowledged.
    owes_answer: Option<Duration>,
    doubt: Doubt,
}

impl Session {
    pub(super) fn new(
        welcome: Welcome,
        memo: Option<Arc<Mutex<Memo>>>,
        round_trip: Duration,
    ) -> Result<Session, CoreError> {
        let Welcome { protocol, room, player, tick_hz, schema, priors, setup, .. } = welcome;
        let Welcome { spectator, token, grace_ticks, .. } = welcome;
        if protocol != PROTOCOL {
            return Err(CoreError::WrongProtocol(protocol));
        }
        let replica = match &memo {
            Some(memo) => Replica::of(memo.lock().dialect(schema, &priors, tick_hz)?),
            None => Replica::new(schema, &priors, tick_hz)?,
        };
        let schema = replica.schema();
        Ok(Session {
            about: About {
                room,
                player,
                tick_hz: tick_hz.max(1),
                setup,
                spectator,
                token,
                grace_ticks,
            },
            message_records: schema.messages.iter().map(RecordLayout::new).collect(),
            input_record: RecordLayout::new(&schema.input),
            replica,
            memo,
            input: None,
            clock: InputClock::new(tick_hz),
            round_trip,
            behind: 0.0,
            sent: InputStats::default(),
            latest: None,
            owes_answer: None,
            doubt: Doubt::default(),
        })
    }

    /// Gives up what is shared, for the session that replaces this one.
    pub(super) fn take_memo(&mut self) -> Option<Arc<Mutex<Memo>>> {
        self.memo.take()
    }

    /// The connection is lost, and with it what was under way: the tick that a frame of the next may
    /// build upon, unless it cannot.
    pub(super) fn note_lost(&mut self) -> Option<Tick> {
        self.owes_answer = None;
        let held = self.replica.tick().filter(|_| !self.doubt.has_lost_track());
        if held.is_some() {
            // A frame that was seen and not applied does not count any more.
            self.latest = held;
        }
        held
    }

    pub(super) fn handle_frame(&mut self, bytes: &[u8], now: Duration) -> Result<Event, CoreError> {
        self.owes_answer.get_or_insert(now);
        if self.doubt.has_lost_track() && !self.stands_alone(bytes) {
            self.guess_tick(bytes);
            self.doubt.ask_again(self.latest, now);
            return Ok(Event::Nothing);
        }
        let applied = match &self.memo {
            Some(memo) => self.replica.apply_with(bytes, &mut memo.lock()),
            None => self.replica.apply(bytes),
        };
        match applied {
            Ok(applied) => {
                self.note_applied(applied, now);
                Ok(Event::Frame(applied))
            }
            Err(error) => {
                self.guess_tick(bytes);
                self.doubt.lose_track(self.latest, now);
                Err(error.into())
            }
        }
    }

    fn note_applied(&mut self, applied: Applied, now: Duration) {
        self.latest = Some(applied.tick);
        let echo = self.replica.input();
        self.clock.start(applied.tick, now, self.round_trip);
        self.clock.observe(applied.tick, echo);
        self.sent.late += u64::from(echo.slack.is_some_and(|slack| slack < 0));
        if applied.full {
            self.doubt.found_track();
        }
        if let Some(check) = applied.hash.filter(|check| !check.holds()) {
            self.doubt.mismatch(applied.tick, check, self.replica.segments(), now);
        }
    }

    fn stands_alone(&self, bytes: &[u8]) -> bool {
        let header = frame::read_header(bytes, &self.message_records);
        matches!(header, Ok((header, _)) if matches!(header.tick, FrameTick::Full(_)))
    }

    /// Notes the tick of a frame that was not applied.
    ///
    /// It is acknowledged all the same: otherwise the server would see a client
    /// that has stopped reading, and never send the frame that sets it right.
    fn guess_tick(&mut self, bytes: &[u8]) {
        let header = frame::read_header(bytes, &self.message_records);
        self.latest = match (header.map(|(header, _)| header.tick), self.latest) {
            (Ok(FrameTick::Full(tick)), _) => Some(tick),
            (Ok(FrameTick::After(gap)), Some(latest)) => Some(latest.offset(i32::from(gap))),
            (Err(_), Some(latest)) => Some(latest.next()),
            (_, None) => None,
        };
    }

    pub(super) fn handle_evidence(
        &mut self,
        tick: Tick,
        segments: &[u8],
    ) -> Result<Event, CoreError> {
        let theirs = self.replica.read_evidence(tick, segments).map_err(CoreError::Evidence)?;
        let report = self.doubt.settle(tick, self.replica.schema(), &theirs);
        Ok(report.map_or(Event::Nothing, |report| Event::Mismatch(Box::new(report))))
    }

    pub(super) fn poll_outgoing(&mut self, now: Duration, out: &mut Vec<u8>) -> bool {
        if let Some(tick) = self.doubt.poll_question() {
            ClientMessage::Mismatch(tick).write(out);
            return true;
        }
        let Some(applied) = self.latest else { return false };
        self.clock.advance(now);
        while let Some(tick) = self.clock.poll_due(MOST_AT_ONCE) {
            if self.write_input(applied, tick, out) {
                self.owes_answer = None;
                return true;
            }
        }
        let owed = self.owes_answer.take_if(|since| {
            self.input.is_none() || now.saturating_sub(*since) > ACKNOWLEDGE_AFTER
        });
        if owed.is_some() {
            ClientMessage::Ack(applied).write(out);
        }
        owed.is_some()
    }

    /// Writes the input for a tick, if there is one and the server could use it.
    fn write_input(&mut self, applied: Tick, tick: Tick, out: &mut Vec<u8>) -> bool {
        let Some((record, seen)) = &self.input else { return false };
        let ahead = tick.since(applied);
        if !(0..=i32::from(u8::MAX)).contains(&ahead) {
            return false;
        }
        let behind = f64::from(tick.since(seen.0)) + seen.1;
        let behind =
            (behind * f64::from(TICK_PARTS)).round().clamp(0.0, f64::from(u16::MAX)) as u16;
        ClientMessage::Input { applied, tick, behind, record }.write(out);
        self.sent.sent += 1;
        self.sent.lead = ahead;
        self.sent.newest = Some(tick);
        true
    }

    pub(super) fn next_due(&self) -> Option<Duration> {
        let owed = self.owes_answer.map(|since| since + ACKNOWLEDGE_AFTER);
        let due = self.clock.next_due().filter(|_| self.input.is_some());
        due.into_iter().chain(owed).min()
    }

    pub(super) fn look_behind(&mut self, ticks: f64) {
        self.behind = ticks;
    }

    pub(super) fn set_input(&mut self, columns: &[u32]) -> Result<(), CoreError> {
        if columns.len() != self.input_record.columns() {
            return Err(CoreError::Input("it has another number of columns"));
        }
        let specs = self.replica.schema().input.fields.iter().flat_map(|field| field.columns());
        if specs.zip(columns).any(|(spec, column)| *column > spec.max) {
            return Err(CoreError::Input("a column is above its maximum"));
        }
        let seen = (self.latest.unwrap_or_default(), self.behind);
        let (record, goes_by) = self.input.get_or_insert_with(|| (Vec::new(), seen));
        *goes_by = seen;
        record.clear();
        self.input_record.pack(columns, record);
        Ok(())
    }

    /// Fills in the columns of the input, if there is one.
    pub(super) fn read_input(&self, columns: &mut [u32]) -> bool {
        let input = self.input.as_ref();
        input.is_some_and(|(record, _)| self.input_record.unpack(record, columns).is_ok())
    }

    pub(super) fn clear_input(&mut self) {
        self.input = None;
    }

    pub(super) fn schema(&self) -> &Schema {
        self.replica.schema()
    }

    pub(super) fn replica(&self) -> &Replica {
        &self.replica
    }

    pub(super) fn latest_tick(&self) -> Option<Tick> {
        self.latest
    }

    pub(super) fn inputs(&self) -> InputStats {
        self.sent
    }
}
