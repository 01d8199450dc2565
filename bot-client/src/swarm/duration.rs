//! Times as people write them: `30s`, `1h30m`.

use std::time::Duration;

/// The longest time that is accepted: a month.
const MOST: Duration = Duration::from_secs(31 * 24 * 3600);

/// Reads a time such as `500ms`, `30s`, `2m`, `1h` or `1h30m`; a bare number is seconds.
///
/// # Errors
/// When it is not one, or is nothing or more than a month.
pub fn parse_duration(text: &str) -> Result<Duration, &'static str> {
    const USAGE: &str = "give a time such as 30s, 2m or 1h30m";
    let mut rest = text.trim();
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number: u32 = rest[..digits].parse().map_err(|_| USAGE)?;
        let after = &rest[digits..];
        let letters = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let unit = match (&after[..letters], digits == text.trim().len()) {
            ("ms", _) => Duration::from_millis(1),
            ("s", _) | ("", true) => Duration::from_secs(1),
            ("m" | "min", _) => Duration::from_secs(60),
            ("h", _) => Duration::from_secs(3600),
            ("d", _) => Duration::from_secs(24 * 3600),
            _ => return Err(USAGE),
        };
        total = unit.checked_mul(number).and_then(|t| total.checked_add(t)).ok_or(USAGE)?;
        rest = &after[letters..];
    }
    match total {
        Duration::ZERO => Err(USAGE),
        total if total > MOST => Err("a run takes at most a month"),
        total => Ok(total),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        for (text, millis) in [
            ("30s", 30_000),
            ("2m", 120_000),
            ("2min", 120_000),
            ("1h", 3_600_000),
            ("1h30m", 5_400_000),
            ("500ms", 500),
            ("1m500ms", 60_500),
            (" 90 ", 90_000),
            ("2d", 172_800_000),
        ] {
            assert_eq!(parse_duration(text), Ok(Duration::from_millis(millis)), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            " ",
            "s",
            "0s",
            "-3s",
            "1.5s",
            "3 s",
            "3x",
            "1h30",
            "99999999999s",
            "ms",
            "400d",
            "é",
        ] {
            assert!(parse_duration(text).is_err(), "{text:?}");
        }
    }
}
