//! What must hold in a soak.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What must hold; a run that goes beyond any of these fails. What a scenario does not say is as here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Hashes that are not the server's.
    pub hash_mismatches: f64,
    /// Connections that end for no reason that the bot gave.
    pub disconnects: f64,
    /// Refusals that nothing explains.
    pub refusals: f64,
    /// Frames that cannot be applied.
    pub bad_frames: f64,
    /// Rooms whose game panicked.
    pub panicked_rooms: f64,
    /// Milliseconds that ticks take at the 99th percentile, sockets included.
    pub tick_p99_ms: f64,
    /// By how many percent that grows over the run.
    pub tick_drift_percent: f64,
    /// Milliseconds from when a tick is due to when a bot that keeps up has applied its frame, at the
    /// 99th percentile.
    pub frame_age_p99_ms: f64,
    /// Milliseconds that any tick begins late. Bots that were themselves held up for half as long once excuse it.
    pub stall_ms: f64,
    /// Ticks a minute that take longer than their time.
    pub overruns_per_minute: f64,
    /// By how many MiB the server's memory grows in an hour.
    pub memory_mib_per_hour: f64,
    /// By how many its open files grow in an hour, beside those of the bots that are in.
    pub files_per_hour: f64,
    /// The same of its tasks.
    pub tasks_per_hour: f64,
    /// By how many its rooms grow in an hour, beside those that bots are in.
    pub rooms_per_hour: f64,
    /// By how many its players and spectators grow in an hour, beside the bots.
    pub sessions_per_hour: f64,
    /// MiB of memory that the server has at the end, beyond what it had before the first bot came.
    pub left_memory_mib: f64,
    /// Open files that are left.
    pub left_files: f64,
    /// Tasks that are left.
    pub left_tasks: f64,
    /// Rooms that are left.
    pub left_rooms: f64,
    /// Players and spectators that are left.
    pub left_sessions: f64,
    /// Seconds after which nothing of that may be left: a session that was lost stays for the server's --grace,
    /// and its room for --linger after that.
    pub left_after_seconds: f64,
    /// Milliseconds by which the bots themselves run late at the 99th percentile; beyond that a run is void.
    pub generator_lag_p99_ms: f64,
    /// The percentage of their cores that the bots use; beyond that a run is void.
    pub generator_busy_percent: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            hash_mismatches: 0.0,
            disconnects: 0.0,
            refusals: 0.0,
            bad_frames: 0.0,
            panicked_rooms: 0.0,
            tick_p99_ms: 25.0,
            tick_drift_percent: 100.0,
            frame_age_p99_ms: 200.0,
            stall_ms: 2000.0,
            overruns_per_minute: 120.0,
            memory_mib_per_hour: 12.0,
            files_per_hour: 6.0,
            tasks_per_hour: 6.0,
            rooms_per_hour: 3.0,
            sessions_per_hour: 6.0,
            left_memory_mib: 64.0,
            left_files: 4.0,
            left_tasks: 4.0,
            left_rooms: 0.0,
            left_sessions: 0.0,
            left_after_seconds: 75.0,
            generator_lag_p99_ms: 60.0,
            generator_busy_percent: 80.0,
        }
    }
}

impl Limits {
    /// All of them by name.
    #[must_use]
    pub fn by_name(&self) -> BTreeMap<String, f64> {
        let value = serde_json::to_value(self).unwrap_or_default();
        let pairs = value.as_object().into_iter().flatten();
        pairs.filter_map(|(name, value)| Some((name.clone(), value.as_f64()?))).collect()
    }

    /// The first that is no number from 0 on.
    pub(super) fn nonsense(&self) -> Option<String> {
        let value = serde_json::to_value(self).unwrap_or_default();
        let is_good =
            |value: &Value| value.as_f64().is_some_and(|value| (0.0..=1e12).contains(&value));
        value.as_object()?.iter().find(|(_, value)| !is_good(value)).map(|(name, _)| name.clone())
    }
}
