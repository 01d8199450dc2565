//! The thread that writes recordings and flights, one order after the other.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, mpsc},
};

use tickwire_recording::{Ending, Header, MAX_HEADER_BYTES, MAX_UNPACKED, TIMING_BYTES, Writer};
use tickwire_shared::Tick;

use super::{
    Chunk, Flight, Order, Placed, Progress, Recordings,
    files::{Folder, Refused},
};
use crate::metrics::{Loss, RecorderMetrics};

/// The recording of a room.
struct Running {
    path: PathBuf,
    writer: Writer<File>,
    /// The last tick that is in it.
    last: Option<Tick>,
    /// Where its room's shard sees that it takes no more.
    progress: Arc<Progress>,
}

/// Keeps files open while their rooms are.
pub(super) struct Keeper {
    /// Where recordings go, and flights.
    record: Option<Folder>,
    flight: Option<Folder>,
    /// The most bytes of a recording.
    limit: u64,
    metrics: Arc<RecorderMetrics>,
    /// By the number of the room.
    running: BTreeMap<u64, Running>,
}

impl Keeper {
    pub(super) fn new(what: &Recordings, metrics: Arc<RecorderMetrics>) -> Self {
        let folder = |path: &PathBuf| Folder::new(path.clone(), what.total);
        let (record, flight) = (what.record.as_ref().map(folder), what.flight.as_ref().map(folder));
        Keeper { record, flight, limit: what.limit, metrics, running: BTreeMap::new() }
    }

    /// Works until all shards have ended, and ends what they have not.
    pub(super) fn run(mut self, inbox: &mpsc::Receiver<Placed>) {
        while let Ok((order, place)) = inbox.recv() {
            let room = order.room();
            if catch_unwind(AssertUnwindSafe(|| self.obey(order))).is_err() {
                self.give_up(room);
            }
            drop(place);
        }
        while let Some((room, running)) = self.running.first_key_value() {
            let (room, at) = (*room, running.last.unwrap_or_default());
            // Its shard ended without a word of it.
            self.end(room, at, (Ending::Behind, Loss::Behind));
        }
    }

    /// An order could not be followed, which costs its file and no other.
    fn give_up(&mut self, room: Option<u64>) {
        tracing::error!(?room, "a file could not be written");
        let Some(room) = room else { return self.metrics.lost_flights.count(Loss::Disk) };
        if let Some(running) = self.running.remove(&room) {
            running.progress.end();
            self.metrics.recordings.take();
        }
        self.metrics.cut_short.count(Loss::Disk);
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Begin(progress, header) => self.begin(progress, &header),
            Order::Go(room, chunk) => self.go(room, &chunk),
            Order::End(room, at, why) => self.end(room, at, (why, loss(why))),
            Order::Flight(flight) => self.flight(&flight),
        }
    }

    fn begin(&mut self, progress: Arc<Progress>, header: &Header) {
        let Some(folder) = &mut self.record else { return };
        match folder.recording(header).and_then(|(path, file)| begin_file(path, file, header)) {
            Ok((path, writer)) => {
                folder.grew(writer.written());
                self.metrics.recordings.add(1);
                tracing::info!(room = header.room, file = %path.display(), "recording");
                let room = progress.room();
                self.running.insert(room, Running { path, writer, last: None, progress });
            }
            Err(error) => {
                progress.end();
                self.metrics.cut_short.count(error.loss());
                tracing::warn!(room = header.room, %error, "the room is not recorded");
            }
        }
    }

    fn go(&mut self, room: u64, chunk: &Chunk) {
        let Some(folder) = &mut self.record else { return };
        let Some(running) = self.running.get_mut(&room) else { return };
        // What was written up to somewhere within a chunk, as before a sleep, is not written again.
        if running.last.is_some_and(|last| last.since(chunk.first) > 0) {
            return;
        }
        let writer = &mut running.writer;
        let before = writer.written();
        let of_folder = before.saturating_add(folder.left());
        let wrote = write(writer, chunk, self.limit.min(of_folder));
        folder.grew(writer.written() - before);
        self.metrics.written_bytes.add(writer.written() - before);
        match wrote {
            Ok(true) => running.last = Some(chunk.last),
            Ok(false) => {
                let why = if of_folder < self.limit { Loss::Full } else { Loss::Limit };
                self.end(room, chunk.first, (Ending::Limit, why));
            }
            Err(error) => {
                tracing::warn!(file = %running.path.display(), %error, "a recording has ended");
                cut_off(writer.get_ref(), before);
                running.progress.end();
                self.running.remove(&room);
                self.metrics.recordings.take();
                self.metrics.cut_short.count(Loss::Disk);
            }
        }
    }

    fn flight(&mut self, flight: &Flight) {
        let Some(folder) = &mut self.flight else { return };
        let room = &flight.header.room;
        match write_flight(folder, flight) {
            Ok(path) => {
                self.metrics.flights.add(1);
                tracing::warn!(room, file = %path.display(), "what led to it was kept");
            }
            Err(error) => {
                self.metrics.lost_flights.count(error.loss());
                tracing::warn!(room, %error, "what led to it could not be kept");
            }
        }
    }

    /// Ends a recording and says so, unless it has ended by itself meanwhile.
    fn end(&mut self, room: u64, at: Tick, (why, loss): (Ending, Loss)) {
        let Some(running) = self.running.remove(&room) else { return };
        self.metrics.recordings.take();
        running.progress.end();
        let (file, bytes) = (running.path.display().to_string(), running.writer.written());
        let ended = running.writer.end(at, why);
        if why != Ending::Closed {
            self.metrics.cut_short.count(loss);
            tracing::warn!(file, bytes, why = loss.name(), "a recording has ended before its room");
        }
        match ended {
            Err(error) => tracing::warn!(file, %error, "a recording has no end"),
            Ok(_) => tracing::info!(file, bytes, "recorded"),
        }
    }
}

/// What an end that a shard brings counts as, if it counts.
fn loss(why: Ending) -> Loss {
    match why {
        Ending::Behind => Loss::Behind,
        Ending::Unlogged => Loss::Unlogged,
        Ending::Closed | Ending::Limit => Loss::Limit,
    }
}

/// Begins a file; one that does not even take that is not kept.
fn begin_file(
    path: PathBuf,
    file: File,
    header: &Header,
) -> Result<(PathBuf, Writer<File>), Refused> {
    match Writer::new(file, header) {
        Ok(writer) => Ok((path, writer)),
        Err(error) => {
            // It was made a moment ago, and there is nothing in it.
            let _ = fs::remove_file(&path);
            Err(error.into())
        }
    }
}

/// What a write that failed left behind the last whole block is no part of a file.
pub(super) fn cut_off(file: &File, whole: u64) {
    if let Err(error) = file.set_len(whole) {
        tracing::warn!(%error, "a file ends within a block");
    }
}

/// Appends a chunk, if the file then has no more than so many bytes.
fn write(writer: &mut Writer<File>, chunk: &Chunk, most: u64) -> io::Result<bool> {
    if chunk.bytes.len() > MAX_UNPACKED {
        return Err(io::Error::other(format!("a chunk of {} bytes", chunk.bytes.len())));
    }
    writer.chunk_within(most, (chunk.first, chunk.last), &chunk.bytes)
}

fn write_flight(folder: &mut Folder, flight: &Flight) -> Result<PathBuf, Refused> {
    let (chunks, header) = (&flight.chunks, &flight.header);
    let bytes: usize = chunks.iter().map(|chunk| chunk.bytes.len()).sum();
    let (first, timings) = &flight.timings;
    // What is packed is smaller, or little larger if it cannot be.
    let most = bytes + timings.len() * TIMING_BYTES + MAX_HEADER_BYTES;
    let (path, file) = folder.flight(header, most as u64)?;
    let (path, mut writer) = begin_file(path, file, header)?;
    let filled = fill(&mut writer, flight);
    if filled.is_err() {
        cut_off(writer.get_ref(), writer.written());
    }
    filled?;
    writer.end(chunks.last().map_or(*first, |chunk| chunk.last), Ending::Closed)?;
    Ok(path)
}

fn fill(writer: &mut Writer<File>, flight: &Flight) -> io::Result<()> {
    for chunk in &flight.chunks {
        write(writer, chunk, u64::MAX)?;
    }
    let (first, timings) = &flight.timings;
    if timings.is_empty() { Ok(()) } else { writer.timings(*first, timings) }
}
