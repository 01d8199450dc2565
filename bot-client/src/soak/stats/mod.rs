//! What figures over time say, and how sure that is: pure functions, the same on every machine.
//!
//! What a server does at one second is much like what it did at the second before, so the
//! textbook's forms, which take measurements for independent of each other, would see trends
//! and differences where there are none. [`slope`] widens its interval by how alike neighbours
//! are, [`compare`] judges averages of windows and resamples them in blocks. Nothing here takes
//! a distribution for granted. Chance comes from seeds, so that a report can be made again.

mod autocorrelation;
mod bootstrap;
mod compare;
mod counts;
mod holm;
mod load;
mod mann_whitney;
#[cfg(test)]
mod noise;
mod normal;
mod onset;
mod summary;
mod theil_sen;
mod welch;
mod wilcoxon;

pub use self::{
    autocorrelation::inflation,
    bootstrap::{Interval, difference_of_means},
    compare::{Comparison, compare, compare_pairs},
    counts::uneven_counts,
    holm::holm,
    load::without_load,
    mann_whitney::{MannWhitney, mann_whitney},
    normal::{normal_above, normal_quantile},
    onset::{Onset, Shape, onset},
    summary::{mean, median, quantile, windows},
    theil_sen::{MOST_POINTS, Slope, slope},
    welch::{student_pairs, welch},
    wilcoxon::{SignedRanks, signed_ranks},
};
