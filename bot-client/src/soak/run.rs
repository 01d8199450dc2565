//! A soak from beginning to end.

mod result;

use std::{
    io::Write,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use tokio::time::{MissedTickBehavior, interval, timeout};

use self::result::{Ending, facts};
use super::{
    cast::{Cast, Common},
    diff,
    director::Director,
    html,
    judge::{Judgement, judge},
    leftovers,
    live::{Live, Scene},
    options::{SoakCommand, SoakOptions},
    report::{Reason, SoakReport, Verdict},
    sampler::{self, Sampler},
    scenario::{SHIPPED, Scenario, shipped},
    schedule::Schedule,
    summary::{Summary, VerdictLine},
};
use crate::{
    capacity::Problem,
    swarm::{Tally, Target, TargetError, cpu, file::ResultFile, interruption},
};

/// How often bots are sent out and home.
const BEAT: Duration = Duration::from_millis(100);
/// The exit code of a command that makes no sense.
const USAGE: u8 = 2;
/// The exit code of a run that says nothing.
const VOID: u8 = 3;

/// Runs a soak as a program; the exit codes are in its help.
#[must_use]
pub fn main(options: &SoakOptions) -> ExitCode {
    if let Some(SoakCommand::Diff(options)) = &options.command {
        return diff::main(options);
    }
    match told(options) {
        Some(Ok(())) => return ExitCode::SUCCESS,
        Some(Err(problem)) => return refuse(&problem),
        None => {}
    }
    let scenario = match Scenario::find(&options.scenario) {
        Ok(scenario) => scenario,
        Err(problem) => return refuse(&problem.to_string()),
    };
    // A run of hours should not end with the news that there is nowhere to write to.
    let open =
        |path: &Option<std::path::PathBuf>| path.as_deref().map(ResultFile::open).transpose();
    let files = match open(&options.json).and_then(|json| Ok((json, open(&options.report)?))) {
        Ok(files) => files,
        Err(problem) => return refuse(&problem),
    };
    let runtime = cpu::runtime(options.threads.map(usize::from));
    match runtime.block_on(run(options, &scenario)) {
        Ok(report) => conclude(options, &report, files),
        Err(problem) => {
            [files.0, files.1].into_iter().flatten().for_each(ResultFile::give_up);
            let code = refuse(&problem.to_string());
            if matches!(problem, Problem::Usage(_)) { code } else { ExitCode::FAILURE }
        }
    }
}

/// Lists or prints scenarios, if that is all that is wanted.
fn told(options: &SoakOptions) -> Option<Result<(), String>> {
    let mut out = std::io::stdout();
    if options.list {
        for known in SHIPPED {
            let scenario = Scenario::parse(known.name, known.text);
            let Ok(scenario) = scenario else { continue };
            let minutes = scenario.time().as_secs() / 60;
            let _ = writeln!(out, "{:<16} {:>3} min  {}", known.name, minutes, scenario.about);
        }
        return Some(Ok(()));
    }
    let name = options.print.as_ref()?;
    Some(match shipped(name) {
        Some(known) => {
            let _ = write!(out, "{}", known.text);
            Ok(())
        }
        None => {
            Err(format!("there is no scenario called {name:?}; --list shows those that there are"))
        }
    })
}

fn refuse(problem: &str) -> ExitCode {
    eprintln!("tickwire-bots: {problem}");
    ExitCode::from(USAGE)
}

/// Prints and saves the results.
fn conclude(
    options: &SoakOptions,
    report: &SoakReport,
    (json, html): (Option<ResultFile>, Option<ResultFile>),
) -> ExitCode {
    let mut out = std::io::stdout();
    // Whoever closed our output has seen enough; the exit code still counts.
    let _ = match options.quiet {
        true => writeln!(out, "{}", VerdictLine(report)),
        false => writeln!(out, "{}", Summary(report)),
    };
    // Thousands of points, each on a line of its own, are no easier to read.
    let text = serde_json::to_string(report).map_err(|error| error.to_string());
    let written = text.and_then(|text| json.map_or(Ok(()), |file| file.write_text(&(text + "\n"))));
    let written = written.and(html.map_or(Ok(()), |file| file.write_text(&html::render(report))));
    if let Err(problem) = written {
        return refuse(&problem);
    }
    match report.verdict {
        Verdict::Pass => ExitCode::SUCCESS,
        Verdict::Fail => ExitCode::FAILURE,
        Verdict::Void => ExitCode::from(VOID),
    }
}

/// Runs a soak to its end.
///
/// # Errors
/// What makes no sense, or that there is no server. A run that goes wrong is a report that says so.
pub async fn run(options: &SoakOptions, scenario: &Scenario) -> Result<SoakReport, Problem> {
    let time = options.time(scenario).map_err(Problem::Usage)?;
    let common = Common { options: options.swarm(), target: find(options).await? };
    let personas = scenario.personas().enumerate();
    let casts: Vec<_> = personas
        .map(|(place, (name, persona))| Arc::new(Cast::new(name, persona, place, &common)))
        .collect();
    let lag = Arc::new(Tally::default());
    let probe = tokio::spawn(cpu::probe_lag(lag.clone()));
    let cores = cpu::cores().min(options.threads.map_or(usize::MAX, usize::from));
    let sampler = Sampler::new(common.target.address(), casts.clone(), lag, cores).await;
    let sampler = sampler.map_err(Problem::Absent)?;
    let started = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let mut soak = Soak {
        scenario,
        schedule: Schedule::new(scenario, time),
        director: Director::new(casts.clone(), scenario.games.clone(), options.seed),
        sampler,
        casts,
        live: Live::new(options.quiet, time),
        start: Instant::now(),
        time,
    };
    let interrupted = soak.go().await;
    let ending = soak.end(common.target.address(), started.as_secs(), interrupted).await;
    probe.abort();
    Ok(ending.report(options, time))
}

async fn find(options: &SoakOptions) -> Result<Target, Problem> {
    Target::find(&options.swarm()).await.map_err(|error| match error {
        TargetError::Usage(problem) => Problem::Usage(problem),
        TargetError::Absent(problem) => Problem::Absent(problem),
    })
}

/// A soak while it goes on.
struct Soak<'a> {
    scenario: &'a Scenario,
    schedule: Schedule,
    director: Director,
    sampler: Sampler,
    casts: Vec<Arc<Cast>>,
    live: Live,
    start: Instant,
    time: Duration,
}

impl<'a> Soak<'a> {
    /// Lets all go on until it is over; whether somebody ended it early.
    async fn go(&mut self) -> bool {
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let ended = interruption();
        tokio::pin!(ended);
        let pause = sampler::pause(self.time);
        let mut next_look = self.start + pause;
        loop {
            tokio::select! {
                _ = beat.tick() => {}
                () = &mut ended => return true,
            }
            let age = self.start.elapsed();
            if age >= self.time {
                return false;
            }
            let seconds = age.as_secs_f64();
            self.director.look(seconds, &self.schedule.at(seconds));
            if Instant::now() >= next_look {
                // Beats come a little late, which must not add up.
                next_look = (next_look + pause).max(Instant::now());
                tokio::select! {
                    () = self.sampler.look(self.director.rooms()) => {}
                    () = &mut ended => return true,
                }
                if self.sampler.has_slipped() {
                    self.director.settle_anew();
                }
                self.show();
            }
        }
    }

    /// What would follow if it ended now.
    fn judge(&self, left: Option<Vec<Reason>>) -> Judgement {
        let facts = facts(&self.sampler, &self.casts, self.scenario, left, self.start);
        judge(&facts, &self.sampler.record, &self.scenario.limits)
    }

    fn show(&mut self) {
        let age = self.start.elapsed();
        let wanted = self.schedule.at(age.as_secs_f64());
        // Nothing is proved at first, which is no verdict yet.
        let Judgement { verdict, reasons, .. } = self.judge(None);
        let scene = Scene {
            phase: wanted.phase,
            wanted: wanted.bots,
            record: &self.sampler.record,
            counts: self.sampler.counts(),
            verdict,
            reason: reasons.first().map(|reason| reason.detail.clone()),
        };
        self.live.show(age, self.time, &scene);
    }

    /// Sends all home, looks at what is left, and judges.
    async fn end(
        self,
        server: std::net::SocketAddr,
        started: u64,
        interrupted: bool,
    ) -> Ending<'a> {
        let Soak { scenario, schedule, director, mut sampler, casts, live, start, time } = self;
        let seconds = start.elapsed().as_secs_f64();
        let rooms_opened = director.opened();
        let (busy, machine_busy) = (sampler.busy(), sampler.machine_busy());
        let others = sampler.others();
        let lag_p99_ms = sampler.lag().quantile_ms(0.99).unwrap_or(0.0);
        sampler.look(director.rooms()).await;
        live.say("the bots go home; what does the server keep?");
        director.end().await;
        let limits = &scenario.limits;
        let waited = async {
            tokio::select! {
                found = leftovers::wait(server, sampler.before(), limits) => Some(found),
                // Whoever has ended it once more does not want to wait.
                () = interruption() => None,
            }
        };
        let patience = Duration::from_secs_f64(limits.left_after_seconds) + Duration::from_secs(20);
        let looked = timeout(patience, waited).await.ok().flatten();
        let (left, last) = looked.map_or((None, None), |(left, last)| (Some(left), last));
        let mut facts = facts(&sampler, &casts, scenario, left, start);
        // Rooms may panic while the bots leave.
        if let Some(last) = last {
            facts.untold = leftovers::untold(sampler.before(), &last);
            facts.panicked_rooms =
                last.panicked_rooms.saturating_sub(sampler.before().panicked_rooms);
        }
        facts.seconds = seconds;
        facts.looks.1 = (seconds / sampler::pause(time).as_secs_f64()) as u32;
        facts.interrupted = interrupted.then_some(time.as_secs_f64());
        facts.others = others;
        facts.is_over = true;
        facts.generator = (busy, lag_p99_ms);
        let judgement = judge(&facts, &sampler.record, limits);
        Ending {
            scenario,
            schedule,
            sampler,
            casts,
            judgement,
            rooms_opened,
            seconds,
            started,
            interrupted,
            generator: (busy, lag_p99_ms, machine_busy),
        }
    }
}
