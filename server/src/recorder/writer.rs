//! The thread that writes recordings and flights, one order after the other.

use std::{
    collections::BTreeMap,
    fs::File,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, mpsc},
};

use tickwire_recording::{Ending, Header, MAX_UNPACKED, Writer};
use tickwire_shared::Tick;

use super::{Chunk, Flight, Order, Placed, Progress, Recordings, files::create};
use crate::metrics::RecorderMetrics;

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
    what: Recordings,
    metrics: Arc<RecorderMetrics>,
    /// By the number of the room.
    running: BTreeMap<u64, Running>,
}

impl Keeper {
    pub(super) fn new(what: Recordings, metrics: Arc<RecorderMetrics>) -> Self {
        Keeper { what, metrics, running: BTreeMap::new() }
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
        for running in std::mem::take(&mut self.running).into_values() {
            let at = running.last.unwrap_or_default();
            // Its shard ended without a word of it.
            self.end(running, at, Ending::Behind);
        }
    }

    /// An order could not be followed, which costs its file and no other.
    fn give_up(&mut self, room: Option<u64>) {
        tracing::error!(?room, "a file could not be written");
        let Some(room) = room else { return self.metrics.lost_flights.add(1) };
        if let Some(running) = self.running.remove(&room) {
            running.progress.end();
            self.metrics.recordings.take();
        }
        self.metrics.cut_short.add(1);
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Begin(progress, header) => self.begin(progress, &header),
            Order::Go(room, chunk) => self.go(room, &chunk),
            Order::End(room, at, why) => {
                // It may have ended by itself meanwhile.
                if let Some(running) = self.running.remove(&room) {
                    self.end(running, at, why);
                }
            }
            Order::Flight(flight) => self.flight(&flight),
        }
    }

    fn begin(&mut self, progress: Arc<Progress>, header: &Header) {
        let Some(folder) = &self.what.record else { return };
        let made =
            create(folder, header).and_then(|(path, file)| Ok((path, Writer::new(file, header)?)));
        match made {
            Ok((path, writer)) => {
                self.metrics.recordings.add(1);
                tracing::info!(room = header.room, file = %path.display(), "recording");
                let room = progress.room();
                self.running.insert(room, Running { path, writer, last: None, progress });
            }
            Err(error) => {
                progress.end();
                self.metrics.cut_short.add(1);
                tracing::warn!(room = header.room, %error, "the room is not recorded");
            }
        }
    }

    fn go(&mut self, room: u64, chunk: &Chunk) {
        let Some(running) = self.running.get_mut(&room) else { return };
        // What was written up to somewhere within a chunk, as before a sleep, is not written again.
        if running.last.is_some_and(|last| last.since(chunk.first) > 0) {
            return;
        }
        let before = running.writer.written();
        if let Err(error) = write(&mut running.writer, chunk) {
            tracing::warn!(file = %running.path.display(), %error, "a recording has ended");
            self.metrics.cut_short.add(1);
            self.metrics.recordings.take();
            running.progress.end();
            self.running.remove(&room);
            return;
        }
        running.last = Some(chunk.last);
        self.metrics.written_bytes.add(running.writer.written() - before);
        if running.writer.written() >= self.what.limit
            && let Some(running) = self.running.remove(&room)
        {
            self.end(running, chunk.last, Ending::Limit);
        }
    }

    fn flight(&mut self, flight: &Flight) {
        let Some(folder) = &self.what.flight else { return };
        let room = &flight.header.room;
        match write_flight(folder.clone(), flight) {
            Ok(path) => {
                self.metrics.flights.add(1);
                tracing::warn!(room, file = %path.display(), "what led to it was kept");
            }
            Err(error) => {
                self.metrics.lost_flights.add(1);
                tracing::warn!(room, %error, "what led to it could not be kept");
            }
        }
    }

    /// Ends a recording and says so.
    fn end(&self, running: Running, at: Tick, why: Ending) {
        self.metrics.recordings.take();
        running.progress.end();
        self.metrics.cut_short.add((why != Ending::Closed).into());
        let (file, bytes) = (running.path.display().to_string(), running.writer.written());
        match running.writer.end(at, why) {
            Err(error) => tracing::warn!(file, %error, "a recording has no end"),
            Ok(_) if why == Ending::Closed => tracing::info!(file, bytes, "recorded"),
            Ok(_) => {
                let why = why.name();
                tracing::warn!(file, bytes, why, "a recording has ended before its room");
            }
        }
    }
}

fn write(writer: &mut Writer<File>, chunk: &Chunk) -> io::Result<()> {
    if chunk.bytes.len() > MAX_UNPACKED {
        return Err(io::Error::other(format!("a chunk of {} bytes", chunk.bytes.len())));
    }
    writer.chunk(chunk.first, chunk.last, &chunk.bytes)
}

fn write_flight(folder: PathBuf, flight: &Flight) -> io::Result<PathBuf> {
    let (path, file) = create(&folder, &flight.header)?;
    let mut writer = Writer::new(file, &flight.header)?;
    for chunk in &flight.chunks {
        write(&mut writer, chunk)?;
    }
    let (first, timings) = &flight.timings;
    if !timings.is_empty() {
        writer.timings(*first, timings)?;
    }
    let last = flight.chunks.last().map_or(*first, |chunk| chunk.last);
    writer.end(last, Ending::Closed)?;
    Ok(path)
}
