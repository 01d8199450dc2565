//! From Rust values to quantised columns and back: what `#[derive(Replicate)]` calls.
//!
//! Each Rust type implements [`Quantise`] for the descriptions that make sense
//! for it, so that an attribute which does not fit its field fails to compile.

use glam::{Quat, Vec2, Vec3};

use crate::{
    ids::PlayerId,
    round::{floor, nearest},
    schema::{FieldType, Kind, steps},
};

/// A struct whose fields can be replicated; implemented by `#[derive(Replicate)]`.
pub trait Replicate: Sized {
    /// The name on the wire: the struct's name in snake case.
    const NAME: &'static str;
    /// How many integers a value flattens to.
    const COLUMNS: usize;
    /// Its fields, public ones first, then the team's, then the owner's.
    fn kind() -> Kind;
    /// Writes the quantised value into exactly [`Replicate::COLUMNS`] columns.
    fn quantise(&self, columns: &mut [u32]);
    /// The value that the columns stand for; skipped fields take their default.
    fn restore(columns: &[u32]) -> Self;
}

/// A type that can be quantised as `Spec` describes.
#[diagnostic::on_unimplemented(
    message = "a field of type `{Self}` cannot be replicated as `{Spec}`",
    label = "needs a `#[replicate(...)]` that fits its type",
    note = "`bool`, `u8` to `u32`, `i8` to `i32`, `PlayerId` and enums need nothing; integers take `range = A..=B`",
    note = "`f32`, `Vec2` and `Vec3` need `range = A..=B, step = S`; an angle (`f32`) needs `angle = BITS`",
    note = "`Quat` needs `quat = BITS`, `String` needs `text = BYTES`, an enum needs `#[derive(Replicate)]` of its own",
    note = "there are no 64-bit integers, options or lists; a field that stays on the server needs `skip`"
)]
pub trait Quantise<Spec>: Sized {
    /// How many integers a value flattens to.
    const COLUMNS: usize;
    /// The entry in the schema.
    fn field_type(spec: &Spec) -> FieldType;
    /// Writes the quantised value.
    fn quantise(&self, spec: &Spec, columns: &mut [u32]);
    /// Reads it back.
    fn restore(spec: &Spec, columns: &[u32]) -> Self;
}

/// The type's own full range: booleans, small integers, enums.
#[derive(Clone, Copy, Debug)]
pub struct Whole;

/// Whole numbers in `min..=max`; values outside are clamped.
#[derive(Clone, Copy, Debug)]
pub struct Between {
    /// The least value.
    pub min: i64,
    /// The greatest value.
    pub max: i64,
}

/// Real numbers in `min..=max` by `step`; values outside are clamped, NaN becomes `min`.
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    /// The least value.
    pub min: f32,
    /// The greatest value.
    pub max: f32,
    /// The distance between neighbouring values.
    pub step: f32,
}

/// Whole numbers in `min..=max` that go round: after `max` comes `min`.
#[derive(Clone, Copy, Debug)]
pub struct Cycle {
    /// The least value.
    pub min: i64,
    /// The greatest value.
    pub max: i64,
}

/// Real numbers from `min` by `step` that go round: `max` is `min` again. NaN becomes `min`.
#[derive(Clone, Copy, Debug)]
pub struct Ring {
    /// The least value.
    pub min: f32,
    /// Where the range begins again.
    pub max: f32,
    /// The distance between neighbouring values.
    pub step: f32,
}

/// An angle in radians as one of 2^`bits` directions.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// Bits of precision.
    pub bits: u8,
}

/// A rotation by its three smallest components.
#[derive(Clone, Copy, Debug)]
pub struct Rotation {
    /// Bits a component.
    pub bits: u8,
}

/// A text of at most `BYTES` bytes; a longer one is cut at a character's boundary.
#[derive(Clone, Copy, Debug)]
pub struct Chars<const BYTES: usize>;

/// An enum without fields; implemented by `#[derive(Replicate)]`.
pub trait Variants: Sized {
    /// The variants' names in snake case, by index.
    const NAMES: &'static [&'static str];
    /// This variant's index.
    fn index(&self) -> u32;
    /// The variant of an index; the first one when there is none.
    fn from_index(index: u32) -> Self;
}

impl<T: Variants> Quantise<Whole> for T {
    const COLUMNS: usize = 1;
    fn field_type(_: &Whole) -> FieldType {
        FieldType::Enum { names: T::NAMES.iter().map(|name| (*name).to_owned()).collect() }
    }
    #[inline]
    fn quantise(&self, _: &Whole, columns: &mut [u32]) {
        columns[0] = self.index();
    }
    fn restore(_: &Whole, columns: &[u32]) -> Self {
        T::from_index(columns[0])
    }
}

impl Quantise<Whole> for bool {
    const COLUMNS: usize = 1;
    fn field_type(_: &Whole) -> FieldType {
        FieldType::Bool
    }
    #[inline]
    fn quantise(&self, _: &Whole, columns: &mut [u32]) {
        columns[0] = u32::from(*self);
    }
    fn restore(_: &Whole, columns: &[u32]) -> Self {
        columns[0] != 0
    }
}

impl Quantise<Whole> for PlayerId {
    const COLUMNS: usize = 1;
    fn field_type(_: &Whole) -> FieldType {
        <u32 as Quantise<Whole>>::field_type(&Whole)
    }
    #[inline]
    fn quantise(&self, _: &Whole, columns: &mut [u32]) {
        columns[0] = self.0;
    }
    fn restore(_: &Whole, columns: &[u32]) -> Self {
        PlayerId(columns[0])
    }
}

macro_rules! integers {
    ($($int:ty),*) => {$(
        impl Quantise<Between> for $int {
            const COLUMNS: usize = 1;
            fn field_type(spec: &Between) -> FieldType {
                FieldType::Int { min: spec.min, max: spec.max }
            }
            #[inline]
            fn quantise(&self, spec: &Between, columns: &mut [u32]) {
                columns[0] = (i64::from(*self).clamp(spec.min, spec.max) - spec.min) as u32;
            }
            fn restore(spec: &Between, columns: &[u32]) -> Self {
                (spec.min + i64::from(columns[0])) as $int
            }
        }
        impl Quantise<Cycle> for $int {
            const COLUMNS: usize = 1;
            fn field_type(spec: &Cycle) -> FieldType {
                FieldType::Int { min: spec.min, max: spec.max }
            }
            #[inline]
            fn quantise(&self, spec: &Cycle, columns: &mut [u32]) {
                columns[0] = (i64::from(*self) - spec.min).rem_euclid(spec.max - spec.min + 1) as u32;
            }
            fn restore(spec: &Cycle, columns: &[u32]) -> Self {
                (spec.min + i64::from(columns[0])) as $int
            }
        }
        impl Quantise<Whole> for $int {
            const COLUMNS: usize = 1;
            fn field_type(_: &Whole) -> FieldType {
                <$int as Quantise<Between>>::field_type(&full_range::<$int>())
            }
            #[inline]
            fn quantise(&self, _: &Whole, columns: &mut [u32]) {
                <$int as Quantise<Between>>::quantise(self, &full_range::<$int>(), columns);
            }
            fn restore(_: &Whole, columns: &[u32]) -> Self {
                <$int as Quantise<Between>>::restore(&full_range::<$int>(), columns)
            }
        }
        impl FullRange for $int {
            const RANGE: Between = Between { min: <$int>::MIN as i64, max: <$int>::MAX as i64 };
        }
    )*};
}

trait FullRange {
    const RANGE: Between;
}

fn full_range<T: FullRange>() -> Between {
    T::RANGE
}

integers!(u8, i8, u16, i16, u32, i32);

#[inline]
fn to_step(value: f32, spec: &Steps) -> u32 {
    let most = steps(spec.min, spec.max, spec.step);
    nearest((f64::from(value) - f64::from(spec.min)) / f64::from(spec.step)).min(most)
}

fn from_step(column: u32, spec: &Steps) -> f32 {
    (f64::from(spec.min) + f64::from(column) * f64::from(spec.step)) as f32
}

impl Quantise<Steps> for f32 {
    const COLUMNS: usize = 1;
    fn field_type(&Steps { min, max, step }: &Steps) -> FieldType {
        FieldType::Float { min, max, step }
    }
    #[inline]
    fn quantise(&self, spec: &Steps, columns: &mut [u32]) {
        columns[0] = to_step(*self, spec);
    }
    fn restore(spec: &Steps, columns: &[u32]) -> Self {
        from_step(columns[0], spec)
    }
}

impl Quantise<Steps> for Vec2 {
    const COLUMNS: usize = 2;
    fn field_type(&Steps { min, max, step }: &Steps) -> FieldType {
        FieldType::Vec2 { min, max, step }
    }
    #[inline]
    fn quantise(&self, spec: &Steps, columns: &mut [u32]) {
        columns[0] = to_step(self.x, spec);
        columns[1] = to_step(self.y, spec);
    }
    fn restore(spec: &Steps, columns: &[u32]) -> Self {
        Vec2::new(from_step(columns[0], spec), from_step(columns[1], spec))
    }
}

impl Quantise<Steps> for Vec3 {
    const COLUMNS: usize = 3;
    fn field_type(&Steps { min, max, step }: &Steps) -> FieldType {
        FieldType::Vec3 { min, max, step }
    }
    #[inline]
    fn quantise(&self, spec: &Steps, columns: &mut [u32]) {
        for (column, value) in columns.iter_mut().zip(self.to_array()) {
            *column = to_step(value, spec);
        }
    }
    fn restore(spec: &Steps, columns: &[u32]) -> Self {
        Vec3::from_array([0, 1, 2].map(|axis| from_step(columns[axis], spec)))
    }
}

impl Ring {
    fn steps(&self) -> Steps {
        Steps { min: self.min, max: self.max, step: self.step }
    }

    fn column(&self, value: f32) -> u32 {
        let count = f64::from(steps(self.min, self.max, self.step));
        let nearest = ((f64::from(value) - f64::from(self.min)) / f64::from(self.step)).round();
        nearest.rem_euclid(count) as u32
    }
}

macro_rules! rings {
    ($($real:ty: $count:literal, $this:ident => $parts:expr;)*) => {$(
        impl Quantise<Ring> for $real {
            const COLUMNS: usize = $count;
            fn field_type(spec: &Ring) -> FieldType {
                <$real as Quantise<Steps>>::field_type(&spec.steps())
            }
            #[inline]
            fn quantise(&self, spec: &Ring, columns: &mut [u32]) {
                let $this = self;
                for (column, value) in columns.iter_mut().zip($parts) {
                    *column = spec.column(value);
                }
            }
            fn restore(spec: &Ring, columns: &[u32]) -> Self {
                <$real as Quantise<Steps>>::restore(&spec.steps(), columns)
            }
        }
    )*};
}

rings! {
    f32: 1, it => [*it];
    Vec2: 2, it => it.to_array();
    Vec3: 3, it => it.to_array();
}

impl Quantise<Turn> for f32 {
    const COLUMNS: usize = 1;
    fn field_type(spec: &Turn) -> FieldType {
        FieldType::Angle { bits: spec.bits }
    }
    #[inline]
    fn quantise(&self, spec: &Turn, columns: &mut [u32]) {
        let directions = f64::from(1u32 << spec.bits);
        let turns = f64::from(*self) / std::f64::consts::TAU;
        let wrapped = (turns - floor(turns)) * directions;
        columns[0] = nearest(wrapped) & ((1 << spec.bits) - 1);
    }
    fn restore(spec: &Turn, columns: &[u32]) -> Self {
        let directions = f64::from(1u32 << spec.bits);
        (f64::from(columns[0]) / directions * std::f64::consts::TAU) as f32
    }
}

/// A component other than the largest lies within ±1/√2.
const SMALLEST_THREE_BOUND: f32 = std::f32::consts::FRAC_1_SQRT_2;

impl Quantise<Rotation> for Quat {
    const COLUMNS: usize = 4;
    fn field_type(spec: &Rotation) -> FieldType {
        FieldType::Quat { bits: spec.bits }
    }
    #[inline]
    fn quantise(&self, spec: &Rotation, columns: &mut [u32]) {
        let parts = self.to_array();
        let mut largest = 0;
        for index in 1..4 {
            if parts[index].abs() > parts[largest].abs() {
                largest = index;
            }
        }
        // q and -q are one rotation, so the largest is made positive and left out.
        let sign = if parts[largest] < 0.0 { -1.0 } else { 1.0 };
        let most = (1u32 << spec.bits) - 1;
        columns[0] = largest as u32;
        let others = (0..4).filter(|index| *index != largest);
        for (column, index) in columns[1..].iter_mut().zip(others) {
            let unit = (sign * parts[index] / SMALLEST_THREE_BOUND + 1.0) / 2.0;
            *column = ((unit * most as f32).round() as u32).min(most);
        }
    }
    fn restore(spec: &Rotation, columns: &[u32]) -> Self {
        let most = ((1u32 << spec.bits) - 1) as f32;
        let largest = columns[0] as usize & 3;
        let mut parts = [0.0f32; 4];
        let mut squares = 0.0;
        let others = (0..4).filter(|index| *index != largest);
        for (column, index) in columns[1..].iter().zip(others) {
            parts[index] = (*column as f32 / most * 2.0 - 1.0) * SMALLEST_THREE_BOUND;
            squares += parts[index] * parts[index];
        }
        parts[largest] = (1.0 - squares).max(0.0).sqrt();
        Quat::from_array(parts).normalize()
    }
}

impl<const BYTES: usize> Quantise<Chars<BYTES>> for String {
    const COLUMNS: usize = BYTES.div_ceil(4);
    fn field_type(_: &Chars<BYTES>) -> FieldType {
        FieldType::Text { bytes: (BYTES.div_ceil(4) * 4) as u8 }
    }
    #[inline]
    fn quantise(&self, _: &Chars<BYTES>, columns: &mut [u32]) {
        text_to_columns(self, columns);
    }
    fn restore(_: &Chars<BYTES>, columns: &[u32]) -> Self {
        columns_to_text(columns)
    }
}

/// Packs a text into columns, four bytes each, little end first, padded with NUL.
///
/// It is cut where the columns end (at a character's boundary) or at a NUL.
pub fn text_to_columns(text: &str, columns: &mut [u32]) {
    let room = columns.len() * 4;
    let cut = text.find('\0').unwrap_or(text.len()).min(room);
    let bytes = &text.as_bytes()[..text.floor_char_boundary(cut)];
    columns.fill(0);
    for (column, bytes) in columns.iter_mut().zip(bytes.chunks(4)) {
        *column = bytes.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte));
    }
}

/// The text that columns stand for, up to the first NUL; what is not UTF-8 shows as `�`.
#[must_use]
pub fn columns_to_text(columns: &[u32]) -> String {
    let bytes: Vec<u8> = columns.iter().flat_map(|column| column.to_le_bytes()).collect();
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const METRES: Steps = Steps { min: -10.0, max: 10.0, step: 0.25 };

    fn column<S, T: Quantise<S>>(value: T, spec: &S) -> u32 {
        let mut columns = [0];
        value.quantise(spec, &mut columns);
        columns[0]
    }

    #[test]
    fn numbers_outside_their_range_are_clamped() {
        assert_eq!(column(-99.0f32, &METRES), 0);
        assert_eq!(column(99.0f32, &METRES), 80);
        assert_eq!(column(f32::NAN, &METRES), 0);
        assert_eq!(column(f32::INFINITY, &METRES), 80);
        assert_eq!(column(300i32, &Between { min: -5, max: 5 }), 10);
    }

    #[test]
    fn numbers_outside_their_ring_go_round() {
        let ring = Ring { min: -10.0, max: 10.0, step: 0.25 };
        assert_eq!(
            [-10.0f32, 10.0, 9.8, 9.9, -10.3].map(|it| column(it, &ring)),
            [0, 0, 79, 0, 79]
        );
        assert_eq!([f32::NAN, f32::INFINITY].map(|it| column(it, &ring)), [0, 0]);
        let cycle = Cycle { min: -2, max: 2 };
        assert_eq!([-3i8, -2, 2, 3, 127].map(|it| column(it, &cycle)), [4, 0, 4, 0, 4]);
    }

    #[test]
    fn a_number_comes_back_within_half_a_step() {
        for value in [-10.0f32, -3.3, 0.0, 0.124, 9.99] {
            let back: f32 = Quantise::restore(&METRES, &[column(value, &METRES)]);
            assert!((back - value).abs() <= 0.125, "{value} came back as {back}");
        }
    }

    #[test]
    fn extreme_integers_survive() {
        for value in [i32::MIN, -1, 0, i32::MAX] {
            assert_eq!(i32::restore(&Whole, &[column(value, &Whole)]), value);
        }
        assert_eq!(u32::restore(&Whole, &[column(u32::MAX, &Whole)]), u32::MAX);
    }

    #[test]
    fn angles_wrap_and_take_the_nearest_direction() {
        let turn = Turn { bits: 8 };
        assert_eq!(column(-std::f32::consts::FRAC_PI_2, &turn), 192);
        assert_eq!(column(std::f32::consts::TAU - 0.001, &turn), 0);
    }

    #[test]
    fn a_rotation_comes_back_as_the_same_rotation() {
        let spec = Rotation { bits: 12 };
        for axis in [Vec3::X, Vec3::Y, Vec3::new(0.6, 0.0, -0.8)] {
            let quat = Quat::from_axis_angle(axis, 2.5);
            let mut columns = [0; 4];
            quat.quantise(&spec, &mut columns);
            let back = Quat::restore(&spec, &columns);
            assert!(quat.dot(back).abs() > 0.9999, "{quat} came back as {back}");
        }
    }

    #[test]
    fn a_text_is_cut_between_characters_and_at_a_nul() {
        let mut columns = [0; 1];
        for (text, kept) in [("héhé", "héh"), ("a\0b", "a"), ("日本", "日"), ("", "")] {
            text_to_columns(text, &mut columns);
            assert_eq!(columns_to_text(&columns), kept);
        }
    }
}
