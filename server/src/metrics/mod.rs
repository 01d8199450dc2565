//! What the server counts, without locks: each shard has its own counters, and
//! who asks for them adds them up.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use hyper::StatusCode;

mod closes;
mod heartbeat;
mod histogram;
mod recorder;
mod room;
mod transports;

pub use closes::{CloseCounts, VANISHED, closes};
pub use heartbeat::Heartbeat;
pub use histogram::{Buckets, Histogram, Summary, buckets, summary};
pub use recorder::{Loss, RecorderMetrics};
pub use room::{ROOM_COUNTERS, RoomGauges, ShownGauges, named, room_values};
pub use transports::{Open, OpenTransports, Way, open_transports};

/// A counter.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Counts `n` more.
    pub fn add(&self, n: u64) {
        self.0.fetch_add(n, Relaxed);
    }

    /// Counts one more, and says how many there were before.
    pub fn next(&self) -> u64 {
        self.0.fetch_add(1, Relaxed)
    }

    /// Counts one less, for what comes and goes.
    pub fn take(&self) {
        self.0.fetch_sub(1, Relaxed);
    }

    /// What was counted.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// What one shard counts.
#[derive(Debug, Default)]
pub struct ShardMetrics {
    /// Since when it has been at work.
    pub heartbeat: Heartbeat,
    /// Commands that were given to it, and those of them that it has taken.
    pub commands: [Counter; 2],
    /// Ticks made by all rooms.
    pub ticks: Counter,
    /// How long after its deadline a tick began.
    pub lateness: Histogram,
    /// How long a tick took, sockets included.
    pub duration: Histogram,
    /// How long all connections of a room took to be read in a tick.
    pub receive: Histogram,
    /// How long the game's step and the capture of what is to be sent took.
    pub step: Histogram,
    /// How long all frames of a tick took to be made and written.
    pub send: Histogram,
    /// How long after its tick was due a frame was written, to the socket or into its bad network.
    pub written: Histogram,
    /// Ticks that took longer than a tick may.
    pub overruns: Counter,
    /// Ticks that were left out because the shard was too far behind.
    pub slipped: Counter,
    /// Bytes of frames, without what WebSocket adds.
    pub frame_bytes: Counter,
    /// Bytes that the kernel took.
    pub wire_bytes: Counter,
    /// Bytes that came.
    pub received_bytes: Counter,
    /// Messages that came.
    pub received_messages: Counter,
    /// Frames not made because an earlier one was not wholly sent.
    pub skipped_for_tail: Counter,
    /// Pings answered by WebSocket itself.
    pub pongs: Counter,
    /// Ticks in which a connection had sent more than is read at once.
    pub floods: Counter,
    /// Connections that are on a bad network because that was asked for.
    pub impaired: Counter,
    /// Requests for one by clients that may not ask.
    pub ignored_nets: Counter,
    /// Times that a room's game panicked.
    pub panics: Counter,
    /// Connections, by what carries them.
    pub transports: OpenTransports,
    /// Sessions that went on over another connection.
    pub resumes: Counter,
    /// Attempts at that by who had no session, or not its token.
    pub refused_resumes: Counter,
    /// Connections that were closed because their session went on over another one.
    pub takeovers: Counter,
    /// Closes, by code.
    pub closes: CloseCounts,
}

impl ShardMetrics {
    /// How many commands wait for it.
    #[must_use]
    pub fn inbox(&self) -> u64 {
        let [given, taken] = &self.commands;
        // The other way round one might be seen to be taken before it is given.
        let taken = taken.get();
        given.get().saturating_sub(taken)
    }
}

/// What the whole process counts.
#[derive(Debug, Default)]
pub struct ServerMetrics {
    /// Sockets that are open, whatever they speak.
    pub connections: Counter,
    /// Sockets that were accepted.
    pub accepted: Counter,
    /// HTTP requests.
    pub requests: Counter,
    /// Links over HTTP whose key is known.
    pub links: Counter,
    /// Handshakes that ended in a WebSocket.
    pub upgrades: Counter,
    /// Sockets turned away because there were too many.
    pub too_many_connections: Counter,
    /// Handshakes that were malformed.
    pub bad_handshakes: Counter,
    /// Handshakes from pages of other hosts.
    pub wrong_origins: Counter,
    /// Sockets turned away because there were too many of one address.
    pub too_many_of_address: Counter,
    /// Handshakes and reservations that came too often.
    pub too_many_requests: Counter,
    /// Requests that are not as they have to be.
    pub bad_requests: Counter,
    /// Requests whose header began and did not come in time.
    pub late_headers: Counter,
    /// Requests with too large a body.
    pub large_bodies: Counter,
    /// Requests whose body did not come in time.
    pub late_bodies: Counter,
    /// Requests by somebody of whom the server wanted to know who it is.
    pub unidentified: Counter,
    /// Tickets that the server has not made.
    pub forged_tickets: Counter,
    /// Tickets that came too late.
    pub expired_tickets: Counter,
    /// Tickets for another room.
    pub foreign_tickets: Counter,
    /// Tickets that were used before.
    pub used_tickets: Counter,
    /// Joins to a room or game that there is not.
    pub unknown_rooms: Counter,
    /// Joins to a full room.
    pub full_rooms: Counter,
    /// Joins to a locked room.
    pub locked_rooms: Counter,
    /// Joins by who was banned.
    pub banned: Counter,
    /// Searches for a room that nobody wanted to be opened.
    pub unfit_rooms: Counter,
    /// Rooms not opened because there were too many.
    pub too_many_rooms: Counter,
    /// Rooms not opened because there were too many of one address.
    pub too_many_own_rooms: Counter,
    /// Joins to a server that shuts down.
    pub shutting_down: Counter,
    /// Rooms not opened because their game failed to start.
    pub broken_games: Counter,
}

impl ServerMetrics {
    /// Notes what the status of an answer alone tells.
    pub fn note_refusal(&self, status: StatusCode) {
        match status {
            StatusCode::BAD_REQUEST => self.bad_requests.add(1),
            StatusCode::PAYLOAD_TOO_LARGE => self.large_bodies.add(1),
            StatusCode::REQUEST_TIMEOUT => self.late_bodies.add(1),
            _ => {}
        }
    }

    /// The refusals, by reason.
    #[must_use]
    pub fn refusals(&self) -> [(&'static str, u64); 23] {
        let counted = [
            ("too_many_connections", &self.too_many_connections),
            ("too_many_of_address", &self.too_many_of_address),
            ("too_many_requests", &self.too_many_requests),
            ("bad_handshakes", &self.bad_handshakes),
            ("bad_requests", &self.bad_requests),
            ("late_headers", &self.late_headers),
            ("large_bodies", &self.large_bodies),
            ("late_bodies", &self.late_bodies),
            ("wrong_origins", &self.wrong_origins),
            ("unidentified", &self.unidentified),
            ("forged_tickets", &self.forged_tickets),
            ("expired_tickets", &self.expired_tickets),
            ("foreign_tickets", &self.foreign_tickets),
            ("used_tickets", &self.used_tickets),
            ("unknown_rooms", &self.unknown_rooms),
            ("unfit_rooms", &self.unfit_rooms),
            ("full_rooms", &self.full_rooms),
            ("locked_rooms", &self.locked_rooms),
            ("banned", &self.banned),
            ("too_many_rooms", &self.too_many_rooms),
            ("too_many_own_rooms", &self.too_many_own_rooms),
            ("shutting_down", &self.shutting_down),
            ("broken_games", &self.broken_games),
        ];
        counted.map(|(name, counter)| (name, counter.get()))
    }
}
