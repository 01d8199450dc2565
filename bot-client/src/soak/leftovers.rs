//! What a server still has when all bots are gone.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use super::{report::Reason, scenario::Limits};
use crate::status::Status;

/// From one look to the next.
const PAUSE: Duration = Duration::from_millis(500);
const MIB: f64 = 1024.0 * 1024.0;

/// Waits until a server is as it was before anybody came, or until its time for that is over; what is
/// left then, and the last look if there was one.
pub async fn wait(
    server: SocketAddr,
    before: &Status,
    limits: &Limits,
) -> (Vec<Reason>, Option<Status>) {
    let until = Instant::now() + Duration::from_secs_f64(limits.left_after_seconds);
    loop {
        let now = Status::of(server).await;
        let left = now.as_ref().map(|now| left(before, now, limits));
        match left {
            Ok(left) if left.is_empty() || Instant::now() >= until => return (left, now.ok()),
            Err(problem) if Instant::now() >= until => return (vec![gone(problem)], None),
            _ => tokio::time::sleep(PAUSE).await,
        }
    }
}

fn gone(problem: &str) -> Reason {
    let detail = format!("after the last bot had left, {problem}");
    Reason { what: "server".to_owned(), detail, since_seconds: None }
}

/// The limits of what a server does not tell.
#[must_use]
pub fn untold(before: &Status, now: &Status) -> Vec<&'static str> {
    let told = |of: fn(&Status) -> Option<u64>| of(before).is_some() && of(now).is_some();
    let limits = [
        ("left_files", told(|status| status.open_files)),
        ("left_tasks", told(|status| status.tasks)),
        ("left_memory_mib", told(|status| status.resident_bytes)),
    ];
    limits.into_iter().filter(|(_, is_told)| !is_told).map(|(name, _)| name).collect()
}

/// What is left, beyond the limits.
#[must_use]
pub fn left(before: &Status, now: &Status, limits: &Limits) -> Vec<Reason> {
    let number = |count: Option<u64>| count.map(|count| count as f64);
    let counted = [
        (
            "left_rooms",
            "rooms",
            number(Some(before.rooms)),
            number(Some(now.rooms)),
            limits.left_rooms,
        ),
        (
            "left_sessions",
            "players and spectators",
            number(Some(before.sessions)),
            number(Some(now.sessions)),
            limits.left_sessions,
        ),
        (
            "left_files",
            "open files",
            number(before.open_files),
            number(now.open_files),
            limits.left_files,
        ),
        ("left_tasks", "tasks", number(before.tasks), number(now.tasks), limits.left_tasks),
    ];
    let counted = counted.into_iter().filter_map(|(what, noun, before, now, limit)| {
        let (before, now) = before.zip(now)?;
        (now - before > limit).then(|| Reason {
            what: what.to_owned(),
            detail: format!(
                "{} {noun} were left {} s after the last bot had gone: {now} after {before} before; \
                 {limit} may be",
                now - before,
                limits.left_after_seconds,
            ),
            since_seconds: None,
        })
    });
    counted.chain(left_memory(before, now, limits)).collect()
}

fn left_memory(before: &Status, now: &Status, limits: &Limits) -> Option<Reason> {
    let more = now.resident_bytes? as f64 - before.resident_bytes? as f64;
    let limit = limits.left_memory_mib;
    (more > limit * MIB).then(|| Reason {
        what: "left_memory_mib".to_owned(),
        detail: format!(
            "the server had {:.1} MiB more memory after the last bot had gone than before the first \
             came; {limit} may be left",
            more / MIB,
        ),
        since_seconds: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beyond_a_limit_is_left_and_each_is_told() {
        let before = Status {
            rooms: 1,
            sessions: 2,
            open_files: Some(20),
            tasks: Some(3),
            resident_bytes: Some(20 << 20),
            ..Status::default()
        };
        let limits = Limits::default();
        let names = |now: &Status| {
            left(&before, now, &limits).into_iter().map(|it| it.what).collect::<Vec<_>>()
        };
        let near = Status {
            open_files: Some(24),
            tasks: Some(7),
            resident_bytes: Some(84 << 20),
            ..before.clone()
        };
        assert_eq!(names(&near), [""; 0]);
        let far = Status {
            rooms: 2,
            sessions: 3,
            open_files: Some(25),
            tasks: Some(8),
            resident_bytes: Some(85 << 20),
            ..before.clone()
        };
        let all = ["left_rooms", "left_sessions", "left_files", "left_tasks", "left_memory_mib"];
        assert_eq!(names(&far), all);
        let silent = Status { open_files: None, tasks: None, ..before.clone() };
        assert_eq!(names(&silent), [""; 0]);
        assert_eq!(untold(&before, &silent), ["left_files", "left_tasks"]);
    }
}
