//! The small session that PROTOCOL.md shows byte by byte.

use serde_json::{Value, json};
use tickwire_shared::{
    EntityId, PlayerId, Tick,
    frame::InputEcho,
    message::{self, ClientMessage, Join, Welcome},
    record::RecordLayout,
    replica::Replica,
    rows::{Row, Rows},
    schema::{Audience, FieldType, Predict, Schema},
    session::Token,
};

use crate::{
    schemas::{field, kind, schema},
    sessions::{self, Extras, Server},
    store::hex,
    world::View,
};

use Audience::Public;
use Predict::{Hold, Linear};

fn dots() -> Schema {
    let byte = || FieldType::Int { min: 0, max: 255 };
    let pos = FieldType::Vec2 { min: 0.0, max: 100.0, step: 0.5 };
    let dot =
        kind("dot", vec![field("pos", pos, Linear, Public), field("hp", byte(), Hold, Public)]);
    let walk = FieldType::Int { min: -1, max: 1 };
    let input =
        kind("walk", vec![field("x", walk.clone(), Hold, Public), field("y", walk, Hold, Public)]);
    let tag = kind("tag", vec![field("player", byte(), Hold, Public)]);
    schema("dots", vec![dot], input, vec![tag])
}

/// One dot at `x`, which moved by `moved` half units since the tick before, with that jolt.
fn view(x: u32, (moved, jolt): (i32, i32), hp: u32) -> View {
    let mut rows = Rows::default();
    rows.push(Row {
        id: EntityId::new(0, 3, 1),
        values: &[x, 100, hp],
        motion: &[moved, 0, jolt, 0],
    });
    View::from([(0, (Public, rows))])
}

/// The session's messages in order, each with what a client then holds.
pub fn cases() -> Vec<Value> {
    let priors = sessions::table("even");
    let mut server = Server::new(dots(), &priors, 1000);
    let mut replica = Replica::new(dots(), &priors, 30).expect("it is valid");
    let mut cases = vec![from_client("join", &join()), from_server("welcome", &welcome(&priors))];
    let mut frame = |name: &str, gap, view, extras: &Extras| {
        let bytes = server.frame(gap, view, extras);
        let mut case = sessions::step(&mut replica, &bytes);
        case["name"] = json!(name);
        case
    };
    let hash = Extras { hash: true, ..Extras::default() };
    let input = InputEcho { slack: Some(24), age: 0 };
    let tagged = Extras { messages: vec![(0, vec![7])], ..Extras::default() };
    cases.push(frame("full frame", 0, view(80, (0, 0), 255), &hash));
    cases.push(from_client("input", &walk_right()));
    cases.push(frame("it moves", 1, view(82, (2, 2), 255), &Extras { input, ..Extras::default() }));
    cases.push(frame("it goes on", 1, view(84, (2, 0), 255), &Extras::default()));
    cases.push(frame("it is hit", 1, view(86, (2, 0), 247), &tagged));
    cases.push(frame("two ticks in one", 2, view(88, (0, -2), 247), &hash));
    cases
}

fn join() -> Vec<u8> {
    let name = "Ada".to_owned();
    write(&ClientMessage::Join(Join {
        protocol: message::PROTOCOL,
        name,
        schema_hash: None,
        ticket: None,
    }))
}

fn walk_right() -> Vec<u8> {
    let mut record = Vec::new();
    RecordLayout::new(&dots().input).pack(&[2, 1], &mut record);
    let applied = Tick(1000);
    write(&ClientMessage::Input { applied, tick: applied.offset(2), behind: 1152, record: &record })
}

fn write(message: &ClientMessage<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.write(&mut bytes);
    bytes
}

fn welcome(priors: &[u8]) -> Vec<u8> {
    message::welcome(&Welcome {
        protocol: message::PROTOCOL,
        room: "K7QX".to_owned(),
        player: PlayerId(1),
        spectator: false,
        token: Token([0xA5; 16]),
        grace_ticks: 900,
        tick_hz: 30,
        hash_interval: 8,
        schema: dots(),
        priors: priors.to_vec(),
        setup: String::new(),
    })
}

fn from_client(name: &str, bytes: &[u8]) -> Value {
    json!({ "name": name, "client": hex(bytes) })
}

fn from_server(name: &str, bytes: &[u8]) -> Value {
    json!({ "name": name, "server": hex(bytes) })
}
