//! Values, times and dates as people read them.

/// A number with about so many digits that count, and no zeros that do not.
pub fn plain(value: f64, digits: i32) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".to_owned() } else { "–".to_owned() };
    }
    let size = value.abs().log10().floor() as i32;
    let fraction = (digits - 1 - size).clamp(0, 6) as usize;
    let text = format!("{value:.fraction$}");
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if matches!(text, "0" | "-0") { "0".to_owned() } else { text.to_owned() }
}

const BINARY: [(f64, &str); 4] =
    [(1_099_511_627_776.0, "TiB"), (1_073_741_824.0, "GiB"), (1_048_576.0, "MiB"), (1024.0, "KiB")];
const THOUSANDS: [(f64, &str); 4] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];

/// A value with its unit, as it is in a report: `ms`, `bytes`, `bytes/s`, `1/s`, another, or none.
pub fn value(value: f64, unit: &str) -> String {
    let of = |sizes: &[(f64, &'static str)]| {
        sizes.iter().find(|(least, _)| value.abs() >= *least).copied().unwrap_or((1.0, ""))
    };
    match unit {
        "bytes" => {
            let (by, unit) = of(&BINARY);
            format!("{} {}", plain(value / by, 3), if unit.is_empty() { "B" } else { unit })
        }
        "ms" if value.abs() >= 1000.0 => format!("{} s", plain(value / 1000.0, 3)),
        "ms" if value != 0.0 && value.abs() < 0.01 => {
            format!("{} \u{b5}s", plain(value * 1000.0, 3))
        }
        "ms" => format!("{} ms", plain(value, 3)),
        _ => {
            let (by, prefix) = of(&THOUSANDS);
            let number = plain(value / by, if by > 1.0 { 3 } else { 4 });
            match unit {
                "" => format!("{number}{}{prefix}", if prefix.is_empty() { "" } else { " " }),
                "bytes/s" => format!("{number} {prefix}B/s"),
                "1/s" => format!("{number}{}{prefix}/s", if prefix.is_empty() { "" } else { " " }),
                _ => format!("{number} {prefix}{unit}"),
            }
        }
    }
}

/// A value with its unit and always with its sign.
pub fn change(amount: f64, unit: &str) -> String {
    let text = value(amount.abs(), unit);
    let is_nothing = text.starts_with("0 ") || text == "0";
    let sign = match amount {
        _ if is_nothing => "",
        0.0.. => "+",
        _ => "\u{2212}",
    };
    format!("{sign}{text}")
}

/// Seconds since the start as hours, minutes and seconds.
pub fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// How long something took, in its two largest units.
pub fn span(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    let (days, hours, minutes) = (whole / 86_400, whole / 3600 % 24, whole / 60 % 60);
    let two = |large: u64, one: &str, small: u64, other: &str| match small {
        0 => format!("{large} {one}"),
        _ => format!("{large} {one} {small} {other}"),
    };
    match whole {
        ..60 => format!("{whole} s"),
        60..3600 => two(minutes, "min", whole % 60, "s"),
        3600..86_400 => two(hours, "h", minutes, "min"),
        _ => two(days, "d", hours, "h"),
    }
}

/// A moment, given in seconds since 1970, in UTC.
pub fn date(unix: u64) -> String {
    // Of H. Hinnant's "chrono-compatible low-level date algorithms": years begin in March, so the odd day is the last.
    let (days, seconds) = (unix / 86_400 + 719_468, unix % 86_400);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year}-{month:02}-{day:02} {:02}:{:02} UTC", seconds / 3600, seconds / 60 % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_prefix_that_suits_them() {
        let told = [
            (9_540_000.0, "bytes", "9.1 MiB"),
            (12.0, "bytes", "12 B"),
            (5.738, "ms", "5.74 ms"),
            (12_500.0, "ms", "12.5 s"),
            (0.001, "ms", "1 \u{b5}s"),
            (486_487.9, "bytes/s", "486 kB/s"),
            (0.5, "1/s", "0.5/s"),
            (3031.7, "1/s", "3.03 k/s"),
            (7_560_000.0, "", "7.56 M"),
            (102.0, "", "102"),
            (0.0, "ms", "0 ms"),
            (3.0, "cores", "3 cores"),
        ];
        for (number, unit, text) in told {
            assert_eq!(value(number, unit), text);
        }
        assert_eq!(value(f64::NAN, "ms"), "– ms");
        let changes = [2048.0, -2048.0, 0.0].map(|bytes| change(bytes, "bytes"));
        assert_eq!(changes, ["+2 KiB", "\u{2212}2 KiB", "0 B"]);
    }

    #[test]
    fn times_are_told_as_clocks_and_spans() {
        assert_eq!([0.0, 61.4, 3725.0].map(clock), ["0:00", "1:01", "1:02:05"]);
        let spans = [59.0, 90.0, 3600.0, 93_600.0].map(span);
        assert_eq!(spans, ["59 s", "1 min 30 s", "1 h", "1 d 2 h"]);
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        // As `date -u -d @...` tells.
        let dates = [0, 951_782_400, 1_709_164_799, 4_102_444_800].map(date);
        let known =
            ["1970-01-01 00:00", "2000-02-29 00:00", "2024-02-28 23:59", "2100-01-01 00:00"];
        assert_eq!(dates, known.map(|known| format!("{known} UTC")));
    }
}
