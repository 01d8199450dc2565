//! What Prometheus is shown.

use std::{collections::BTreeSet, net::SocketAddr, time::Duration};

use tickwire_server::{AdminConfig, Config};

use crate::support::{
    api,
    exposition::{Family, parse, value},
    game::STALL,
    server::{TestServer, eventually},
};

/// All labels that there may be. None of them names a player, an address or a single room.
const LABELS: [&str; 14] = [
    "arch",
    "code",
    "game",
    "le",
    "os",
    "phase",
    "profile",
    "reason",
    "revision",
    "rung",
    "shard",
    "state",
    "transport",
    "version",
];

pub fn start(change: impl FnOnce(&mut Config)) -> TestServer {
    TestServer::start(|config| {
        config.admin = Some(AdminConfig::on(SocketAddr::from(([127, 0, 0, 1], 0))));
        change(config);
    })
}

/// The text that Prometheus gets.
pub fn scrape(server: &TestServer) -> String {
    let running = server.running.as_ref().expect("it runs");
    let answer =
        api::request(running.admin_addr().expect("it listens"), ("GET", "/metrics"), "", "");
    assert_eq!(answer.status, 200);
    answer.body
}

fn families(server: &TestServer) -> Vec<Family> {
    parse(&scrape(server))
}

#[test]
fn the_text_is_valid_and_says_what_everything_means() {
    let server = start(|_| {});
    let mut client = server.join("/ws");
    client.play(20);
    let families = families(&server);
    for Family { name, help, kind, samples } in &families {
        assert!(help.ends_with('.') && help.len() > 5, "{name} means {help:?}");
        assert_eq!(kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
        assert!(!samples.is_empty(), "{name} has no samples");
        assert!(name.starts_with("tickwire_") || name.starts_with("process_"), "{name}");
        assert!(samples.iter().all(|sample| sample.value >= 0.0), "{name}");
    }
    let histograms = families.iter().filter(|family| family.kind == "histogram");
    assert!(histograms.clone().count() >= 4);
    histograms.for_each(check_histogram);
}

/// Within each set of labels, bounds and counts grow, and the last bucket has them all.
fn check_histogram(family: &Family) {
    let without = |sample: &crate::support::exposition::Sample| {
        let labels = sample.labels.iter().filter(|(key, _)| *key != "le");
        labels.map(|(key, value)| format!("{key}={value}")).collect::<String>()
    };
    let sets: BTreeSet<String> = family.samples.iter().map(without).collect();
    for set in sets {
        let of_set = family.samples.iter().filter(|sample| without(sample) == set);
        let ending = |end: &str| {
            let name = format!("{}{end}", family.name);
            of_set.clone().filter(|sample| sample.name == name).collect::<Vec<_>>()
        };
        let buckets = ending("_bucket");
        assert!((10..=64).contains(&buckets.len()), "{}: {} buckets", family.name, buckets.len());
        let bounds = buckets.iter().map(|sample| match sample.labels["le"].as_str() {
            "+Inf" => f64::INFINITY,
            bound => bound.parse().expect("a number"),
        });
        let bounds: Vec<f64> = bounds.collect();
        assert!(bounds.is_sorted_by(|one, next| one < next), "{}: {bounds:?}", family.name);
        assert_eq!(bounds.last(), Some(&f64::INFINITY));
        assert!(buckets.is_sorted_by_key(|sample| sample.value as u64), "{}", family.name);
        let (sums, counts) = (ending("_sum"), ending("_count"));
        assert_eq!((sums.len(), counts.len()), (1, 1), "{}", family.name);
        assert_eq!(buckets.last().map(|last| last.value), Some(counts[0].value));
        assert!(counts[0].value > 0.0, "{} counted nothing", family.name);
        assert!(sums[0].value > 0.0, "{} took no time", family.name);
    }
}

#[test]
fn every_tick_is_in_every_histogram_of_ticks() {
    let server = start(|config| config.grace = Duration::ZERO);
    let mut client = server.join("/ws");
    client.play(30);
    drop(client);
    eventually("the room sleeps", || server.rooms().iter().all(|room| room.is_asleep()));
    let families = families(&server);
    let ticks = value(&families, "tickwire_ticks_total", None);
    assert!(ticks >= 30.0, "{ticks}");
    for name in ["tickwire_tick_lateness_seconds_count", "tickwire_tick_duration_seconds_count"] {
        assert_eq!(value(&families, name, None), ticks, "{name}");
    }
    let mut parts = 0.0;
    for phase in ["receive", "step", "send"] {
        let phase = Some(("phase", phase));
        assert_eq!(value(&families, "tickwire_tick_phase_seconds_count", phase), ticks);
        parts += value(&families, "tickwire_tick_phase_seconds_sum", phase);
    }
    let whole = value(&families, "tickwire_tick_duration_seconds_sum", None);
    assert!(parts > 0.0 && parts <= whole, "{parts} of {whole} seconds");
    assert_eq!(value(&families, "tickwire_sessions", Some(("game", "restless"))), 0.0);
}

#[test]
fn what_happened_is_counted_where_one_looks_for_it() {
    let server = start(|_| {});
    let mut client = server.join("/ws");
    assert_eq!(server.connect("/ws?room=BCDFG").wait_for_close().0, 4005);
    let of_game = Some(("game", "restless"));
    eventually("the room has shown what is in it", || {
        client.play(1);
        value(&families(&server), "tickwire_viewers", Some(("rung", "full"))) == 1.0
    });
    let families = families(&server);
    for (name, label, expected) in [
        ("tickwire_ready", None, 1.0),
        ("tickwire_draining", None, 0.0),
        ("tickwire_players", of_game, 1.0),
        ("tickwire_sessions", of_game, 1.0),
        ("tickwire_sessions_away", of_game, 0.0),
        ("tickwire_connections", Some(("transport", "websocket")), 1.0),
        ("tickwire_refusals_total", Some(("reason", "unknown_rooms")), 1.0),
        ("tickwire_closes_total", Some(("code", "4005")), 1.0),
        ("tickwire_hash_mismatches_total", None, 0.0),
        ("tickwire_rooms_asleep", of_game, 0.0),
        ("tickwire_shards_stuck", None, 0.0),
    ] {
        assert_eq!(value(&families, name, label), expected, "{name} {label:?}");
    }
    for name in [
        "tickwire_frames_total",
        "tickwire_frames_full_total",
        "tickwire_frame_bytes_total",
        "tickwire_wire_bytes_total",
        "tickwire_received_bytes_total",
        "process_resident_memory_bytes",
        "process_open_fds",
        "process_max_fds",
        "process_threads",
        "process_start_time_seconds",
        "tickwire_tasks",
    ] {
        assert!(value(&families, name, None) > 0.0, "{name}");
    }
    let open = families.iter().find(|family| family.name == "tickwire_rooms").expect("rooms");
    let open = open.samples.iter().find(|sample| sample.labels["state"] == "open");
    assert_eq!(
        open.map(|sample| (sample.labels["game"].as_str(), sample.value)),
        Some(("restless", 1.0))
    );
}

#[test]
fn a_scrape_waits_for_no_room_and_shows_the_one_that_is_stuck() {
    let server = start(|config| {
        config.shards = Some(1);
        config.limits.stuck_after = Duration::from_millis(300);
    });
    let mut client = server.join("/ws");
    assert_eq!(value(&families(&server), "tickwire_shards_stuck", None), 0.0);
    let input = client.viewer.input(12, STALL).expect("a frame came");
    client.send(&input);
    // It answers while the game does not return, or it could not show that.
    eventually("it shows", || {
        let families = families(&server);
        let stuck = value(&families, "tickwire_shards_stuck", None) == 1.0;
        stuck && value(&families, "tickwire_ready", None) == 0.0
    });
    eventually("it is over", || value(&families(&server), "tickwire_shards_stuck", None) == 0.0);
}

#[test]
fn nothing_of_a_player_or_of_a_single_room_is_in_it() {
    let server = start(|_| {});
    let mut client = server.join("/ws");
    client.play(20);
    let text = scrape(&server);
    for secret in [client.room(), "tester", "127.0.0.1"] {
        assert!(!text.contains(secret), "{secret} is in\n{text}");
    }
    let families = parse(&text);
    let samples = families.iter().flat_map(|family| &family.samples);
    let labels: BTreeSet<&str> =
        samples.flat_map(|sample| sample.labels.keys().map(String::as_str)).collect();
    assert!(labels.iter().all(|label| LABELS.contains(label)), "{labels:?}");
}

#[test]
fn a_thousand_rooms_take_no_more_lines_than_one() {
    let server = start(|config| config.max_rooms = 2000);
    assert_eq!(server.post("/rooms", "").status, 201);
    let one = scrape(&server);
    while server.rooms().len() < 1000 {
        assert_eq!(server.post("/rooms", "").status, 201);
    }
    let thousand = scrape(&server);
    assert_eq!(thousand.lines().count(), one.lines().count());
    // Numbers become longer, and that is all.
    assert!(thousand.len() < one.len() + 1024, "{} bytes after {}", thousand.len(), one.len());
    let created = parse(&thousand);
    let created = created.iter().find(|family| family.name == "tickwire_rooms").expect("rooms");
    assert_eq!(created.samples.iter().map(|sample| sample.value).sum::<f64>(), 1000.0);
}

#[test]
fn no_counter_falls_when_a_room_closes() {
    let server = start(|config| {
        config.linger = Duration::from_secs(1);
        config.grace = Duration::ZERO;
    });
    let mut client = server.join("/ws");
    client.play(40);
    let before = families(&server);
    drop(client);
    eventually("the room closes", || server.rooms().is_empty());
    let after = families(&server);
    for family in before.iter().filter(|family| family.kind != "gauge") {
        let later = after.iter().find(|later| later.name == family.name).expect("it stays");
        for (one, next) in family.samples.iter().zip(&later.samples) {
            assert_eq!((&one.name, &one.labels), (&next.name, &next.labels));
            assert!(next.value >= one.value, "{} {:?} fell", one.name, one.labels);
        }
    }
}
