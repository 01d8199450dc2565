//! The search for the largest count that holds: what to try next, and what was found.
//!
//! It doubles until something gives way, then halves the distance. It knows no server and no
//! clock; [`search`] drives it with whatever measures.

use serde::Serialize;

use super::step::Step;

/// The search ends when the bound is this close: a sixteenth of what holds.
const CLOSE: u32 = 16;

/// How a step turned out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "why")]
pub enum Outcome {
    /// All was within its limits.
    Holds,
    /// The server went over a limit.
    Breaks(String),
    /// The server let no more than so many in.
    Refused(u32, String),
    /// The bots themselves were held up, so that nothing can be said of the server.
    Void(String),
}

/// Why no more is known to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "why")]
pub enum Limit {
    /// The server met one.
    Server(String),
    /// The server is set to let no more in.
    Setting(String),
    /// The bots were the bottleneck beyond.
    Bots(String),
    /// No more were to be tried.
    Most,
    /// The time was up.
    Time,
}

/// A search in progress.
#[derive(Clone, Debug)]
pub struct Search {
    start: u32,
    most: u32,
    /// The largest count that held.
    holds: u32,
    /// The smallest count that did not, and why.
    bound: Option<(u32, Limit)>,
    /// A count that did not hold once: noise may have done that, so it gets a second chance.
    doubted: Option<u32>,
    /// How many got in when others were refused.
    let_in: Option<u32>,
}

impl Search {
    /// A search from `start` up to `most`.
    #[must_use]
    pub fn new(start: u32, most: u32) -> Search {
        let most = most.max(1);
        let start = start.clamp(1, most);
        Search { start, most, holds: 0, bound: None, doubted: None, let_in: None }
    }

    /// What to measure next; nothing when it is found.
    #[must_use]
    pub fn next(&self) -> Option<u32> {
        if let Some(again) = self.doubted.or(self.let_in) {
            return Some(again);
        }
        let Some((bound, _)) = &self.bound else {
            let next = if self.holds == 0 { self.start } else { self.holds.saturating_mul(2) };
            return Some(next.min(self.most)).filter(|next| *next > self.holds);
        };
        let apart = bound - self.holds;
        (apart > (self.holds / CLOSE).max(1)).then(|| self.holds + apart / 2)
    }

    /// Learns how `count` turned out.
    pub fn note(&mut self, count: u32, outcome: &Outcome) {
        let was_doubted = self.doubted.take() == Some(count);
        self.let_in = None;
        let limit = match outcome {
            Outcome::Holds => return self.holds = self.holds.max(count),
            Outcome::Refused(inside, why) => {
                self.let_in =
                    Some(*inside).filter(|inside| (self.holds + 1..count).contains(inside));
                return self.bound =
                    Some((inside.saturating_add(1).min(count), Limit::Setting(why.clone())));
            }
            Outcome::Breaks(_) | Outcome::Void(_) if !was_doubted => {
                return self.doubted = Some(count);
            }
            Outcome::Breaks(why) => Limit::Server(why.clone()),
            Outcome::Void(why) => Limit::Bots(why.clone()),
        };
        self.bound = Some((count, limit));
    }

    /// The largest count that held, and why no more is known to; `in_time` unless it was cut short.
    #[must_use]
    pub fn found(self, in_time: bool) -> (u32, Limit) {
        let limit = match self.bound {
            Some((_, limit)) => limit,
            None if in_time => Limit::Most,
            None => Limit::Time,
        };
        (self.holds, limit)
    }
}

/// What a search found.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// The largest count that held; 0 if none did.
    pub holds: u32,
    /// Why no more is known to hold.
    pub limit: Limit,
    /// All that was measured, in the order of the search.
    pub steps: Vec<Step>,
}

/// Searches by measuring, until it is found or `measure` has no time left, which it says by `None`.
pub async fn search(
    mut search: Search,
    mut measure: impl AsyncFnMut(u32) -> Option<Step>,
) -> Found {
    let mut steps = Vec::new();
    let mut in_time = true;
    while let Some(count) = search.next() {
        let Some(step) = measure(count).await else {
            in_time = false;
            break;
        };
        search.note(count, &step.outcome);
        steps.push(step);
    }
    let (holds, limit) = search.found(in_time);
    Found { holds, limit, steps }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Searches a world that is said in words; the counts that were tried and what came out.
    fn find(mut world: impl FnMut(u32) -> Outcome) -> (Vec<u32>, u32, Limit) {
        let (mut search, mut tried) = (Search::new(50, 5000), Vec::new());
        while let Some(count) = search.next() {
            tried.push(count);
            assert!(tried.len() < 64, "it ends: {tried:?}");
            search.note(count, &world(count));
        }
        let (holds, limit) = search.found(true);
        (tried, holds, limit)
    }

    fn breaks_at(limit: u32) -> impl Fn(u32) -> Outcome {
        move |count| {
            let why = || "the tick took too long".to_owned();
            if count < limit { Outcome::Holds } else { Outcome::Breaks(why()) }
        }
    }

    #[test]
    fn a_server_that_breaks_at_700_is_found_to_hold_a_little_less() {
        let (tried, holds, limit) = find(breaks_at(700));
        assert!((650..700).contains(&holds), "{holds}");
        assert_eq!(limit, Limit::Server("the tick took too long".to_owned()));
        assert_eq!(tried[..5], [50, 100, 200, 400, 800]);
    }

    #[test]
    fn what_the_bots_cannot_do_is_not_held_against_the_server() {
        let (_, holds, limit) = find(|count| match count {
            0..300 => Outcome::Holds,
            _ => Outcome::Void("out of breath".to_owned()),
        });
        assert!((280..300).contains(&holds), "{holds}");
        assert_eq!(limit, Limit::Bots("out of breath".to_owned()));
    }

    #[test]
    fn a_server_that_breaks_below_what_the_bots_can_do_is_told_apart_from_them() {
        let server = breaks_at(250);
        let (_, holds, limit) = find(|count| match count {
            0..300 => server(count),
            _ => Outcome::Void("out of breath".to_owned()),
        });
        assert!(
            (230..250).contains(&holds) && matches!(limit, Limit::Server(_)),
            "{holds} {limit:?}"
        );
    }

    #[test]
    fn noise_that_comes_once_changes_nothing() {
        let server = breaks_at(700);
        let mut measured = 0;
        let (_, holds, _) = find(|count| {
            measured += 1;
            if measured % 3 == 2 {
                Outcome::Void("somebody compiled".to_owned())
            } else {
                server(count)
            }
        });
        assert!((600..700).contains(&holds), "{holds}");
    }

    #[test]
    fn who_is_refused_tells_how_many_fit() {
        let (tried, holds, limit) = find(|count| match count {
            0..=64 => Outcome::Holds,
            _ => Outcome::Refused(64, "full".to_owned()),
        });
        assert_eq!((tried, holds), (vec![50, 100, 64], 64));
        assert_eq!(limit, Limit::Setting("full".to_owned()));
    }

    #[test]
    fn a_server_that_holds_all_is_not_asked_for_more_and_one_that_holds_nothing_is_no_loop() {
        assert_eq!(find(breaks_at(u32::MAX)).1, 5000);
        assert_eq!(find(breaks_at(u32::MAX)).2, Limit::Most);
        let (_, holds, limit) = find(breaks_at(0));
        assert!(holds == 0 && matches!(limit, Limit::Server(_)));
        assert_eq!(Search::new(50, 9).found(false), (0, Limit::Time));
    }
}
