//! What the server tells of itself, and what went on between two looks.

use std::{net::SocketAddr, time::Duration};

use http_body_util::{BodyExt, Empty, Limited};
use hyper::{Request, body::Bytes, client::conn::http1, header::HOST};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::Value;
use tickwire_shared::build::Build;
use tokio::{net::TcpStream, time::timeout};

/// A status is a few kilobytes.
const MOST_BYTES: usize = 1 << 20;
const PATIENCE: Duration = Duration::from_secs(5);

/// The figures of a look at `/status`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// CPU time since the start, in seconds, if the system tells.
    pub cpu_seconds: Option<f64>,
    /// Memory in use, in bytes, if the system tells.
    pub resident_bytes: Option<u64>,
    /// How long ticks took.
    pub ticks: Times,
    /// How late ticks began.
    pub lateness: Times,
    /// How long after the time of their tick frames were written.
    pub written: Times,
    /// Bytes that its sockets sent, since the start.
    pub sent_bytes: u64,
    /// Bytes that they received, since the start.
    pub received_bytes: u64,
    /// Ticks that took longer than their time, since the start.
    pub overruns: u64,
    /// Ticks that it left out because it was too far behind, since the start.
    pub slipped_ticks: u64,
    /// Rooms whose game panicked, since the start.
    pub panicked_rooms: u64,
    /// Players and spectators that are in rooms.
    pub sessions: u64,
    /// Rooms.
    pub rooms: u64,
    /// Tasks that have not ended, if it tells.
    pub tasks: Option<u64>,
    /// Files and sockets that it has open, if the system tells.
    pub open_files: Option<u64>,
    /// Its threads, if the system tells.
    pub threads: Option<u64>,
    /// Its version, if it tells.
    pub version: Option<String>,
    /// Its build, if it tells.
    pub build: Option<Build>,
}

/// How long things took since the start: the largest time of a bucket in microseconds, and how many.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Times(Vec<(u64, u64)>);

impl Status {
    /// Looks.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub async fn of(address: SocketAddr) -> Result<Status, String> {
        let problem = |what: &str| format!("the server's /status cannot be read: {what}");
        match timeout(PATIENCE, read(address)).await {
            Err(_) => Err(problem("no answer in 5 s")),
            Ok(Err(error)) => Err(problem(&error.to_string())),
            Ok(Ok(value)) => Status::parse(&value).ok_or_else(|| problem("it tells no tick times")),
        }
    }

    /// The figures of what `/status` answered; nothing when it tells no tick times.
    #[must_use]
    pub fn parse(value: &Value) -> Option<Status> {
        let count = |key: &str| value[key].as_u64().unwrap_or_default();
        let process = &value["process"];
        Some(Status {
            cpu_seconds: process["cpu_seconds"].as_f64(),
            resident_bytes: process["resident_bytes"].as_u64(),
            ticks: Times::parse(&value["tick_duration_us"])?,
            lateness: Times::parse(&value["tick_lateness_us"]).unwrap_or_default(),
            written: Times::parse(&value["frame_written_us"]).unwrap_or_default(),
            sent_bytes: count("wire_bytes"),
            received_bytes: count("received_bytes"),
            overruns: count("tick_overruns"),
            slipped_ticks: count("slipped_ticks"),
            panicked_rooms: count("panicked_rooms"),
            sessions: count("players") + count("spectators"),
            rooms: count("rooms"),
            tasks: value["tasks"].as_u64(),
            open_files: process["open_files"].as_u64(),
            threads: process["threads"].as_u64(),
            version: value["version"].as_str().map(str::to_owned),
            build: Build::deserialize(&value["build"]).ok(),
        })
    }
}

impl Times {
    fn parse(value: &Value) -> Option<Times> {
        let pair = |pair: &Value| Some((pair[0].as_u64()?, pair[1].as_u64()?));
        value["buckets"].as_array()?.iter().map(pair).collect::<Option<_>>().map(Times)
    }

    /// Those since `earlier`: the largest time of a bucket in microseconds, and how many, without the
    /// empty ones.
    #[must_use]
    pub fn since(&self, earlier: &Times) -> Vec<(u64, u64)> {
        let count = |upper: u64| earlier.0.iter().find(|(known, _)| *known == upper);
        let since = |(upper, now): &(u64, u64)| {
            (*upper, now.saturating_sub(count(*upper).map_or(0, |(_, then)| *then)))
        };
        self.0.iter().map(since).filter(|(_, count)| *count > 0).collect()
    }

    /// The mean of those since `earlier` in microseconds; nothing when there were none.
    #[must_use]
    pub fn mean(&self, earlier: &Times) -> Option<f64> {
        let times = self.since(earlier);
        let count: u64 = times.iter().map(|(_, count)| count).sum();
        // The middle of a bucket is a tenth below its end on average.
        let sum: f64 = times.iter().map(|(upper, count)| 0.9 * *upper as f64 * *count as f64).sum();
        (count > 0).then(|| sum / count as f64)
    }

    /// The time in microseconds that this share of those since `earlier` took at most; nothing
    /// when there were none.
    ///
    /// Within a bucket, which is a quarter of its time wide, they count as spread evenly.
    #[must_use]
    pub fn quantile(&self, earlier: &Times, share: f64) -> Option<f64> {
        let times = self.since(earlier);
        let wanted = share * times.iter().map(|(_, count)| count).sum::<u64>() as f64;
        let mut seen = 0.0;
        for (upper, count) in times {
            let (upper, count) = (upper as f64, count as f64);
            if seen + count >= wanted {
                // Buckets are a fifth of their upper bound wide on average.
                return Some(upper * (1.0 - 0.2 * (1.0 - (wanted - seen) / count)));
            }
            seen += count;
        }
        None
    }
}

async fn read(address: SocketAddr) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
    let socket = TcpStream::connect(address).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(socket)).await?;
    let driver = tokio::spawn(connection);
    let request = Request::get("/status").header(HOST, address.to_string());
    let answer = sender.send_request(request.body(Empty::<Bytes>::new())?).await?;
    let body = Limited::new(answer.into_body(), MOST_BYTES).collect().await;
    driver.abort();
    Ok(serde_json::from_slice(&body?.to_bytes())?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_ticks_between_two_looks_count() {
        let look = |buckets: Value| {
            let process = json!({ "cpu_seconds": 1.5 });
            let ticks = json!({ "p50": 1, "buckets": buckets });
            Status::parse(&json!({ "tick_duration_us": ticks, "process": process })).unwrap()
        };
        let before = look(json!([[999, 5000]]));
        let after = look(json!([[999, 5000], [1999, 90], [9999, 10]]));
        assert_eq!(after.ticks.quantile(&before.ticks, 0.9), Some(1999.0));
        let p99 = after.ticks.quantile(&before.ticks, 0.99).unwrap();
        assert!((9000.0..9999.0).contains(&p99), "{p99}");
        assert_eq!(after.ticks.quantile(&after.ticks, 0.99), None, "nothing went on");
        let mean = after.ticks.mean(&before.ticks).unwrap();
        assert!((2300.0..2800.0).contains(&mean), "{mean}");
        assert_eq!(Status::parse(&json!({})), None);
    }
}
