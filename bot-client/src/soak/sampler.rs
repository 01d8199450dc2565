//! Looks at the server and at the bots, again and again, and keeps what is seen.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{cast::Cast, record::Record};
use crate::{
    status::Status,
    swarm::{
        Counts, Tally,
        cpu::{self, MachineTime},
        histogram::Look,
    },
};

/// So many looks at most make a run, however long it is.
const MOST_LOOKS: u32 = 7200;
/// From one look to the next, at least.
const LEAST_PAUSE: Duration = Duration::from_secs(1);

/// How long to wait between two looks in a run of this length.
#[must_use]
pub fn pause(run: Duration) -> Duration {
    (run / MOST_LOOKS).max(LEAST_PAUSE)
}

/// What grows, at a moment.
#[derive(Clone, Debug)]
struct Moment {
    at: Instant,
    /// What the server told of itself last, and when.
    status: Option<(Instant, Status)>,
    counts: Counts,
    ages: Look,
    lag: Look,
    cpu_seconds: Option<f64>,
    machine: Option<MachineTime>,
}

/// How the looks at the server went.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Looks {
    /// How many it answered.
    pub answered: u32,
    /// The most in a row that it did not.
    pub most_silent: u32,
    /// When the first of these was, in seconds since the start.
    pub silent_since: Option<f64>,
    /// How many in a row it has not answered now, and since when.
    silent: (u32, f64),
}

impl Looks {
    /// Whether the server did not answer in the last one.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.silent.0 > 0
    }

    /// Another look at a moment.
    pub fn note(&mut self, at: f64, is_answered: bool) {
        if is_answered {
            self.answered += 1;
            self.silent = (0, at);
            return;
        }
        let (before, since) = self.silent;
        self.silent = if before == 0 { (1, at) } else { (before + 1, since) };
        if self.silent.0 > self.most_silent {
            self.most_silent = self.silent.0;
            self.silent_since = Some(self.silent.1);
        }
    }
}

/// What looks.
#[derive(Debug)]
pub struct Sampler {
    server: SocketAddr,
    casts: Vec<Arc<Cast>>,
    /// Where the lateness of the bots' own tasks is counted.
    lag: Arc<Tally>,
    cores: f64,
    start: Instant,
    /// What was seen before anybody came.
    first: Moment,
    last: Moment,
    /// What was seen over time.
    pub record: Record,
    /// What came of the looks at the server.
    looks: Looks,
    has_slipped: bool,
}

impl Sampler {
    /// Takes a first look at a server, before anybody comes to it.
    ///
    /// # Errors
    /// That the server tells nothing of itself, in words.
    pub async fn new(
        server: SocketAddr,
        casts: Vec<Arc<Cast>>,
        lag: Arc<Tally>,
        cores: usize,
    ) -> Result<Sampler, String> {
        let status = Status::of(server).await?;
        let first = Moment {
            at: Instant::now(),
            status: Some((Instant::now(), status)),
            counts: Counts::default(),
            ages: Look::default(),
            lag: lag.lag.look(),
            cpu_seconds: cpu::process_seconds(),
            machine: MachineTime::now(),
        };
        let (start, last) = (first.at, first.clone());
        let (cores, record) = (cores as f64, Record::default());
        let looks = Looks::default();
        Ok(Sampler {
            server,
            casts,
            lag,
            cores,
            start,
            first,
            last,
            record,
            looks,
            has_slipped: false,
        })
    }

    /// The server as it was before anybody came.
    #[must_use]
    pub fn before(&self) -> &Status {
        let first = self.first.status.as_ref();
        first.map(|(_, status)| status).expect("a sampler begins with a look at the server")
    }

    /// The server as it was seen last.
    #[must_use]
    pub fn latest(&self) -> &Status {
        self.last.status.as_ref().map_or_else(|| self.before(), |(_, status)| status)
    }

    /// How the looks at the server went.
    #[must_use]
    pub fn looks(&self) -> Looks {
        self.looks
    }

    /// All that all bots counted.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut sum = Counts::default();
        self.casts.iter().for_each(|cast| sum += cast.counts());
        sum
    }

    /// How old the frames were of those who keep up.
    #[must_use]
    pub fn ages(&self) -> Look {
        let mut sum = Look::default();
        let judged = self.casts.iter().filter(|cast| cast.keeps_up());
        judged.for_each(|cast| sum.add(&cast.swarm.tally.frame_age.look()));
        sum
    }

    /// The share of its cores that this program used since the start.
    #[must_use]
    pub fn busy(&self) -> f64 {
        let used = cpu::process_seconds().zip(self.first.cpu_seconds);
        let seconds = self.start.elapsed().as_secs_f64().max(0.001);
        used.map_or(0.0, |(now, then)| (now - then) / seconds / self.cores)
    }

    /// The share of the machine that anybody used since the start.
    #[must_use]
    pub fn machine_busy(&self) -> Option<f64> {
        Some(MachineTime::now()?.busy_since(self.first.machine?))
    }

    /// The share of the machine that was busy since the start, the part of that which neither this program
    /// nor, as far as one knows, the server had, and this program's; nothing when it is not known, or the server is on
    /// another machine.
    #[must_use]
    pub fn others(&self) -> Option<(f64, f64, f64)> {
        let machine = self.machine_busy().filter(|_| self.server.ip().is_loopback())?;
        let used = self.latest().cpu_seconds? - self.before().cpu_seconds?;
        let server = used / self.start.elapsed().as_secs_f64().max(0.001) / cpu::cores() as f64;
        let own = self.busy() * self.cores / cpu::cores() as f64;
        Some((machine, (machine - server - own).max(0.0), own))
    }

    /// How late this program's tasks ran since the start.
    #[must_use]
    pub fn lag(&self) -> Look {
        self.lag.lag.look().since(&self.first.lag)
    }

    /// Looks, and notes what is new. So many rooms are meant to be open. When this is dropped before it is
    /// done, nothing was looked at.
    pub async fn look(&mut self, rooms: usize) {
        let status = Status::of(self.server).await.ok();
        let at = Instant::now();
        self.looks.note((at - self.start).as_secs_f64(), status.is_some());
        let now = Moment {
            at,
            status: status.map(|status| (at, status)),
            counts: self.counts(),
            ages: self.ages(),
            lag: self.lag.lag.look(),
            cpu_seconds: cpu::process_seconds(),
            machine: MachineTime::now(),
        };
        self.note_bots(&now, rooms);
        self.note_generator(&now);
        self.note_server(&now, rooms);
        self.note_others(&now);
        self.has_slipped = now.status.is_some() && self.record.last("slipped") > Some(0.0);
        // What a server did not tell is told by the next look, for a longer time.
        let status = now.status.clone().or(self.last.status.take());
        self.last = Moment { status, ..now };
    }

    /// Whether the server has told in the last look that it left out ticks.
    #[must_use]
    pub fn has_slipped(&self) -> bool {
        self.has_slipped
    }

    fn note_bots(&mut self, now: &Moment, rooms: usize) {
        let at = (now.at - self.start).as_secs_f64();
        let seconds = (now.at - self.last.at).as_secs_f64().max(0.001);
        let (counts, before) = (now.counts, self.last.counts);
        let rate = |now: u64, then: u64| Some(now.saturating_sub(then) as f64 / seconds);
        let inside: usize = self.casts.iter().map(|cast| cast.inside()).sum();
        let ends: u64 = self.casts.iter().map(|cast| cast.ends().1).sum();
        let refused: u64 = self.casts.iter().map(|cast| cast.refused()).sum();
        let age = now.ages.since(&self.last.ages);
        let record = &mut self.record;
        record.note(("bots", ""), at, Some(inside as f64));
        record.note(("rooms", ""), at, Some(rooms as f64));
        record.note(("frame_age_p50", "ms"), at, age.quantile_ms(0.5));
        record.note(("frame_age_p99", "ms"), at, age.quantile_ms(0.99));
        record.note(("frames", "1/s"), at, rate(counts.frames, before.frames));
        record.note(("inputs", "1/s"), at, rate(counts.inputs_sent, before.inputs_sent));
        record.note(("hashes", "1/s"), at, rate(counts.hashes_verified, before.hashes_verified));
        record.note(("joins", "1/s"), at, rate(counts.joins, before.joins));
        record.note(("mismatches", ""), at, Some(counts.hash_mismatches as f64));
        record.note(("disconnects_unexplained", ""), at, Some(ends as f64));
        record.note(("refusals_unexplained", ""), at, Some(refused as f64));
    }

    fn note_generator(&mut self, now: &Moment) {
        let at = (now.at - self.start).as_secs_f64();
        let seconds = (now.at - self.last.at).as_secs_f64().max(0.001);
        let used = now.cpu_seconds.zip(self.last.cpu_seconds);
        let used = used.map(|(now, then)| (now - then) / seconds / self.cores);
        let lag = now.lag.since(&self.last.lag).quantile_ms(0.99);
        let machine = now.machine.zip(self.last.machine).map(|(now, then)| now.busy_since(then));
        self.record.note(("generator_cpu", ""), at, used);
        self.record.note(("generator_lag_p99", "ms"), at, lag);
        self.record.note(("machine_busy", ""), at, machine);
    }

    /// What others had of the machine, if the server is on it.
    fn note_others(&mut self, now: &Moment) {
        let at = (now.at - self.start).as_secs_f64();
        // What the server told in an earlier look says nothing of this one.
        let is_known = self.server.ip().is_loopback() && now.status.is_some();
        let last = |name| self.record.last(name).filter(|_| is_known);
        let (machine, server) = (last("machine_busy"), last("server_cpu"));
        let of_all = |cores: f64| cores / cpu::cores() as f64;
        let own = last("generator_cpu").map(|share| of_all(share * self.cores));
        let others = machine.zip(server).zip(own);
        let others = others.map(|((machine, server), own)| machine - of_all(server) - own);
        self.record.note(("machine_others", ""), at, others.map(|share| share.max(0.0)));
    }

    fn note_server(&mut self, now: &Moment, rooms: usize) {
        let (Some((when, status)), Some((then, before))) = (&now.status, &self.last.status) else {
            return;
        };
        let at = (*when - self.start).as_secs_f64();
        // From what it told last, which may be several looks ago.
        let seconds = (*when - *then).as_secs_f64().max(0.001);
        let inside = self.record.last("bots").unwrap_or(0.0);
        let number = |count: Option<u64>| count.map(|count| count as f64);
        let beyond = |count: Option<u64>, known: f64| number(count).map(|count| count - known);
        let p99 = status.ticks.quantile(&before.ticks, 0.99).map(|us| us / 1000.0);
        let rate = |now: u64, then: u64| Some(now.saturating_sub(then) as f64 / seconds);
        let used = status.cpu_seconds.zip(before.cpu_seconds);
        let record = &mut self.record;
        let mean = status.ticks.mean(&before.ticks).map(|us| us / 1000.0);
        record.note(("tick_mean", "ms"), at, mean);
        record.note(("tick_p99", "ms"), at, p99);
        let most_late = status.lateness.quantile(&before.lateness, 1.0).map(|us| us / 1000.0);
        record.note(("tick_most_late", "ms"), at, most_late);
        record.note(("overruns", "1/s"), at, rate(status.overruns, before.overruns));
        let slipped = rate(status.slipped_ticks, before.slipped_ticks);
        record.note(("slipped", "1/s"), at, slipped);
        record.note(("sent", "bytes/s"), at, rate(status.sent_bytes, before.sent_bytes));
        let received = rate(status.received_bytes, before.received_bytes);
        record.note(("received", "bytes/s"), at, received);
        record.note(("server_cpu", ""), at, used.map(|(now, then)| (now - then) / seconds));
        record.note(("server_memory", "bytes"), at, number(status.resident_bytes));
        record.note(("server_files", ""), at, number(status.open_files));
        record.note(("server_threads", ""), at, number(status.threads));
        record.note(("server_rooms", ""), at, Some(status.rooms as f64));
        record.note(("sessions", ""), at, Some(status.sessions as f64));
        record.note(("tasks", ""), at, number(status.tasks));
        record.note(("files_beyond_bots", ""), at, beyond(status.open_files, inside));
        record.note(("tasks_beyond_bots", ""), at, beyond(status.tasks, inside));
        record.note(("sessions_beyond_bots", ""), at, Some(status.sessions as f64 - inside));
        record.note(("rooms_beyond_open", ""), at, Some(status.rooms as f64 - rooms as f64));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_silence_is_kept_after_it_has_ended() {
        let mut looks = Looks::default();
        for second in 0..100 {
            let at = f64::from(second);
            looks.note(at, !(20..40).contains(&second) && second != 90);
        }
        assert_eq!((looks.answered, looks.most_silent), (79, 20));
        assert_eq!(looks.silent_since, Some(20.0));
    }
}
