//! The last lines of the log.

use serde_json::{Value, json};

use crate::{
    http::{Answer, json_answer, parameter},
    logging,
};

/// How many lines one answer has at most.
const MOST_LINES: usize = 200;

/// The lines after the one of the number that the query names, or the last ones.
pub(super) fn answer(query: &str) -> Answer {
    let after = parameter(query, "after").and_then(|text| text.parse().ok()).unwrap_or(0);
    let page = logging::tail().map(|tail| tail.after(after, MOST_LINES)).unwrap_or_default();
    let line = |line: &logging::Line| -> Value {
        json!({
            "number": line.number,
            "time": line.millis,
            "level": line.level.as_str().to_ascii_lowercase(),
            "text": line.text,
        })
    };
    json_answer(&json!({
        "kept": logging::tail().is_some(),
        "last": page.last,
        "missed": page.missed,
        "lines": page.lines.iter().map(line).collect::<Vec<_>>(),
    }))
}
