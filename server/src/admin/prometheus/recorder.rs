//! Recordings and flights on their way to the disk.

use super::{Seen, exposition::Exposition};

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
            "tickwire_recordings_cut_short_total",
            "Recordings that ended before their room did, or never began.",
            &recorder.cut_short,
        ),
        (
            "tickwire_flights_total",
            "Files kept of what led to a room's overrun, mismatch or panic.",
            &recorder.flights,
        ),
        (
            "tickwire_flights_lost_total",
            "Such files that could not be kept.",
            &recorder.lost_flights,
        ),
    ];
    for (name, what, counter) in counters {
        out.counter(name, what, counter.get());
    }
}
