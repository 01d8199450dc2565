//! Schemas to test with: one with every type of field, a small game's, and broken ones.

use tickwire_shared::schema::{Audience, Field, FieldType, Kind, Predict, Schema};

use Audience::{Owner, Public, Team};
use Predict::{Hold, Linear, Wrap};

pub fn field(name: &str, ty: FieldType, predict: Predict, audience: Audience) -> Field {
    Field { name: name.to_owned(), ty, predict, audience }
}

pub fn kind(name: &str, fields: Vec<Field>) -> Kind {
    Kind { name: name.to_owned(), fields }
}

pub fn schema(game: &str, kinds: Vec<Kind>, input: Kind, messages: Vec<Kind>) -> Schema {
    Schema { game: game.to_owned(), kinds, input, messages, requests: Vec::new() }
}

fn int(min: i64, max: i64) -> FieldType {
    FieldType::Int { min, max }
}

fn names(names: &[&str]) -> FieldType {
    FieldType::Enum { names: names.iter().map(|name| (*name).to_owned()).collect() }
}

/// Every type of field, held and predicted, for every audience; kinds without fields or columns.
pub fn every_field() -> Schema {
    let vec2 = FieldType::Vec2 { min: -512.0, max: 512.0, step: 0.0625 };
    let vec3 = FieldType::Vec3 { min: -10.0, max: 30.0, step: 0.01 };
    let float = FieldType::Float { min: 0.1, max: 100.3, step: 0.3 };
    let everything = kind(
        "everything",
        vec![
            field("flag", FieldType::Bool, Hold, Public),
            field("small", int(-3, 9), Linear, Public),
            field("signed", int(i32::MIN.into(), i32::MAX.into()), Linear, Public),
            field("unsigned", int(0, u32::MAX.into()), Linear, Public),
            field("constant", int(7, 7), Linear, Public),
            field("float", float, Hold, Public),
            field("place", vec2.clone(), Linear, Public),
            field("still", vec2, Hold, Public),
            field("space", vec3, Linear, Public),
            field("heading", FieldType::Angle { bits: 10 }, Linear, Public),
            field("compass", FieldType::Angle { bits: 2 }, Hold, Public),
            field("fine", FieldType::Angle { bits: 16 }, Linear, Public),
            field("rotation", FieldType::Quat { bits: 9 }, Linear, Public),
            field("pose", FieldType::Quat { bits: 4 }, Hold, Public),
            field("mood", names(&["calm", "angry", "gone"]), Hold, Public),
            field("name", FieldType::Text { bytes: 12 }, Hold, Public),
            field("radio", FieldType::Text { bytes: 4 }, Linear, Team),
            field("fuel", int(0, 1000), Linear, Team),
            field("secret", int(-1_000_000_000_000, -999_999_999_000), Hold, Owner),
            field("orientation", FieldType::Quat { bits: 16 }, Linear, Owner),
        ],
    );
    let hidden = kind("hidden", vec![field("hand", int(0, 51), Hold, Owner)]);
    let input = kind(
        "controls",
        vec![
            field("aim", FieldType::Angle { bits: 10 }, Hold, Public),
            field("thrust", int(-1, 1), Hold, Public),
            field("fire", FieldType::Bool, Hold, Public),
        ],
    );
    let messages = vec![
        kind(
            "kill",
            vec![
                field("killer", int(0, u32::MAX.into()), Hold, Public),
                field("how", names(&["shot", "rammed"]), Hold, Public),
            ],
        ),
        kind("bell", vec![]),
        kind("chat", vec![field("text", FieldType::Text { bytes: 16 }, Hold, Public)]),
    ];
    schema("everything", vec![everything, kind("marker", vec![]), hidden], input, messages)
}

/// Every way to move: held, on and on, round and round, and as another field says.
pub fn moves() -> Schema {
    let vec2 = |most: f32, step| FieldType::Vec2 { min: -most, max: most, step };
    let float = |min, max, step| FieldType::Float { min, max, step };
    let by = |name: &str| Predict::By(name.to_owned());
    let mover = kind(
        "mover",
        vec![
            field("pos", vec2(256.0, 0.0625), by("velocity"), Public),
            field("velocity", vec2(90.0, 0.5), Linear, Public),
            field("torus", vec2(100.0, 0.1), Wrap, Public),
            field("compass", int(0, 359), Wrap, Public),
            field("needle", int(-1, 1), Wrap, Public),
            field("whole", int(0, u32::MAX.into()), Wrap, Public),
            field("heading", FieldType::Angle { bits: 10 }, by("spin"), Public),
            field("spin", float(-4.0, 4.0, 0.01), Hold, Public),
            field("turn", FieldType::Quat { bits: 9 }, Linear, Public),
            field("tide", int(0, 1000), by("flood"), Owner),
            field("flood", int(-1_000_000_000, 1_000_000_000), Hold, Owner),
            field("fine", FieldType::Quat { bits: 16 }, Linear, Owner),
        ],
    );
    schema("moves", vec![mover], kind("input", vec![]), vec![kind("bell", vec![])])
}

/// A small game like those that are played.
pub fn ships() -> Schema {
    let place = FieldType::Vec2 { min: 0.0, max: 2048.0, step: 0.0625 };
    let ship = kind(
        "ship",
        vec![
            field("pos", place.clone(), Linear, Public),
            field("heading", FieldType::Angle { bits: 8 }, Linear, Public),
            field("hp", int(0, 100), Hold, Public),
            field("name", FieldType::Text { bytes: 8 }, Hold, Public),
            field("ammo", int(0, 60), Hold, Owner),
            field("cooldown", int(0, 63), Linear, Owner),
        ],
    );
    let bullet = kind("bullet", vec![field("pos", place, Linear, Public)]);
    let input = kind("controls", vec![field("fire", FieldType::Bool, Hold, Public)]);
    let hit = kind("hit", vec![field("victim", int(0, 65_535), Hold, Public)]);
    schema("ships", vec![ship, bullet], input, vec![hit])
}

/// Schemas that break one limit each.
pub fn broken() -> Vec<(&'static str, Schema)> {
    let with = |ty| one_kind(vec![field("f", ty, Hold, Public)]);
    let float = |min, max, step| with(FieldType::Float { min, max, step });
    let bit = |name: &str, audience| field(name, FieldType::Bool, Hold, audience);
    let text = |name: &str| field(name, FieldType::Text { bytes: 64 }, Hold, Public);
    let five = |name: &str| field(name, int(0, 5), Hold, Public);
    let angle = || FieldType::Angle { bits: 8 };
    let vec2 = || FieldType::Vec2 { min: 0.0, max: 9.0, step: 1.0 };
    let by = |name: &str, ty, by: &str| field(name, ty, Predict::By(by.to_owned()), Public);
    let many = |count| (0..count).map(|i| kind(&format!("k{i}"), vec![])).collect::<Vec<_>>();
    let input = || kind("input", vec![]);
    vec![
        ("no name", schema("", vec![], input(), vec![])),
        ("a long name", schema(&"n".repeat(65), vec![], input(), vec![])),
        ("a kind without a name", schema("g", vec![kind("", vec![])], input(), vec![])),
        ("a field without a name", one_kind(vec![bit("", Public)])),
        (
            "one kind twice",
            schema("g", vec![kind("a", vec![]), kind("a", vec![])], input(), vec![]),
        ),
        ("65 kinds", schema("g", many(65), input(), vec![])),
        ("65 messages", schema("g", vec![], input(), many(65))),
        ("one field twice", one_kind(vec![bit("a", Public), bit("a", Public)])),
        ("public after owner", one_kind(vec![bit("a", Owner), bit("b", Public)])),
        ("team after owner", one_kind(vec![bit("a", Owner), bit("b", Team)])),
        ("65 columns", one_kind(["a", "b", "c", "d", "e"].map(text).to_vec())),
        ("min above max", with(int(1, 0))),
        ("a span of 2^32", with(int(0, 1 << 32))),
        ("the widest span", with(int(i64::MIN, i64::MAX))),
        ("a step of zero", float(0.0, 1.0, 0.0)),
        ("a step that is no number", float(0.0, 1.0, f32::NAN)),
        ("an endless range", float(0.0, f32::INFINITY, 1.0)),
        ("an empty range", float(1.0, 1.0, 1.0)),
        ("too many steps", float(0.0, 1.0, 1e-12)),
        ("an angle of 1 bit", with(FieldType::Angle { bits: 1 })),
        ("an angle of 17 bits", with(FieldType::Angle { bits: 17 })),
        ("a rotation of 3 bits", with(FieldType::Quat { bits: 3 })),
        ("a rotation of 17 bits", with(FieldType::Quat { bits: 17 })),
        ("no variants", with(names(&[]))),
        ("257 variants", with(names(&["x"; 257]))),
        ("no text", with(FieldType::Text { bytes: 0 })),
        ("a text of 6 bytes", with(FieldType::Text { bytes: 6 })),
        ("a text of 68 bytes", with(FieldType::Text { bytes: 68 })),
        ("a flag that wraps", one_kind(vec![field("f", FieldType::Bool, Wrap, Public)])),
        ("an angle that wraps", one_kind(vec![field("f", angle(), Wrap, Public)])),
        ("one value that wraps", one_kind(vec![field("f", int(3, 3), Wrap, Public)])),
        ("a velocity that is not there", one_kind(vec![by("a", int(0, 9), "b")])),
        ("a velocity that is a name", one_kind(vec![by("a", int(0, 9), "b"), text("b")])),
        ("a flag with a velocity", one_kind(vec![by("a", FieldType::Bool, "b"), five("b")])),
        (
            "a velocity of another audience",
            one_kind(vec![by("a", int(0, 9), "b"), field("b", int(0, 9), Hold, Owner)]),
        ),
        ("a velocity with one component", one_kind(vec![by("a", vec2(), "b"), five("b")])),
        (
            "a velocity with a velocity",
            one_kind(vec![by("a", int(0, 9), "b"), by("b", int(0, 9), "c"), five("c")]),
        ),
        ("its own velocity", one_kind(vec![by("a", int(0, 9), "a")])),
        (
            "a velocity that wraps",
            one_kind(vec![by("a", int(0, 9), "b"), field("b", int(0, 9), Wrap, Public)]),
        ),
        ("a broken input", schema("g", vec![], kind("i", vec![bit("", Public)]), vec![])),
        ("a broken message", schema("g", vec![], input(), vec![kind("", vec![])])),
    ]
}

pub fn one_kind(fields: Vec<Field>) -> Schema {
    schema("g", vec![kind("k", fields)], kind("input", vec![]), vec![])
}
