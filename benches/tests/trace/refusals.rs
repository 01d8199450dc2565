//! What is wrong with a trace is said with its line, entity and field, and what to do.

use tickwire_benches::trace::measure;

use crate::{Random, SHIPS, measured};

/// A schema line with one field.
fn field(text: &str) -> String {
    format!(r#"{{"kinds":{{"ship":{{"hp":{text}}}}}}}"#)
}

/// A tick with one ship of these fields.
fn ship(fields: &str) -> String {
    format!(r#"{{"tick":1,"entities":[[7,"ship",{{{fields}}}]]}}"#)
}

fn check(lines: &[&str], wanted: &[&str]) {
    let error = measured(lines).expect_err(&format!("{lines:?}")).to_string();
    for part in wanted {
        assert!(error.contains(part), "{lines:?}\nsays {error:?}\nbut not {part:?}");
    }
    assert!(!error.contains('\n'), "one paragraph: {error}");
}

#[test]
fn a_first_line_that_is_no_schema_is_refused() {
    let tick = r#"{"tick":1,"entities":[]}"#;
    for (line, wanted) in [
        ("\n", "t.jsonl:2: found nothing, but the first line must be the schema"),
        (tick, "t.jsonl:1: found a tick, but the first line must be the schema"),
        ("[1,2]", "t.jsonl:1: found [1,2], but the first line must be the schema"),
        ("{}", "t.jsonl:1: found an object, but the first line must be the schema"),
        ("{", "t.jsonl:1: not JSON at byte 1"),
        (r#"{"kinds":[]}"#, "t.jsonl:1: in the schema, kinds: found [], but an object is expected"),
    ] {
        check(&[line], &[wanted]);
    }
}

#[test]
fn a_schema_that_cannot_be_is_refused_by_field() {
    for (text, wanted) in [
        (r#"{"type":"colour"}"#, vec!["kinds.ship.hp.type", "\"colour\"", "bool, int, float"]),
        (r#"{}"#, vec!["kinds.ship.hp.type", "found nothing"]),
        (r#"{"type":"int","min":0}"#, vec!["kinds.ship.hp.max", "found nothing", "add it"]),
        (r#"{"type":"int","min":0,"max":"9"}"#, vec!["kinds.ship.hp.max", "\"9\""]),
        (r#"{"type":"int","min":0,"max":9,"step":1}"#, vec!["\"step\"", "type, min, max, predict"]),
        (r#"{"type":"int","min":9,"max":0}"#, vec!["\"hp\"", "min <= max"]),
        (r#"{"type":"float","min":0,"max":1,"step":0}"#, vec!["\"hp\"", "step > 0"]),
        (r#"{"type":"angle","bits":17}"#, vec!["hp.bits", "found 17", "2 to 16"]),
        (r#"{"type":"enum","names":[]}"#, vec!["\"hp\"", "1 to 256 names"]),
        (r#"{"type":"enum","names":[1]}"#, vec!["hp.names", "found 1"]),
        (r#"{"type":"bool","predict":"psychic"}"#, vec!["hp.predict", "\"psychic\"", "linear"]),
        (r#"{"type":"bool","predict":{"by":3}}"#, vec!["hp.predict"]),
        (r#"{"type":"bool","predict":{"from":"x"}}"#, vec!["\"from\"", "by"]),
        (r#""bool""#, vec!["kinds.ship.hp", "an object"]),
    ] {
        let line = field(text);
        let mut wanted = wanted;
        wanted.push("t.jsonl:1: ");
        check(&[&line], &wanted);
    }
    check(&[r#"{"kinds":{},"fps":60,"x":1}"#], &["\"fps\", \"x\"", "kinds, hz, game"]);
    check(&[r#"{"kinds":{},"hz":0}"#], &["hz", "found 0", "1 to 1000"]);
    check(&[r#"{"kinds":{"a":{},"a":{}}}"#], &["\"a\" stands there twice"]);
    check(&[SHIPS], &["t.jsonl:2: ", "no tick"]);
}

#[test]
fn a_value_that_does_not_fit_is_refused_by_line_entity_and_field() {
    let good = r#""pos":[1,2],"#;
    for (fields, wanted) in [
        (format!(r#"{good}"hp":"full""#), vec!["ship.hp", "found \"full\"", "0..=100"]),
        (format!(r#"{good}"hp":1.5"#), vec!["ship.hp", "found 1.5", "whole number", "round it"]),
        (format!(r#"{good}"hp":null"#), vec!["ship.hp", "found null", "NaN"]),
        (r#""pos":[1,2]"#.to_owned(), vec!["ship.hp", "found nothing", "every field"]),
        (r#""pos":[1],"hp":1"#.to_owned(), vec!["ship.pos", "found [1]", "[x,y]"]),
        (r#""pos":[null,2],"hp":1"#.to_owned(), vec!["ship.pos", "[null,2]", "NaN"]),
        (r#""pos":{"x":1},"hp":1"#.to_owned(), vec!["ship.pos", "an object", "[x,y]"]),
        (format!(r#"{good}"hp":1,"mp":2"#), vec!["ship.mp", "no such field", "pos, hp"]),
    ] {
        let mut wanted = wanted;
        wanted.extend(["t.jsonl:2: ", "entity 7"]);
        check(&[SHIPS, &ship(&fields)], &wanted);
    }
    let rock = r#"{"tick":1,"entities":[[3,"rock",{"size":"huge"}]]}"#;
    check(&[SHIPS, rock], &["entity 3, field rock.size", "\"huge\"", "small, large"]);
}

#[test]
fn a_line_that_is_no_tick_is_refused() {
    let tick = |text: &str| format!(r#"{{"tick":1,"entities":[{text}]}}"#);
    for (line, wanted) in [
        ("[]".to_owned(), vec!["the line", "found []", "a tick such as"]),
        (r#"{"entities":[]}"#.into(), vec!["\"tick\"", "nothing"]),
        (r#"{"tick":-1,"entities":[]}"#.into(), vec!["\"tick\"", "found -1"]),
        (r#"{"tick":1}"#.into(), vec!["\"entities\"", "nothing", "empty list"]),
        (r#"{"tick":1,"entities":[],"time":3}"#.into(), vec!["\"time\"", "tick, entities"]),
        (tick("7"), vec!["entities[0]", "found 7", "[id, kind, fields]"]),
        (tick(r#"[7,"ship"]"#), vec!["entities[0]", "[7,\"ship\"]"]),
        (tick(r#"["7","ship",{}]"#), vec!["entities[0]", "found \"7\"", "2^64 - 1"]),
        (tick(r#"[18446744073709551616,"ship",{}]"#), vec!["entities[0]", "2^64 - 1"]),
        (tick(r#"[7,"shop",{}]"#), vec!["entity 7", "\"shop\"", "ship, rock"]),
        (
            tick(r#"[7,"rock",{"size":"small"}],[7,"rock",{"size":"small"}]"#),
            vec!["entity 7 stands twice"],
        ),
        (tick(r#"[7,"rock",{"size":NaN}]"#), vec!["not JSON", "no NaN"]),
        (r#"{"tick":1,"entities":["#.into(), vec!["not JSON", "ends too early"]),
    ] {
        let mut wanted = wanted;
        wanted.push("t.jsonl:2: ");
        check(&[SHIPS, &line], &wanted);
    }
}

#[test]
fn ticks_that_do_not_rise_are_refused() {
    let tick = r#"{"tick":5,"entities":[]}"#;
    check(&[SHIPS, tick, "", tick], &["t.jsonl:4: ", "tick 5 follows tick 5", "must rise"]);
    let earlier = r#"{"tick":4,"entities":[]}"#;
    check(&[SHIPS, tick, earlier], &["t.jsonl:3: ", "tick 4 follows tick 5"]);
}

#[test]
fn whatever_bytes_stand_in_a_trace_it_is_measured_or_refused() {
    let tick =
        |at| format!("{{\"tick\":{at},\"entities\":[[7,\"ship\",{{\"pos\":[{at},2],\"hp\":9}}]]}}");
    let whole = [SHIPS.to_owned(), tick(1), tick(2), tick(3)].join("\n").into_bytes();
    let parts: [&[u8]; 12] = [
        b"null",
        b"1e999",
        b"-1",
        b"[]",
        b"{}",
        b"\"",
        b"18446744073709551616",
        b"1e300",
        b"\xFF",
        b"\n",
        b"9223372036854775807",
        b"",
    ];
    let mut random = Random(31);
    let (mut fine, mut refused) = (0, 0);
    for _ in 0..3000 {
        let mut bytes = whole.clone();
        let at = random.below(bytes.len() as u64) as usize;
        let end = (at + random.below(4) as usize).min(bytes.len());
        let part = parts[random.below(parts.len() as u64) as usize];
        bytes.splice(at..end, part.iter().copied());
        match measure(&bytes[..], "t.jsonl", None, |_| {}) {
            Ok(report) => fine += u32::from(report.verified),
            Err(error) => {
                let message = error.to_string();
                assert!(message.starts_with("t.jsonl:"), "{message}");
                assert!(!message.contains("please report"), "{message}");
                refused += 1;
            }
        }
    }
    assert!(fine > 100 && refused > 1000, "{fine} fine, {refused} refused");
}
