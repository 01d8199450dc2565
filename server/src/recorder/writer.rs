//! The thread that writes recordings and flights, one order after the other.

use std::{
    collections::BTreeMap,
    fs::File,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
        mpsc,
    },
};

use tickwire_recording::{Ending, Header, MAX_UNPACKED, Writer};
use tickwire_shared::Tick;

use super::{Chunk, Flight, Order, Recordings, files::create};
use crate::metrics::RecorderMetrics;

/// The recording of a room.
struct Running {
    path: PathBuf,
    writer: Writer<File>,
    /// The last tick that is in it.
    last: Option<Tick>,
    /// To be set when it takes no more.
    over: Arc<AtomicBool>,
}

/// Keeps files open while their rooms are.
pub(super) struct Keeper {
    what: Recordings,
    metrics: Arc<RecorderMetrics>,
    /// By the number of the room. None for those that are not written any more but go on.
    running: BTreeMap<u64, Option<Running>>,
}

impl Keeper {
    pub(super) fn new(what: Recordings, metrics: Arc<RecorderMetrics>) -> Self {
        Keeper { what, metrics, running: BTreeMap::new() }
    }

    /// Works until all shards have ended, and ends what they have not.
    pub(super) fn run(mut self, inbox: &mpsc::Receiver<Order>) {
        while let Ok(order) = inbox.recv() {
            let (bytes, room) = (order.bytes(), order.room());
            if catch_unwind(AssertUnwindSafe(|| self.obey(order))).is_err() {
                self.give_up(room);
            }
            self.metrics.waiting_bytes.fetch_sub(bytes, Relaxed);
        }
        for (_, running) in std::mem::take(&mut self.running) {
            let Some(running) = running else { continue };
            let at = running.last.unwrap_or_default();
            // Its shard found no place for what was to follow.
            self.end(running, at, Ending::Behind);
        }
    }

    /// An order could not be followed, which costs its file and no other.
    fn give_up(&mut self, room: Option<u64>) {
        tracing::error!(?room, "a file could not be written");
        let Some(room) = room else { return self.metrics.lost_flights.add(1) };
        if let Some(running) = self.running.insert(room, None).flatten() {
            running.over.store(true, Relaxed);
            self.metrics.recordings.take();
        }
        self.metrics.cut_short.add(1);
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Begin(room, header, over) => self.begin(room, &header, over),
            Order::Go(room, chunk) => self.go(room, &chunk),
            Order::End(room, at, why) => {
                match self.running.remove(&room) {
                    Some(Some(running)) => self.end(running, at, why),
                    // There was no place for its beginning.
                    None if why == Ending::Behind => self.metrics.cut_short.add(1),
                    _ => {}
                }
                // A room that goes on unrecorded is not begun anew when it moves.
                if why != Ending::Closed {
                    self.running.insert(room, None);
                }
            }
            Order::Flight(flight) => self.flight(&flight),
        }
    }

    fn begin(&mut self, room: u64, header: &Header, over: Arc<AtomicBool>) {
        let Some(folder) = &self.what.record else { return };
        if let Some(known) = self.running.get_mut(&room) {
            match known {
                Some(running) => running.over = over,
                None => over.store(true, Relaxed),
            }
            return;
        }
        let made = create(folder, header).and_then(|(path, file)| {
            let writer = Writer::new(file, header)?;
            let over = Arc::clone(&over);
            Ok(Running { path, writer, last: None, over })
        });
        match &made {
            Ok(running) => {
                self.metrics.recordings.add(1);
                tracing::info!(room = header.room, file = %running.path.display(), "recording");
            }
            Err(error) => {
                over.store(true, Relaxed);
                self.metrics.cut_short.add(1);
                tracing::warn!(room = header.room, %error, "the room is not recorded");
            }
        }
        self.running.insert(room, made.ok());
    }

    fn go(&mut self, room: u64, chunk: &Chunk) {
        let Some(slot) = self.running.get_mut(&room) else { return };
        let Some(running) = slot else { return };
        // What was written up to somewhere within a chunk, as before a sleep, is not written again.
        if running.last.is_some_and(|last| last.since(chunk.first) > 0) {
            return;
        }
        let before = running.writer.written();
        if let Err(error) = write(&mut running.writer, chunk) {
            tracing::warn!(file = %running.path.display(), %error, "a recording has ended");
            self.metrics.cut_short.add(1);
            self.metrics.recordings.take();
            running.over.store(true, Relaxed);
            *slot = None;
            return;
        }
        running.last = Some(chunk.last);
        self.metrics.written_bytes.add(running.writer.written() - before);
        if running.writer.written() >= self.what.limit
            && let Some(running) = slot.take()
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
        running.over.store(true, Relaxed);
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
