//! What is said of a recording that was played.

use std::{
    fmt,
    io::{Read, Seek},
    path::Path,
};

use serde_json::{Value, json};
use tickwire_recording::{End, Ending, Header, Incident, Timing, Why};
use tickwire_room::Unlike;
use tickwire_shared::Tick;

use super::{
    player::Player,
    verify::{Difference, Found},
};

/// How many entities that differ are named.
const MOST_ENTITIES: usize = 5;

/// What is said of a recording that was played.
pub(super) struct Report {
    file: String,
    header: Header,
    chunks: usize,
    /// How the file ends, as a sentence, and whether it can be read that far.
    end: (String, bool),
    /// The tick that took longest, where that was kept.
    slowest: Option<(Tick, Timing)>,
    found: Found,
}

impl Report {
    pub(super) fn new<R: Read + Seek>(player: &mut Player<R>, file: &Path, found: Found) -> Self {
        let took = |timing: &Timing| {
            u64::from(timing.receive) + u64::from(timing.step) + u64::from(timing.send)
        };
        let slowest = player.timings().and_then(|(first, timings)| {
            let (place, timing) =
                timings.iter().enumerate().max_by_key(|(_, timing)| took(timing))?;
            Some((first.offset(place as i32), *timing))
        });
        let recording = player.recording();
        Report {
            file: file.display().to_string(),
            header: recording.header().clone(),
            chunks: recording.chunks().len(),
            end: how_it_ends(recording.end()),
            slowest,
            found,
        }
    }

    /// Whether it was recorded because the game panicked, and does so again at that tick.
    fn panics_again(&self) -> bool {
        let Why::Flight { reason: Incident::Panic, tick, .. } = &self.header.why else {
            return false;
        };
        // It was the tick by then, or the one after it if none was being made.
        let panic = self.found.panic.as_ref();
        panic.is_some_and(|(again, _)| (0..=1).contains(&again.since(*tick)))
    }

    /// Whether all that was asked for could be played and is as it was recorded. A flight of a panic ends
    /// with that panic.
    pub(super) fn holds(&self) -> bool {
        let Found { range: (from, to), ticks, ref problems, .. } = self.found;
        let all = i64::from(ticks) > i64::from(to.since(from));
        !self.differs() && (all || self.panics_again()) && problems.is_empty() && self.end.1
    }

    /// Whether the game did something else than was recorded.
    fn differs(&self) -> bool {
        let Found { differ, ref panic, to_the_panic, .. } = self.found;
        differ > 0 || ((panic.is_some() || to_the_panic) && !self.panics_again())
    }

    fn verdict(&self) -> &'static str {
        if !self.holds() {
            return match self.differs() {
                true => "REPLAY DIFFERS",
                false => {
                    "REPLAY IS NOT WHOLE: what could be played is the same, and not all could be"
                }
            };
        }
        match (self.found.verified > 0, self.found.panic.is_some()) {
            (true, false) => "replay matches the recording: every hash is the same",
            (true, true) => {
                "replay matches the recording: every hash is the same, and the game panics where it did"
            }
            (false, true) => "the game panics where it did; there is no hash here to compare",
            (false, false) => "all could be played; there is no hash here to compare",
        }
    }

    /// As an object for programs.
    pub(super) fn json(&self) -> Value {
        let Found { range, ticks, verified, differ, ref problems, ref panic, took, .. } =
            self.found;
        let differences = self.found.differences.iter().map(|found| {
            // As text: these are larger than what JSON's readers keep of a number.
            let hex = |hash: u64| format!("{hash:016x}");
            let (recorded, computed) = (hex(found.check.recorded), hex(found.check.computed));
            json!({ "tick": found.tick.0, "recorded": recorded, "computed": computed })
        });
        json!({
            "file": self.file,
            "recording": self.header,
            "chunks": self.chunks,
            "end": self.end.0,
            "from": range.0.0,
            "to": range.1.0,
            "ticks": ticks,
            "hashes_verified": verified,
            "hash_mismatches": differ,
            "first_mismatches": differences.collect::<Vec<_>>(),
            "first_unlike": self.found.unlike.as_ref().map(|(tick, unlike)| {
                let all = unlike.iter().take(MOST_ENTITIES);
                let all = all.map(|it| json!({ "kind": it.kind, "slot": it.slot, "what": it.what }));
                json!({ "tick": tick.0, "entities": unlike.len(), "first": all.collect::<Vec<_>>() })
            }),
            "problems": problems,
            "panics_again": self.found.to_the_panic.then(|| self.panics_again()),
            "panic": panic.as_ref().map(|(tick, what)| json!({ "tick": tick.0, "what": what })),
            "seconds": took.as_secs_f64(),
            "times_real_time": self.found.speed(self.header.tick_hz),
            "holds": self.holds(),
        })
    }

    fn say_why(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Why::Flight { reason, tick, detail } = &self.header.why else { return Ok(()) };
        writeln!(f, "  kept because   {} at tick {tick}: {detail}", reason.name())?;
        let Some((tick, timing)) = self.slowest else { return Ok(()) };
        let Timing { lateness, receive, step, send } = timing;
        let [lateness, receive, step, send] =
            [lateness, receive, step, send].map(|micros| f64::from(micros) / 1000.0);
        writeln!(
            f,
            "  slowest tick   {tick}: {lateness:.2} ms late; receiving {receive:.2} ms, \
             stepping {step:.2} ms, sending {send:.2} ms"
        )
    }

    fn say_where_hashes_differ(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Found { differences, differ, last_differs, unlike, .. } = &self.found;
        let Some(Difference { tick, after, check }) = differences.first() else { return Ok(()) };
        let (first, every) = (after.next(), self.header.hash_interval);
        writeln!(
            f,
            "  differs first  in ticks {first} to {tick}: there is a hash every {every} ticks"
        )?;
        writeln!(f, "    hash         {:016x}, and was {:016x}", check.computed, check.recorded)?;
        if let Some(last) = last_differs.filter(|_| *differ > 1) {
            writeln!(f, "  differ too     {} more, the last one at tick {last}", differ - 1)?;
        }
        let Some((keyframe, unlike)) = unlike else { return Ok(()) };
        writeln!(f, "  tick {keyframe}, the next whole world: {} entities differ", unlike.len())?;
        for Unlike { kind, slot, what } in unlike.iter().take(MOST_ENTITIES) {
            writeln!(f, "    {kind} {slot}: {what}")?;
        }
        let more = unlike.len().saturating_sub(MOST_ENTITIES);
        if more > 0 { writeln!(f, "    and {more} more") } else { Ok(()) }
    }

    /// What is not as it should be, a line each.
    fn say_what_differs(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.say_where_hashes_differ(f)?;
        for problem in &self.found.problems {
            writeln!(f, "  {problem}")?;
        }
        if let Some((tick, what)) = &self.found.panic {
            let again = if self.panics_again() { " again" } else { "" };
            writeln!(f, "  tick {tick}: the game panics{again}: {what}")?;
        }
        if self.found.to_the_panic && !self.panics_again() {
            writeln!(f, "  the game did not panic again where it did")?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Header { game, room, tick_hz, server, .. } = &self.header;
        writeln!(f, "{game}, room {room}, {tick_hz} Hz, recorded by version {server}")?;
        self.say_why(f)?;
        let Found { range: (from, to), ticks, verified, differ, took, .. } = &self.found;
        let lasts = f64::from(*ticks) / f64::from(*tick_hz);
        let (to, played) = match &self.found.panic {
            // What the game was told behind the last whole tick is of one that there is not.
            Some((tick, _)) if tick.is_after(*to) => {
                (tick, format!("{ticks} whole, {tick} panicked"))
            }
            Some((tick, _)) => (to, format!("{ticks} whole, {tick} panicked")),
            None => (to, format!("{ticks} played")),
        };
        writeln!(f, "  ticks          {from} to {to}: {played}, {lasts:.1} s of the game")?;
        writeln!(f, "  hashes         {verified} verified, {differ} differ")?;
        let (speed, took) = (self.found.speed(*tick_hz), took.as_secs_f64());
        writeln!(f, "  speed          {speed:.0} times real time, {took:.2} s")?;
        writeln!(f, "  file           {} chunks; {}", self.chunks, self.end.0)?;
        self.say_what_differs(f)?;
        writeln!(f, "{}", self.verdict())
    }
}

fn how_it_ends(end: &End) -> (String, bool) {
    let known = match end {
        End::Whole(Ending::Closed) => "it is whole",
        End::Whole(Ending::Limit) => "it ends because it was as large as it may be",
        End::Whole(Ending::Behind) => "it ends because the disk did not keep up",
        End::Whole(Ending::Unlogged) => "it ends because the room kept no log any more",
        End::Open => "it has no end: it is still being written, or the server was killed",
        End::Damaged { at, damage } => {
            return (format!("from byte {at} on it cannot be read: {damage}"), false);
        }
    };
    (known.to_owned(), true)
}
