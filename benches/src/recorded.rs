//! Recordings of real games: what a server sent one client, as `tickwire-bots swarm --record` writes it.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};

use thiserror::Error;
use tickwire_shared::{
    Tick,
    codec::Layout,
    frame::{FrameError, MAX_FRAME_BYTES},
    message::{MessageError, ServerMessage, Welcome},
    replica::{HeldSegment, Replica, ReplicaError},
    rows::Rows,
    schema::Audience,
};

use crate::recording::{Recording, Strand};

/// Why a recording cannot be used.
#[derive(Debug, Error)]
pub enum RecordedError {
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Read(#[from] io::Error),
    /// Something in it is longer than any message.
    #[error("it is no recording: it claims a message of {0} bytes")]
    TooLong(usize),
    /// It does not begin with a welcome.
    #[error("it is no recording: it does not begin with a welcome")]
    NoWelcome,
    /// A message in it is none.
    #[error("it is no recording: {0}")]
    Message(#[from] MessageError),
    /// The welcome cannot be used.
    #[error("its welcome cannot be used: {0}")]
    Welcome(#[from] ReplicaError),
    /// A frame cannot be applied.
    #[error("a frame cannot be applied: {0}")]
    Frame(#[from] FrameError),
    /// There is nothing in it.
    #[error("no segment in it was held for two ticks in a row; record for longer")]
    Empty,
}

/// Reads a recording.
///
/// # Errors
/// See [`RecordedError`].
pub fn read(path: &Path) -> Result<Recording, RecordedError> {
    let mut input = BufReader::new(File::open(path)?);
    let first = message(&mut input)?.ok_or(RecordedError::NoWelcome)?;
    let ServerMessage::Welcome(welcome) = ServerMessage::read(&first)? else {
        return Err(RecordedError::NoWelcome);
    };
    let Welcome { schema, priors, tick_hz, .. } = *welcome;
    let mut replica = Replica::new(schema, &priors, tick_hz)?;
    let mut strands = Strands::default();
    while let Some(bytes) = message(&mut input)? {
        if let ServerMessage::Frame(frame) = ServerMessage::read(&bytes)? {
            replica.apply(frame)?;
            strands.note(&replica);
        }
    }
    strands.into_recording(&replica, tick_hz)
}

/// The next message; `None` at the end, and where a recording was cut off.
fn message(input: &mut impl Read) -> Result<Option<Vec<u8>>, RecordedError> {
    let mut length = [0; 4];
    if let Err(error) = input.read_exact(&mut length) {
        return if error.kind() == io::ErrorKind::UnexpectedEof {
            Ok(None)
        } else {
            Err(error.into())
        };
    }
    let length = u32::from_le_bytes(length) as usize;
    // Evidence is a little longer than the largest frame.
    if length > MAX_FRAME_BYTES + 1024 {
        return Err(RecordedError::TooLong(length));
    }
    let mut bytes = Vec::new();
    let read = input.take(length as u64).read_to_end(&mut bytes)?;
    Ok((read == length).then_some(bytes))
}

/// Each segment's rows over ticks in a row.
#[derive(Default)]
struct Strands {
    open: BTreeMap<(u32, Audience), (Tick, Vec<Rows>)>,
    done: Vec<(Audience, Vec<Rows>)>,
}

impl Strands {
    fn note(&mut self, replica: &Replica) {
        for held in replica.segments() {
            self.note_segment(held);
        }
        let held = |(handle, audience): &(u32, Audience)| {
            let same = |it: &HeldSegment| it.handle == *handle && it.audience == *audience;
            replica.segments().iter().any(same)
        };
        let gone: Vec<_> = self.open.keys().filter(|key| !held(key)).copied().collect();
        gone.into_iter().for_each(|key| self.close(key));
    }

    fn note_segment(&mut self, held: &HeldSegment) {
        let key = (held.handle, held.audience);
        match self.open.get_mut(&key) {
            Some((tick, _)) if *tick == held.tick => return,
            Some((tick, rows)) if tick.next() == held.tick => {
                *tick = held.tick;
                return rows.push(Rows::clone(&held.rows));
            }
            _ => self.close(key),
        }
        self.open.insert(key, (held.tick, vec![Rows::clone(&held.rows)]));
    }

    fn close(&mut self, key: (u32, Audience)) {
        let strand = self.open.remove(&key).filter(|(_, rows)| rows.len() > 1);
        self.done.extend(strand.map(|(_, rows)| (key.1, rows)));
    }

    fn into_recording(
        mut self,
        replica: &Replica,
        tick_hz: u32,
    ) -> Result<Recording, RecordedError> {
        let open: Vec<_> = self.open.keys().copied().collect();
        open.into_iter().for_each(|key| self.close(key));
        if self.done.is_empty() {
            return Err(RecordedError::Empty);
        }
        let schema = replica.schema().clone();
        let layout = |audience| Layout::new(&schema, audience, tick_hz);
        let strand = |(audience, ticks)| Strand { layout: layout(audience), ticks };
        let further = self.done.into_iter().map(strand).collect();
        let public = layout(Audience::Public);
        let mut recording = Recording::public(&schema.game.clone(), schema, public, Vec::new());
        recording.further = further;
        Ok(recording)
    }
}
