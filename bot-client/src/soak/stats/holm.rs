//! Many questions at once.

/// Chances as they are when this many questions were asked: S. Holm's correction.
///
/// Whoever calls those below 5% significant is wrong in any of them in 5% of the cases at most,
/// however they hang together (Scandinavian Journal of Statistics 6, 1979). In the given order.
#[must_use]
pub fn holm(chances: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..chances.len()).collect();
    order.sort_by(|a, b| chances[*a].total_cmp(&chances[*b]));
    let mut corrected = vec![1.0; chances.len()];
    let mut least = 0.0_f64;
    for (place, index) in order.into_iter().enumerate() {
        let questions = (chances.len() - place) as f64;
        least = least.max(chances[index] * questions).min(1.0);
        corrected[index] = least;
    }
    corrected
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_are_corrected_as_r_does() {
        // p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
        let corrected = holm(&[0.01, 0.04, 0.03, 0.005]);
        let expected = [0.03, 0.06, 0.06, 0.02];
        let error = |(got, wanted): (&f64, f64)| (got - wanted).abs();
        assert!(corrected.iter().zip(expected).map(error).all(|error| error < 1e-12));
        assert!(holm(&[]).is_empty());
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
    }
}
