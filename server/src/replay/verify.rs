//! Playing a stretch of a recording and comparing every hash with the recorded one.

use std::{
    io::{Read, Seek},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use tickwire_room::{HashCheck, HostedRoom, Unlike};
use tickwire_shared::Tick;

use super::player::{Played, Player, ReplayError};

/// How many differences and problems are told of at most.
const MOST_TOLD: usize = 20;

/// Whoever looks on meanwhile.
pub(super) trait Watch {
    /// A chunk was loaded.
    fn loaded(&mut self, room: &dyn HostedRoom);

    /// So far it has come. False when that is enough.
    fn went_on(&mut self, found: &Found) -> bool;
}

/// A tick whose world is another one than the recorded one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Difference {
    pub(super) tick: Tick,
    /// The last tick before it whose world was the recorded one, as far as there are hashes.
    pub(super) after: Tick,
    pub(super) check: HashCheck,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// The ticks that were to be played.
    pub(super) range: (Tick, Tick),
    /// Ticks that were played, those included that only led to the range.
    pub(super) played: u32,
    /// Ticks of the range that were played.
    pub(super) ticks: u32,
    /// Hashes in the range that held.
    pub(super) verified: u32,
    /// Ticks whose hash did not.
    pub(super) differ: u32,
    /// The first of them.
    pub(super) differences: Vec<Difference>,
    /// The last of them all.
    pub(super) last_differs: Option<Tick>,
    /// What was otherwise at the first keyframe behind the first of them, and which tick's that was.
    pub(super) unlike: Option<(Tick, Vec<Unlike>)>,
    /// The last tick whose world is known to be the recorded one.
    sure: Tick,
    /// What could not be played, as sentences.
    pub(super) problems: Vec<String>,
    /// Where the game panicked first, and what it said.
    pub(super) panic: Option<(Tick, String)>,
    /// Whether what the game was told behind the last whole tick was to be played too: it led to a panic.
    pub(super) to_the_panic: bool,
    /// How long it took.
    pub(super) took: Duration,
}

/// Plays a range and verifies every hash in it. A chunk that cannot be played is told of and passed over.
pub(super) fn verify<R: Read + Seek>(
    player: &mut Player<R>,
    range: (Tick, Tick),
    watch: &mut dyn Watch,
) -> Found {
    let mut found = Found { range, ..Found::default() };
    let begun = Instant::now();
    let (from, to) = range;
    let (count, mut before) = (player.recording().chunks().len(), from.offset(-1));
    found.to_the_panic = player.is_of_panic() && to == player.ends().1;
    for index in 0..count {
        let (chunk, is_last) = (player.chunk(index), index + 1 == count);
        let leads_on = found.to_the_panic && is_last;
        if (from.is_after(chunk.last) || chunk.first.since(to) >= 0) && !leads_on {
            continue;
        }
        if chunk.first.is_after(before) {
            found.tell(format!("ticks {} to {} are missing", before.next(), chunk.first));
        }
        before = chunk.last;
        let replayed = found.wants_world(player, chunk.first).then(|| player.room().world());
        match player.load(index) {
            Ok(()) => {
                if let Some(world) = replayed {
                    found.unlike = Some((chunk.first, player.room().compare(&world)));
                }
                // Loading it compares the hash of its world.
                found.sure = chunk.first;
                watch.loaded(player.room());
                play_chunk(player, &mut found, leads_on);
            }
            Err(ReplayError::Panicked(tick, what)) if leads_on => {
                found.panic.get_or_insert((tick, what));
            }
            Err(error) => {
                found.tell(format!("ticks {} to {}: {error}", chunk.first.next(), chunk.last));
            }
        }
        found.took = begun.elapsed();
        if !watch.went_on(&found) {
            break;
        }
    }
    found
}

/// Plays a chunk, up to the range's end. If it `leads_on`, what the game was told after that is played as well,
/// and the game asked what it was asked besides.
fn play_chunk<R: Read + Seek>(player: &mut Player<R>, found: &mut Found, leads_on: bool) {
    let (from, to) = found.range;
    while leads_on || to.is_after(player.room().now()) {
        let next = player.room().now().next();
        match player.play() {
            Ok(Played::Tick(replayed)) => {
                found.played += 1;
                if from.is_after(replayed.tick) {
                    continue;
                }
                found.ticks += 1;
                if let Some(check) = replayed.check {
                    found.note(replayed.tick, check);
                }
            }
            Ok(Played::End) => {
                if leads_on && found.panic.is_none() {
                    found.panic = player.ask();
                }
                return;
            }
            Ok(Played::Panicked(what)) => {
                found.panic.get_or_insert((next, what));
                return;
            }
            Err(error) => return found.tell(error.to_string()),
        }
    }
}

impl Found {
    /// Whether the world that was replayed is to be compared with the keyframe of this tick.
    fn wants_world<R: Read + Seek>(&self, player: &mut Player<R>, keyframe: Tick) -> bool {
        self.differ > 0
            && self.unlike.is_none()
            && player.is_loaded()
            && player.room().now() == keyframe
    }

    fn note(&mut self, tick: Tick, check: HashCheck) {
        if check.holds() {
            self.verified += 1;
            self.sure = tick;
            return;
        }
        self.differ += 1;
        self.last_differs = Some(tick);
        if self.differences.len() < MOST_TOLD {
            self.differences.push(Difference { tick, after: self.sure, check });
        }
    }

    fn tell(&mut self, problem: String) {
        if self.problems.len() < MOST_TOLD {
            self.problems.push(problem);
        }
    }

    /// How many times faster it was played than it once took.
    pub(super) fn speed(&self, tick_hz: u32) -> f64 {
        f64::from(self.played) / f64::from(tick_hz) / self.took.as_secs_f64().max(1e-9)
    }
}

/// A bar on the terminal, if there is one.
pub(super) struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new((from, to): (Tick, Tick)) -> Self {
        let bar = ProgressBar::new(to.since(from).max(0) as u64 + 1);
        let style = ProgressStyle::with_template("  {bar:40} {pos}/{len} ticks, {eta} to go");
        bar.set_style(style.expect("the template is ours"));
        Bar(bar)
    }
}

impl Watch for Bar {
    fn loaded(&mut self, _: &dyn HostedRoom) {}

    fn went_on(&mut self, found: &Found) -> bool {
        self.0.set_position(found.ticks.into());
        true
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
