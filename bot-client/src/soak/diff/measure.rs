//! One thing that two runs are compared by.

use serde::Serialize;

use super::SIGNIFICANT;

/// Which way is the better one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Less is better.
    Lower,
    /// More is better.
    Higher,
    /// It is what the run was like, or how the bots fared: told, and not judged.
    Neither,
}

/// What follows from a measure. In the order in which they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// Significantly and materially worse.
    Worse,
    /// Significantly and materially better.
    Better,
    /// Significantly different, by less than counts.
    Small,
    /// Not significantly different: it may be the same, or too little was seen to tell.
    NotSignificant,
    /// Not judged.
    Told,
}

/// A measure of both runs and how it differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measure {
    /// Its name in the reports; `growth of ...` for a trend.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Its unit.
    pub unit: String,
    /// Which way is better.
    pub direction: Direction,
    /// How it was tested.
    pub method: &'static str,
    /// The first run's value.
    pub a: f64,
    /// The second run's value.
    pub b: f64,
    /// The second's less the first's, with the ends of its 95% interval.
    pub difference: [f64; 3],
    /// The same in percent of what it is held against, if that is not 0.
    pub percent: Option<[f64; 3]>,
    /// The effect's size, from -1 to 1, where there is one.
    pub effect: Option<f64>,
    /// The chance of such a difference if there is none, for this alone.
    pub chance: Option<f64>,
    /// The same by ranks alone, where there are any; told, and not judged by.
    pub rank_chance: Option<f64>,
    /// The chance, corrected for how many were tested.
    pub corrected: Option<f64>,
    /// What follows.
    pub finding: Finding,
    /// Whether it must not happen at all, so that its first is worse whatever the chance.
    #[serde(skip)]
    pub must_not_be: bool,
}

impl Measure {
    /// Whether there is a better and a worse of it.
    #[must_use]
    pub fn is_judged(&self) -> bool {
        self.direction != Direction::Neither
    }

    /// Whether the difference is significant, after correction.
    #[must_use]
    pub fn is_significant(&self) -> bool {
        self.corrected.is_some_and(|chance| chance < SIGNIFICANT)
    }

    /// Draws the conclusion.
    pub(super) fn conclude(&mut self, threshold_percent: f64) {
        let [difference, ..] = self.difference;
        let is_worse = match self.direction {
            Direction::Lower => difference > 0.0,
            Direction::Higher => difference < 0.0,
            Direction::Neither => false,
        };
        // What was nothing before is more by any percentage.
        let is_material =
            self.percent.is_none_or(|[percent, ..]| percent.abs() >= threshold_percent);
        self.finding = match self.is_significant() {
            _ if self.must_not_be && self.a == 0.0 && self.b > 0.0 => Finding::Worse,
            _ if !self.is_judged() => Finding::Told,
            false => Finding::NotSignificant,
            true if !is_material => Finding::Small,
            true if is_worse => Finding::Worse,
            true => Finding::Better,
        };
    }
}
