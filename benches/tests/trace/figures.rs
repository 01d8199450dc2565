//! What is counted, checked by hand where a hand can.

use std::fmt::Write as _;

use crate::{Random, SHIPS, measured};

#[test]
fn a_small_trace_is_counted_as_by_hand() {
    let report = measured(&[
        SHIPS,
        r#"{"tick":1,"entities":[[7,"ship",{"pos":[10.5,3.0],"hp":100}],[8,"rock",{"size":"small"}]]}"#,
        // The ship moves and stays itself; the rock is as it was.
        r#"{"tick":2,"entities":[[7,"ship",{"pos":[10.75,3.0],"hp":100}],[8,"rock",{"size":"small"}]]}"#,
        // It goes on as predicted, and a second one comes in.
        r#"{"tick":3,"entities":[[7,"ship",{"pos":[11,3],"hp":100}],[9,"ship",{"pos":[0,0],"hp":1}],[8,"rock",{"size":"small"}]]}"#,
        // All ships are gone.
        r#"{"tick":4,"entities":[[8,"rock",{"size":"small"}]]}"#,
    ])
    .expect("it is a trace");
    assert_eq!((report.ticks, report.keyframes, report.entities_most), (4, 1, 3));
    assert_eq!(report.updates, 3, "one in tick 2, two in tick 3, none in tick 4");
    assert!(report.verified && report.keyframe_bytes > 0);
    let name_and_bytes: Vec<_> = report.codecs.iter().map(|row| (row.name, row.bytes)).collect();
    let json = [
        r#"{"tick":2,"entities":[[0,"ship",{"pos":[10.75,3.0],"hp":100}]],"gone":[]}"#,
        r#"{"tick":3,"entities":[[1,"ship",{"pos":[0.0,0.0],"hp":1}],[0,"ship",{"pos":[11.0,3.0],"hp":100}]],"gone":[]}"#,
        r#"{"tick":4,"entities":[],"gone":[[0,0],[0,1]]}"#,
    ];
    let json: usize = json.iter().map(|text| text.len()).sum();
    assert_eq!(name_and_bytes[4], ("JSON of changed entities", json as u64));
    // Counts, then for each: id, mask, delta; for the new one three columns.
    let varints = (3 + 3) + (3 + 4 + 3) + (3 + 2);
    assert_eq!(name_and_bytes[2], ("varint delta", varints));
    assert_eq!(name_and_bytes[0], ("tickwire", report.bytes));
    assert_eq!(report.bytes_per_update, Some(report.bytes as f64 / 3.0));
    assert_eq!(report.bytes_per_tick, Some(report.bytes as f64 / 3.0));
}

#[test]
fn every_bit_is_somebodys() {
    let mut lines = vec![SHIPS.to_owned()];
    let mut random = Random(5);
    for tick in 1..200 {
        let (x, hp) = (random.below(4096), random.below(100));
        lines.push(format!(
            r#"{{"tick":{tick},"entities":[[7,"ship",{{"pos":[{x},{tick}],"hp":{hp}}}]]}}"#
        ));
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let report = measured(&lines).expect("it is a trace");
    let fields: f64 = report.fields.iter().filter_map(|row| row.share).sum();
    let overhead: f64 = report.overhead.iter().filter_map(|row| row.share).sum();
    assert!((fields + overhead - 1.0).abs() < 1e-9);
    let whole_bytes = report.overhead.last().and_then(|row| row.bits_per_update);
    // A tick's bits are rounded up to bytes, so by half a byte on average and never by two.
    assert!(whole_bytes.is_some_and(|bits| (-1.0..12.0).contains(&bits)), "{whole_bytes:?}");
    let share = |name: &str| report.fields.iter().find(|row| row.field == name)?.share;
    assert!(share("pos") > share("hp"), "a leap over the map takes more than health");
    assert_eq!(share("size"), Some(0.0), "there is no rock");
}

#[test]
fn one_bit_fewer_of_a_restless_number_saves_about_a_bit() {
    let mut lines = vec![SHIPS.to_owned()];
    let mut random = Random(9);
    for tick in 1..100 {
        // Several of them, because a tick is whole bytes.
        let ships: Vec<String> = (0..20)
            .map(|id| format!(r#"[{id},"ship",{{"pos":[5,5],"hp":{}}}]"#, random.below(100)))
            .collect();
        lines.push(format!(r#"{{"tick":{tick},"entities":[{}]}}"#, ships.join(",")));
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let report = measured(&lines).expect("it is a trace");
    let saves = |name: &str| {
        let row = report.fields.iter().find(|row| row.field == name);
        row.and_then(|row| row.one_bit_fewer_saves)
    };
    let bits = report.bytes_per_update.expect("there are updates") * 8.0;
    let saved = saves("hp").expect("a number has a bit to lose") * bits;
    assert!((0.7..1.3).contains(&saved), "{saved:.2} bits of {bits:.2}");
    assert_eq!(saves("pos"), Some(0.0), "nothing moves");
    assert_eq!(saves("size"), None, "a name is no number");
}

#[test]
fn deflate_finds_what_repeats_and_varints_do_not() {
    let mut lines = vec![SHIPS.to_owned()];
    for tick in 0..120u64 {
        let ships: Vec<String> = (0..20)
            .map(|id| {
                let way = 50 + (id * 7 + tick) % 4 * 10;
                format!(r#"[{id},"ship",{{"pos":[{way},{way}],"hp":{way}}}]"#)
            })
            .collect();
        lines.push(format!(r#"{{"tick":{tick},"entities":[{}]}}"#, ships.join(",")));
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let report = measured(&lines).expect("it is a trace");
    let (deflate, varint) = (&report.codecs[1], &report.codecs[2]);
    assert_eq!((deflate.name, varint.name), ("varint delta + deflate", "varint delta"));
    assert!(deflate.bytes * 2 < varint.bytes, "{} against {}", deflate.bytes, varint.bytes);
}

#[test]
fn a_gap_is_bridged_and_a_long_one_is_a_keyframe() {
    let line = |tick: u64| {
        format!(r#"{{"tick":{tick},"entities":[[7,"ship",{{"pos":[{tick},{tick}],"hp":9}}]]}}"#)
    };
    let ticks = [1, 2, 5, 6, 134, 263, 264].map(line);
    let mut lines = vec![SHIPS];
    lines.extend(ticks.iter().map(String::as_str));
    let report = measured(&lines).expect("it is a trace");
    // 6 to 134 is 128 ticks, 134 to 263 one more than that.
    assert_eq!((report.ticks, report.keyframes, report.updates), (7, 2, 5));
}

#[test]
fn a_game_that_writes_every_third_tick_is_still_predicted() {
    let line = |tick: u64| {
        format!(r#"{{"tick":{tick},"entities":[[7,"ship",{{"pos":[{tick},9],"hp":9}}]]}}"#)
    };
    let ticks: Vec<String> = (1..100).map(|tick| line(tick * 3)).collect();
    let mut lines = vec![SHIPS];
    lines.extend(ticks.iter().map(String::as_str));
    let report = measured(&lines).expect("it is a trace");
    // Even motion costs a little once and then nothing.
    assert!(report.bytes < 24, "{} bytes", report.bytes);
}

#[test]
fn the_order_of_a_line_and_how_large_ids_are_decide_nothing() {
    let tick = |tick: u64, ids: [u64; 3]| {
        let ships = ids.map(|id| {
            let x = if id > 1000 { 7 } else { id + tick };
            format!(r#"[{id},"ship",{{"pos":[{x},{x}],"hp":9}}]"#)
        });
        format!(r#"{{"tick":{tick},"entities":[{}]}}"#, ships.join(","))
    };
    let run = |ids: [u64; 3]| {
        let ticks: Vec<String> = (1..20).map(|at| tick(at, ids)).collect();
        let mut lines = vec![SHIPS];
        lines.extend(ticks.iter().map(String::as_str));
        measured(&lines).expect("it is a trace")
    };
    let sorted = run([5, 6, u64::MAX]);
    assert_eq!(run([u64::MAX, 6, 5]), sorted);
    assert_eq!(run([6, 1 << 40, 5]), sorted);
}

#[test]
fn an_id_that_comes_back_or_changes_its_kind_is_new() {
    let report = measured(&[
        SHIPS,
        r#"{"tick":1,"entities":[[7,"ship",{"pos":[1,1],"hp":9}]]}"#,
        r#"{"tick":2,"entities":[]}"#,
        r#"{"tick":3,"entities":[[7,"ship",{"pos":[1,1],"hp":9}]]}"#,
        r#"{"tick":4,"entities":[[7,"rock",{"size":"large"}]]}"#,
    ]);
    assert_eq!(report.expect("it is a trace").updates, 2);
}

#[test]
fn there_is_no_average_of_nothing() {
    let tick = r#"{"tick":1,"entities":[]}"#;
    for lines in [vec![SHIPS, tick], vec![SHIPS, tick, r#"{"tick":2,"entities":[]}"#]] {
        let report = measured(&lines).expect("it is a trace");
        assert_eq!(report.bytes_per_update, None);
        let json = serde_json::to_string(&report).expect("it is JSON");
        for text in [json, report.to_string()] {
            assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
        }
    }
}

#[test]
fn what_does_not_fit_is_clamped_and_counted() {
    let report = measured(&[
        SHIPS,
        r#"{"tick":1,"entities":[[7,"ship",{"pos":[1,9999],"hp":9}]]}"#,
        r#"{"tick":2,"entities":[[7,"ship",{"pos":[-1,9999],"hp":9}]]}"#,
    ])
    .expect("it is a trace");
    let clamped: Vec<u64> = report.fields.iter().map(|row| row.clamped).collect();
    assert_eq!(clamped, [2, 0, 0]);
    assert!(report.to_string().contains("ship.pos: 2 values did not fit"), "{report}");
}

const ALL_TYPES: &str = r#"{"kinds":{"a":{"alive":{"type":"bool"},"n":{"type":"int","min":-2147483648,"max":2147483647,"predict":"linear"},"f":{"type":"float","min":-1,"max":1,"step":0.001,"predict":"linear"},"v":{"type":"vec3","min":0,"max":100,"step":0.01,"predict":"linear"},"way":{"type":"angle","bits":9,"predict":"linear"},"turn":{"type":"quat","bits":9,"predict":"linear"},"mood":{"type":"enum","names":["calm","angry","asleep"]},"name":{"type":"text","bytes":12}},"b":{"v":{"type":"vec2","min":0,"max":1,"step":0.5}},"c":{}}}"#;

/// An entity of each kind of field, whose values drift, jump or stay as chance has it.
fn anything(random: &mut Random, id: u64) -> String {
    let mut real = |most: u64| random.below(most * 1000) as f64 / 1000.0 - most as f64 / 2.0;
    let mut text =
        format!(r#"[{id},"a",{{"alive":{},"n":{},"#, real(2) > 0.0, real(1 << 32) as i64);
    let _ = write!(text, r#""f":{},"v":[{},{},{}],"#, real(2), real(200), real(200), real(200));
    let _ = write!(text, r#""way":{},"turn":[{},{},{},1.0],"#, real(20), real(3), real(3), real(3));
    let mood = ["calm", "angry", "asleep"][random.below(3) as usize];
    let name = "ÄÖÜ日本語".chars().take(random.below(7) as usize).collect::<String>();
    let _ = write!(text, r#""mood":"{mood}","name":"{name}"}}]"#);
    text
}

#[test]
fn whatever_happens_in_a_trace_it_is_decoded_again() {
    let mut random = Random(77);
    let mut held: Vec<String> = (0..30).map(|id| anything(&mut random, id)).collect();
    let (mut lines, mut tick) = (vec![ALL_TYPES.to_owned()], 0);
    for _ in 0..300 {
        for (id, entity) in held.iter_mut().enumerate() {
            match random.below(10) {
                0 => *entity = anything(&mut random, id as u64),
                1 => *entity = format!(r#"[{id},"b",{{"v":[0.5,{}]}}]"#, random.below(2)),
                2 => *entity = format!(r#"[{id},"c",{{}}]"#),
                _ => {}
            }
        }
        tick += 1 + [0, 0, 0, 1, 5, 126, 127, 200][random.below(8) as usize];
        let there: Vec<&str> =
            held.iter().filter(|_| random.below(8) > 0).map(String::as_str).collect();
        lines.push(format!(r#"{{"tick":{tick},"entities":[{}]}}"#, there.join(",")));
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let report = measured(&lines).unwrap_or_else(|error| panic!("{error}"));
    assert!(report.verified && report.ticks == 300 && report.keyframes > 1);
}
