//! What the names in a report mean.

/// A name in words: of a series, a histogram or a total. An unknown one is told as it is.
pub fn title(name: &str) -> String {
    let known =
        WORDS.iter().find(|(known, _)| *known == name).map(|(_, words)| (*words).to_owned());
    known.unwrap_or_else(|| name.replace('_', " "))
}

const WORDS: [(&str, &str); 26] = [
    ("tick_p99", "tick p99"),
    ("tick_mean", "tick mean"),
    ("frame_age_p99", "age of frames p99"),
    ("overruns", "ticks that overran"),
    ("sent", "sent by the server"),
    ("received", "received by the server"),
    ("mismatches", "hash mismatches"),
    ("server_memory", "server's memory"),
    ("server_files", "server's open files"),
    ("server_threads", "server's threads"),
    ("tasks", "server's tasks"),
    ("server_cpu", "server"),
    ("generator_cpu", "bots"),
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
    ("disconnects_explained", "connections that ended as they had to"),
    ("disconnects_unexplained", "connections lost"),
    ("refusals_unexplained", "refusals that nothing explains"),
];

/// The series that shows what a limit is about.
pub fn series_of(limit: &str) -> &str {
    match limit {
        "memory_mib_per_hour" => "server_memory",
        "files_per_hour" => "server_files",
        "threads_per_hour" => "server_threads",
        "tick_drift" | "tick_p99_ms" => "tick_p99",
        "hash_mismatches" => "mismatches",
        "generator" => "generator_lag_p99",
        "disconnects" => "sessions",
        _ => ["_per_hour", "_per_minute", "_ms"]
            .iter()
            .find_map(|end| limit.strip_suffix(end))
            .unwrap_or(limit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_leads_to_its_series() {
        let limits = [
            "memory_mib_per_hour",
            "rooms_per_hour",
            "frame_age_p99_ms",
            "overruns_per_minute",
            "tick_drift",
        ];
        let series = limits.map(series_of);
        assert_eq!(series, ["server_memory", "rooms", "frame_age_p99", "overruns", "tick_p99"]);
        assert_eq!(
            (title("tasks").as_str(), title("new_thing").as_str()),
            ("server's tasks", "new thing")
        );
    }
}
