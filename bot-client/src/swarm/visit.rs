//! One stay of a bot in a room: what it does, and what is counted of it.

use std::{sync::atomic::Ordering, time::Instant};

use tickwire_shared::{Tick, replica::Applied};

use super::{
    behaviour::Behaviour,
    bot::{Mishap, Swarm},
    faults::Fault,
    pace::{Track, Watch},
    tally::Counts,
};
use crate::client::{Client, ClientError, Event, InputStats};

/// One stay in a room.
pub(super) struct Visit<'a> {
    swarm: &'a Swarm,
    behaviour: Behaviour,
    /// When the last frame was applied, and its tick.
    last: Option<(Instant, Tick)>,
    track: &'a Track,
    /// Whether this is the bot that watches the room's pace.
    watch: Option<Watch<'a>>,
    /// What was counted of the inputs already.
    inputs: InputStats,
}

impl<'a> Visit<'a> {
    pub(super) fn new(swarm: &'a Swarm, track: &'a Track, client: &Client, seed: u64) -> Visit<'a> {
        let kind = swarm.options.behaviour;
        let behaviour = Behaviour::new(kind, client.core(), seed, &swarm.maps);
        let inputs = InputStats::default();
        Visit { swarm, behaviour, last: None, track, watch: None, inputs }
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
                self.count_frame(&applied, client, counts);
                self.behaviour.act(client.core_mut());
            }
            Ok(Event::Pong(time)) => tally.rtt.record(time),
            Ok(Event::Mismatch(report)) => tally.mismatch(*report),
            Ok(Event::Joined | Event::Nothing) => {}
            Err(ClientError::Core(error)) if error.is_recoverable() => {
                tally.fault(Fault::BadFrame, error.to_string());
            }
            Err(error) => return Err((Fault::Lost, error.to_string())),
        }
        Ok(())
    }

    fn count_frame(&mut self, applied: &Applied, client: &Client, counts: &mut Counts) {
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
        match &mut self.watch {
            Some(watch) => watch.see(now, applied.tick),
            None => self.watch = self.track.watch(now, applied.tick),
        }
        match self.last.replace((now, applied.tick)) {
            None => self.swarm.tally.join.record(client.age()),
            Some((then, tick)) => {
                let merged = !applied.full && applied.tick.since(tick) > 1;
                counts.merged_frames += u64::from(merged);
                self.swarm.tally.frame_interval.record(now - then);
            }
        }
    }

    pub(super) fn count_inputs(&mut self, client: &Client, counts: &mut Counts) {
        let inputs = client.core().inputs();
        counts.inputs_sent += inputs.sent - self.inputs.sent;
        counts.late_inputs += inputs.late - self.inputs.late;
        self.inputs = inputs;
    }

    pub(super) async fn leave(
        &mut self,
        client: &mut Client,
        counts: &mut Counts,
    ) -> Result<(), Mishap> {
        self.count_inputs(client, counts);
        if self.last.is_none() && !self.swarm.interrupted.load(Ordering::Relaxed) {
            return Err((Fault::NoFrame, "it was let in, and no frame came".to_owned()));
        }
        let left = client.leave().await;
        left.map_err(|error| (Fault::Lost, format!("when leaving, {error}")))?;
        counts.leaves += 1;
        Ok(())
    }
}
