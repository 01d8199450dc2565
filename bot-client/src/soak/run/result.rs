//! From what was counted to facts and a report.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use super::super::{
    cast::{Cast, said},
    judge::{Facts, Judgement},
    machine,
    options::SoakOptions,
    report::{
        FORMAT, Generator, HistogramReport, PersonaReport, Quantiles, Reason, ScenarioText,
        SoakReport, Totals, Versions,
    },
    sampler::Sampler,
    scenario::Scenario,
    schedule::Schedule,
};
use crate::{
    build,
    status::Times,
    swarm::{Fault, histogram::Look},
};

/// What a run is judged by, with what was left if it is over.
pub(super) fn facts(
    sampler: &Sampler,
    casts: &[Arc<Cast>],
    scenario: &Scenario,
    left: Option<Vec<Reason>>,
    start: Instant,
) -> Facts {
    let (counts, before, now) = (sampler.counts(), sampler.before(), sampler.latest());
    let looks = sampler.looks();
    let p99 = now.ticks.quantile(&before.ticks, 0.99);
    let disconnects = [Fault::Lost, Fault::NotResumed, Fault::NoFrame];
    Facts {
        seconds: start.elapsed().as_secs_f64(),
        warm_up: scenario.warm_up,
        hashes: (counts.hashes_verified, counts.hash_mismatches),
        frames: counts.frames,
        disconnects: (casts.iter().map(|cast| cast.ends().1).sum(), worst(casts, &disconnects)),
        refusals: (
            casts.iter().map(|cast| cast.refused()).sum(),
            worst(casts, &[Fault::Refused, Fault::NeverJoined]),
        ),
        bad_frames: casts.iter().map(|cast| cast.swarm.tally.faults().count(Fault::BadFrame)).sum(),
        panicked_rooms: now.panicked_rooms.saturating_sub(before.panicked_rooms),
        overruns: now.overruns.saturating_sub(before.overruns),
        tick_p99_ms: p99.map(|us| us / 1000.0),
        frame_age_p99_ms: sampler.ages().quantile_ms(0.99),
        stall_ms: now.lateness.quantile(&before.lateness, 1.0).map(|us| us / 1000.0),
        silent_looks: looks.most_silent,
        silent_since: looks.silent_since,
        is_silent: looks.is_silent(),
        // How many there should have been is known when it is over.
        looks: (looks.answered, 0),
        left,
        untold: Vec::new(),
        interrupted: None,
        others: sampler.others(),
        is_over: false,
        generator: (sampler.busy(), sampler.lag().quantile_ms(0.99).unwrap_or(0.0)),
        generator_stall_ms: sampler.lag().quantile_ms(1.0).unwrap_or(0.0),
    }
}

/// The most frequent fault of these, with the persona that it befell.
fn worst(casts: &[Arc<Cast>], wanted: &[Fault]) -> Option<String> {
    let mut all = BTreeMap::<String, u64>::new();
    for cast in casts {
        let faults = cast.swarm.tally.faults();
        for (fault, text, count) in faults.iter().filter(|(fault, ..)| wanted.contains(fault)) {
            *all.entry(format!("{}: {}", cast.name, said(fault, text))).or_default() += count;
        }
        if wanted.contains(&Fault::Lost) {
            for (text, count) in cast.endings.told().unexpected {
                *all.entry(format!("{}: {text}", cast.name)).or_default() += count;
            }
        }
    }
    all.into_iter().max_by_key(|(_, count)| *count).map(|(text, _)| text)
}

/// A run that is over.
pub(super) struct Ending<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) schedule: Schedule,
    pub(super) sampler: Sampler,
    pub(super) casts: Vec<Arc<Cast>>,
    pub(super) judgement: Judgement,
    pub(super) rooms_opened: u64,
    pub(super) seconds: f64,
    pub(super) started: u64,
    pub(super) interrupted: bool,
    /// The share of its cores that the generator used, how late it ran in milliseconds, and the share of
    /// the machine that anybody used.
    pub(super) generator: (f64, f64, Option<f64>),
}

impl Ending<'_> {
    /// All that is known.
    pub(super) fn report(self, options: &SoakOptions, time: Duration) -> SoakReport {
        let (busy, lag_p99_ms, machine_busy) = self.generator;
        let (totals, personas, histograms) =
            (self.totals(), self.casts.iter().map(persona).collect(), self.histograms());
        let Ending { scenario, schedule, sampler, judgement, .. } = self;
        SoakReport {
            version: FORMAT,
            verdict: judgement.verdict,
            reasons: judgement.reasons,
            unchecked: judgement.unchecked,
            interrupted: self.interrupted,
            command: options.repeats(time),
            seed: options.seed,
            scenario: ScenarioText { name: scenario.name.clone(), text: scenario.text.clone() },
            started: self.started,
            seconds: round(self.seconds),
            machine: machine::this(),
            versions: Versions {
                bots: build().version.clone(),
                server: sampler.latest().version.clone(),
                bots_build: Some(build().clone()),
                server_build: sampler.latest().build.clone(),
            },
            server_flags: options.server_flags.clone(),
            limits: scenario.limits.by_name(),
            phases: schedule.begun_by(self.seconds),
            totals,
            personas,
            series: sampler.record.series(),
            histograms,
            trends: judgement.trends,
            generator: Generator {
                busy: round(busy),
                lag_p99_ms: round(lag_p99_ms),
                machine_busy: machine_busy.map(round),
                bottleneck: judgement.bottleneck,
            },
        }
    }

    fn totals(&self) -> Totals {
        let counts = self.sampler.counts();
        let mut totals = Totals {
            frames: counts.frames,
            full_frames: counts.full_frames,
            merged_frames: counts.merged_frames,
            payload_bytes: counts.payload_bytes,
            wire_bytes: counts.wire_bytes,
            entity_updates: counts.entity_updates,
            hashes_verified: counts.hashes_verified,
            hash_mismatches: counts.hash_mismatches,
            joins: counts.joins,
            leaves: counts.leaves,
            broken_leaves: counts.broken_leaves,
            cuts: counts.cuts,
            resumes: counts.resumed_from_history + counts.resumed_full,
            inputs: counts.inputs_sent,
            late_inputs: counts.late_inputs,
            chat_lines: counts.chat_lines,
            rooms_opened: self.rooms_opened,
            ..Totals::default()
        };
        for cast in &self.casts {
            let (faults, told) = (cast.swarm.tally.faults(), cast.endings.told());
            let (explained, unexplained) = cast.ends();
            totals.disconnects_explained += explained;
            totals.disconnects_unexplained += unexplained;
            totals.refusals_unexplained += cast.refused();
            totals.resumes_failed += faults.count(Fault::NotResumed);
            totals.bad_frames += faults.count(Fault::BadFrame);
            totals.attacks += told.attacks;
            let refused = faults.iter().filter(|(fault, ..)| *fault == Fault::Refused);
            let refused = refused.map(|(_, text, count)| (text.to_owned(), count));
            for (text, count) in refused.chain(told.expected) {
                *totals.refusals.entry(text).or_default() += count;
            }
        }
        totals
    }

    fn histograms(&self) -> Vec<HistogramReport> {
        let (before, now) = (self.sampler.before(), self.sampler.latest());
        let sum = |of: fn(&Cast) -> Look| {
            let mut sum = Look::default();
            self.casts.iter().filter(|cast| cast.keeps_up()).for_each(|cast| sum.add(&of(cast)));
            sum
        };
        let round_trip = sum(|cast| cast.swarm.tally.rtt.look());
        let join = sum(|cast| cast.swarm.tally.join.look());
        let told = [
            times("tick_duration", &now.ticks, &before.ticks),
            times("tick_lateness", &now.lateness, &before.lateness),
            times("frame_written", &now.written, &before.written),
            look("frame_age", &self.sampler.ages()),
            look("round_trip", &round_trip),
            look("join", &join),
            look("generator_lag", &self.sampler.lag()),
        ];
        told.into_iter().flatten().collect()
    }
}

fn persona(cast: &Arc<Cast>) -> PersonaReport {
    let counts = cast.counts();
    let ages = &cast.swarm.tally.frame_age;
    let age = |share| round(ages.quantile_ms(share));
    let (disconnects_explained, disconnects_unexplained) = cast.ends();
    PersonaReport {
        name: cast.name.clone(),
        bots: cast.most.load(std::sync::atomic::Ordering::Relaxed),
        joins: counts.joins,
        frames: counts.frames,
        hashes_verified: counts.hashes_verified,
        hash_mismatches: counts.hash_mismatches,
        age_ms: cast.keeps_up().then(|| Quantiles { p50: age(0.5), p99: age(0.99) }),
        disconnects_explained,
        disconnects_unexplained,
        endings: cast.told(),
    }
}

/// What the server timed.
fn times(name: &str, now: &Times, before: &Times) -> Option<HistogramReport> {
    let buckets: Vec<_> = now.since(before);
    let quantile = |share| now.quantile(before, share).map_or(0.0, |us| round(us / 1000.0));
    let max = buckets.last()?.0 as f64 / 1000.0;
    Some(HistogramReport {
        name: name.to_owned(),
        unit: "ms".to_owned(),
        buckets: buckets.iter().map(|(upper, count)| (*upper as f64 / 1000.0, *count)).collect(),
        p50: quantile(0.5),
        p99: quantile(0.99),
        p999: quantile(0.999),
        max: round(max),
    })
}

/// What the bots timed.
fn look(name: &str, look: &Look) -> Option<HistogramReport> {
    let quantile = |share| look.quantile_ms(share).map(round);
    Some(HistogramReport {
        name: name.to_owned(),
        unit: "ms".to_owned(),
        buckets: look.coarse(),
        p50: quantile(0.5)?,
        p99: quantile(0.99)?,
        p999: quantile(0.999)?,
        max: quantile(1.0)?,
    })
}

/// To a thousandth: more digits would claim more than was measured.
fn round(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}
