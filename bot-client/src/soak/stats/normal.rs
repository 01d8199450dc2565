//! The normal distribution.

use std::f64::consts::{FRAC_1_SQRT_2, SQRT_2};

/// The coefficients of Chebyshev's polynomial for the error function's complement: W. H. Press
/// and others, Numerical Recipes in C, 2nd edition (1992), section 6.2. Its relative error is
/// below 1.2e-7 everywhere, so small chances keep their digits.
const CHEBYSHEV: [f64; 10] = [
    0.170_872_77,
    -0.822_152_23,
    1.488_515_87,
    -1.135_203_98,
    0.278_868_07,
    -0.186_288_06,
    0.096_784_18,
    0.374_091_96,
    1.000_023_68,
    -1.265_512_23,
];

/// The chance that a standard normal variable is above `z`.
#[must_use]
pub fn normal_above(z: f64) -> f64 {
    let x = z.abs() * FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.5 * x);
    let polynomial = CHEBYSHEV.iter().fold(0.0, |sum, factor| sum * t + factor);
    let above = 0.5 * t * (polynomial - x * x).exp();
    if z < 0.0 { 1.0 - above } else { above }
}

/// The `z` that a standard normal variable is below with this chance; infinite at 0 and 1.
#[must_use]
pub fn normal_quantile(chance: f64) -> f64 {
    if chance <= 0.0 || chance >= 1.0 {
        return if chance <= 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    if chance > 0.5 {
        return -normal_quantile(1.0 - chance);
    }
    // The tails are as thin as exp(-z²/2), which gives Newton's steps a start beyond the root;
    // from there each step comes nearer and none passes it.
    let mut z = -SQRT_2 * (-(2.0 * chance).min(1.0).ln()).sqrt();
    for _ in 0..40 {
        let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
        let step = (normal_above(-z) - chance) / density;
        z -= step;
        if step.abs() < 1e-10 {
            break;
        }
    }
    z
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_are_those_of_the_tables() {
        let known = [
            (0.0, 0.5),
            (0.5, 0.308_537_538_725_986_9),
            (1.0, 0.158_655_253_931_457_07),
            (1.959_963_984_540_054, 0.025),
            (3.0, 0.001_349_898_031_630_093_3),
            (5.0, 2.866_515_718_791_933e-7),
        ];
        for (z, chance) in known {
            let got = normal_above(z);
            assert!((got / chance - 1.0).abs() < 2e-7, "{z}: {got}");
            assert!((normal_above(-z) - (1.0 - chance)).abs() < 2e-7, "{z}");
        }
    }

    #[test]
    fn quantiles_are_those_of_the_tables() {
        let known = [
            (0.5, 0.0),
            (0.9, 1.281_551_565_544_600_4),
            (0.975, 1.959_963_984_540_054),
            (0.999, 3.090_232_306_167_813),
            (1e-6, -4.753_424_308_822_899),
        ];
        for (chance, z) in known {
            let got = normal_quantile(chance);
            assert!((got - z).abs() < 1e-6, "{chance}: {got}");
        }
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
    }
}
