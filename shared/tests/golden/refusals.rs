//! Frames that are refused, one for every reason that there is.

use serde_json::{Value, json};
use tickwire_shared::{
    EntityId,
    codec::{
        Layout,
        model::{CLASS_BITS, group, kind, once},
    },
    control,
    frame::{self, Cadence, SegmentBody},
    replica::Replica,
    rows::{Row, Rows},
    schema::{Audience, FieldType, Predict, Schema},
};

use crate::{
    crafted::Crafted,
    schemas,
    sessions::{self, Extras, Server},
    store::hex,
    verdict,
    world::View,
};

/// One column, `0..=200`, linearly predicted; and one message of one byte.
fn schema() -> Schema {
    let byte = |name: &str| {
        let ty = FieldType::Int { min: 0, max: 200 };
        schemas::field(name, ty, Predict::Linear, Audience::Public)
    };
    Schema {
        messages: vec![schemas::kind("m", vec![byte("b")])],
        requests: Vec::new(),
        ..schemas::one_kind(vec![byte("f")])
    }
}

fn rows(entities: &[(u16, u8, u32)]) -> Rows {
    let mut rows = Rows::default();
    for (slot, generation, value) in entities {
        let id = EntityId::new(0, *slot, *generation);
        rows.push(Row { id, values: &[*value], motion: &[0, 0] });
    }
    rows
}

/// A full frame of tick 0 with entities 1 and 2, which the refused frames follow.
fn first(server: &mut Server) -> Vec<u8> {
    let view = View::from([(0, (Audience::Public, rows(&[(1, 0, 50), (2, 0, 150)])))]);
    server.frame(0, view, &Extras::default())
}

/// Every refusal, after an empty replica or after the first frame.
pub fn cases() -> Vec<Value> {
    let mut server = Server::new(schema(), &sessions::table("even"), 0);
    let first = first(&mut server);
    let mut cases = vec![json!({
        "schema": hex(&control::encode(&schema())), "table": hex(&sessions::table("even")),
        "first": hex(&first),
    })];
    cases.extend(heads().iter().map(|(name, bytes)| case(name, &first, bytes)));
    cases.extend(segments(&mut server).iter().map(|(name, bytes)| case(name, &first, bytes)));
    cases.push(fresh("a delta before anything", &[0x82, 0, 1]));
    cases.extend(broken_priors().iter().map(priors_case));
    cases
}

type Named = (&'static str, Vec<u8>);

/// Broken headers and segment heads.
fn heads() -> Vec<Named> {
    let full = |rest: &[u8]| [&[0x82, 1, 9, 0, 0, 0], rest].concat();
    let delta = |rest: &[u8]| [&[0x82, 0, 1], rest].concat();
    let mut long = delta(&[]);
    long.resize((1 << 20) + 1, 0);
    vec![
        ("no bytes", vec![]),
        ("no flags", vec![0x82]),
        ("no tick", vec![0x82, 1, 0, 0, 0]),
        ("no gap", vec![0x82, 0]),
        ("no hash", vec![0x82, 2, 1, 0, 0, 0]),
        ("no slack", vec![0x82, 4, 1, 0]),
        ("over 1 MiB", long),
        ("an unknown flag", vec![0x82, 16, 1]),
        ("all flags", vec![0x82, 255, 1]),
        ("a gap of zero", vec![0x82, 0, 0]),
        ("a gap of 129", vec![0x82, 0, 129]),
        ("a message that does not exist", vec![0x82, 8, 1, 1, 1, 7]),
        ("a message cut short", vec![0x82, 8, 1, 1, 0]),
        ("more messages than bytes", vec![0x82, 8, 1, 255, 255, 255, 255, 15, 0, 7]),
        ("a varint of six bytes", vec![0x82, 8, 1, 128, 128, 128, 128, 128, 0]),
        ("a varint of 35 bits", delta(&[255, 255, 255, 255, 127])),
        ("a varint cut short", delta(&[128])),
        ("a handle of 65536", delta(&[0x82, 0x80, 0x20])),
        ("audience 3", full(&[2, 3, 0])),
        ("a block cut short", full(&[2, 0, 2, 0])),
        ("a block of 4 GiB", full(&[2, 0, 255, 255, 255, 255, 15])),
        ("one handle twice", full(&[10, 0, 1, 0, 10, 0, 1, 0])),
        ("handles that fall", full(&[10, 0, 1, 0, 2, 0, 1, 0])),
        ("a delta in a full frame", full(&[0, 1, 0])),
        ("an advance in a full frame", full(&[4])),
        ("a keep in a full frame", full(&[6])),
        ("a drop in a full frame", full(&[7])),
        ("a delta of what is not held", delta(&[8, 1, 0])),
        ("an advance of what is not held", delta(&[12])),
        ("a keep of what is not held", delta(&[14])),
        ("a drop of what is not held", delta(&[15])),
    ]
}

/// Broken segments: as a keyframe of a new frame, or as a delta after the first.
fn segments(server: &mut Server) -> Vec<Named> {
    let whole =
        server.encode(Audience::Public, Rows::EMPTY, 0, &rows(&[(1, 0, 50), (7, 3, 199)])).0;
    let again = server.encode(Audience::Public, Rows::EMPTY, 1, &rows(&[(2, 0, 1)])).0;
    let between = server.encode(Audience::Public, Rows::EMPTY, 1, &rows(&[(1, 9, 1)])).0;
    let trailing = [&whole[..], &[1]].concat();
    let noise = vec![0xFF; 40];
    vec![
        ("a keyframe cut short", keyframe(&whole[..2])),
        ("an empty keyframe", keyframe(&[])),
        ("a keyframe that goes on", keyframe(&trailing)),
        ("noise as a keyframe", keyframe(&noise)),
        ("noise as a delta", delta(&noise)),
        ("a new row that exists", delta(&again)),
        ("a new row between the old, which say nothing", delta(&between)),
        ("a value above its maximum", keyframe(&crafted(|it| new_rows(it, &[(1, 0, 201)])))),
        ("generations that fall", keyframe(&crafted(|it| new_rows(it, &[(1, 4, 7), (0, 3, 7)])))),
        ("one id twice", keyframe(&crafted(|it| new_rows(it, &[(1, 4, 7), (0, 4, 7)])))),
        ("slot 65536", keyframe(&crafted(|it| new_rows(it, &[(65_536, 0, 7)])))),
        (
            "a slot near 2^32",
            keyframe(&crafted(|it| {
                new_rows(it, &[(1, 0, 1), (2_000_000_000, 0, 7)]);
            })),
        ),
        ("65537 rows", keyframe(&crafted(|it| count(it, 65_537)))),
        ("2^31 - 1 rows", keyframe(&crafted(|it| count(it, 0x7FFF_FFFF)))),
        ("65536 rows without bytes", keyframe(&crafted(|it| count(it, 65_536)))),
        ("a residual beyond the maximum", delta(&crafted(|it| residual(it, false)))),
        ("a residual below zero", delta(&crafted(|it| residual(it, true)))),
    ]
}

fn keyframe(bytes: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x82, 1, 9, 0, 0, 0];
    frame::write_segment(
        0,
        SegmentBody::Keyframe(Cadence::Live, Audience::Public, bytes),
        &mut frame,
    );
    frame
}

fn delta(bytes: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x82, 0, 1];
    frame::write_segment(0, SegmentBody::Delta(Cadence::Live, bytes), &mut frame);
    frame
}

fn crafted(write: impl FnOnce(&mut Crafted<'_>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    let layout = Layout::new(&schema(), Audience::Public, sessions::HZ);
    let mut crafted = Crafted::new(&layout, &sessions::table("even"), &mut bytes);
    write(&mut crafted);
    crafted.finish();
    bytes
}

fn count(crafted: &mut Crafted<'_>, count: u32) {
    crafted.bit(once::ANY_NEW, true);
    crafted.count(kind::COUNT, count);
}

/// New rows, each its distance from the slot before, its generation and its value.
fn new_rows(crafted: &mut Crafted<'_>, rows: &[(u32, u8, u32)]) {
    count(crafted, rows.len() as u32);
    for (slot, generation, value) in rows {
        crafted.count(kind::SLOT, *slot);
        crafted.generation(*generation);
        crafted.group_bit(0, group::SAME, false);
        let mut node = 1;
        for shift in (5..8).rev() {
            let bit = value >> shift & 1;
            crafted.group_bit(0, group::FRESH + node, bit == 1);
            node = node * 2 + bit as usize;
        }
        crafted.raw(*value, 5);
        // Its motion and jolt, which a keyframe carries: class and size zero.
        crafted.group_bit(0, group::MOTION + 7 * CLASS_BITS, false);
        crafted.group_bit(0, group::JOLT, false);
    }
}

/// Moves the first entity, at 50 and still, by 255 up or down.
fn residual(crafted: &mut Crafted<'_>, negative: bool) {
    crafted.bit(once::ANY_NEW, false);
    crafted.kind_bit(0, kind::DIFFERS, true);
    crafted.kind_bit(0, kind::GONE, false);
    crafted.group_bit(0, group::DIFFERS, true);
    crafted.group_bit(0, group::RAW, false);
    // Eight bits are the most that a residual of this column can have, so no ninth step follows.
    for step in 0..8 {
        crafted.group_bit(0, group::CLASS + step, true);
    }
    crafted.group_bit(0, group::SIGN + (3 * 3 + 1) * 3 + 2, negative);
    crafted.group_bit(0, group::MANTISSA + 7 * 3, true);
    crafted.group_bit(0, group::MANTISSA + 7 * 3 + 2, true);
    crafted.raw(31, 5);
}

/// What becomes of a frame after the first one.
fn case(name: &str, first: &[u8], bytes: &[u8]) -> Value {
    let mut replica = replica();
    replica.apply(first).expect("the first frame is fine");
    let held = replica.hash();
    let step = sessions::step(&mut replica, bytes);
    if step.get("refused").is_some() {
        assert_eq!(replica.hash(), held, "a refused frame changed the replica: {name}");
    }
    shortened(name, step)
}

fn fresh(name: &str, bytes: &[u8]) -> Value {
    let mut case = shortened(name, sessions::step(&mut replica(), bytes));
    case["fresh"] = json!(true);
    case
}

/// Leaves out the zeros at the end of a very long frame.
fn shortened(name: &str, mut step: Value) -> Value {
    let text = step["hex"].as_str().expect("it is there").to_owned();
    if text.len() > 10_000 {
        step["hex"] = json!(text.trim_end_matches("00"));
    }
    step["length"] = json!(text.len() / 2);
    step["name"] = json!(name);
    step
}

/// Priors that no client accepts.
fn broken_priors() -> Vec<Named> {
    let whole = sessions::table("even");
    let with = |at: usize, byte: u8| {
        let mut bytes = whole.clone();
        bytes[at] = byte;
        bytes
    };
    let mapped = sessions::mapped(&schema());
    let other = sessions::mapped(&crate::schemas::ships());
    let mut unmapped = mapped.clone();
    *unmapped.last_mut().expect("it has a mapping") = 3;
    let without_first = whole[1..].to_vec();
    let cut = whole[..whole.len() - 1].to_vec();
    let unmapped_field = mapped[..mapped.len() - 1].to_vec();
    vec![
        ("no priors", vec![]),
        ("priors without their first byte", without_first),
        ("priors of another version", with(4, 2)),
        ("priors with one group table", with(10, 1)),
        ("priors with a parent that is not there", with(11, 0)),
        ("priors cut short", cut),
        ("priors that go on", [&whole[..], &[0]].concat()),
        ("priors over 40 KiB", [&whole[..], &[0; 40 * 1024]].concat()),
        ("priors for another schema", other),
        ("priors that lack a field", unmapped_field),
        ("priors that name a table that is not there", unmapped),
    ]
}

fn priors_case((name, priors): &Named) -> Value {
    let error = Replica::new(schema(), priors, sessions::HZ).expect_err(name);
    let shown = if priors.len() > 10_000 { &priors[..20] } else { priors };
    json!({
        "name": name, "badPriors": hex(shown), "length": priors.len(),
        "refused": verdict::replica(&error), "says": error.to_string(),
    })
}

fn replica() -> Replica {
    Replica::new(schema(), &sessions::table("even"), sessions::HZ).expect("it is valid")
}
