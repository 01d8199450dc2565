//! How many players a server holds: a search by measuring, a picture of it, and a line to plan by.
//!
//! [`main`] is the program; [`run`] is the run, for whoever wants its [`Capacity`].

mod crew;
mod measure;
mod options;
mod picture;
mod search;
mod step;

use std::{
    io::Write,
    process::ExitCode,
    time::{Duration, Instant},
};

use serde::Serialize;
use tickwire_shared::build::Build;

use self::{crew::Crew, measure::Measure};
pub use self::{
    options::{ABOUT, CapacityOptions, EXAMPLES, Question},
    picture::{Picture, Sizing},
    search::{Found, Limit, Outcome, Search, search},
    step::{Figures, Step},
};
use crate::{
    build,
    status::Status,
    swarm::{Target, TargetError, cpu, file::ResultFile},
};

/// The exit code of a command that makes no sense.
const USAGE: u8 = 2;

/// An answer to a question.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// The players of a room when rooms are counted; nothing when players of one room are.
    pub players_a_room: Option<u32>,
    /// The room's ticks a second; 0 if nobody got in.
    pub tick_hz: u32,
    /// What was found.
    #[serde(flatten)]
    pub found: Found,
}

/// The results. Its fields are the keys of the JSON file.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "the names are documented by the help and by the picture")]
pub struct Capacity {
    pub version: &'static str,
    pub build: &'static Build,
    /// Which build of the server it was, if that tells.
    pub server_build: Option<Build>,
    pub url: String,
    /// As the server calls it.
    pub game: Option<String>,
    pub seed: u64,
    pub step_seconds: f64,
    pub cores: usize,
    pub answers: Vec<Answer>,
    /// Hashes that were not the server's: whatever else was measured, something is wrong.
    pub hash_mismatches: u64,
}

/// Why there are no results.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub enum Problem {
    /// The command makes no sense.
    Usage(String),
    /// There is no server, or not one that tells of itself.
    Absent(String),
}

/// Runs the search as a program; the exit codes are in its help.
#[must_use]
pub fn main(options: &CapacityOptions) -> ExitCode {
    let runtime = cpu::runtime(options.threads.map(usize::from));
    let file = match options.json.as_deref().map(ResultFile::open).transpose() {
        Ok(file) => file,
        Err(problem) => return refuse(&problem, USAGE),
    };
    match runtime.block_on(run(options)) {
        Ok(capacity) => conclude(options, &capacity, file),
        Err(problem) => {
            if let Some(file) = file {
                file.give_up();
            }
            let code = if matches!(problem, Problem::Usage(_)) { USAGE } else { 1 };
            refuse(&problem.to_string(), code)
        }
    }
}

fn refuse(problem: &str, code: u8) -> ExitCode {
    eprintln!("tickwire-bots: {problem}");
    ExitCode::from(code)
}

/// Prints and saves the results.
fn conclude(options: &CapacityOptions, capacity: &Capacity, file: Option<ResultFile>) -> ExitCode {
    let mut out = std::io::stdout();
    // Whoever closed our output has seen enough; the exit code still counts.
    let _ = match options.quiet {
        true => writeln!(out, "{}", Sizing(capacity)),
        false => writeln!(out, "{}\n{}", Picture(capacity), Sizing(capacity)),
    };
    if let Some(file) = file
        && let Err(problem) = file.write(capacity)
    {
        return refuse(&problem, 1);
    }
    if capacity.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

impl Capacity {
    /// Whether every question has an answer, and every hash was right.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.hash_mismatches == 0 && self.answers.iter().all(|answer| answer.found.holds > 0)
    }
}

/// Searches for the answers.
///
/// # Errors
/// Why there was nothing to search.
pub async fn run(options: &CapacityOptions) -> Result<Capacity, Problem> {
    let target = Target::find(&options.swarm()).await.map_err(|error| match error {
        TargetError::Usage(problem) => Problem::Usage(problem),
        TargetError::Absent(problem) => Problem::Absent(problem),
    })?;
    let server = Status::of(target.address()).await.map_err(Problem::Absent)?;
    let mut capacity = Capacity {
        version: &build().version,
        build: build(),
        server_build: server.build,
        url: options.url.clone(),
        game: None,
        seed: options.seed,
        step_seconds: options.step.as_secs_f64(),
        cores: cpu::cores(),
        answers: Vec::new(),
        hash_mismatches: 0,
    };
    for question in options.questions() {
        answer(options, question, target.clone(), &mut capacity).await;
    }
    Ok(capacity)
}

/// Searches for one answer.
async fn answer(
    options: &CapacityOptions,
    question: Question,
    target: Target,
    capacity: &mut Capacity,
) {
    let players_a_room = (question == Question::Rooms).then_some(options.players_a_room);
    let each = players_a_room.unwrap_or(1);
    let (start, most) = (options.start.div_ceil(each), options.most / each);
    let address = target.address();
    let crew = Crew::new(options, target, players_a_room);
    let tally = crew.tally.clone();
    let mut measure = Measure::new(options, crew, address);
    let until = Instant::now() + options.time;
    let found = search(Search::new(start, most), async |count| {
        let left = until.saturating_duration_since(Instant::now());
        // What has no time to come in and be measured is not begun.
        let needed = options.step + options.step / 3 + Duration::from_secs(1);
        if left < needed {
            return None;
        }
        let step = measure.step(count).await;
        if !options.quiet {
            eprintln!("{}", picture::line(&step, players_a_room));
        }
        Some(step)
    })
    .await;
    measure.end().await;
    capacity.game = tally.game().map(str::to_owned).or(capacity.game.take());
    capacity.hash_mismatches += tally.counts().hash_mismatches;
    capacity.answers.push(Answer { players_a_room, tick_hz: tally.tick_hz(), found });
}
