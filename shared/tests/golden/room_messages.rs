//! What a room tells its players: each message alone, and frames that carry them among a game's.

use serde_json::{Value, json};
use tickwire_shared::{
    PlayerId, Tick, control,
    frame::{FrameHeader, FrameTick, Messages, Reader},
    replica::Replica,
    room_message::{Departure, Dropped, RoomMessage, RoomState, Standing},
    schema::{Audience, FieldType, Predict, Schema},
};

use crate::{schemas, sessions, store::hex, verdict};

/// First messages: `{name, index, body, read}`, where `read` is null for an index that is not known, or
/// `{refused}`. Then `{schema, table}`, of which the frames are that follow: `{name, frame, read}`,
/// where `read` is `{messages: [{index, body}]}` or `{refused}`.
pub fn cases() -> Vec<Value> {
    let known = known().into_iter().map(|(name, message, _)| {
        let bytes = written(&message);
        let mut reader = Reader(&bytes[1..]);
        case(name, bytes[0], reader.block().expect("it was written here"))
    });
    let others = others().into_iter().map(|(name, index, body)| case(name, index, &body));
    known.chain(others).chain(frames()).collect()
}

type Known = (&'static str, RoomMessage<'static>, Value);

fn known() -> Vec<Known> {
    let standing = |spectator, host, away| Standing { spectator, host, away };
    let presence = |player: u32, standing: Standing, name: &'static str| {
        let Standing { spectator, host, away } = standing;
        let read = json!({
            "kind": "presence", "player": player, "name": name,
            "spectator": spectator, "host": host, "away": away,
        });
        (RoomMessage::Presence(PlayerId(player), standing, name), read)
    };
    let gone = |player: u32, why: Departure, word: &str| {
        let read = json!({ "kind": "gone", "player": player, "why": word });
        (RoomMessage::Gone(PlayerId(player), why), read)
    };
    let chat = |player: u32, text: &'static str| {
        let read = json!({ "kind": "chat", "player": player, "text": text });
        (RoomMessage::Chat(PlayerId(player), text), read)
    };
    let state =
        |state, word: &str| (RoomMessage::State(state), json!({ "kind": "state", "state": word }));
    let dropped =
        |what, word: &str| (RoomMessage::Dropped(what), json!({ "kind": "dropped", "what": word }));
    let named = [
        ("a player", presence(1, standing(false, false, false), "Ann")),
        ("the host", presence(70_000, standing(false, true, false), "J\u{fc}rgen \u{1f680}")),
        ("a spectator that is away", presence(u32::MAX, standing(true, false, true), "Ann (2)")),
        ("all at once", presence(7, standing(true, true, true), "x")),
        ("who left", gone(7, Departure::Left, "left")),
        ("who did not come back", gone(7, Departure::Lost, "lost")),
        ("who was thrown out", gone(7, Departure::Kicked, "kicked")),
        ("who was thrown out for good", gone(u32::MAX, Departure::Banned, "banned")),
        ("a line", chat(7, "gr\u{fc}ezi \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}")),
        ("a line of the server", chat(0, "welcome")),
        ("open", state(RoomState::Open, "open")),
        ("locked", state(RoomState::Locked, "locked")),
        ("draining", state(RoomState::Draining, "draining")),
        ("a line was too much", dropped(Dropped::Chat, "chat")),
        ("a request was too much", dropped(Dropped::Request, "request")),
    ];
    named.into_iter().map(|(name, (message, read))| (name, message, read)).collect()
}

/// What is not known, to be passed over, and what is broken.
fn others() -> Vec<(&'static str, u8, Vec<u8>)> {
    vec![
        ("of a later version", 0xF5, vec![1, 2, 3]),
        ("the last index", 0xFF, vec![]),
        ("a presence cut short", 0xF0, vec![1, 0, 0]),
        ("a presence without flags", 0xF0, vec![1, 0, 0, 0]),
        ("a name that is no UTF-8", 0xF0, vec![1, 0, 0, 0, 0, 0xFF]),
        ("gone for no known reason", 0xF1, vec![1, 0, 0, 0, 4]),
        ("gone that goes on", 0xF1, vec![1, 0, 0, 0, 0, 0]),
        ("a line that is no UTF-8", 0xF2, vec![1, 0, 0, 0, 0xC3]),
        ("a state that is none", 0xF3, vec![3]),
        ("a state that goes on", 0xF3, vec![0, 0]),
        ("nothing that is known was dropped", 0xF4, vec![2]),
        ("dropped without a word", 0xF4, vec![]),
    ]
}

fn written(message: &RoomMessage<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.write(&mut bytes);
    bytes
}

fn case(name: &str, index: u8, body: &[u8]) -> Value {
    let read = match RoomMessage::read(index, body) {
        Ok(None) => Value::Null,
        Ok(Some(message)) => {
            let same = known().into_iter().find(|(_, known, _)| *known == message);
            same.expect("only these are written here").2
        }
        Err(error) => json!({ "refused": verdict::frame(&error) }),
    };
    json!({ "name": name, "index": index, "body": hex(body), "read": read })
}

/// One kind, and one message of one byte.
fn schema() -> Schema {
    let byte = |name: &str| {
        let ty = FieldType::Int { min: 0, max: 200 };
        schemas::field(name, ty, Predict::Hold, Audience::Public)
    };
    let messages = vec![schemas::kind("m", vec![byte("b")])];
    Schema { messages, ..schemas::one_kind(vec![byte("f")]) }
}

/// Frames of a room without entities, in which messages of the game and of the room take turns.
fn frames() -> Vec<Value> {
    let schema = schema();
    let table = sessions::table("even");
    // One of the game's: its index and a record of one byte.
    let game = [0, 77];
    let all: Vec<u8> = known().iter().flat_map(|(_, message, _)| written(message)).collect();
    let count = known().len() as u32;
    let line = written(&RoomMessage::Chat(PlayerId(7), "between"));
    let unknown = [0xF5, 3, 1, 2, 3];
    let common = json!({ "schema": hex(&control::encode(&schema)), "table": hex(&table) });
    let mut replica = Replica::new(schema, &table, 30).expect("the schema is valid");
    let mut frame = |name: &str, count: u32, bytes: &[u8]| {
        let mut frame = Vec::new();
        let (tick, messages) = (FrameTick::Full(Tick(9)), Messages { count, bytes });
        FrameHeader { tick, messages, ..FrameHeader::default() }.write(&mut frame);
        let read = match replica.apply(&frame) {
            Ok(_) => {
                let all = replica.messages();
                let all = all.map(|(index, body)| json!({ "index": index, "body": hex(body) }));
                json!({ "messages": all.collect::<Vec<_>>() })
            }
            Err(error) => json!({ "refused": verdict::frame(&error) }),
        };
        json!({ "name": name, "frame": hex(&frame), "read": read })
    };
    vec![
        common,
        frame("everything that a room tells", count, &all),
        frame("between a game's", 3, &[&game[..], &line, &game].concat()),
        frame("one that is not known, between two", 3, &[&line[..], &unknown, &line].concat()),
        frame("an empty one that is not known", 2, &[&[0xFF, 0][..], &line].concat()),
        frame("one cut short", 1, &line[..line.len() - 1]),
        frame("a length beyond the end", 1, &[0xF5, 0xFF, 0xFF, 3, 0]),
        frame("an index of neither", 1, &[0xEF, 0]),
    ]
}
