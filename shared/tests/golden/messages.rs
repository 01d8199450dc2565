//! Messages of both directions, and records of inputs.

use serde_json::{Value, json};
use tickwire_shared::{
    PlayerId, Tick,
    link::{Conditions, PROFILES, Profile},
    message::{self, ClientMessage, Join, Moderation, ServerMessage},
    record::RecordLayout,
    schema::Kind,
    session::{Resume, Token},
};

use crate::{schemas, store::hex, verdict, world::Rng};

pub fn cases() -> Vec<Value> {
    let mut cases: Vec<_> = client()
        .into_iter()
        .map(|(name, args, message)| {
            let mut bytes = Vec::new();
            message.write(&mut bytes);
            assert_eq!(ClientMessage::read(&bytes).expect("it was written here"), message);
            json!({ "from": "client", "name": name, "args": args, "hex": hex(&bytes) })
        })
        .collect();
    cases.extend(client_refusals());
    cases.extend(server_cases());
    cases
}

/// The networks that have a name, as clients ask for them.
pub fn profile_cases() -> Vec<Value> {
    let case = |profile: Profile| json!({ "name": profile.name(), "net": net_args(profile.conditions())[0] });
    PROFILES.into_iter().map(case).collect()
}

type Written = (&'static str, Value, ClientMessage<'static>);

fn client() -> Vec<Written> {
    let join = |name: &str, schema_hash| {
        let protocol = message::PROTOCOL;
        ClientMessage::Join(Join { protocol, name: name.to_owned(), schema_hash, ticket: None })
    };
    let input = |applied: u32, ahead: i32, behind, record| {
        let applied = Tick(applied);
        ClientMessage::Input { applied, tick: applied.offset(ahead), behind, record }
    };
    vec![
        ("join", json!(["Ada", null, null]), join("Ada", None)),
        (
            "join",
            json!(["Jürgen 🚀", 4_000_000_000u32, null]),
            join("Jürgen 🚀", Some(4_000_000_000)),
        ),
        ("join", json!(["", 250, null]), join("", Some(250))),
        ("join", json!(["", 65_535, null]), join("", Some(65_535))),
        ("input", json!([7, 2, 1300, [1, 2]]), input(7, 2, 1300, &[1, 2])),
        ("input", json!([u32::MAX, 255, 0, []]), input(u32::MAX, 255, 0, &[])),
        ("ack", json!([4_294_967_294u32]), ClientMessage::Ack(Tick(u32::MAX - 1))),
        (
            "join",
            json!(["Ada", null, "eyJ"]),
            ClientMessage::Join(Join {
                protocol: message::PROTOCOL,
                name: "Ada".to_owned(),
                schema_hash: None,
                ticket: Some("eyJ".to_owned()),
            }),
        ),
        ("resume", json!([secret(7), secret(9), 70_000]), resume(Some(Tick(70_000)))),
        ("resume", json!([secret(7), secret(9), null]), resume(None)),
        ("chat", json!(["Grüezi 🚀"]), ClientMessage::Chat("Grüezi 🚀")),
        ("request", json!([3, [1, 2]]), ClientMessage::Request { index: 3, record: &[1, 2] }),
        (
            "moderate",
            json!([1, 70_000]),
            ClientMessage::Moderate(Moderation::Ban(PlayerId(70_000))),
        ),
        ("moderate", json!([2, 0]), ClientMessage::Moderate(Moderation::Lock)),
        ("leave", json!([]), ClientMessage::Leave),
        ("ping", json!([305_419_896]), ClientMessage::Ping(0x1234_5678)),
        ("mismatch", json!([300]), ClientMessage::Mismatch(Tick(300))),
        (
            "net",
            net_args(Profile::Train.conditions()),
            ClientMessage::Net(Profile::Train.conditions()),
        ),
        (
            "net",
            net_args(Profile::None.conditions()),
            ClientMessage::Net(Profile::None.conditions()),
        ),
    ]
}

fn secret(byte: u8) -> Vec<u8> {
    vec![byte; 16]
}

fn resume(applied: Option<Tick>) -> ClientMessage<'static> {
    let (token, attempt) = (Token([7; 16]), [9; 16]);
    ClientMessage::Resume(Resume { protocol: message::PROTOCOL, token, attempt, applied })
}

fn net_args(net: Conditions) -> Value {
    json!([{
        "latencyUs": net.latency_us,
        "jitterUs": net.jitter_us,
        "lossPpm": net.loss_ppm,
        "upBps": net.up_bps,
        "downBps": net.down_bps,
        "blackoutMs": net.blackout_ms,
        "blackoutEveryMs": net.blackout_every_ms,
    }])
}

/// A server's refusals, for whoever writes another server or client.
fn client_refusals() -> Vec<Value> {
    let broken: [(&str, Vec<u8>); 10] = [
        ("empty", vec![]),
        ("an unknown kind", vec![0x70]),
        ("a message of the server", vec![0x82]),
        ("an ack cut short", vec![0x03, 1, 2, 3]),
        ("an ack that goes on", vec![0x03, 1, 2, 3, 4, 5]),
        ("a leave that goes on", vec![0x04, 0]),
        ("a join cut short", vec![0x01, 1]),
        ("a net cut short", [&[0x07][..], &[0; 27]].concat()),
        ("a net with more jitter than latency", [&[0x07, 1, 0, 0, 0, 2][..], &[0; 23]].concat()),
        ("over 1024 bytes", vec![0x02; 1025]),
    ];
    let refuse = |(name, bytes): &(&str, Vec<u8>)| {
        let error = ClientMessage::read(bytes).expect_err(name);
        json!({ "from": "client", "name": name, "hex": hex(bytes), "refused": verdict::message(&error) })
    };
    broken.iter().map(refuse).collect()
}

fn server_cases() -> Vec<Value> {
    let messages: [(&str, Vec<u8>); 11] = [
        ("pong", message::pong(0xFEDC_BA98).to_vec()),
        ("evidence", vec![0x84, 1, 0, 0, 0x80, 5, 0, 1]),
        ("frame", vec![0x82, 0]),
        ("empty", vec![]),
        ("resumed", message::resumed(&Token([3; 16])).to_vec()),
        ("resumed, cut short", message::resumed(&Token([3; 16]))[..16].to_vec()),
        ("closed", message::closed(4008, "the room has closed")),
        ("an unknown kind", vec![0x8F]),
        ("a pong cut short", vec![0x83, 1, 2, 3]),
        ("a pong that goes on", vec![0x83, 1, 2, 3, 4, 5]),
        ("evidence without a tick", vec![0x84, 1, 2]),
    ];
    messages.iter().map(|(name, bytes)| server_case(name, bytes)).collect()
}

fn server_case(name: &str, bytes: &[u8]) -> Value {
    let read = match ServerMessage::read(bytes) {
        Ok(ServerMessage::Pong(token)) => json!({ "kind": "pong", "token": token }),
        Ok(ServerMessage::Evidence(tick, segments)) => {
            json!({ "kind": "evidence", "tick": tick.0, "segments": hex(segments) })
        }
        Ok(ServerMessage::Resumed(token)) => json!({ "kind": "resumed", "token": hex(&token.0) }),
        Ok(ServerMessage::Closed(code, reason)) => {
            json!({ "kind": "closed", "code": code, "reason": reason })
        }
        Ok(ServerMessage::Frame(bytes)) => json!({ "kind": "frame", "bytes": hex(bytes) }),
        Ok(ServerMessage::Welcome(_)) => unreachable!("welcomes have a file of their own"),
        Err(error) => json!({ "refused": verdict::message(&error), "says": error.to_string() }),
    };
    json!({ "from": "server", "name": name, "hex": hex(bytes), "read": read })
}

/// Records of all kinds that there are, good and broken.
pub fn record_cases() -> Vec<Value> {
    let schema = schemas::every_field();
    let mut rng = Rng::new(7);
    let mut cases = Vec::new();
    for kind in schema.kinds.iter().chain(&schema.messages).chain([&schema.input]) {
        for _ in 0..4 {
            cases.push(record_case(kind, &mut rng));
        }
        cases.extend(broken_records(kind));
    }
    cases
}

fn record_case(kind: &Kind, rng: &mut Rng) -> Value {
    let columns: Vec<u32> = kind
        .fields
        .iter()
        .flat_map(|field| field.columns())
        .map(|column| rng.column(column.max))
        .collect();
    let mut bytes = Vec::new();
    RecordLayout::new(kind).pack(&columns, &mut bytes);
    read_record(kind, &bytes)
}

fn broken_records(kind: &Kind) -> Vec<Value> {
    let length = RecordLayout::new(kind).bytes();
    let mut broken = vec![vec![0; length + 1], vec![0xFF; length]];
    if length > 0 {
        broken.push(vec![0; length - 1]);
        let mut padded = vec![0; length];
        padded[length - 1] = 0x80;
        broken.push(padded);
    }
    broken.iter().map(|bytes| read_record(kind, bytes)).collect()
}

fn read_record(kind: &Kind, bytes: &[u8]) -> Value {
    let layout = RecordLayout::new(kind);
    let mut columns = vec![0; layout.columns()];
    match layout.unpack(bytes, &mut columns) {
        Ok(()) => json!({ "kind": kind.name, "hex": hex(bytes), "columns": columns }),
        Err(error) => json!({
            "kind": kind.name, "hex": hex(bytes),
            "refused": verdict::record(&error), "says": error.to_string(),
        }),
    }
}
