//! When ticks are made, what takes how long in them, and how busy the shards are with that.

use super::{
    Seen,
    exposition::{Exposition, Kind},
};
use crate::{
    metrics::{Buckets, Histogram, ShardMetrics, buckets},
    status::loads,
};

pub(super) fn write(out: &mut Exposition, seen: &Seen<'_>) {
    write_times(out, seen);
    let counters = [
        ("tickwire_ticks_total", "Ticks made by all rooms.", seen.sum(|one| &one.ticks)),
        (
            "tickwire_tick_overruns_total",
            "Ticks that took longer than a tick may.",
            seen.sum(|one| &one.overruns),
        ),
        (
            "tickwire_ticks_slipped_total",
            "Ticks that were left out because the shard was too far behind.",
            seen.sum(|one| &one.slipped),
        ),
        (
            "tickwire_room_panics_total",
            "Times that a room's game panicked.",
            seen.sum(|one| &one.panics),
        ),
    ];
    for (name, what, value) in counters {
        out.counter(name, what, value);
    }
    write_shards(out, seen);
}

fn write_times(out: &mut Exposition, seen: &Seen<'_>) {
    let times =
        |times: fn(&ShardMetrics) -> &Histogram| -> Buckets { buckets(seen.shards().map(times)) };
    let what = "How long after its deadline a tick began.";
    out.histogram("tickwire_tick_lateness_seconds", what, &[(&[], times(|one| &one.lateness))]);
    let what = "How long a tick took, sockets included.";
    out.histogram("tickwire_tick_duration_seconds", what, &[(&[], times(|one| &one.duration))]);
    let what = "How long a part of a tick took: receive reads all connections, step is the game's and the \
                capture of what is to be sent, send makes and writes all frames.";
    let phases = [
        ([("phase", "receive")].as_slice(), times(|one| &one.receive)),
        (&[("phase", "step")], times(|one| &one.step)),
        (&[("phase", "send")], times(|one| &one.send)),
    ];
    out.histogram("tickwire_tick_phase_seconds", what, &phases);
    let what = "How long after its tick was due a frame was written.";
    out.histogram("tickwire_frame_written_seconds", what, &[(&[], times(|one| &one.written))]);
}

fn write_shards(out: &mut Exposition, seen: &Seen<'_>) {
    let shards = &seen.site.shards;
    let numbers: Vec<String> = (0..shards.len()).map(|index| index.to_string()).collect();
    let numbers = || numbers.iter().map(String::as_str);
    let what = "Which part of a thread's time its rooms take, as measured: 1 is all of it.";
    let load = loads(&seen.rooms, shards.len());
    let name = ("tickwire_shard_load_ratio", Kind::Gauge);
    out.by(name, what, "shard", numbers().zip(load));
    let what = "Commands that wait for a thread that runs rooms.";
    let inbox = seen.shards().map(ShardMetrics::inbox);
    let name = ("tickwire_shard_inbox_commands", Kind::Gauge);
    out.by(name, what, "shard", numbers().zip(inbox));
    let what = "For how long a thread has been at the turn that it is in; long is stuck.";
    let busy = shards.iter().map(|shard| shard.busy().as_secs_f64());
    let name = ("tickwire_shard_busy_seconds", Kind::Gauge);
    out.by(name, what, "shard", numbers().zip(busy));
    let after = seen.site.config.limits.stuck_after;
    let stuck = shards.iter().filter(|shard| shard.busy() >= after).count();
    let what = "Threads that have not finished what is due for too long.";
    out.gauge("tickwire_shards_stuck", what, stuck);
}
