//! The comparison as a person reads it on a terminal.

use std::fmt::{self, Display};

use super::{Diff, Finding, Measure, Outcome};
use crate::soak::html::{date, span, value};

/// The whole comparison.
#[derive(Debug)]
pub struct Table<'a>(pub &'a Diff);

impl Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let diff = self.0;
        for (name, side) in [("A", &diff.a), ("B", &diff.b)] {
            let (date, span) = (date(side.started), span(side.seconds));
            let verdict = format!("{:?}", side.verdict).to_uppercase();
            writeln!(f, "{name}  {}: {}, {date}, {span}, {verdict}", side.file, side.scenario)?;
        }
        writeln!(f)?;
        for note in &diff.notes {
            writeln!(f, "NOTE: {note}")?;
        }
        writeln!(
            f,
            "\n  {:<44} {:>11} {:>11}  {:<34} p",
            "", "A", "B", "B against A (95% interval)"
        )?;
        for measure in &diff.measures {
            writeln!(f, "{}", row(measure))?;
        }
        write!(f, "\n{}", said(diff))
    }
}

fn row(measure: &Measure) -> String {
    let mark = match measure.finding {
        Finding::Worse => '!',
        Finding::Better => '+',
        Finding::Small => '~',
        Finding::NotSignificant | Finding::Told => ' ',
    };
    let Measure { title, unit, a, b, .. } = measure;
    let (a, b, change) = (value(*a, unit), value(*b, unit), change(measure));
    let chance = measure.corrected.map(chance).unwrap_or_default();
    format!("{mark} {title:<44} {a:>11} {b:>11}  {change:<34} {chance}").trim_end().to_owned()
}

/// The difference with its interval, in percent where there is one.
pub fn change(measure: &Measure) -> String {
    let percent = |value: f64| format!("{value:+.1}%");
    match measure.percent {
        Some([value, low, high]) => {
            format!("{} ({} to {})", percent(value), percent(low), percent(high))
        }
        None => {
            let signed = |amount: f64| {
                let told = value(amount.abs(), &measure.unit);
                format!("{}{told}", if amount < 0.0 { '-' } else { '+' })
            };
            let [value, low, high] = measure.difference.map(signed);
            format!("{value} ({low} to {high})")
        }
    }
}

/// A chance, no finer than it is known.
pub fn chance(chance: f64) -> String {
    if chance < 0.001 { "< 0.001".to_owned() } else { format!("{chance:.3}") }
}

/// What it comes to, in sentences.
fn said(diff: &Diff) -> String {
    let lines: String = sentences(diff).map(|(_, line)| format!("\n  - {line}")).collect();
    format!("{} ({}){lines}", headline(diff), tested(diff))
}

/// The outcome in a few words.
pub fn headline(diff: &Diff) -> String {
    let is_small = diff.measures.iter().any(|measure| measure.finding == Finding::Small);
    match diff.outcome {
        Outcome::Void => "VOID: nothing can be said of the server".to_owned(),
        Outcome::Worse => "WORSE".to_owned(),
        Outcome::Better => "BETTER".to_owned(),
        Outcome::Same if diff.tested == 0 => "NOTHING to compare: too little was seen".to_owned(),
        Outcome::Same if is_small => {
            format!("NO DIFFERENCE of {}% or more that is significant", diff.threshold_percent)
        }
        Outcome::Same => "NO SIGNIFICANT DIFFERENCE".to_owned(),
    }
}

/// How many differences were looked at, in words.
pub fn tested(diff: &Diff) -> String {
    let tested = match diff.tested {
        1 => "1 difference was tested".to_owned(),
        tested => format!("{tested} differences were tested"),
    };
    format!("{tested}, chances are corrected for that")
}

/// What is worse and what is better, each in a sentence.
pub fn sentences(diff: &Diff) -> impl Iterator<Item = (Finding, String)> {
    diff.measures.iter().filter_map(|measure| {
        let word = match measure.finding {
            Finding::Worse => "worse",
            Finding::Better => "better",
            Finding::Small | Finding::NotSignificant | Finding::Told => return None,
        };
        let chance = match measure.corrected.filter(|_| measure.is_significant()).map(chance) {
            Some(small) if small.starts_with('<') => format!("p {small}"),
            Some(small) => format!("p = {small}"),
            None => "a single one is a fault".to_owned(),
        };
        let line = format!("B is {word} in {}: {}; {chance}", measure.title, change(measure));
        Some((measure.finding, line))
    })
}
