//! Noise for tests, from a seed.

use tickwire_games::common::rng::Rng;

/// A source of noise.
pub struct Noise(Rng);

impl Noise {
    /// The noise of a seed. Neighbouring seeds give noise that has nothing in common.
    pub fn new(seed: u64) -> Noise {
        let mut rng = Rng::new(seed.wrapping_mul(0x9E6D_62D0_6F6A_9A9B));
        Noise(Rng::new(rng.next_u64()))
    }

    /// A standard normal variable, by G. E. P. Box and M. E. Muller.
    pub fn normal(&mut self) -> f64 {
        let (radius, angle) = (f64::from(self.0.unit()), f64::from(self.0.unit()));
        (-2.0 * (1.0 - radius).ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    }

    /// So many values of variance 1 that are as alike as this to their neighbours.
    pub fn alike(&mut self, alike: f64, count: usize) -> Vec<f64> {
        let mut value = self.normal();
        let fresh = (1.0 - alike * alike).sqrt();
        let mut next = || {
            value = alike * value + fresh * self.normal();
            value
        };
        (0..count).map(|_| next()).collect()
    }

    /// So many values of a Laplace distribution cubed, which has outliers as real times have.
    pub fn wild(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| self.normal().powi(3) * 3.0).collect()
    }
}
