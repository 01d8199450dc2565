//! The search as a picture in text, and what it comes to in a line.

use std::fmt::{self, Display};

use super::{
    Answer, Capacity,
    search::{Limit, Outcome},
    step::Step,
};
use crate::swarm::table::grouped;

/// The width of a bar for a whole tick.
const WIDTH: usize = 30;

/// All that was measured, by count.
#[derive(Debug)]
pub struct Picture<'a>(pub &'a Capacity);

/// What the results come to.
#[derive(Debug)]
pub struct Sizing<'a>(pub &'a Capacity);

impl Display for Picture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for answer in &self.0.answers {
            let what = match answer.players_a_room {
                None => "players in one room".to_owned(),
                Some(players) => format!("rooms of {players}"),
            };
            writeln!(
                f,
                "{what}: tick p99 as a share of a tick's time (| is the limit), frame age p99 in ticks,"
            )?;
            writeln!(f, "the server's CPU for each client and tick\n")?;
            let mut steps: Vec<_> = answer.found.steps.iter().collect();
            steps.sort_by_key(|step| step.count);
            for step in steps {
                writeln!(f, "{}", row(step))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// A step as a line of the picture.
fn row(step: &Step) -> String {
    let count = grouped(u64::from(step.count));
    let Some(figures) = step.figures else {
        return format!("{count:>8}  {}", told(&step.outcome));
    };
    let server = figures.server_us.map_or("?".to_owned(), |us| format!("{us:.1}"));
    format!(
        "{count:>8} {} {:>4.0}%  {:>5.2} ticks {server:>6} us  {}",
        bar(figures.tick_p99),
        100.0 * figures.tick_p99,
        figures.age_p99,
        told(&step.outcome),
    )
}

/// A share of a tick as a bar, which shows where the limit is.
fn bar(share: f64) -> String {
    let filled = (share * WIDTH as f64).round() as usize;
    let limit = (super::step::MOST_TICK * WIDTH as f64) as usize;
    let mark = |at| match at {
        _ if at < filled => '#',
        _ if at == limit => '|',
        _ => ' ',
    };
    (0..WIDTH).map(mark).collect()
}

fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Holds => "holds".to_owned(),
        Outcome::Breaks(why) => format!("breaks: {why}"),
        Outcome::Refused(_, why) => format!("refused: {why}"),
        Outcome::Void(why) => format!("void: {why}"),
    }
}

/// A step as a line of progress.
#[must_use]
pub fn line(step: &Step, players_a_room: Option<u32>) -> String {
    let what = players_a_room.map_or("players".to_owned(), |players| format!("rooms of {players}"));
    let figures = step.figures.map(|figures| {
        let tick = 100.0 * figures.tick_p99;
        format!("tick p99 {tick:.0}%, frame age p99 {:.2} ticks, ", figures.age_p99)
    });
    let count = grouped(u64::from(step.count));
    format!("{count:>7} {what}: {}{}", figures.unwrap_or_default(), told(&step.outcome))
}

impl Display for Sizing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let game = self.0.game.as_deref().unwrap_or("the game");
        for (index, answer) in self.0.answers.iter().enumerate() {
            let gap = if index > 0 { "\n" } else { "" };
            write!(f, "{gap}{}", sizing(game, answer))?;
        }
        if self.0.hash_mismatches > 0 {
            write!(f, "\nWRONG: {} hashes were not the server's", self.0.hash_mismatches)?;
        }
        Ok(())
    }
}

/// What an answer comes to.
fn sizing(game: &str, answer: &Answer) -> String {
    let Answer { players_a_room, tick_hz, found } = answer;
    let holds = grouped(u64::from(found.holds));
    let about = match found.limit {
        Limit::Server(_) => "about",
        Limit::Setting(_) | Limit::Bots(_) | Limit::Most | Limit::Time => "at least",
    };
    let what = match players_a_room {
        None => format!("{holds} players in one room of {game}"),
        Some(players) => format!("{holds} rooms of {players} of {game}"),
    };
    let why = match &found.limit {
        Limit::Server(why) => format!("the first limit met was {why}"),
        Limit::Setting(why) => why.clone(),
        Limit::Bots(why) => format!("the bots were the bottleneck beyond: {why}"),
        Limit::Most => "no more were tried: --most allows more".to_owned(),
        Limit::Time => "the time was up: --for gives more".to_owned(),
    };
    match found.holds {
        0 => format!("This machine was not seen to hold any of {game}: {why}"),
        _ => format!("This machine holds {about} {what} at {tick_hz} Hz; {why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{search::Found, step::Figures},
        *,
    };

    fn answer(holds: u32, limit: Limit, players_a_room: Option<u32>) -> Answer {
        let figures =
            Figures { tick_p99: 0.4, age_p99: 0.5, server_us: Some(11.25), ..Figures::default() };
        let step = Step { count: holds, figures: Some(figures), outcome: Outcome::Holds };
        let full = Step { count: 2000, figures: None, outcome: Outcome::Breaks("no".to_owned()) };
        Answer {
            players_a_room,
            tick_hz: 30,
            found: Found { holds, limit, steps: vec![full, step] },
        }
    }

    #[test]
    fn the_line_says_how_many_and_why_no_more() {
        let line = |answer| sizing("arena", &answer);
        let tick = || "tick p99 at 85% of its time".to_owned();
        assert_eq!(
            line(answer(1200, Limit::Server(tick()), None)),
            "This machine holds about 1,200 players in one room of arena at 30 Hz; \
             the first limit met was tick p99 at 85% of its time"
        );
        assert_eq!(
            line(answer(150, Limit::Bots("out of breath".to_owned()), Some(10))),
            "This machine holds at least 150 rooms of 10 of arena at 30 Hz; \
             the bots were the bottleneck beyond: out of breath"
        );
        let none = line(answer(0, Limit::Server(tick()), None));
        assert!(none.starts_with("This machine was not seen to hold any"), "{none}");
    }

    #[test]
    fn the_picture_is_in_the_order_of_counts_and_shows_the_limit() {
        let answers = vec![answer(100, Limit::Most, None)];
        let (version, url) = ("1", String::new());
        let capacity = Capacity {
            version,
            build: crate::build(),
            server_build: None,
            url,
            game: None,
            seed: 1,
            step_seconds: 6.0,
            cores: 2,
            answers,
            hash_mismatches: 0,
        };
        let text = Picture(&capacity).to_string();
        let rows: Vec<_> = text.lines().skip(3).collect();
        let bar = format!("{}{}|{}", "#".repeat(12), " ".repeat(12), " ".repeat(5));
        assert_eq!(rows[0], format!("     100 {bar}   40%   0.50 ticks   11.2 us  holds"));
        assert_eq!(rows[1], "   2,000  breaks: no");
    }
}
