//! Recordings and flights on their way to the disk.
//!
//! Shards only hand over copies; one thread packs and writes them ([`writer`]). What waits for it is bounded,
//! in orders and in bytes. When a disk does not keep up, the recording of the room whose chunk found no place
//! ends with a word about that, and a flight that finds none is not written: no tick waits for a disk.

use std::{
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
        mpsc::{self, TrySendError},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use tickwire_recording::{Ending, Header, Timing};
use tickwire_shared::Tick;

use crate::metrics::RecorderMetrics;

mod files;
#[cfg(test)]
mod tests;
mod writer;

use writer::Keeper;

/// How many orders wait for the disk at most.
const MOST_WAITING: usize = 256;
/// And how many bytes of chunks they hold together at most.
const MOST_BYTES_WAITING: usize = 64 * 1024 * 1024;

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
    /// Begin the recording of a room, unless it has begun: rooms move between shards. The flag
    /// is set when its file takes no more.
    Begin(u64, Box<Header>, Arc<AtomicBool>),
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
            Order::Begin(room, ..) | Order::Go(room, _) | Order::End(room, ..) => Some(*room),
            Order::Flight(_) => None,
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Order::Begin(..) | Order::End(..) => 0,
            Order::Go(_, chunk) => chunk.bytes.len(),
            Order::Flight(flight) => flight.chunks.iter().map(|chunk| chunk.bytes.len()).sum(),
        }
    }
}

/// There is no place for more: the disk does not keep up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// Where shards hand over what is to be written. When all of these are gone, the writer ends.
#[derive(Clone)]
pub(crate) struct Recorder {
    orders: Option<mpsc::SyncSender<Order>>,
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
        let (orders, inbox) = mpsc::sync_channel(MOST_WAITING);
        let metrics = Arc::<RecorderMetrics>::default();
        let keeper = Keeper::new(what.clone(), Arc::clone(&metrics));
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

    /// Begins the recording of a room, and sets the flag when its file takes no more; it has begun already when the room came from another shard.
    pub(crate) fn begin(
        &self,
        room: u64,
        header: Header,
        over: Arc<AtomicBool>,
    ) -> Result<(), Full> {
        self.give(Order::Begin(room, Box::new(header), over))
    }

    /// Goes on with it.
    pub(crate) fn go(&self, room: u64, chunk: Chunk) -> Result<(), Full> {
        self.give(Order::Go(room, chunk))
    }

    /// Ends it.
    pub(crate) fn end(&self, room: u64, at: Tick, why: Ending) -> Result<(), Full> {
        self.give(Order::End(room, at, why))
    }

    /// Writes a flight.
    pub(crate) fn flight(&self, flight: Flight) -> Result<(), Full> {
        let given = self.give(Order::Flight(flight));
        self.metrics.lost_flights.add(given.is_err().into());
        given
    }

    fn give(&self, mut order: Order) -> Result<(), Full> {
        while let Err(refused) = self.try_give(order) {
            let waits = self.waits_until.is_some_and(|until| Instant::now() < until);
            order = refused.filter(|_| waits).ok_or(Full)?;
            thread::sleep(WAIT);
        }
        Ok(())
    }

    /// Gives the order back if there is no place for it now, and nothing if there never will be.
    fn try_give(&self, order: Order) -> Result<(), Option<Order>> {
        let Some(orders) = &self.orders else { return Ok(()) };
        let bytes = order.bytes();
        let waiting = &self.metrics.waiting_bytes;
        if waiting.fetch_add(bytes, Relaxed) + bytes > MOST_BYTES_WAITING {
            waiting.fetch_sub(bytes, Relaxed);
            return Err(Some(order));
        }
        orders.try_send(order).map_err(|error| {
            waiting.fetch_sub(bytes, Relaxed);
            match error {
                TrySendError::Full(order) => Some(order),
                TrySendError::Disconnected(_) => None,
            }
        })
    }
}
