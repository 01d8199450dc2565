//! Recordings and flights on their way to the disk.

use super::{
    Seen,
    exposition::{Exposition, Kind},
};
use crate::metrics::Loss;

pub(super) fn write(out: &mut Exposition, seen: &Seen<'_>) {
    let recorder = &seen.site.recorder;
    let what = "Recordings that are being written.";
    out.gauge("tickwire_recordings", what, recorder.recordings.get());
    let what = "Bytes of rooms' logs that wait for the disk.";
    out.gauge("tickwire_recorder_waiting_bytes", what, recorder.waiting_bytes());
    let counters = [
        (
            "tickwire_recording_bytes_total",
            "Bytes of recordings that were written, as packed.",
            &recorder.written_bytes,
        ),
        (
            "tickwire_flights_total",
            "Files kept of what led to a room's overrun, mismatch or panic.",
            &recorder.flights,
        ),
    ];
    for (name, what, counter) in counters {
        out.counter(name, what, counter.get());
    }
    let losses = [
        (
            "tickwire_recordings_cut_short_total",
            "Recordings that ended before their room did, or never began.",
            (&recorder.cut_short, Loss::OF_RECORDINGS.as_slice()),
        ),
        (
            "tickwire_flights_lost_total",
            "Files of what led to something that were not kept.",
            (&recorder.lost_flights, Loss::OF_FLIGHTS.as_slice()),
        ),
    ];
    for (name, what, (losses, reasons)) in losses {
        out.by((name, Kind::Counter), what, "reason", losses.by(reasons));
    }
}
