//! What is said of a recording that was played.

use std::{
    fmt,
    io::{Read, Seek},
    path::Path,
};

use serde_json::{Value, json};
use tickwire_recording::{End, Ending, Header, Incident, Timing, Why};
use tickwire_shared::Tick;

use super::{player::Player, verify::Found};

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

    /// Whether all that was asked for could be played and became what it was. A flight of a panic ends
    /// with that panic.
    pub(super) fn holds(&self) -> bool {
        let Found { range: (from, to), ticks, differ, ref problems, ref panic, .. } = self.found;
        let all = i64::from(ticks) > i64::from(to.since(from));
        let played = match self.found.to_the_panic {
            true => self.panics_again(),
            false => (all && panic.is_none()) || self.panics_again(),
        };
        differ == 0 && problems.is_empty() && played && self.end.1
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
        writeln!(
            f,
            "  slowest tick   {tick}: {lateness} µs late; receiving {receive} µs, stepping {step} µs, \
             sending {send} µs"
        )
    }

    /// What is not as it should be, a line each.
    fn say_what_differs(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for found in &self.found.differences {
            let (tick, check) = (found.tick, found.check);
            writeln!(f, "  tick {tick}: {:016x}, and was {:016x}", check.computed, check.recorded)?;
        }
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
        writeln!(f, "  ticks          {from} to {to}: {ticks} played, {lasts:.1} s of the game")?;
        writeln!(f, "  hashes         {verified} verified, {differ} differ")?;
        let (speed, took) = (self.found.speed(*tick_hz), took.as_secs_f64());
        writeln!(f, "  speed          {speed:.0} times real time, {took:.2} s")?;
        writeln!(f, "  file           {} chunks; {}", self.chunks, self.end.0)?;
        self.say_what_differs(f)?;
        let verdict =
            if self.holds() { "it became what it was" } else { "IT DID NOT BECOME WHAT IT WAS" };
        writeln!(f, "{verdict}")
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
