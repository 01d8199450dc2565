//! Schemas and welcomes as control bytes, and control bytes that are refused.

use serde_json::{Value, json};
use tickwire_shared::{
    PlayerId, control,
    message::{self, ServerMessage, Welcome},
    schema::Schema,
};

use crate::{schemas, sessions, store::hex, verdict};

/// Every schema: its bytes, its hash, and whether it is valid.
pub fn schema_cases() -> Vec<Value> {
    let good = [
        ("every field", schemas::every_field()),
        ("ships", schemas::ships()),
        ("moves", schemas::moves()),
    ];
    good.into_iter()
        .chain(schemas::broken())
        .map(|(name, schema)| schema_case(name, &schema))
        .collect()
}

fn schema_case(name: &str, schema: &Schema) -> Value {
    let bytes = control::encode(schema);
    match schema.validate() {
        Ok(()) => json!({
            "name": name, "hex": hex(&bytes), "hash": schema.hash(),
            "columns": schema.kinds.iter().map(columns).collect::<Vec<_>>(),
        }),
        Err(error) => json!({
            "name": name, "hex": hex(&bytes), "hash": schema.hash(),
            "refused": verdict::schema(&error), "says": error.to_string(),
        }),
    }
}

/// A kind's columns, each its maximum and whether it wraps.
fn columns(kind: &tickwire_shared::schema::Kind) -> Vec<(u32, bool)> {
    let columns = kind.fields.iter().flat_map(|field| field.columns());
    columns.map(|column| (column.max, column.wrap)).collect()
}

/// Welcomes, whole and broken.
pub fn welcome_cases() -> Vec<Value> {
    let small = welcome("A", 0, 1, "");
    let large = welcome("QWERTZ", u32::MAX, 70_000, &"wall ".repeat(1000));
    let whole = message::welcome(&small);
    let cut = |length: usize| whole[..length].to_vec();
    let with = |at: usize, byte: u8| {
        let mut bytes = whole.clone();
        bytes[at] = byte;
        bytes
    };
    let mut longer = whole.clone();
    longer.push(0);
    let mut huge = whole.clone();
    huge.resize(65_538, 0);
    let code_length = 2;
    let wide_claims = message::welcome(&wide_schema());
    [
        ("small", whole.clone()),
        ("large", message::welcome(&large)),
        ("one byte too many", longer),
        ("over 64 KiB", huge),
        ("empty", cut(1)),
        ("cut in the code", cut(4)),
        ("cut in the schema", cut(40)),
        ("cut in the table", cut(whole.len() - 500)),
        ("a u64 where a u32 stands", with(1, 253)),
        ("a u128 marker", with(1, 254)),
        ("a reserved marker", with(1, 255)),
        ("a code that is not UTF-8", with(code_length + 1, 0xFF)),
        ("a code longer than the message", with(code_length, 250)),
        ("values that claim over 64 KiB", wide_claims),
    ]
    .into_iter()
    .map(|(name, bytes)| welcome_case(name, &bytes))
    .collect()
}

fn welcome(room: &str, player: u32, tick_hz: u32, setup: &str) -> Welcome {
    Welcome {
        protocol: message::PROTOCOL,
        room: room.to_owned(),
        player: PlayerId(player),
        spectator: false,
        token: tickwire_shared::session::Token([0x5A; 16]),
        grace_ticks: 900,
        tick_hz,
        hash_interval: 251,
        schema: schemas::ships(),
        priors: sessions::table("uneven"),
        setup: setup.to_owned(),
    }
}

/// Fits in 64 KiB as bytes, but not by the memory that its values claim.
fn wide_schema() -> Welcome {
    let flags = |kind: usize| {
        let flag = |index| {
            let ty = tickwire_shared::schema::FieldType::Int { min: 0, max: 1 };
            schemas::field(&format!("{index}"), ty, Default::default(), Default::default())
        };
        schemas::kind(&format!("kind{kind}"), (0..64).map(flag).collect())
    };
    let schema =
        schemas::schema("wide", (0..30).map(flags).collect(), schemas::kind("i", vec![]), vec![]);
    Welcome { schema, ..welcome("A", 0, 1, "") }
}

fn welcome_case(name: &str, bytes: &[u8]) -> Value {
    match ServerMessage::read(bytes) {
        Ok(ServerMessage::Welcome(welcome)) => json!({
            "name": name, "hex": hex(bytes), "protocol": welcome.protocol, "room": welcome.room,
            "player": welcome.player.0, "tickHz": welcome.tick_hz,
            "spectator": welcome.spectator, "token": hex(&welcome.token.0),
            "graceTicks": welcome.grace_ticks, "hashInterval": welcome.hash_interval, "setup": welcome.setup,
            "game": welcome.schema.game, "schemaHash": welcome.schema.hash(),
            "priors": hex(&welcome.priors),
        }),
        Ok(other) => panic!("{name} was read as {other:?}"),
        // Zeros stand for the long tail, so that the file stays small.
        Err(error) => json!({
            "name": name, "hex": hex(bytes).trim_end_matches('0'), "length": bytes.len(),
            "refused": verdict::message(&error),
        }),
    }
}
