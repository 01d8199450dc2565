//! The program itself: what it prints, what it writes, how it exits.

use std::process::{Command, Output};

use tickwire_bots::soak::report::{SoakReport, Verdict};

use super::start;

fn run(args: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tickwire-bots"));
    let Output { status, stdout, stderr } = command.arg("soak").args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn scenarios_are_listed_and_printed() {
    let (code, out, _) = run(&["--list"]);
    assert_eq!(code, Some(0));
    for name in ["steady", "join-storm", "churn", "hidden-tabs", "bad-networks", "attack-mild"] {
        assert!(out.lines().any(|line| line.starts_with(name)), "{out}");
    }
    let (code, out, _) = run(&["--print", "churn"]);
    assert_eq!((code, out.as_str()), (Some(0), include_str!("../../scenarios/churn.toml")));
    let (code, _, errors) = run(&["--print", "chrun"]);
    assert!(code == Some(2) && errors.contains("--list"), "{errors}");
}

#[test]
fn what_makes_no_sense_is_told_and_exits_with_2() {
    let nowhere = ["--scenario", "steady", "--json", "/nowhere/at/all.json"];
    for (args, words) in [
        (&["--scenario", "stedy"][..], "there are steady, join-storm"),
        (&["--scenario", "/nowhere.toml"], "cannot be read"),
        (&["--for", "1s"], "at least 5 s"),
        (&["--url", "ws://192.0.2.1:9"], "--allow-remote"),
        (&nowhere, "cannot be written"),
    ] {
        let (code, _, errors) = run(args);
        assert!(code == Some(2) && errors.contains(words), "{args:?}: {code:?} {errors}");
    }
    let (code, _, errors) = run(&["--url", "ws://127.0.0.1:9"]);
    assert!(code == Some(1) && errors.contains("nobody answers"), "{code:?} {errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_ends_in_a_summary_a_page_and_json() {
    let server = start().await;
    let folder = std::env::temp_dir().join(format!("tickwire-soak-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let scenario = super::scenario("steady = { share = 1 }", (3, 1), super::SHARED);
    std::fs::write(path("own.toml"), &scenario.text).unwrap();
    let args: Vec<String> = [
        ["--url", &format!("ws://{}", server.local_addr())],
        ["--scenario", &path("own.toml")],
        ["--json", &path("a.json")],
        ["--report", &path("a.html")],
        ["--server-flags", "--seed 4"],
    ]
    .concat()
    .into_iter()
    .chain(["--for", "6s"])
    .map(str::to_owned)
    .collect();
    let ran = tokio::task::spawn_blocking(move || {
        run(&args.iter().map(String::as_str).collect::<Vec<_>>())
    });
    let (code, out, errors) = ran.await.unwrap();
    assert_eq!(code, Some(0), "{out}{errors}");
    assert!(out.starts_with("test for 6 s, seed 1\n") && out.ends_with("VERDICT: PASS\n"), "{out}");
    assert!(errors.contains("so far") && !errors.contains('\x1b'), "plain lines: {errors}");
    let json = std::fs::read_to_string(path("a.json")).unwrap();
    let report: SoakReport = serde_json::from_str(&json).unwrap();
    assert_eq!((report.verdict, report.scenario.text), (Verdict::Pass, scenario.text));
    assert_eq!(report.server_flags.as_deref(), Some("--seed 4"));
    assert!(report.command.contains("--for 6s --seed 1"), "{}", report.command);
    assert_eq!(report.versions.server.as_deref(), Some(env!("CARGO_PKG_VERSION")));
    // The server is of the same build as this test.
    assert_eq!(report.versions.server_build.as_ref(), Some(tickwire_bots::build()));
    assert_eq!(report.versions.bots_build, report.versions.server_build);
    let page = std::fs::read_to_string(path("a.html")).unwrap();
    assert!(page.starts_with("<!") && page.contains("PASS"));
    assert!(page.contains(&format!("tickwire-server {}", tickwire_bots::build())));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_ends_a_run_early_gets_a_verdict_on_what_was_seen() {
    let server = start().await;
    let url = format!("ws://{}", server.local_addr());
    let ran = tokio::task::spawn_blocking(move || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tickwire-bots"));
        command.args(["soak", "--for", "1h", "--scenario", "churn", "--url", &url]);
        let child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_secs(5));
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        child.wait_with_output().unwrap()
    });
    let Output { status, stdout, .. } = ran.await.unwrap();
    let out = String::from_utf8(stdout).unwrap();
    assert!(out.contains(" s, ended early, seed 1\n") && out.contains("\nVERDICT: "), "{out}");
    assert!(matches!(status.code(), Some(0 | 1 | 3)), "{:?}: {out}", status.code());
}
