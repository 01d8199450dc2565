//! Soaks against the real server, and against servers with something wrong with each.

mod breaker;
#[path = "../common/mod.rs"]
mod common;
mod double;
mod program;

use clap::Parser;
use common::{
    Drift,
    fake::{self, Flaw},
};
use std::{net::SocketAddr, time::Duration};
use tickwire_bots::{
    soak::{
        self,
        report::{SoakReport, Totals, Verdict},
        scenario::Scenario,
    },
    swarm::{Cli, Command},
};
use tickwire_games::arena::Arena;
use tickwire_server::{Config, Games, Running, Server};

/// A server whose rooms end soon, so that nobody has to wait for that.
async fn start() -> Running {
    let (listen, linger) = (([127, 0, 0, 1], 0).into(), Duration::from_secs(1));
    let config = Config { listen, linger, seed: 4, ..Config::default() };
    Server::start(config, Games::new().with::<Arena>().with::<Drift>()).await.unwrap()
}

/// Limits that hold on any machine, however busy.
const CALM: &str = "tick_p99_ms = 5000\nframe_age_p99_ms = 60000\noverruns_per_minute = 1e6\n\
                    generator_lag_p99_ms = 60000\ngenerator_busy_percent = 1000";

/// What is left of one test is in the way of another: all are one process.
const SHARED: &str = "left_files = 1e5\nleft_tasks = 1e5\nleft_memory_mib = 1e5";

/// A scenario of some personas, in some rooms.
fn scenario(personas: &str, (bots, rooms): (u32, u32), limits: &str) -> Scenario {
    let text = format!(
        "name = \"test\"\nabout = \"a test\"\ngames = [\"drift\"]\nramp = 50\n\
         [limits]\n{CALM}\n{limits}\n[personas]\n{personas}\n\
         [[phases]]\nname = \"all\"\ntime = \"10s\"\nbots = {bots}\nrooms = {rooms}\n"
    );
    Scenario::parse("test.toml", &text).unwrap()
}

async fn soak(address: SocketAddr, scenario: &Scenario, time: &str) -> SoakReport {
    let url = format!("ws://{address}");
    let words = ["tickwire-bots", "soak", "--quiet", "--url", &url, "--for", time];
    let Command::Soak(options) = Cli::try_parse_from(words).unwrap().command else {
        unreachable!("it says soak")
    };
    soak::run(&options, scenario).await.unwrap()
}

/// The names of what was wrong.
fn wrong(report: &SoakReport) -> Vec<&str> {
    report.reasons.iter().map(|reason| reason.what.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_persona_lives_on_a_good_server_and_proves_what_it_saw() {
    let server = start().await;
    let personas = "steady = { share = 3, stay = \"3s\" }\nmasher = { share = 2 }\n\
         crowd = { share = 2 }\nidle = { share = 1 }\nhidden = { share = 1 }\n\
         stalled = { share = 1, stall = \"1s\" }\nlossy = { share = 2 }\nreconnecter = { share = 2 }\n\
         spectator = { share = 2 }\nchatter = { share = 2, chat = \"500ms\" }";
    let report = soak(server.local_addr(), &scenario(personas, (18, 2), SHARED), "9s").await;
    assert_eq!((report.verdict, wrong(&report)), (Verdict::Pass, vec![]), "{:?}", report.reasons);
    assert_eq!(report.personas.len(), 10);
    for persona in &report.personas {
        let (joins, frames) = (persona.joins, persona.frames);
        assert!(joins > 0 && frames > 5, "{}: {joins} joins, {frames} frames", persona.name);
        assert!(persona.hashes_verified > 0, "{}", persona.name);
    }
    let totals = &report.totals;
    assert!(totals.chat_lines > 0 && totals.cuts > 0 && totals.resumes > 0, "{totals:?}");
    assert_eq!((totals.rooms_opened, totals.disconnects_unexplained), (2, 0));
    assert_eq!(report.phases.len(), 1);
    for name in ["bots", "rooms", "tick_p99", "frame_age_p99", "server_memory", "sessions", "tasks"]
    {
        let series = report.series.iter().find(|series| series.name == name);
        assert!(series.is_some_and(|series| series.points.len() >= 5), "{name}");
    }
    for name in ["tick_duration", "frame_age", "join", "generator_lag"] {
        let histogram = report.histograms.iter().find(|histogram| histogram.name == name);
        assert!(histogram.is_some_and(|it| it.p50 <= it.p99 && it.p99 <= it.max), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_open_and_close_and_nothing_is_left_of_them() {
    let server = start().await;
    let text = scenario("steady = { share = 1 }", (8, 3), SHARED).text;
    let text = text.replace("rooms = 3", "rooms = 3\nroom_life = \"2s\"");
    let scenario = Scenario::parse("test.toml", &text).unwrap();
    let report = soak(server.local_addr(), &scenario, "8s").await;
    assert_eq!(report.verdict, Verdict::Pass, "{:?}", report.reasons);
    let totals = &report.totals;
    assert!(totals.rooms_opened > 5, "{} rooms", totals.rooms_opened);
    assert!(totals.joins > 15 && totals.joins == totals.leaves, "{totals:?}");
    assert_eq!(server.rooms().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_mean_harm_end_as_documented_and_the_others_do_not_notice() {
    let server = start().await;
    let personas = "steady = { share = 4 }\ngarbage = { share = 4, away = \"100ms\" }\n\
         guesser = { share = 3, away = \"100ms\" }\nhalf-open = { share = 4, away = \"100ms\" }\n\
         flooder = { share = 1 }";
    let report = soak(server.local_addr(), &scenario(personas, (16, 1), SHARED), "13s").await;
    assert_eq!(report.verdict, Verdict::Pass, "{:?}\n{:?}", report.reasons, report.personas);
    let endings = |name: &str| {
        let persona = report.personas.iter().find(|persona| persona.name == name).unwrap();
        persona.endings.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join("\n")
    };
    for (persona, words) in [
        ("garbage", "a first message that is none: closed with 400"),
        ("garbage", "a text message: closed with 1003"),
        ("garbage", "a frame without a mask: closed with 1002"),
        ("garbage", "a message that is too long: closed with 1009"),
        ("garbage", "a message that is none, after a join: closed with 4000"),
        ("garbage", "bytes that are no HTTP: "),
        ("guesser", "a guessed ticket: closed with 4013"),
        ("guesser", "a guessed room: closed with 4005"),
        ("guesser", "a guessed room, by HTTP: answered with 404"),
        ("guesser", "a guessed session: closed with 4009"),
        ("half-open", "a WebSocket without a join: closed with 4001"),
        ("half-open", "a silent connection: "),
        ("half-open", "half a request: "),
        ("flooder", "a flood of messages: closed with 1008"),
    ] {
        assert!(endings(persona).contains(words), "{persona}: {words}\n{}", endings(persona));
    }
    assert!(report.totals.attacks > 50, "{} attacks", report.totals.attacks);
    assert_eq!(report.totals.disconnects_unexplained, 0);
}

/// A run of a few bots that sees a server as a double tells of it.
async fn seen(alter: double::Alter, limits: &str) -> SoakReport {
    let server = start().await;
    let address = double::before(server.local_addr(), alter).await;
    soak(address, &scenario("steady = { share = 1 }", (3, 1), limits), "5s").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_keeps_something_of_everybody_fails() {
    let leaks = seen(
        |told, number| {
            told["process"]["open_files"] = (20 + number).into();
            told["process"]["resident_bytes"] = ((20 + 10 * number) << 20).into();
            told["tasks"] = (9 + number).into();
            told["rooms"] = number.into();
            told["players"] = number.into();
        },
        "left_after_seconds = 4",
    );
    let report = leaks.await;
    let all = ["left_rooms", "left_sessions", "left_files", "left_tasks", "left_memory_mib"];
    assert_eq!((report.verdict, wrong(&report)), (Verdict::Fail, all.to_vec()));
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_ticks_fail_and_so_do_games_that_panic() {
    let slow = |told: &mut serde_json::Value, number: u64| {
        // Without its CPU time nobody can say that others had the machine.
        told["process"]["cpu_seconds"] = serde_json::Value::Null;
        let buckets = &mut told["tick_duration_us"]["buckets"];
        *buckets = serde_json::json!([[999, 1000 * number], [79_999, 100 * number]]);
    };
    let report = seen(slow, SHARED).await;
    assert_eq!(report.verdict, Verdict::Pass, "{:?}", report.reasons);
    let text = scenario("steady = { share = 1 }", (3, 1), SHARED).text;
    let strict = Scenario::parse("x", &text.replace("tick_p99_ms = 5000", "tick_p99_ms = 50"));
    let server = start().await;
    let address = double::before(server.local_addr(), slow).await;
    let report = soak(address, &strict.unwrap(), "5s").await;
    assert_eq!((report.verdict, wrong(&report)), (Verdict::Fail, vec!["tick_p99_ms"]));
    let panics = seen(|told, number| told["panicked_rooms"] = number.into(), SHARED).await;
    assert_eq!((panics.verdict, wrong(&panics)), (Verdict::Fail, vec!["panicked_rooms"]));
}

/// A run of one bot against a fake server.
async fn against(flaw: Flaw) -> SoakReport {
    one_against(flaw, "idle = { share = 1 }").await
}

async fn one_against(flaw: Flaw, persona: &str) -> SoakReport {
    let address = double::before(fake::start(flaw).await, |_, _| {}).await;
    soak(address, &scenario(persona, (1, 1), SHARED), "5s").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lying_server_fails_and_is_told_with_when() {
    let report = against(Flaw::Lies).await;
    assert_eq!((report.verdict, wrong(&report)), (Verdict::Fail, vec!["hash_mismatches"]));
    assert!(report.totals.hash_mismatches > 0);
    let since = report.reasons[0].since_seconds.unwrap();
    assert!((0.5..5.0).contains(&since), "{since}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_ends_for_no_reason_fails_and_is_told_in_words() {
    let report = against(Flaw::HangsUp(50)).await;
    assert_eq!((report.verdict, wrong(&report)), (Verdict::Fail, vec!["disconnects"]));
    let detail = &report.reasons[0].detail;
    assert!(detail.contains("idle: lost its connection: the connection broke off"), "{detail}");
    let full = against(Flaw::IsFull).await;
    assert_eq!((full.verdict, wrong(&full)), (Verdict::Fail, vec!["refusals"]));
    let garbled = against(Flaw::Garbles(20)).await;
    assert_eq!((garbled.verdict, wrong(&garbled)), (Verdict::Fail, vec!["bad_frames"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn ticks_that_were_left_out_do_not_make_later_frames_old() {
    let server = fake::start(Flaw::StandsStill(15)).await;
    let tells = |told: &mut serde_json::Value, number: u64| told["slipped_ticks"] = number.into();
    let address = double::before(server, tells).await;
    let report = soak(address, &scenario("idle = { share = 1 }", (1, 1), SHARED), "6s").await;
    let ages = report.series.iter().find(|series| series.name == "frame_age_p50");
    let ages = &ages.expect("the age of frames is looked at").points;
    let of = |point: &(f64, f64)| point.1;
    assert!(ages.len() > 2 && ages.last().map(of) < Some(1000.0), "long after the stall: {ages:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_off_in_a_leave_is_no_leave_and_only_a_bad_network_explains_it() {
    let report = against(Flaw::HangsUpOnLeave).await;
    assert_eq!((report.verdict, wrong(&report)), (Verdict::Fail, vec!["disconnects"]));
    let detail = &report.reasons[0].detail;
    assert!(detail.contains("when leaving, the connection broke off"), "{detail}");
    let ends = |report: &SoakReport| {
        let totals = &report.totals;
        let Totals { leaves, broken_leaves, .. } = totals;
        (*leaves, *broken_leaves, totals.disconnects_explained, totals.disconnects_unexplained)
    };
    assert_eq!(ends(&report), (0, 1, 0, 1));
    let lossy = one_against(Flaw::HangsUpOnLeave, "lossy = { share = 1, net = \"wifi\" }").await;
    assert_eq!((lossy.verdict, ends(&lossy)), (Verdict::Pass, (0, 1, 1, 0)), "{:?}", lossy.reasons);
    let whole = one_against(Flaw::Nothing, "lossy = { share = 1, net = \"wifi\" }").await;
    assert_eq!((whole.verdict, ends(&whole)), (Verdict::Pass, (1, 0, 0, 0)), "{:?}", whole.reasons);
}

/// A run of one bot whose connection is cut now and then, some of whose connections live for so long.
async fn one_that_is_cut(lives: breaker::Lives) -> SoakReport {
    let server = start().await;
    let address = breaker::before(server.local_addr(), lives).await;
    soak(address, &scenario("reconnecter = { share = 1 }", (1, 1), SHARED), "9s").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loss_that_a_bot_did_not_bring_about_counts_though_its_session_goes_on() {
    // No bot cuts its connection as soon as that.
    let early = |number| (number == 0).then_some(Duration::from_millis(1000));
    let report = one_that_is_cut(early).await;
    assert_eq!((report.verdict, wrong(&report)), (Verdict::Fail, vec!["disconnects"]));
    assert_eq!(report.totals.disconnects_unexplained, 1, "{:?}", report.personas);
    let detail = &report.reasons[0].detail;
    assert!(detail.contains("resumed, but the bot had not cut it"), "{detail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn losses_on_the_way_back_from_a_cut_are_part_of_the_cut() {
    // The second connection is the first that a bot comes back by. It does so again.
    let on_the_way = |number| (number == 1).then_some(Duration::ZERO);
    let report = one_that_is_cut(on_the_way).await;
    assert_eq!((report.verdict, wrong(&report)), (Verdict::Pass, vec![]), "{:?}", report.personas);
    let Totals { cuts, resumes, disconnects_unexplained, .. } = report.totals;
    assert!(cuts > 0 && resumes > 0 && disconnects_unexplained == 0, "{:?}", report.totals);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stay_that_is_too_short_for_a_frame_is_no_loss() {
    let persona = "reconnecter = { share = 1, stay = \"100ms\", away = \"100ms\" }";
    let report = one_against(Flaw::SendsNoFrames, persona).await;
    let Totals { frames, leaves, disconnects_unexplained, .. } = report.totals;
    assert!(frames == 0 && leaves > 0, "{:?}", report.totals);
    assert_eq!(disconnects_unexplained, 0, "{:?}", report.personas);
}

#[tokio::test(flavor = "multi_thread")]
async fn bots_out_of_breath_void_a_run() {
    let text = scenario("steady = { share = 1 }", (3, 1), SHARED).text;
    let text = text.replace("generator_busy_percent = 1000", "generator_busy_percent = 0");
    let server = start().await;
    let scenario = Scenario::parse("x", &text).unwrap();
    let report = soak(server.local_addr(), &scenario, "5s").await;
    assert_eq!((report.verdict, wrong(&report)), (Verdict::Void, vec!["generator"]));
    assert!(report.generator.bottleneck);
}
