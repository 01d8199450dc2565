//! What comes and goes, and what waits to.

use super::{
    Seen,
    exposition::{Exposition, Kind},
};
use crate::status::gauges;

/// The rungs of the ladder of slow readers, by how many of all ticks a viewer gets.
const RUNGS: [&str; 4] = ["full", "half", "quarter", "eighth"];

pub(super) fn write(out: &mut Exposition, seen: &Seen<'_>) {
    let counters = [
        (
            "tickwire_frame_bytes_total",
            "Bytes of frames, before what WebSocket adds.",
            seen.sum(|one| &one.frame_bytes),
        ),
        (
            "tickwire_wire_bytes_total",
            "Bytes that went to clients, as the kernel took them.",
            seen.sum(|one| &one.wire_bytes),
        ),
        (
            "tickwire_received_bytes_total",
            "Bytes that came from clients.",
            seen.sum(|one| &one.received_bytes),
        ),
        (
            "tickwire_received_messages_total",
            "Messages that came from clients.",
            seen.sum(|one| &one.received_messages),
        ),
        (
            "tickwire_frames_blocked_total",
            "Frames not made because an earlier one was not wholly sent.",
            seen.sum(|one| &one.skipped_for_tail),
        ),
        (
            "tickwire_flooded_reads_total",
            "Ticks in which a connection had sent more than is read at once.",
            seen.sum(|one| &one.floods),
        ),
        ("tickwire_pongs_total", "Pings answered by WebSocket itself.", seen.sum(|one| &one.pongs)),
    ];
    for (name, what, value) in counters {
        out.counter(name, what, value);
    }
    let gauges = gauges(&seen.rooms);
    let what =
        "Viewers by the rung of the ladder that they are on: which part of all ticks they get.";
    let rungs = RUNGS.into_iter().zip(gauges.rates);
    out.by(("tickwire_viewers", Kind::Gauge), what, "rung", rungs);
    let what = "Bytes of frames that sockets have not taken yet.";
    out.gauge("tickwire_unsent_bytes", what, gauges.unsent_bytes);
    let what = "Bytes that wait in links over HTTP, to be read or to be asked for.";
    out.gauge("tickwire_link_bytes", what, gauges.link_bytes);
}
