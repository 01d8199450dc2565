//! The one multiplication of the step: a share of something, to the nearest whole number.

use glam::IVec2;

/// What a rate is counted in: [`ONE`] of it leaves a number as it is.
const BITS: u32 = 20;
/// A rate of one.
pub const ONE: i32 = 1 << BITS;

/// `vector · rate / 2^20`, to the nearest whole numbers, halves away from zero.
///
/// The same to all sides, so that no direction is faster than another. Vectors stay below 2^16
/// and rates below 2^26, so a double holds all of it exactly too.
#[must_use]
pub fn scaled(vector: IVec2, rate: i32) -> IVec2 {
    let share = |number: i32| {
        let product = i64::from(number) * i64::from(rate);
        let magnitude = (product.unsigned_abs() + (1 << (BITS - 1))) >> BITS;
        magnitude as i32 * product.signum() as i32
    };
    IVec2::new(share(vector.x), share(vector.y))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_alike_to_both_sides() {
        let half = |number: i32| scaled(IVec2::new(number, -number), ONE / 2);
        assert_eq!([3, 4, 5].map(half), [2, 2, 3].map(|it| IVec2::new(it, -it)));
        let most = IVec2::new(i32::from(u16::MAX), -i32::from(u16::MAX));
        assert_eq!(scaled(most, ONE), most);
        assert_eq!(scaled(most, -ONE), -most);
    }
}
