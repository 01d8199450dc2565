//! What the command line says.

use std::path::PathBuf;

use clap::Args;

/// What the help says first.
pub const ABOUT: &str = "\
Compare the JSON of two soaks: what differs, by how much, and whether that can be chance.

B is held against A. What is measured over time is compared by the means of up to 40 windows,
after the first tenth: window by window where both ran the same scenario for the same time, else
as two samples. A difference is SIGNIFICANT when a block bootstrap and a t test (Student's for
pairs, else Welch's, both corrected for how alike neighbouring windows are) say that it is
chance in less than 5% of cases, after Holm's correction for how many were asked about. It is
MATERIAL when it is at least as large as --threshold. Intervals are those of 95%, for each alone.

What differs between two runs of the same build, such as other users of the machine, is in no
interval: run again before you believe a small difference.";

/// What the help says last.
pub const EXAMPLES: &str = "\
EXAMPLES
  Did the server get worse:
      tickwire-bots soak --json before.json
      tickwire-bots soak --json after.json
      tickwire-bots soak diff before.json after.json

  As a page, and only what is worse by a fifth counts:
      tickwire-bots soak diff before.json after.json --threshold 20 --report diff.html

EXIT CODE
  0 nothing is significantly and materially worse   1 something is   2 the command line makes no
  sense, or a file cannot be read or written   3 one of the runs is VOID";

/// What `tickwire-bots soak diff` takes.
#[derive(Clone, Debug, Args)]
pub struct DiffOptions {
    /// The JSON of the run that the other is held against
    pub a: PathBuf,

    /// The JSON of the other run
    pub b: PathBuf,

    /// Also write the comparison as one HTML file
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,

    /// Print the comparison as JSON instead of as a table
    #[arg(long)]
    pub json: bool,

    /// By how many percent something must differ to count
    #[arg(long, value_name = "PERCENT", default_value_t = 5.0, value_parser = parse_threshold)]
    pub threshold: f64,
}

fn parse_threshold(text: &str) -> Result<f64, String> {
    let percent: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.0..=1000.0).contains(&percent) { Ok(percent) } else { Err("from 0 to 1000".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_is_a_share_that_makes_sense() {
        assert_eq!([parse_threshold("0"), parse_threshold("7.5")], [Ok(0.0), Ok(7.5)]);
        assert!(["-1", "x", "NaN", "inf"].iter().all(|text| parse_threshold(text).is_err()));
    }
}
