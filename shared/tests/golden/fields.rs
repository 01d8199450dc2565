//! Values as columns and back, for every type of field.

use std::f32::consts::TAU;

use glam::{Quat, Vec2, Vec3};
use serde_json::{Value, json};
use tickwire_shared::{
    control,
    field::{Between, Chars, Cycle, Quantise, Ring, Rotation, Steps, Turn, Variants, Whole},
    glam,
};

use crate::store::hex;

/// A value as the browser sees it.
trait Seen {
    fn seen(&self) -> Value;
}

macro_rules! seen {
    ($($ty:ty: $value:ident => $seen:expr),* $(,)?) => {$(
        impl Seen for $ty {
            fn seen(&self) -> Value {
                let $value = self;
                json!($seen)
            }
        }
    )*};
}

seen! {
    bool: it => it,
    i8: it => it,
    u16: it => it,
    i32: it => it,
    u32: it => it,
    f32: it => f64::from(*it),
    Vec2: it => json!({ "x": f64::from(it.x), "y": f64::from(it.y) }),
    Vec3: it => json!({ "x": f64::from(it.x), "y": f64::from(it.y), "z": f64::from(it.z) }),
    Quat: it => json!({
        "x": f64::from(it.x), "y": f64::from(it.y), "z": f64::from(it.z), "w": f64::from(it.w)
    }),
    String: it => it,
    Mood: it => Mood::NAMES[it.index() as usize],
}

#[derive(Clone, Copy)]
struct Mood(u32);

impl Variants for Mood {
    const NAMES: &'static [&'static str] = &["calm", "angry", "gone"];
    fn index(&self) -> u32 {
        self.0
    }
    fn from_index(index: u32) -> Self {
        Mood(index)
    }
}

fn add<S, T: Quantise<S> + Seen>(cases: &mut Vec<Value>, spec: &S, values: &[T]) {
    let ty = T::field_type(spec);
    for value in values {
        let mut columns = vec![0; T::COLUMNS];
        value.quantise(spec, &mut columns);
        cases.push(json!({
            "type": hex(&control::encode(&ty)), "value": value.seen(), "columns": columns,
            "restored": T::restore(spec, &columns).seen(),
        }));
    }
}

pub fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    numbers(&mut cases);
    rings(&mut cases);
    vectors(&mut cases);
    rotations(&mut cases);
    let texts = ["", "a", "twelve bytes", "thirteen byte", "nul\0cut", "zwölf Bär", "🚀🚀🚀🚀"];
    add(&mut cases, &Chars::<12>, &texts.map(str::to_owned));
    add(&mut cases, &Whole, &[Mood(0), Mood(1), Mood(2)]);
    cases
}

fn numbers(cases: &mut Vec<Value>) {
    add(cases, &Whole, &[false, true]);
    add(cases, &Whole, &[i8::MIN, -1, 0, i8::MAX]);
    add(cases, &Whole, &[i32::MIN, -1, 0, i32::MAX]);
    add(cases, &Whole, &[0, 1, u32::MAX]);
    add(cases, &Between { min: 10, max: 20 }, &[0u16, 10, 15, 20, 400]);
    add(cases, &Between { min: -1, max: 1 }, &[-128i8, -1, 0, 1, 127]);
    let tenth = Steps { min: -1.0, max: 1.0, step: 0.1 };
    add(cases, &tenth, &[-9.0f32, -1.0, -0.05, -0.04, 0.0, 0.05, 0.149, 0.15, 1.0, 9.0]);
    let sixteenth = Steps { min: 0.0, max: 4095.0, step: 0.0625 };
    add(cases, &sixteenth, &[0.0f32, 0.031, 0.032, 1234.5, 4094.97, 1e30, -1e30]);
}

/// Ranges whose ends meet.
fn rings(cases: &mut Vec<Value>) {
    let first = cases.len();
    add(cases, &Cycle { min: -3, max: 3 }, &[-128i8, -4, -3, 0, 3, 4, 127]);
    let ring = Ring { min: -1.0, max: 1.0, step: 0.1 };
    add(cases, &ring, &[-1.0f32, 1.0, 0.94, 0.96, -1.06, -3.21, 1e30, 0.0]);
    let torus = Ring { min: 0.0, max: 100.0, step: 0.0625 };
    add(cases, &torus, &[Vec2::ZERO, Vec2::new(-0.1, 100.1)]);
    add(cases, &torus, &[Vec3::new(99.99, 1e9, -50.0)]);
    cases[first..].iter_mut().for_each(|case| case["wraps"] = json!(true));
}

fn vectors(cases: &mut Vec<Value>) {
    let steps = Steps { min: -512.0, max: 512.0, step: 0.0625 };
    add(cases, &steps, &[Vec2::ZERO, Vec2::new(-600.0, 600.0), Vec2::new(31.4, -27.1)]);
    let uneven = Steps { min: -10.0, max: 30.0, step: 0.01 };
    add(cases, &uneven, &[Vec3::ZERO, Vec3::new(-10.0, 30.0, 9.999), Vec3::new(0.1, 0.2, 0.3)]);
}

fn rotations(cases: &mut Vec<Value>) {
    let angles =
        [0.0f32, 0.1, -0.1, 3.2, TAU - 0.003, TAU - 0.0001, TAU, TAU + 0.0001, 100.0, -100.0];
    for bits in [2, 10, 16] {
        add(cases, &Turn { bits }, &angles);
    }
    let quats = [
        Quat::IDENTITY,
        Quat::from_xyzw(1.0, 0.0, 0.0, 0.0),
        Quat::from_xyzw(0.5, 0.5, 0.5, 0.5),
        Quat::from_xyzw(-0.1, 0.7, -0.7, 0.1).normalize(),
        Quat::from_xyzw(0.2, -0.3, 0.1, -0.9).normalize(),
    ];
    for bits in [4, 9, 16] {
        add(cases, &Rotation { bits }, &quats);
    }
}
