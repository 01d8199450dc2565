//! Who is to be there when: a scenario's phases, stretched to the time of a run.

use std::time::Duration;

use super::{
    report::PhaseSpan,
    scenario::{Level, Phase, Scenario},
};

/// A phase and when it is.
#[derive(Clone, Debug)]
struct Span {
    name: String,
    from: f64,
    to: f64,
    bots: Level,
    rooms: Level,
    room_life: Option<Duration>,
    ramp: f64,
    /// The share of each persona, in the order of the scenario; they add up to 1.
    shares: Vec<f64>,
}

/// The phases of a run, in seconds from its start.
#[derive(Clone, Debug)]
pub struct Schedule(Vec<Span>);

/// What is wanted at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted<'a> {
    /// The phase's name.
    pub phase: &'a str,
    /// How many bots.
    pub bots: u32,
    /// How many rooms.
    pub rooms: u32,
    /// How long a room that opens now stays on average, if it closes at all.
    pub room_life: Option<Duration>,
    /// How many bots may set out in a second.
    pub ramp: f64,
    /// The share of each persona.
    pub shares: &'a [f64],
}

impl Schedule {
    /// A scenario's phases, which together take so long.
    #[must_use]
    pub fn new(scenario: &Scenario, time: Duration) -> Schedule {
        let stretch = time.as_secs_f64() / scenario.time().as_secs_f64();
        let mut spans = Vec::new();
        let mut from = 0.0;
        for phase in scenario.phases() {
            for turn in 1..=phase.times {
                let to = from + phase.time.as_secs_f64() * stretch;
                spans.push(span(scenario, phase, (from, to), turn));
                from = to;
            }
        }
        Schedule(spans)
    }

    /// What is wanted so many seconds after the start.
    ///
    /// # Panics
    /// When there is no phase, which no scenario is without.
    #[must_use]
    pub fn at(&self, seconds: f64) -> Wanted<'_> {
        let last = self.0.last().expect("a scenario has a phase");
        let span = self.0.iter().find(|span| seconds < span.to).unwrap_or(last);
        let share = (seconds - span.from) / (span.to - span.from);
        Wanted {
            phase: &span.name,
            bots: span.bots.at(share),
            rooms: span.rooms.at(share),
            room_life: span.room_life,
            ramp: span.ramp,
            shares: &span.shares,
        }
    }

    /// The phases that have begun by then, for a report.
    #[must_use]
    pub fn begun_by(&self, seconds: f64) -> Vec<PhaseSpan> {
        let begun = self.0.iter().filter(|span| span.from < seconds);
        begun
            .map(|Span { name, from, to, .. }| PhaseSpan {
                name: name.clone(),
                from: *from,
                to: to.min(seconds),
            })
            .collect()
    }
}

fn span(scenario: &Scenario, phase: &Phase, (from, to): (f64, f64), turn: u32) -> Span {
    let shares: Vec<f64> =
        scenario.personas().map(|(name, _)| scenario.share(phase, name)).collect();
    let all: f64 = shares.iter().sum();
    let name = match phase.times {
        1 => phase.name.clone(),
        _ => format!("{} {turn}", phase.name),
    };
    Span {
        name,
        from,
        to,
        bots: phase.bots,
        rooms: phase.rooms,
        room_life: phase.room_life,
        ramp: phase.ramp.unwrap_or(scenario.ramp),
        shares: shares.iter().map(|share| share / all.max(f64::MIN_POSITIVE)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_are_stretched_to_the_time_of_the_run() {
        let scenario = Scenario::find("week-in-an-hour").unwrap();
        let schedule = Schedule::new(&scenario, Duration::from_secs(360));
        let noon = schedule.at(25.5);
        assert_eq!((noon.phase, noon.bots, noon.rooms), ("weekday 1", 64, 7));
        let night = schedule.at(51.1);
        assert_eq!((night.phase, night.bots), ("weekday 2", 12));
        assert_eq!(schedule.at(51.0 * 5.5).phase, "weekend 1");
        assert_eq!(
            schedule.at(1e6).phase,
            "sunday night",
            "what is over stays as it was at the end"
        );
        assert!((noon.shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let begun = schedule.begun_by(60.0);
        assert_eq!(begun.len(), 2);
        assert_eq!((begun[1].from, begun[1].to), (51.0, 60.0));
    }

    #[test]
    fn a_phase_may_have_shares_of_its_own() {
        let scenario = Scenario::find("attack-mild").unwrap();
        let schedule = Schedule::new(&scenario, Duration::from_secs(600));
        let flooder = scenario.personas().position(|(name, _)| name == "flooder").unwrap();
        assert_eq!(schedule.at(1.0).shares[flooder], 0.0);
        assert!((schedule.at(100.0).shares[flooder] - 0.04).abs() < 1e-9);
    }
}
