//! One recording, played by the programs of two builds in turn.

use std::{
    fmt,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};
use tickwire_shared::build::Build;

use super::{interval::Ratio, measure::Measured};

/// The two programs, and what they play.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is compared with.
    pub base: PathBuf,
    /// What is compared.
    pub with: PathBuf,
    /// The recording.
    pub file: PathBuf,
    /// How often each of them plays it.
    pub runs: usize,
}

/// How the two differ in one figure.
#[derive(Clone, Debug)]
pub struct Line {
    /// What the figure is of.
    pub name: &'static str,
    unit: &'static str,
    /// The mean of the first.
    pub base: f64,
    /// And of the second.
    pub with: f64,
    /// Nothing where one of them is zero.
    pub ratio: Option<Ratio>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The figures.
    pub lines: [Line; 3],
    runs: usize,
    ticks: u64,
    views: u64,
    frames: u64,
    /// Which builds they are.
    builds: [Build; 2],
    /// Hashes that did not hold, of both.
    pub mismatches: (u64, u64),
}

/// Lets both play, in the order ABBA, so that neither is always the first.
///
/// # Errors
/// When one of them cannot be run, or does not do what this one does.
pub fn compare(plan: &Plan, mut went_on: impl FnMut()) -> Result<Compared, String> {
    let mut runs = Vec::new();
    for number in 0..plan.runs {
        let mut play = |program| {
            let measured = run(program, &plan.file);
            went_on();
            measured
        };
        // The first run of each brings it and the recording into memory.
        if number == 0 {
            play(&plan.base)?;
            play(&plan.with)?;
        }
        runs.push(match number % 2 {
            0 => (play(&plan.base)?, play(&plan.with)?),
            _ => {
                let with = play(&plan.with)?;
                (play(&plan.base)?, with)
            }
        });
    }
    of_runs(&runs)
}

fn run(program: &Path, file: &Path) -> Result<Measured, String> {
    let failed = |why: String| format!("{}: {why}", program.display());
    let output = Command::new(program).arg("measure").arg(file).arg("--json").output();
    let output = output.map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| failed(error.to_string()))
}

/// Compares runs that were made in pairs.
///
/// # Errors
/// When there are fewer than two, or they did not play the same ticks.
pub fn of_runs(runs: &[(Measured, Measured)]) -> Result<Compared, String> {
    let [(base, with), _, ..] = runs else { return Err("at least two runs are needed".to_owned()) };
    let of = |run: &Measured| (run.ticks, run.views, run.game.clone());
    let is_same = |run: &Measured| of(run) == of(base);
    let other = runs.iter().flat_map(|(base, with)| [base, with]).find(|run| !is_same(run));
    if other.is_some() || base.ticks == 0 {
        let Measured { ticks, views, .. } = other.unwrap_or(with);
        return Err(format!(
            "they played {} ticks with {} views and {ticks} with {views}",
            base.ticks, base.views
        ));
    }
    let ticks = base.ticks as f64;
    let line = |name, unit, of: &dyn Fn(&Measured) -> f64| {
        let pairs: Vec<_> = runs.iter().map(|(base, with)| (of(base), of(with))).collect();
        let mean = |sum: f64| sum / pairs.len() as f64;
        Line {
            name,
            unit,
            base: mean(pairs.iter().map(|(base, _)| base).sum()),
            with: mean(pairs.iter().map(|(_, with)| with).sum()),
            ratio: Ratio::of(&pairs),
        }
    };
    Ok(Compared {
        lines: [
            line("CPU time a tick", "µs", &|run| run.cpu_us / ticks),
            line("bytes a frame", "B", &|run| run.bytes as f64 / run.frames.max(1) as f64),
            line("allocations a tick", "", &|run| run.allocations as f64 / ticks),
        ],
        runs: runs.len(),
        ticks: base.ticks,
        views: base.views,
        frames: base.frames,
        builds: [base.build.clone(), with.build.clone()],
        mismatches: (base.hash_mismatches, with.hash_mismatches),
    })
}

impl Line {
    /// Whether the second is worse, beyond chance.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        self.ratio.map_or(self.with > self.base, |ratio| ratio.low > 1.0)
    }

    fn verdict(&self) -> String {
        let Some(ratio) = self.ratio else {
            let same = self.with == self.base;
            return if same { "the same".to_owned() } else { "no ratio to zero".to_owned() };
        };
        let percent = (ratio.factor - 1.0) * 100.0;
        match (self.with == self.base, ratio.may_be_one()) {
            (true, _) => "the same".to_owned(),
            (_, true) => "no difference beyond chance".to_owned(),
            _ if percent > 0.0 => format!("{percent:.2} % more"),
            _ => format!("{:.2} % less", -percent),
        }
    }

    fn json(&self) -> Value {
        let ratio = self.ratio.map(|ratio| json!([ratio.factor, ratio.low, ratio.high]));
        json!({
            "name": self.name,
            "base": self.base,
            "with": self.with,
            "ratio_low_high": ratio,
            "verdict": self.verdict(),
        })
    }
}

impl Compared {
    /// Whether the second is worse in some figure, beyond chance.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        self.lines.iter().any(Line::is_worse)
    }

    /// As an object for programs.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "runs": self.runs,
            "ticks": self.ticks,
            "views": self.views,
            "frames": self.frames,
            "builds": self.builds,
            "hash_mismatches": [self.mismatches.0, self.mismatches.1],
            "figures": self.lines.iter().map(Line::json).collect::<Vec<_>>(),
            "worse": self.is_worse(),
        })
    }
}

impl Compared {
    fn write_builds(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [base, with] = &self.builds;
        match base.is_same(with) {
            Some(true) => writeln!(f, "BOTH ARE THE SAME BUILD, {base}")?,
            _ => writeln!(f, "base is {base}, with is {with}")?,
        }
        if self.builds.iter().any(Build::is_debug) {
            writeln!(f, "A DEBUG BUILD, whose CPU time says nothing of a release")?;
        }
        Ok(())
    }
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let views = self.views as f64 / self.ticks.max(1) as f64;
        let (runs, ticks, frames) = (self.runs, self.ticks, self.frames);
        writeln!(
            f,
            "{runs} runs of each, {ticks} ticks with {views:.1} views each, {frames} frames"
        )?;
        self.write_builds(f)?;
        writeln!(f, "{:20}{:>12}{:>12}{:>8}   95 % interval", "", "base", "with", "ratio")?;
        for line in &self.lines {
            let figure = |value: f64| format!("{value:.3} {}", line.unit).trim_end().to_owned();
            write!(f, "{:20}{:>12}{:>12}", line.name, figure(line.base), figure(line.with))?;
            match line.ratio {
                Some(Ratio { factor, low, high }) => {
                    write!(f, "{factor:>8.3}   {low:.3} to {high:.3}")?;
                }
                None => write!(f, "{:>8}   {:14}", "–", "")?,
            }
            writeln!(f, "   {}", line.verdict())?;
        }
        if self.mismatches != (0, 0) {
            let (base, with) = self.mismatches;
            writeln!(
                f,
                "HASHES DIFFER, {base} and {with}: it is not the same game that was played"
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(cpu_us: f64, bytes: u64, allocations: u64) -> Measured {
        Measured {
            game: "arena".to_owned(),
            build: Build::new("1", None, false),
            ticks: 1000,
            views: 4000,
            frames: 4000,
            hashes_verified: 125,
            hash_mismatches: 0,
            cpu_us,
            bytes,
            allocations,
        }
    }

    #[test]
    fn a_slower_build_is_told_from_one_that_is_only_unlucky() {
        let noise = [0.98, 1.03, 1.0, 1.02, 0.97, 1.01];
        let runs = |slower: f64| -> Vec<_> {
            let shifted = noise.iter().cycle().skip(1);
            let pairs = noise.iter().zip(shifted);
            pairs
                .map(|(a, b)| {
                    (measured(50_000.0 * a, 80_000, 0), measured(50_000.0 * b * slower, 80_000, 0))
                })
                .collect()
        };
        let same = of_runs(&runs(1.001)).expect("runs");
        assert!(!same.is_worse(), "{same}");
        assert!(same.to_string().contains("no difference beyond chance"));
        let slower = of_runs(&runs(1.1)).expect("runs");
        assert!(slower.is_worse() && slower.lines[0].is_worse() && !slower.lines[1].is_worse());
        let faster = of_runs(&runs(0.9)).expect("runs");
        assert!(!faster.is_worse() && faster.to_string().contains("% less"), "{faster}");
    }

    #[test]
    fn counts_differ_without_doubt_and_from_nothing_without_a_ratio() {
        let pair =
            |bytes, allocations| (measured(1.0, 80_000, 0), measured(1.0, bytes, allocations));
        let compared = of_runs(&[pair(80_001, 5), pair(80_001, 5)]).expect("runs");
        assert!(compared.lines[1].is_worse() && compared.lines[2].is_worse());
        assert_eq!(compared.lines[2].ratio, None);
        let compared = of_runs(&[pair(80_000, 0), pair(80_000, 0)]).expect("runs");
        assert!(!compared.is_worse());
        assert_eq!(compared.to_string().matches("the same").count(), 3);
    }

    #[test]
    fn bytes_are_divided_by_the_frames_of_their_own_build() {
        let more = Measured { frames: 8000, ..measured(1.0, 160_000, 0) };
        let pair = (measured(1.0, 80_000, 0), more);
        let compared = of_runs(&[pair.clone(), pair]).expect("runs");
        assert_eq!((compared.lines[1].base, compared.lines[1].with), (20.0, 20.0));
    }

    #[test]
    fn a_build_that_is_compared_with_itself_is_told() {
        let of = |revision, is_debug| {
            let build = Build::new("1", Some(revision), is_debug);
            Measured { build, ..measured(1.0, 1, 0) }
        };
        let told = |base: Measured, with: Measured| {
            let pair = (base, with);
            of_runs(&[pair.clone(), pair]).expect("runs").to_string()
        };
        assert!(
            told(of("a", false), of("a", false))
                .contains("BOTH ARE THE SAME BUILD, 1 (a, release)")
        );
        let differ = told(of("a", false), of("b", true));
        assert!(differ.contains("base is 1 (a, release), with is 1 (b, debug)"), "{differ}");
        assert!(differ.contains("A DEBUG BUILD") && !differ.contains("BOTH ARE"), "{differ}");
    }

    #[test]
    fn runs_of_different_recordings_are_not_compared() {
        let shorter = Measured { ticks: 999, ..measured(1.0, 1, 0) };
        // As of a build that makes frames for the first four players only.
        let fewer = Measured { views: 0, ..measured(1.0, 1, 0) };
        for other in [shorter, fewer] {
            let pair = (measured(1.0, 1, 0), other);
            let same = (pair.0.clone(), pair.0.clone());
            assert!(of_runs(&[same, pair.clone()]).is_err());
            assert!(of_runs(&[pair.clone(), pair]).is_err());
        }
        assert!(of_runs(&[]).is_err());
    }
}
