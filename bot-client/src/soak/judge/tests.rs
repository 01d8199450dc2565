use super::*;

const SECONDS: u32 = 600;

/// Facts of a run of ten minutes with nothing wrong.
fn good() -> Facts {
    Facts {
        seconds: f64::from(SECONDS),
        warm_up: 15.0,
        hashes: (5000, 0),
        frames: 90_000,
        tick_p99_ms: Some(2.0),
        frame_age_p99_ms: Some(20.0),
        generator: (0.2, 4.0),
        is_over: true,
        looks: (598, 600),
        left: Some(Vec::new()),
        ..Facts::default()
    }
}

/// Noise that is the same each time: -1 to 1.
fn noise(n: u32) -> f64 {
    f64::from(n.wrapping_mul(0x9E37_79B9) >> 16) / 32768.0 - 1.0
}

/// What was seen in it every few seconds, with so much more of one thing.
fn record(name: &str, more: impl Fn(f64) -> f64) -> Record {
    let mut record = Record::default();
    for n in (0..SECONDS).step_by(4) {
        let at = f64::from(n);
        let wave = (at / 12.0).sin();
        let bots = 60.0 + 20.0 * wave;
        let usual = [
            ("bots", "", bots),
            ("server_memory", "bytes", 3e7 + 2e4 * bots + 1e5 * noise(n)),
            ("files_beyond_bots", "", 20.0 + noise(n + 7).round()),
            ("tasks_beyond_bots", "", 9.0 + noise(n + 8).round()),
            ("rooms_beyond_open", "", noise(n + 9).abs().round()),
            ("sessions_beyond_bots", "", noise(n + 10).round()),
            ("tick_p99", "ms", 2.0 + wave + 0.3 * noise(n + 11)),
            ("mismatches", "", 0.0),
            ("disconnects_unexplained", "", 0.0),
        ];
        for (series, unit, value) in usual {
            let more = if series == name { more(at) } else { 0.0 };
            record.note((series, unit), at, Some(value + more));
        }
    }
    record
}

fn judged(facts: &Facts, record: &Record) -> (Verdict, Vec<String>) {
    let judgement = judge(facts, record, &Limits::default());
    let names = judgement.reasons.iter().map(|reason| reason.what.clone()).collect();
    (judgement.verdict, names)
}

fn calm() -> Record {
    record("", |_| 0.0)
}

#[test]
fn a_run_with_nothing_wrong_passes() {
    let judgement = judge(&good(), &calm(), &Limits::default());
    assert_eq!((judgement.verdict, judgement.reasons), (Verdict::Pass, Vec::new()));
    assert_eq!(judgement.trends.len(), 6);
    assert_eq!(judgement.unchecked, [""; 0]);
    // Ten minutes say little of an hour, and that is told.
    for trend in judgement.trends {
        assert_ne!(trend.verdict, Verdict::Fail, "{trend:?}");
        let is_unknown = trend.verdict == Verdict::Void;
        let told = trend.detectable_per_hour;
        assert_eq!(told.is_some(), is_unknown, "{trend:?}");
        assert!(told.is_none_or(|least| least > trend.limit), "{trend:?}");
    }
}

#[test]
fn a_server_that_was_silent_is_doubtful_only_if_it_told_again_to_bots_that_were_held_up() {
    let silent = Facts { silent_looks: 6, generator: (0.2, 500.0), ..good() };
    let (verdict, reasons) = judged(&silent, &calm());
    assert_eq!((verdict, &*reasons[0]), (Verdict::Void, "generator"));
    let gone = Facts { is_silent: true, ..silent };
    assert_eq!(judged(&gone, &calm()), (Verdict::Fail, vec!["server".to_owned()]));
}

#[test]
fn one_long_stall_fails_unless_the_bots_were_held_up_as_well() {
    let stalled = Facts { stall_ms: Some(8000.0), generator_stall_ms: 90.0, ..good() };
    assert_eq!(judged(&stalled, &calm()), (Verdict::Fail, vec!["stall_ms".to_owned()]));
    let paused = Facts { generator_stall_ms: 7900.0, ..stalled.clone() };
    assert_eq!(judged(&paused, &calm()), (Verdict::Pass, Vec::new()), "the whole machine was");
    let short = Facts { stall_ms: Some(655.0), ..stalled };
    assert_eq!(judged(&short, &calm()), (Verdict::Pass, Vec::new()));
}

#[test]
fn others_who_had_the_machine_only_when_it_was_slow_void_a_run() {
    let facts = Facts { frame_age_p99_ms: Some(300.0), others: Some((0.4, 0.2, 0.05)), ..good() };
    let slow_looks = |others: Option<f64>| {
        let mut record = calm();
        for n in (0..SECONDS).step_by(4) {
            let (at, is_slow) = (f64::from(n), (200..300).contains(&n));
            let figures = if is_slow { (500.0, 1.0, others) } else { (20.0, 0.3, Some(0.9)) };
            record.note(("frame_age_p99", "ms"), at, Some(figures.0));
            record.note(("machine_busy", ""), at, Some(figures.1));
            record.note(("machine_others", ""), at, figures.2);
        }
        record
    };
    let slow = |others: f64| slow_looks(Some(others));
    let (verdict, reasons) = judged(&facts, &slow(0.8));
    assert_eq!((verdict, &*reasons[0]), (Verdict::Void, "machine"));
    let own = judged(&facts, &slow(0.1));
    assert_eq!(own, (Verdict::Fail, vec!["frame_age_p99_ms".to_owned()]), "the server had it");
    let untold = judged(&facts, &slow_looks(None));
    assert_eq!(untold.0, Verdict::Fail, "what others had at another time says nothing");
}

#[test]
fn each_thing_that_is_wrong_fails_a_run_and_is_named() {
    let why = Some("the connection broke off".to_owned());
    let left = vec![reason("left_rooms", "3 rooms were left".to_owned(), None)];
    for (facts, what) in [
        (Facts { hashes: (5000, 1), ..good() }, "hash_mismatches"),
        (Facts { disconnects: (1, why.clone()), ..good() }, "disconnects"),
        (Facts { refusals: (1, why.clone()), ..good() }, "refusals"),
        (Facts { bad_frames: 1, ..good() }, "bad_frames"),
        (Facts { panicked_rooms: 1, ..good() }, "panicked_rooms"),
        (Facts { silent_looks: 5, ..good() }, "server"),
        (Facts { left: Some(left), ..good() }, "left_rooms"),
        (Facts { tick_p99_ms: Some(26.0), ..good() }, "tick_p99_ms"),
        (Facts { frame_age_p99_ms: Some(201.0), ..good() }, "frame_age_p99_ms"),
        (Facts { overruns: 1201, ..good() }, "overruns_per_minute"),
    ] {
        assert_eq!(judged(&facts, &calm()), (Verdict::Fail, vec![what.to_owned()]));
    }
    let lost = judge(&Facts { disconnects: (2, why), ..good() }, &calm(), &Limits::default());
    let detail = &lost.reasons[0].detail;
    assert!(detail.contains("most often: the connection broke off; 0 may be"), "{detail}");
}

#[test]
fn what_goes_wrong_is_told_with_its_first_time() {
    let record = record("mismatches", |at| if at >= 320.0 { 2.0 } else { 0.0 });
    let judgement = judge(&Facts { hashes: (1, 2), ..good() }, &record, &Limits::default());
    assert_eq!(judgement.reasons[0].since_seconds, Some(320.0));
}

#[test]
fn what_grows_fails_a_run_and_is_told_with_when_it_began() {
    let from = |at: f64| (at - 300.0).max(0.0);
    for (series, a_second, what) in [
        ("server_memory", 30_000.0, "memory_mib_per_hour"),
        ("files_beyond_bots", 0.05, "files_per_hour"),
        ("tasks_beyond_bots", 0.05, "tasks_per_hour"),
        ("rooms_beyond_open", 0.05, "rooms_per_hour"),
        ("sessions_beyond_bots", 0.05, "sessions_per_hour"),
        ("tick_p99", 0.06, "tick_drift_percent"),
    ] {
        let record = record(series, |at| a_second * from(at));
        let judgement = judge(&good(), &record, &Limits::default());
        let found: Vec<_> = judgement.reasons.iter().map(|it| it.what.as_str()).collect();
        assert_eq!((judgement.verdict, found), (Verdict::Fail, vec![what]));
        let since = judgement.reasons[0].since_seconds.unwrap();
        assert!((240.0..=360.0).contains(&since), "{series}: {since}");
    }
}

#[test]
fn what_comes_with_more_bots_is_no_growth() {
    let record = record("server_memory", |at| 4e5 * 20.0 * (at / 12.0).sin());
    assert_eq!(judged(&good(), &record).0, Verdict::Pass);
}

#[test]
fn what_is_taken_once_is_no_growth() {
    let record = record("server_memory", |at| 4e6 * (1.0 - (-at / 30.0).exp()));
    assert_eq!(judged(&good(), &record).0, Verdict::Pass);
}

#[test]
fn a_short_run_says_nothing_of_an_hour() {
    let mut record = Record::default();
    for n in 0..50 {
        record.note(("server_memory", "bytes"), f64::from(n), Some(1e7 + 1e6 * f64::from(n)));
    }
    let facts = Facts { seconds: 50.0, ..good() };
    let judgement = judge(&facts, &record, &Limits::default());
    assert_eq!(judgement.verdict, Verdict::Pass);
    assert_eq!(judgement.trends[0].verdict, Verdict::Void);
}

#[test]
fn a_generator_out_of_breath_voids_what_may_be_its_doing_and_nothing_else() {
    for generator in [(0.9, 4.0), (0.2, 70.0)] {
        let facts = Facts { generator, ..good() };
        assert_eq!(judged(&facts, &calm()), (Verdict::Void, vec!["generator".to_owned()]));
        let slow = Facts { tick_p99_ms: Some(99.0), ..facts.clone() };
        let both = vec!["generator".to_owned(), "tick_p99_ms".to_owned()];
        assert_eq!(judged(&slow, &calm()), (Verdict::Void, both));
        let wrong = Facts { hashes: (1, 1), ..slow };
        let certain = vec!["hash_mismatches".to_owned()];
        assert_eq!(judged(&wrong, &calm()), (Verdict::Fail, certain));
    }
}

#[test]
fn what_took_long_while_others_had_the_machine_voids_a_run() {
    let slow = Facts { tick_p99_ms: Some(99.0), ..good() };
    let judged = |others| judged(&Facts { others, ..slow.clone() }, &calm());
    let failed = (Verdict::Fail, vec!["tick_p99_ms".to_owned()]);
    assert_eq!(judged(Some((0.99, 0.2, 0.2))), failed, "it was the server's own doing");
    assert_eq!(judged(Some((0.7, 0.5, 0.4))), failed, "there was time left");
    let both = vec!["machine".to_owned(), "tick_p99_ms".to_owned()];
    assert_eq!(judged(Some((0.99, 0.6, 0.2))), (Verdict::Void, both.clone()));
    assert_eq!(judged(Some((0.99, 0.1, 0.5))), (Verdict::Void, both), "it waited for the bots");
    let quick = Facts { others: Some((0.99, 0.6, 0.2)), ..good() };
    assert_eq!(judge(&quick, &calm(), &Limits::default()).verdict, Verdict::Pass);
}

#[test]
fn a_run_that_proves_nothing_is_void() {
    let proof = vec!["proof".to_owned()];
    let unproved = Facts { hashes: (0, 0), ..good() };
    assert_eq!(judged(&unproved, &calm()), (Verdict::Void, proof.clone()));
    assert_eq!(judged(&Facts { frames: 0, ..unproved }, &calm()), (Verdict::Void, proof));
}

#[test]
fn what_was_not_looked_at_is_no_pass() {
    let proof = vec!["proof".to_owned()];
    for facts in [
        Facts { left: None, ..good() },
        Facts { looks: (500, 600), ..good() },
        Facts { interrupted: Some(1300.0), ..good() },
    ] {
        assert_eq!(judged(&facts, &calm()), (Verdict::Void, proof.clone()), "{facts:?}");
    }
    let late = Facts { interrupted: Some(700.0), ..good() };
    assert_eq!(judged(&late, &calm()).0, Verdict::Pass);
    let going_on = Facts { left: None, is_over: false, ..good() };
    assert_eq!(judged(&going_on, &calm()).0, Verdict::Pass);
}

#[test]
fn whom_bots_that_were_held_up_lost_is_not_held_against_the_server() {
    let facts = Facts { disconnects: (3, None), generator: (0.9, 4.0), ..good() };
    let both = vec!["generator".to_owned(), "disconnects".to_owned()];
    assert_eq!(judged(&facts, &calm()), (Verdict::Void, both));
    let wrong = Facts { bad_frames: 1, ..facts };
    assert_eq!(judged(&wrong, &calm()), (Verdict::Fail, vec!["bad_frames".to_owned()]));
}

#[test]
fn growth_is_said_to_hold_only_where_as_much_as_may_be_would_have_shown() {
    let verdict = |memory_mib_per_hour| {
        let limits = Limits { memory_mib_per_hour, ..Limits::default() };
        let judgement = judge(&good(), &calm(), &limits);
        assert_eq!(judgement.verdict, Verdict::Pass);
        (judgement.trends[0].verdict, judgement.trends[0].detectable_per_hour.is_some())
    };
    assert_eq!(verdict(1.0), (Verdict::Void, true), "8 MiB in ten minutes are noise");
    assert_eq!(verdict(100.0), (Verdict::Pass, false));
}

#[test]
fn limits_of_what_nobody_measured_are_named() {
    let untold = vec!["left_files"];
    let facts = Facts { tick_p99_ms: None, untold, ..good() };
    let judgement = judge(&facts, &Record::default(), &Limits::default());
    let names = judgement.unchecked.join(" ");
    for name in ["tick_p99_ms", "memory_mib_per_hour", "tick_drift_percent", "left_files"] {
        assert!(names.contains(name), "{names}");
    }
    assert!(!names.contains("frame_age_p99_ms"), "{names}");
}
