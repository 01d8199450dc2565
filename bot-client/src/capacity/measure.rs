//! Measuring a step: bots come in, all settles, and a window is looked at from both ends.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use super::{
    crew::Crew,
    options::CapacityOptions,
    search::Outcome,
    step::{Figures, Step},
};
use crate::{
    status::Status,
    swarm::{
        cpu::{self, Load, MachineTime},
        histogram::Histogram,
    },
};

/// What measures.
#[derive(Debug)]
pub struct Measure {
    crew: Crew,
    server: SocketAddr,
    window: Duration,
    cores: usize,
    probe: tokio::task::JoinHandle<()>,
}

/// A look at everything that grows.
struct Look {
    at: Instant,
    status: Status,
    cpu_seconds: Option<f64>,
    machine: Option<MachineTime>,
    hashes: u64,
}

impl Measure {
    /// Nothing is measured yet, and no bot is out.
    #[must_use]
    pub fn new(options: &CapacityOptions, crew: Crew, server: SocketAddr) -> Measure {
        let cores = cpu::cores().min(options.threads.map_or(usize::MAX, usize::from));
        let probe = tokio::spawn(cpu::probe_lag(crew.tally.clone()));
        Measure { crew, server, window: options.step, cores, probe }
    }

    /// Measures with so many players or rooms.
    pub async fn step(&mut self, count: u32) -> Step {
        let all = self.crew.bots(count);
        drop(self.crew.tally.take_faults());
        let inside = self.crew.resize(count).await;
        if inside < all {
            let outcome = self.not_all_in(count, inside);
            if let Outcome::Refused(fit, _) = outcome {
                self.crew.settle_for(fit);
            }
            return Step { count, figures: None, outcome };
        }
        self.crew.rooms().for_each(|room| room.schedule.settle_anew());
        tokio::time::sleep(self.window / 3).await;
        match self.watch(all).await {
            Ok((figures, held_up)) => {
                let outcome = figures.judge(held_up, self.mishap());
                Step { count, figures: Some(figures), outcome }
            }
            Err(problem) => Step { count, figures: None, outcome: Outcome::Breaks(problem) },
        }
    }

    /// Looks at a window; the figures, and why the bots were held up if they were.
    async fn watch(&self, bots: u32) -> Result<(Figures, Option<String>), String> {
        let tally = &self.crew.tally;
        let before = self.look().await?;
        [&tally.frame_age, &tally.lag].into_iter().for_each(Histogram::clear);
        tokio::time::sleep(self.window).await;
        let after = self.look().await?;
        let hz = f64::from(tally.tick_hz().max(1));
        let seconds = (after.at - before.at).as_secs_f64();
        let client_ticks = f64::from(bots) * hz * seconds;
        let tick_p99 = after.status.ticks.quantile(&before.status.ticks, 0.99);
        let spent = |after: Option<f64>, before: Option<f64>| Some(after? - before?);
        let server = spent(after.status.cpu_seconds, before.status.cpu_seconds);
        let own = spent(after.cpu_seconds, before.cpu_seconds);
        let figures = Figures {
            tick_p99: tick_p99.ok_or("the server made no ticks")? * hz / 1e6,
            age_p50: tally.frame_age.quantile_ms(0.5) * hz / 1e3,
            age_p99: tally.frame_age.quantile_ms(0.99) * hz / 1e3,
            server_us: server.map(|cpu| cpu * 1e6 / client_ticks),
            server_bytes: after.status.resident_bytes,
            bots_us: own.map(|cpu| cpu * 1e6 / client_ticks),
            hashes_verified: after.hashes.saturating_sub(before.hashes),
        };
        let load = Load {
            own: own.unwrap_or(0.0) / (seconds * self.cores as f64),
            machine: after.machine.zip(before.machine).map_or(0.0, |(a, b)| a.busy_since(b)),
            lag_ms: tally.lag.quantile_ms(0.99),
        };
        Ok((figures, load.saturation()))
    }

    async fn look(&self) -> Result<Look, String> {
        Ok(Look {
            status: Status::of(self.server).await?,
            at: Instant::now(),
            cpu_seconds: cpu::process_seconds(),
            machine: MachineTime::now(),
            hashes: self.crew.tally.counts().hashes_verified,
        })
    }

    /// What befell any bot, in words.
    fn mishap(&self) -> Option<String> {
        let faults = self.crew.tally.take_faults();
        faults.iter().next().map(|(_, text, count)| match count {
            1 => format!("a bot fell out: {text}"),
            count => format!("{count} bots fell out: {text}"),
        })
    }

    /// What it means that not all got in.
    fn not_all_in(&self, count: u32, inside: u32) -> Outcome {
        let faults = self.crew.tally.take_faults();
        let said = |words: &str| faults.iter().any(|(_, text, _)| text.contains(words));
        let fit = inside / self.crew.bots(1);
        if said("Too many open files") {
            return Outcome::Void("the system lets this program open no more sockets".to_owned());
        }
        if said("all the rooms that it may have") {
            let why = format!("the server opens no more than {fit} rooms: --max-rooms raises that");
            return Outcome::Refused(fit, why);
        }
        if said("the room is full") {
            let why = match self.crew.bots(1) {
                1 => format!("the room has {fit} places: the server's --max-players raises that"),
                _ => "a room has fewer places than that: the server's --max-players raises that"
                    .to_owned(),
            };
            return Outcome::Refused(fit.min(count), why);
        }
        if said("answered 503") {
            let why = "the server takes no more connections: --max-connections raises that";
            return Outcome::Refused(fit, why.to_owned());
        }
        let first = faults.iter().next().map(|(_, text, _)| format!(": {text}"));
        let all = self.crew.bots(count);
        Outcome::Breaks(format!("{inside} of {all} got in{}", first.unwrap_or_default()))
    }

    /// Sends all bots home.
    pub async fn end(mut self) {
        self.crew.disband().await;
        self.probe.abort();
    }
}
