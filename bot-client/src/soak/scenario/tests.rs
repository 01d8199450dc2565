use super::*;

const SMALL: &str = r#"
name = "small"
about = "a test"

[limits]
tick_p99_ms = 5

[personas]
steady = { share = 3, stay = "2m" }
visitor = { kind = "spectator", share = 1 }

[[phases]]
name = "all"
time = "30s"
bots = { from = 2, to = 10 }
"#;

fn problem(from: &str, to: &str) -> String {
    assert!(SMALL.contains(from), "{from}");
    Scenario::parse("x.toml", &SMALL.replacen(from, to, 1)).unwrap_err().to_string()
}

#[test]
fn all_that_are_shipped_are_sound_and_go_by_their_names() {
    for shipped in SHIPPED {
        let scenario = Scenario::find(shipped.name).unwrap();
        assert_eq!(scenario.name, shipped.name);
        assert!(!scenario.about.is_empty() && !scenario.about.contains('\n'));
        assert_eq!(scenario.text, shipped.text);
        assert!(scenario.time() >= Duration::from_secs(120), "{}", shipped.name);
        let most = scenario.phases().map(|phase| phase.bots.most()).fold(0.0, f64::max);
        assert!((30.0..=120.0).contains(&most), "{} has {most} bots", shipped.name);
    }
    assert_eq!(Scenario::find("week-in-an-hour").unwrap().time(), Duration::from_secs(3600));
}

#[test]
fn what_is_left_out_is_as_usual() {
    let scenario = Scenario::parse("x.toml", SMALL).unwrap();
    assert_eq!(scenario.limits.tick_p99_ms, 5.0);
    assert_eq!(scenario.limits.left_files, Limits::default().left_files);
    assert_eq!(scenario.limits.by_name()["memory_mib_per_hour"], 12.0);
    let kinds: Vec<_> = scenario.personas().map(|(name, it)| (name, it.kind())).collect();
    assert_eq!(kinds, [("steady", PersonaKind::Steady), ("visitor", PersonaKind::Spectator)]);
    let phase = scenario.phases().next().unwrap();
    assert_eq!((phase.times, phase.rooms.at(0.5), phase.bots.at(0.5)), (1, 1, 6));
    assert_eq!(scenario.share(phase, "steady"), 3.0);
}

#[test]
fn every_mistake_is_told_with_its_line_and_what_would_be_right() {
    for (from, to, line, words) in [
        ("share = 3", "shares = 3", 9, "unknown field `shares`, expected one of `kind`, `share`"),
        ("tick_p99_ms = 5", "tick_p98 = 5", 6, "unknown field `tick_p98`, expected one of"),
        ("tick_p99_ms = 5", "tick_p99_ms = -1", 6, "limits are numbers from 0 on"),
        ("tick_p99_ms = 5", "tick_p99_ms = nan", 6, "tick_p99_ms is out of range"),
        ("\"2m\"", "\"soon\"", 9, "\"soon\" is no time: give a time such as 30s"),
        ("\"spectator\"", "\"ghost\"", 10, "unknown variant `ghost`, expected one of `steady`"),
        ("steady = {", "player = {", 9, "say kind = one of steady, masher"),
        ("share = 3", "share = -3", 9, "give a number from 0 on"),
        ("share = 3", "share = 3, net = \"5g\"", 9, "5g"),
        ("share = 3", "share = 3, transport = \"pigeon\"", 9, "pigeon"),
        ("share = 3", "share = 3, stall = \"3s\"", 9, "stall is for kind = \"stalled\""),
        ("steady = {", "flooder = { net = \"4g\",", 9, "leave them out"),
        ("share = 3", "share = 0", 12, "nobody in phase \"all\" can open a room"),
        ("bots = {", "rooms = 11\nbots = {", 12, "more rooms than bots"),
        (
            "bots = {",
            "shares = { ghost = 1 }\nbots = {",
            12,
            "personas of this scenario are steady, visitor",
        ),
        ("bots = {", "times = 0\nbots = {", 12, "give 1 to 1000"),
        ("{ from = 2, to = 10 }", "\"many\"", 15, "a number such as 40"),
        ("to = 10", "til = 10", 15, "unknown field `til`"),
        ("bots = { from = 2, to = 10 }", "", 12, "missing field `bots`"),
        ("about =", "warm_up = 95\nabout =", 3, "0 to 90"),
        ("about =", "games = [\"a b\"]\nabout =", 3, "give names such as arena"),
        ("about =", "ramp = 0\nabout =", 3, "0.1 to 10000"),
        ("[limits]", "[limits", 5, "--print steady"),
    ] {
        let told = problem(from, to);
        assert!(told.starts_with(&format!("x.toml:{line}: ")), "{to}: {told}");
        assert!(told.contains(words), "{to}: {told}");
    }
}

#[test]
fn what_is_nowhere_is_told_with_what_there_is() {
    let told = Scenario::find("stedy").unwrap_err().to_string();
    assert!(told.contains("there are steady, join-storm, churn"), "{told}");
    let told = Scenario::find("/nowhere/x.toml").unwrap_err().to_string();
    assert!(told.contains("cannot be read"), "{told}");
}
