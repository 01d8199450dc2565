//! Rounding in a few instructions instead of a call: not every processor has one for it.

/// Beyond this all floats are whole numbers.
const ALL_WHOLE: f64 = (1u64 << 52) as f64;

/// Rounds down as [`f64::floor`] does.
#[inline]
pub(crate) fn floor(value: f64) -> f64 {
    if value.abs() < ALL_WHOLE {
        let whole = value as i64 as f64;
        whole - f64::from(u8::from(whole > value))
    } else {
        value.floor()
    }
}

/// The nearest whole number from zero on; what is not a number is zero.
#[inline]
pub(crate) fn nearest(value: f64) -> u32 {
    // `as` saturates and sends NaN to zero, which is what the specs promise.
    let whole = value as u32;
    whole.saturating_add(u32::from(value - f64::from(whole) >= 0.5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_that_of_the_standard_library() {
        let halves = (-40..40).map(|quarter| f64::from(quarter) / 4.0);
        let most = f64::from(u32::MAX);
        let near = [0.49999999999999994, most - 0.5, most + 0.5, ALL_WHOLE - 0.5, ALL_WHOLE + 1.0];
        let near = near.into_iter().chain([1e300, f64::INFINITY]);
        for value in halves.chain(near.flat_map(|value| [value, -value])) {
            assert_eq!(nearest(value), value.round() as u32, "{value}");
            assert_eq!(floor(value), value.floor(), "{value}");
        }
        assert!(nearest(f64::NAN) == 0 && floor(f64::NAN).is_nan());
    }
}
