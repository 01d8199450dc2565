//! A report as a person reads it on a terminal.

use std::fmt::{self, Display};

use super::report::{Reason, SoakReport, TrendReport, Verdict};
use crate::swarm::{
    grouped,
    table::{broken, bytes},
};

/// The whole report: figures and verdict.
#[derive(Debug)]
pub struct Summary<'a>(pub &'a SoakReport);

/// The verdict and its reasons only.
#[derive(Debug)]
pub struct VerdictLine<'a>(pub &'a SoakReport);

impl Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Pass => "PASS",
            Verdict::Fail => "FAIL",
            Verdict::Void => "VOID",
        })
    }
}

impl Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = self.0;
        let early = if report.interrupted { ", ended early" } else { "" };
        let SoakReport { scenario, seconds, seed, totals, .. } = report;
        writeln!(f, "{} for {seconds:.0} s{early}, seed {seed}\n", scenario.name)?;
        let (right, wrong) = (grouped(totals.hashes_verified), grouped(totals.hash_mismatches));
        row(f, "hashes", format_args!("{right} verified, {wrong} mismatches"))?;
        let (frames, sum) = (grouped(totals.frames), bytes(totals.wire_bytes as f64));
        row(f, "frames", format_args!("{frames}, {sum}"))?;
        let (joins, leaves) = (grouped(totals.joins), grouped(totals.leaves));
        let rooms = grouped(totals.rooms_opened);
        let broken = broken(totals.broken_leaves);
        row(
            f,
            "came and went",
            format_args!("{joins} joins, {leaves} leaves{broken}, {rooms} rooms"),
        )?;
        if totals.cuts > 0 {
            let (cuts, back) = (grouped(totals.cuts), grouped(totals.resumes));
            row(f, "cut", format_args!("{cuts} connections, {back} resumed"))?;
        }
        let (good, bad) = (totals.disconnects_explained, totals.disconnects_unexplained);
        row(f, "ended", format_args!("{} as they had to, {} not", grouped(good), grouped(bad)))?;
        let server = report.versions.told_server().unwrap_or_else(|| "not told".to_owned());
        let builds = format!("bots {}, server {server}", report.versions.told_bots());
        row(f, "builds", builds)?;
        for histogram in &report.histograms {
            let (name, unit) = (histogram.name.replace('_', " "), &histogram.unit);
            let (p50, p99, max) = (histogram.p50, histogram.p99, histogram.max);
            row(f, &name, format_args!("p50 {p50:.1}, p99 {p99:.1}, at most {max:.1} {unit}"))?;
        }
        report.trends.iter().try_for_each(|trend| write_trend(f, trend))?;
        let busy = report.generator.busy * 100.0;
        let lag = report.generator.lag_p99_ms;
        row(f, "the bots", format_args!("{busy:.0}% of their cores, p99 {lag:.1} ms late"))?;
        write!(f, "\n{}", VerdictLine(report))
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, value: impl Display) -> fmt::Result {
    writeln!(f, "  {name:<22} {value}")
}

fn write_trend(f: &mut fmt::Formatter<'_>, trend: &TrendReport) -> fmt::Result {
    let amount = |value: f64| match trend.unit.as_str() {
        "bytes" => format!("{:.1} MiB", value / f64::from(1 << 20)),
        unit => format!("{value:.1} {unit}").trim_end().to_owned(),
    };
    let name = trend.counter.replace('_', " ");
    if trend.verdict == Verdict::Void {
        return match trend.detectable_per_hour.map(amount) {
            Some(least) => {
                let limit = amount(trend.limit);
                let told =
                    format!("too little seen: {least} an hour would have shown, {limit} may be");
                row(f, &name, told)
            }
            None => row(f, &name, "seen for too short to tell whether it grows"),
        };
    }
    let (slope, low, high) = (amount(trend.slope_per_hour), amount(trend.low), amount(trend.high));
    row(
        f,
        &name,
        format_args!("grew by {slope} an hour ({low} to {high}), {} may be", amount(trend.limit)),
    )
}

impl Display for VerdictLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VERDICT: {}", self.0.verdict)?;
        for Reason { what, detail, since_seconds } in &self.0.reasons {
            let since = since_seconds.map_or_else(String::new, |at| format!(", since {at:.0} s"));
            write!(f, "\n  - {what}: {detail}{since}")?;
        }
        if !self.0.unchecked.is_empty() {
            write!(
                f,
                "\n  not checked, as nothing was seen of it: {}",
                self.0.unchecked.join(", ")
            )?;
        }
        Ok(())
    }
}
