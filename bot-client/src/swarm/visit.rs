//! One stay of a bot in a room: what it does, and what is counted of it.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use tickwire_shared::{Tick, netcode::prediction::Verdict, replica::Applied};

use super::{
    behaviour::Behaviour,
    bot::{Mishap, Swarm},
    faults::Fault,
    foresight::Foresight,
    kinds::{self, Kind},
    meter::Meter,
    options::BehaviourKind,
    pace::Watch,
    policy::Policy,
    rooms::SharedRoom,
    tally::Counts,
};
use crate::client::{Client, ClientError, Event, InputStats};

/// Of a gap of more ticks than this the rest is left out: somebody stopped the machine.
const MOST_PASSED: i32 = 10_000;
/// A stay that was shorter than this says nothing about a minute.
const SHORTEST_MINUTES: f64 = 0.05;
/// In a stay that was shorter than this its first frame may still have been on its way.
const SHORTEST_WITH_FRAMES: Duration = Duration::from_secs(2);
const NOT_CUT: &str = "resumed, but the bot had not cut it";

/// One stay in a room.
pub(super) struct Visit<'a> {
    swarm: &'a Swarm,
    behaviour: Behaviour,
    foresight: Option<Foresight>,
    /// How often its ship was predicted wrongly.
    corrections: u32,
    /// How long a frame is on its way at least, on the network that the bot is on.
    at_least: Duration,
    begun: Instant,
    /// When the last frame was applied, and its tick.
    last: Option<(Instant, Tick)>,
    room: &'a SharedRoom,
    policy: &'a Policy,
    kind: Kind,
    /// Whether this is the bot that watches the room's pace.
    watch: Option<Watch<'a>>,
    /// What was counted of the inputs already.
    inputs: InputStats,
    meter: Meter<'a>,
    /// Its connection was cut, and no frame has come since.
    is_cut: bool,
}

impl<'a> Visit<'a> {
    pub(super) fn new(
        swarm: &'a Swarm,
        (room, policy): (&'a SharedRoom, &'a Policy),
        client: &Client,
        (seed, at_least): (u64, Duration),
    ) -> Visit<'a> {
        let (kind, does) = (policy.kind, policy.does);
        let behaviour = Behaviour::new(does, client.core(), seed, &swarm.maps);
        // Who does nothing is predicted by anybody.
        let foresees = kind == Kind::Healthy && does != BehaviourKind::Idle && !policy.spectates;
        let foresight = foresees.then(|| Foresight::of(client.core(), &swarm.maps)).flatten();
        Visit {
            swarm,
            behaviour,
            foresight,
            corrections: 0,
            at_least,
            begun: Instant::now(),
            last: None,
            room,
            policy,
            kind,
            watch: None,
            inputs: InputStats::default(),
            meter: Meter::new(swarm.tally.transport(client.transport())),
            is_cut: false,
        }
    }

    /// The bot's connection was cut.
    pub(super) fn note_cut(&mut self, counts: &mut Counts) {
        counts.cuts += 1;
        self.is_cut = true;
    }

    /// The first frame after a cut has come: how the session goes on.
    fn note_back(&mut self, applied: &Applied, counts: &mut Counts) {
        self.is_cut = false;
        counts.resumed_full += u64::from(applied.full);
        counts.resumed_from_history += u64::from(!applied.full);
        // What went by meanwhile says nothing of how long frames take.
        self.last = Some((Instant::now(), applied.tick));
    }

    pub(super) fn handle(
        &mut self,
        event: Result<Event, ClientError>,
        client: &mut Client,
        counts: &mut Counts,
    ) -> Result<(), Mishap> {
        let tally = &self.swarm.tally;
        match event {
            Ok(Event::Frame(applied)) => {
                if self.is_cut {
                    self.note_back(&applied, counts);
                }
                let passed = self.passed(applied.tick);
                self.count_frame(&applied, passed, client, counts);
                self.judge_inputs(client, passed, counts);
                self.behaviour.act(client.core_mut());
            }
            Ok(Event::Pong(time)) if self.kind == Kind::Healthy => tally.rtt.record(time),
            Ok(Event::Mismatch(report)) => tally.mismatch(*report),
            // The client came back by itself from a loss that was none of the bot's doing.
            Ok(Event::Resumed) if !self.is_cut => tally.fault(Fault::Lost, NOT_CUT.to_owned()),
            Ok(Event::Joined | Event::Resumed | Event::Nothing | Event::Pong(_)) => {}
            Err(ClientError::Core(error)) if error.is_recoverable() => {
                tally.fault(Fault::BadFrame, error.to_string());
            }
            Err(error) => {
                let fault = if self.is_cut { Fault::NotResumed } else { Fault::Lost };
                return Err((fault, error.to_string()));
            }
        }
        Ok(())
    }

    fn count_frame(
        &mut self,
        applied: &Applied,
        passed: i32,
        client: &Client,
        counts: &mut Counts,
    ) {
        let (payload, wire) = client.last_message_bytes();
        counts.frames += 1;
        counts.full_frames += u64::from(applied.full);
        counts.payload_bytes += payload as u64;
        counts.wire_bytes += wire as u64;
        counts.entity_updates += u64::from(applied.updates);
        if let Some(check) = applied.hash {
            counts.hashes_verified += u64::from(check.holds());
            counts.hash_mismatches += u64::from(!check.holds());
        }
        let now = Instant::now();
        self.meter.count_frame(now, client.traffic());
        self.swarm.tally.kind(self.kind).ages.record(self.room.age(applied.tick));
        if self.kind == Kind::Healthy {
            let tick_hz = client.core().tick_hz().unwrap_or_default();
            // Each tick since the last frame has come with this one, and is as old as that.
            for back in (0..passed).rev() {
                let tick = applied.tick.offset(-back);
                let age = self.room.schedule.age(now, tick, tick_hz, self.at_least);
                self.swarm.tally.frame_age.record(age);
                self.meter.count_age(age);
            }
        }
        match &mut self.watch {
            Some(watch) => watch.see(now, applied.tick),
            // Who does not keep up cannot tell whether the room does.
            None if self.kind != Kind::Healthy => {}
            None => self.watch = self.room.track.watch(now, applied.tick),
        }
        match self.last.replace((now, applied.tick)) {
            None => self.swarm.tally.join.record(client.age()),
            // The first frame after a cut.
            Some((_, tick)) if tick == applied.tick => {}
            Some((then, tick)) => {
                let merged = !applied.full && applied.tick.since(tick) > 1;
                counts.merged_frames += u64::from(merged);
                if self.kind == Kind::Healthy {
                    self.swarm.tally.frame_interval.record(now - then);
                }
            }
        }
    }

    /// How many ticks have gone by since the last frame, of those that say something; none at first.
    fn passed(&self, tick: Tick) -> i32 {
        self.last.map_or(0, |(_, last)| tick.since(last)).clamp(0, MOST_PASSED)
    }

    /// How the inputs of the ticks that have passed fared, and what was predicted of them.
    fn judge_inputs(&mut self, client: &Client, passed: i32, counts: &mut Counts) {
        let core = client.core();
        let Some(echo) = core.replica().map(|replica| replica.input()) else { return };
        if self.kind != Kind::Healthy {
            return;
        }
        if let Some((slack, hz)) = echo.slack_ticks().zip(core.tick_hz()) {
            let time = Duration::from_secs_f64(slack.abs() / f64::from(hz));
            let tally = &self.swarm.tally;
            if slack < 0.0 { &tally.input_lateness } else { &tally.input_wait }.record(time);
        }
        counts.passed += passed as u64;
        counts.starved += passed.min(i32::from(echo.age)) as u64;
        let Some(foresight) = &mut self.foresight else { return };
        self.corrections += u32::from(foresight.see(core) == Verdict::Corrected);
    }

    pub(super) fn count_inputs(&mut self, client: &Client, counts: &mut Counts) {
        let inputs = client.core().inputs();
        counts.inputs_sent += inputs.sent - self.inputs.sent;
        counts.late_inputs += inputs.late - self.inputs.late;
        self.inputs = inputs;
        self.meter.hand_in(client.traffic());
    }

    pub(super) async fn leave(
        &mut self,
        client: &mut Client,
        counts: &mut Counts,
    ) -> Result<(), Mishap> {
        self.count_inputs(client, counts);
        let minutes = self.begun.elapsed().as_secs_f64() / 60.0;
        if self.foresight.is_some() && minutes > SHORTEST_MINUTES {
            self.swarm.tally.correct(f64::from(self.corrections) / minutes);
        }
        let may_expect = self.begun.elapsed() > SHORTEST_WITH_FRAMES;
        if self.last.is_none() && may_expect && !self.swarm.interrupted.load(Ordering::Relaxed) {
            return Err((Fault::NoFrame, "it was let in, and no frame came".to_owned()));
        }
        match client.leave().await {
            Ok(()) => counts.leaves += 1,
            Err(error) if kinds::may_end(self.policy, &error) => counts.given_up += 1,
            Err(error) => self.count_broken(&error, counts)?,
        }
        Ok(())
    }

    /// The connection ended while the bot was leaving, and not as it should. That it broke off is the
    /// bot's own doing if it was cut or is on a bad network; anything else nothing explains.
    fn count_broken(&self, error: &ClientError, counts: &mut Counts) -> Result<(), Mishap> {
        let is_broken = matches!(error, ClientError::BrokenOff);
        counts.broken_leaves += u64::from(is_broken);
        if is_broken && (self.is_cut || self.policy.net.is_some()) {
            counts.excused_leaves += 1;
            return Ok(());
        }
        Err((Fault::Lost, format!("when leaving, {error}")))
    }
}
