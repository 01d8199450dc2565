//! What the names in a report mean.

/// A name in words: of a series, a histogram or a total. An unknown one is told as it is.
pub fn title(name: &str) -> String {
    let known =
        WORDS.iter().find(|(known, _)| *known == name).map(|(_, words)| (*words).to_owned());
    known.unwrap_or_else(|| name.replace('_', " "))
}

const WORDS: &[(&str, &str)] = &[
    ("tick_p99", "tick p99"),
    ("tick_mean", "tick mean"),
    ("frame_age_p50", "age of frames p50"),
    ("frame_age_p99", "age of frames p99"),
    ("tick_most_late", "the latest tick"),
    ("machine_others", "others on the machine"),
    ("overruns", "ticks that overran"),
    ("slipped", "ticks left out"),
    ("rooms", "rooms with bots"),
    ("server_rooms", "rooms of the server"),
    ("sessions", "players and spectators"),
    ("sent", "sent by the server"),
    ("received", "received by the server"),
    ("joins", "joins"),
    ("mismatches", "hash mismatches"),
    ("server_memory", "memory of the server"),
    ("server_files", "open files"),
    ("server_threads", "threads"),
    ("tasks", "tasks"),
    ("files_beyond_bots", "open files beside the bots\u{2019}"),
    ("tasks_beyond_bots", "tasks beside the bots\u{2019}"),
    ("sessions_beyond_bots", "sessions beside the bots\u{2019}"),
    ("rooms_beyond_open", "rooms beside the bots\u{2019}"),
    ("server_cpu", "cores the server used"),
    ("generator_cpu", "bots, of their cores"),
    ("machine_busy", "whole machine"),
    ("generator_lag_p99", "lag of the bots p99"),
    ("tick_duration", "Tick"),
    ("tick_lateness", "How late ticks began"),
    ("frame_written", "From due tick to written frame"),
    ("frame_age", "Age of frames when applied"),
    ("round_trip", "Round trip"),
    ("join", "From asking to the first frame"),
    ("generator_lag", "How late the bots ran"),
    ("wire_bytes", "bytes on the wire"),
    ("payload_bytes", "bytes of frames"),
    ("broken_leaves", "connections that broke off in a leave"),
    ("disconnects_explained", "connections that ended as they had to"),
    ("disconnects_unexplained", "connections lost"),
    ("refusals_unexplained", "refusals that nothing explains"),
];

/// The series that shows what a limit is about.
pub fn series_of(limit: &str) -> &str {
    match limit {
        "memory_mib_per_hour" | "left_memory_mib" => "server_memory",
        "files_per_hour" => "files_beyond_bots",
        "tasks_per_hour" => "tasks_beyond_bots",
        "sessions_per_hour" => "sessions_beyond_bots",
        "rooms_per_hour" => "rooms_beyond_open",
        "left_files" => "server_files",
        "left_rooms" => "server_rooms",
        "tick_drift_percent" => "tick_p99",
        "stall_ms" => "tick_most_late",
        "hash_mismatches" => "mismatches",
        "disconnects" => "disconnects_unexplained",
        "refusals" => "refusals_unexplained",
        "generator" => "generator_lag_p99",
        "generator_busy_percent" => "generator_cpu",
        _ => {
            let limit = limit.strip_prefix("left_").unwrap_or(limit);
            ["_per_minute", "_ms"].iter().find_map(|end| limit.strip_suffix(end)).unwrap_or(limit)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_leads_to_its_series() {
        let known = [
            ("memory_mib_per_hour", "server_memory"),
            ("rooms_per_hour", "rooms_beyond_open"),
            ("frame_age_p99_ms", "frame_age_p99"),
            ("overruns_per_minute", "overruns"),
            ("tick_drift_percent", "tick_p99"),
            ("left_tasks", "tasks"),
            ("stall_ms", "tick_most_late"),
        ];
        for (limit, series) in known {
            assert_eq!(series_of(limit), series);
        }
        assert_eq!((title("tasks").as_str(), title("new_thing").as_str()), ("tasks", "new thing"));
    }
}
