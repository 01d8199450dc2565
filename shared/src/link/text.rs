//! Conditions as text.

use std::{fmt, str::FromStr};

use super::{
    conditions::Conditions,
    error::NetError,
    mix::is_mix,
    profile::{PROFILES, Profile},
};

const KEYS: [&str; 6] = ["latency", "jitter", "loss", "up", "down", "blackout"];
/// Microseconds in each unit of time; the one that ends another comes after it.
const TIMES: [(&str, f64); 3] = [("us", 1.0), ("ms", 1_000.0), ("s", 1_000_000.0)];
const RATES: [(&str, f64); 3] = [("kbit", 1e3), ("mbit", 1e6), ("gbit", 1e9)];
const PERCENT: [(&str, f64); 1] = [("%", 10_000.0)];

impl FromStr for Conditions {
    type Err = NetError;

    fn from_str(text: &str) -> Result<Conditions, NetError> {
        if text.trim().is_empty() {
            return Err(NetError::Empty);
        }
        if is_mix(text) {
            return Err(NetError::Mix);
        }
        let mut conditions = Conditions::NONE;
        let mut seen: Vec<&'static str> = Vec::new();
        for (index, word) in text.split(',').map(str::trim).enumerate() {
            match word.split_once('=') {
                None if index == 0 => conditions = word.parse::<Profile>()?.conditions(),
                None => return Err(NetError::Field(word.to_owned())),
                Some((key, value)) => {
                    let known = KEYS.into_iter().find(|known| *known == key.trim());
                    let key = known.ok_or_else(|| NetError::Field(key.trim().to_owned()))?;
                    if seen.contains(&key) {
                        return Err(NetError::Twice(key));
                    }
                    seen.push(key);
                    conditions.read_field(key, value.trim())?;
                }
            }
        }
        conditions.check().map(|()| conditions)
    }
}

impl Conditions {
    fn read_field(&mut self, key: &'static str, value: &str) -> Result<(), NetError> {
        let bad = |example| NetError::Value { key, value: value.to_owned(), example };
        let time = |example| number(value, &TIMES).ok_or_else(|| bad(example));
        let rate = || number(value, &RATES).ok_or_else(|| bad("768kbit, 1.6mbit or 1gbit"));
        match key {
            "latency" => self.latency_us = time("30ms or 0.5ms")?,
            "jitter" => self.jitter_us = time("5ms or 500us")?,
            "loss" => self.loss_ppm = number(value, &PERCENT).ok_or_else(|| bad("0.5%"))?,
            "up" => self.up_bps = rate()?,
            "down" => self.down_bps = rate()?,
            _ => {
                let (long, every) = value.split_once('/').unwrap_or((value, "0s"));
                let ms = |text| number(text, &TIMES).map(|us| us.div_ceil(1000));
                let example = "2s (once) or 2s/30s (for 2s every 30s)";
                self.blackout_ms = ms(long).ok_or_else(|| bad(example))?;
                self.blackout_every_ms = ms(every).ok_or_else(|| bad(example))?;
            }
        }
        Ok(())
    }
}

/// Reads a number with a unit, if it is one and fits.
fn number(text: &str, units: &[(&str, f64)]) -> Option<u32> {
    let lower = text.trim().to_ascii_lowercase();
    let (digits, factor) =
        units.iter().find_map(|(unit, factor)| Some((lower.strip_suffix(unit)?, *factor)))?;
    let number: f64 = digits.trim_end().parse().ok()?;
    let value = (number * factor).round();
    (0.0..=f64::from(u32::MAX)).contains(&value).then_some(value as u32)
}

impl fmt::Display for Conditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(profile) = PROFILES.into_iter().find(|one| one.conditions() == *self) {
            return f.write_str(profile.name());
        }
        let blackout = match (self.blackout_ms, self.blackout_every_ms) {
            (0, 0) => String::new(),
            (long, 0) => time(long, "ms"),
            (long, every) => format!("{}/{}", time(long, "ms"), time(every, "ms")),
        };
        let loss = f64::from(self.loss_ppm) / PERCENT[0].1;
        let fields = [
            non_zero(self.latency_us, |us| time(us, "us")),
            non_zero(self.jitter_us, |us| time(us, "us")),
            non_zero(self.loss_ppm, |_| format!("{loss}%")),
            non_zero(self.up_bps, rate),
            non_zero(self.down_bps, rate),
            blackout,
        ];
        let given = KEYS.iter().zip(fields).filter(|(_, value)| !value.is_empty());
        let words: Vec<String> = given.map(|(key, value)| format!("{key}={value}")).collect();
        f.write_str(&words.join(","))
    }
}

fn non_zero(value: u32, show: impl Fn(u32) -> String) -> String {
    if value == 0 { String::new() } else { show(value) }
}

/// A time in the largest unit that leaves no fraction, or in milliseconds.
fn time(value: u32, unit: &str) -> String {
    let us = f64::from(value) * if unit == "ms" { 1_000.0 } else { 1.0 };
    if us % 1_000_000.0 == 0.0 {
        format!("{}s", us / 1_000_000.0)
    } else {
        format!("{}ms", us / 1_000.0)
    }
}

fn rate(bps: u32) -> String {
    let bps = f64::from(bps);
    if bps < 1e6 { format!("{}kbit", bps / 1e3) } else { format!("{}mbit", bps / 1e6) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_field_is_read() {
        let text = "latency=30ms, jitter=500us,loss=0.5%,up=768kbit,down=1.6mbit,blackout=2s/30s";
        let expected = Conditions {
            latency_us: 30_000,
            jitter_us: 500,
            loss_ppm: 5_000,
            up_bps: 768_000,
            down_bps: 1_600_000,
            blackout_ms: 2_000,
            blackout_every_ms: 30_000,
        };
        assert_eq!(text.parse(), Ok(expected));
        assert_eq!(
            "blackout=1.5s".parse(),
            Ok(Conditions { blackout_ms: 1500, ..Conditions::NONE })
        );
    }

    #[test]
    fn a_profile_is_where_fields_begin() {
        let wifi = Profile::Wifi.conditions();
        assert_eq!("wifi".parse(), Ok(wifi));
        assert_eq!("wifi,loss=2%".parse(), Ok(Conditions { loss_ppm: 20_000, ..wifi }));
    }

    #[test]
    fn what_is_wrong_is_said_with_what_to_write_instead() {
        let refused = |text: &str| text.parse::<Conditions>().unwrap_err().to_string();
        assert_eq!(
            refused("wify"),
            "there is no network \"wify\"; write one of none, lan, wifi, 4g, 3g, transatlantic, train, \
             or fields such as latency=30ms"
        );
        assert_eq!(refused("latency=30"), "latency cannot be \"30\"; write it as 30ms or 0.5ms");
        assert_eq!(refused("loss=1"), "loss cannot be \"1\"; write it as 0.5%");
        assert_eq!(
            refused("latency=NaNms"),
            "latency cannot be \"NaNms\"; write it as 30ms or 0.5ms"
        );
        assert!(refused("ping=3ms").starts_with("\"ping\" is no field; there are latency, jitter"));
        assert!(refused("latency=1ms,wifi").starts_with("\"wifi\" is no field"));
        assert_eq!(refused("loss=1%,loss=1%"), "loss is given twice; leave one of them out");
        assert_eq!(refused("jitter=1ms"), "jitter must be at most as long as the latency");
        assert!(refused("blackout=2").ends_with("2s (once) or 2s/30s (for 2s every 30s)"));
        assert!(refused("up=1mb").starts_with("up cannot be \"1mb\""));
        assert!(refused("wifi=70,4g=30").starts_with("this is a mix"));
        assert!(refused(" ").starts_with("no network is named"));
    }

    proptest! {
        #[test]
        fn conditions_come_back_from_their_text(
            latency_us in 0..=2_000_000u32, jitter in 0..=1000u32, loss_ppm in 0..=500_000u32,
            rates in (8_000..u32::MAX, 8_000..u32::MAX), blackout in (0..=60_000u32, 60_001..3_600_000u32),
        ) {
            let conditions = Conditions {
                latency_us,
                jitter_us: latency_us / 1000 * jitter,
                loss_ppm,
                up_bps: rates.0,
                down_bps: rates.1,
                blackout_ms: blackout.0,
                blackout_every_ms: blackout.1,
            };
            prop_assert_eq!(conditions.to_string().parse(), Ok(conditions));
        }

        #[test]
        fn no_text_is_too_strange(text in ".{0,40}") {
            let _ = text.parse::<Conditions>();
        }
    }
}
