//! Recordings and flights on their way to the disk.
//!
//! Shards only hand over copies; one thread packs and writes them ([`writer`]). What waits for it is bounded,
//! in orders and in bytes, for flights by itself, as anybody's client can bring about a flight. When a disk does
//! not keep up, the recording of the room whose chunk found no place ends with a word about that, and a flight
//! that finds none is not written: no tick waits for a disk. Only ends are never refused. There is one for each
//! recording whose beginning found a place, so they are no more than that, and a file that is not told of its end
//! would stay open.

use std::{
    io,
    path::PathBuf,
    sync::{Arc, mpsc},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use tickwire_recording::{Ending, Header, Timing};
use tickwire_shared::Tick;

use crate::metrics::{Loss, RecorderMetrics};

mod files;
mod places;
mod progress;
#[cfg(test)]
mod tests;
mod writer;

pub use places::Waiting;
use places::{Most, Place};
pub(crate) use progress::Progress;
use writer::Keeper;

/// How many orders of recordings wait for the disk at most, several for each room that a server usually may have,
/// and how many bytes of chunks they hold together.
const MOST_OF_RECORDINGS: Most = Most { orders: 16_384, bytes: 64 * 1024 * 1024 };
/// And of flights, of which the largest has some 18 MiB.
const MOST_OF_FLIGHTS: Most = Most { orders: 256, bytes: 32 * 1024 * 1024 };

/// How long who may wait for a place does so before it tries again.
const WAIT: Duration = Duration::from_millis(1);
/// And how long in all.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is recorded, and where.
#[derive(Clone, Debug, Default)]
pub struct Recordings {
    /// Every room is recorded into a file in this directory.
    pub record: Option<PathBuf>,
    /// The most bytes of such a file.
    pub limit: u64,
    /// The most bytes of all recordings together, and of all flights.
    pub total: u64,
    /// What led to a room's first overrun, mismatch and panic goes into a file in this directory.
    pub flight: Option<PathBuf>,
}

/// A stretch of a room's log.
#[derive(Debug)]
pub(crate) struct Chunk {
    /// The tick of its keyframe.
    pub(crate) first: Tick,
    /// The last tick in it.
    pub(crate) last: Tick,
    pub(crate) bytes: Vec<u8>,
}

/// The recent past of a room in which something went wrong.
#[derive(Debug)]
pub(crate) struct Flight {
    pub(crate) header: Box<Header>,
    pub(crate) chunks: Vec<Chunk>,
    /// The first tick that was measured, and one entry for each from there.
    pub(crate) timings: (Tick, Vec<Timing>),
}

/// What the writer is asked to do. A room is known by its number.
enum Order {
    /// Begin the recording of a room.
    Begin(Arc<Progress>, Box<Header>),
    /// Go on with it.
    Go(u64, Chunk),
    /// End it at this tick.
    End(u64, Tick, Ending),
    /// Write a flight.
    Flight(Flight),
}

impl Order {
    /// The room whose recording it is of; none if it is of a flight.
    fn room(&self) -> Option<u64> {
        match self {
            Order::Begin(progress, _) => Some(progress.room()),
            Order::Go(room, _) | Order::End(room, ..) => Some(*room),
            Order::Flight(_) => None,
        }
    }
}

/// An order, and its place among those that wait.
type Placed = (Order, Option<Place>);

/// There is no place for more: the disk does not keep up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// Where shards hand over what is to be written. When all of these are gone, the writer ends.
#[derive(Clone)]
pub(crate) struct Recorder {
    orders: Option<mpsc::Sender<Placed>>,
    metrics: Arc<RecorderMetrics>,
    /// Until when places are waited for; not at all while ticks are made.
    waits_until: Option<Instant>,
    records: bool,
    keeps_flights: bool,
}

impl Recorder {
    /// One that records nothing.
    pub(crate) fn none() -> Self {
        let metrics = Arc::default();
        Recorder { orders: None, metrics, waits_until: None, records: false, keeps_flights: false }
    }

    /// Starts the writer, if there is something to write.
    ///
    /// # Errors
    /// When a directory cannot be made or no thread started.
    pub(crate) fn start(what: &Recordings) -> io::Result<(Self, Option<JoinHandle<()>>)> {
        let (records, keeps_flights) = (what.record.is_some(), what.flight.is_some());
        if !records && !keeps_flights {
            return Ok((Self::none(), None));
        }
        what.record.iter().chain(&what.flight).try_for_each(std::fs::create_dir_all)?;
        let (orders, inbox) = mpsc::channel();
        let metrics = Arc::<RecorderMetrics>::default();
        let keeper = Keeper::new(what, Arc::clone(&metrics));
        let work = move || keeper.run(&inbox);
        let thread = thread::Builder::new().name("recorder".to_owned()).spawn(work)?;
        let orders = Some(orders);
        let recorder = Recorder { orders, metrics, waits_until: None, records, keeps_flights };
        Ok((recorder, Some(thread)))
    }

    /// What it counts, which lives on when it has ended.
    pub(crate) fn metrics(&self) -> &Arc<RecorderMetrics> {
        &self.metrics
    }

    /// Whether rooms are recorded.
    pub(crate) fn records(&self) -> bool {
        self.records
    }

    /// Whether flights are written.
    pub(crate) fn keeps_flights(&self) -> bool {
        self.keeps_flights
    }

    /// No tick is made any more, so from now on a place for an order is waited for, some seconds in all.
    pub(crate) fn be_patient(&mut self) {
        self.waits_until = Some(Instant::now() + PATIENCE);
    }

    /// Begins the recording of a room. When there is no place for that, the room is not recorded at all.
    pub(crate) fn begin(&self, room: &Arc<Progress>, header: Header) -> Result<(), Full> {
        if !room.begin() {
            return Ok(());
        }
        let order = Order::Begin(Arc::clone(room), Box::new(header));
        let begun = self.place(0).and_then(|place| self.give(order, Some(place)));
        if begun.is_err() {
            room.end();
            self.metrics.cut_short.count(Loss::Behind);
        }
        begun
    }

    /// Goes on with it. When there is no place for this chunk, the recording ends before it.
    pub(crate) fn go(&self, room: &Progress, chunk: Chunk) -> Result<(), Full> {
        let first = chunk.first;
        let place = self.place(chunk.bytes.len());
        let given = place.and_then(|place| self.give(Order::Go(room.room(), chunk), Some(place)));
        if given.is_err() {
            self.end(room, first, Ending::Behind);
        }
        given
    }

    /// Ends it, if it has begun.
    pub(crate) fn end(&self, room: &Progress, at: Tick, why: Ending) {
        if room.end() {
            // If nobody is there to be told, nobody has a file open either.
            let _ = self.give(Order::End(room.room(), at, why), None);
        }
    }

    /// Writes a flight with so many bytes of chunks, which is only made if there is a place for it.
    pub(crate) fn flight(&self, bytes: usize, make: impl FnOnce() -> Flight) -> Result<(), Full> {
        let place = self.wait_for(|| self.metrics.waiting_flights.take(bytes, MOST_OF_FLIGHTS));
        let given = place.and_then(|place| self.give(Order::Flight(make()), Some(place)));
        if given.is_err() {
            self.metrics.lost_flights.count(Loss::Behind);
        }
        given
    }

    /// A place for what is of a recording.
    fn place(&self, bytes: usize) -> Result<Place, Full> {
        self.wait_for(|| self.metrics.waiting.take(bytes, MOST_OF_RECORDINGS))
    }

    /// What may have to be waited for.
    fn wait_for(&self, take: impl Fn() -> Option<Place>) -> Result<Place, Full> {
        loop {
            if let Some(place) = take() {
                return Ok(place);
            }
            if self.waits_until.is_none_or(|until| Instant::now() >= until) {
                return Err(Full);
            }
            thread::sleep(WAIT);
        }
    }

    fn give(&self, order: Order, place: Option<Place>) -> Result<(), Full> {
        let Some(orders) = &self.orders else { return Ok(()) };
        orders.send((order, place)).map_err(|_| Full)
    }
}
