//! The program itself: flags, environment, file, signals and exit codes.

use std::{
    io::{BufRead, BufReader, Read},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;

#[path = "support/mod.rs"]
mod support;

use support::client::{Client, exchange, status_of};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tickwire-server"));
    // Nothing of the environment that the tests run in.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TICKWIRE_")) {
        command.env_remove(name);
    }
    command
}

fn output(args: &[&str]) -> Output {
    program().args(args).output().expect("the program runs")
}

/// What a refused configuration prints; it must not start.
fn refusal(command: &mut Command) -> String {
    let output = command.output().expect("the program runs");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    String::from_utf8(output.stderr).expect("it is text")
}

/// A file that is gone at the end of the test.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("tickwire-{}-{name}", std::process::id()));
        std::fs::write(&path, text).expect("a file");
        File(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A program that runs, ended with the test.
struct Started {
    child: Child,
    addr: std::net::SocketAddr,
}

impl Started {
    fn new(command: &mut Command) -> Self {
        let command = command.args(["--listen", "127.0.0.1:0", "--log-format", "json"]);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program runs");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut lines = lines.map(|line| line.expect("a line"));
        let line = lines.find(|line| line.contains("http://")).expect("it says where it is");
        let (_, rest) = line.split_once("http://").expect("just found");
        let addr = rest.trim_end_matches('/').parse().expect("an address");
        Started { child, addr }
    }

    /// Asks it to stop and waits: its exit code and its log.
    fn stop(mut self) -> (Option<i32>, Vec<Value>) {
        let pid = self.child.id().to_string();
        let killed = Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs");
        assert!(killed.success());
        let mut log = String::new();
        let mut stderr = self.child.stderr.take().expect("piped");
        stderr.read_to_string(&mut log).expect("it is text");
        let code = self.child.wait().expect("it ends").code();
        let lines = log.lines().map(|line| serde_json::from_str(line).expect("a JSON line"));
        (code, lines.collect())
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The seed that the program logs.
fn seed(command: &mut Command) -> u64 {
    let (_, log) = Started::new(command).stop();
    let seed = log.iter().find_map(|line| line["seed"].as_u64());
    seed.expect("the seed is logged, so that the run can be repeated")
}

#[test]
#[cfg(unix)]
fn a_term_signal_tells_all_players_and_ends_with_success() {
    let started = Started::new(program().args(["--log", "info,tickwire_server=debug"]));
    let mut client = Client::connect(started.addr, "/ws");
    client.join();
    let closing = std::thread::spawn(move || client.wait_for_close());
    let (code, log) = started.stop();
    assert_eq!(closing.join().expect("it ends").0, 1001);
    assert_eq!(code, Some(0));
    assert!(log.iter().any(|line| line["message"] == "joined" && line["name"] == "tester"));
    assert!(
        log.iter()
            .any(|line| line["message"] == "all rooms have ended, and their players were told")
    );
}

#[test]
#[cfg(unix)]
fn many_who_come_at_once_are_a_line_or_two() {
    let started = Started::new(&mut program());
    let clients: Vec<_> = (0..20)
        .map(|_| {
            let mut client = Client::connect(started.addr, "/ws");
            client.join();
            client
        })
        .collect();
    let code = clients[0].room().to_owned();
    let began = std::time::Instant::now();
    drop(clients);
    let (_, log) = started.stop();
    let about = |line: &&Value| line["room"] == *code && line["players"].is_u64();
    let lines = log.iter().filter(about).count() as u64;
    // One for the first, and one a second after that.
    assert!((1..=5 + began.elapsed().as_secs()).contains(&lines), "{log:?}");
    assert!(!log.iter().any(|line| line["message"] == "joined"));
}

#[test]
#[cfg(unix)]
fn who_is_refused_is_logged_with_what_was_wanted_and_why() {
    let started = Started::new(&mut program());
    let mut client = Client::connect(started.addr, "/ws?room=BCDFG");
    let (code, _) = client.wait_for_close();
    assert_eq!(code, 4005);
    let (_, log) = started.stop();
    let line = log.iter().find(|line| line["message"] == "refused").expect("it is logged");
    assert_eq!(line["wanted"], "room BCDFG");
    assert!(line["why"].as_str().is_some_and(|why| why.contains("no room with this code")));
    assert!(line["peer"].as_str().is_some_and(|peer| peer.starts_with("127.0.0.1:")));
}

#[test]
#[cfg(unix)]
fn an_empty_variable_is_as_good_as_none() {
    let mut command = program();
    for name in ["SEED", "CONFIG", "LISTEN", "LOG", "LOG_FORMAT", "ASSETS", "ALLOW_ORIGIN"] {
        command.env(format!("TICKWIRE_{name}"), "");
    }
    assert_ne!(seed(&mut command), 0);
}

#[test]
fn a_bad_variable_is_named() {
    let cases = [
        ("TICKWIRE_TICK_HZ", "abc", "1 to 240"),
        ("TICKWIRE_TICK_HZ", "500", "1 to 240"),
        ("TICKWIRE_LOG_FORMAT", "xml", "json"),
        ("TICKWIRE_LISTEN", "nowhere", "127.0.0.1:2567"),
    ];
    for (name, value, part) in cases {
        let refusal = refusal(program().env(name, value));
        assert!(refusal.contains(name) && refusal.contains(part), "{name} gave {refusal}");
    }
    let typed = refusal(program().env("TICKWIRE_SEED", "x").args(["--tick-hz", "y"]));
    assert!(typed.contains("--tick-hz") && !typed.contains("TICKWIRE"), "{typed}");
}

#[test]
#[cfg(unix)]
fn a_second_signal_ends_it_at_once() {
    let started = Started::new(&mut program());
    // It never answers the close, so the first signal alone would have to wait for it.
    let mut client = Client::connect(started.addr, "/ws");
    client.join();
    let pid = started.child.id().to_string();
    let killed = Command::new("kill").args(["-INT", &pid]).status().expect("kill runs");
    assert!(killed.success());
    client.wait_for_frame_or_close();
    let (_, log) = started.stop();
    assert!(log.iter().any(|line| line["message"] == "ended at once"));
}

#[test]
#[cfg(unix)]
fn a_flag_wins_over_the_environment_over_the_file_over_the_default() {
    let file = File::new("precedence.toml", "seed = 3\n");
    let with_file = || {
        let mut command = program();
        command.arg("--config").arg(&file.0);
        command
    };
    assert_eq!(seed(&mut with_file()), 3);
    assert_eq!(seed(with_file().env("TICKWIRE_SEED", "2")), 2);
    assert_eq!(seed(with_file().env("TICKWIRE_SEED", "2").args(["--seed", "1"])), 1);
    assert_ne!(seed(&mut program()), seed(&mut program()), "nobody chose these");
}

#[test]
#[cfg(unix)]
fn the_page_is_where_it_says() {
    let started = Started::new(&mut program());
    let request = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", started.addr);
    assert_eq!(status_of(&exchange(started.addr, request.as_bytes()).1), 200);
}

#[test]
#[cfg(unix)]
fn the_operators_link_is_shown_when_there_is_one() {
    let token = "0123456789abcdef0123456789abcdef";
    let mut command = program();
    command.args(["--admin-listen", "127.0.0.1:0", "--listen", "127.0.0.1:0"]);
    let greeting = |command: &mut Command| {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("runs");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let line = lines.map(|line| line.expect("a line")).find(|line| line.contains("admin"));
        child.kill().expect("it runs");
        child.wait().expect("it ends");
        line.expect("it says where to go")
    };
    let line = greeting(&mut command);
    assert!(line.contains("http://127.0.0.1:") && line.contains("/#token="), "{line}");
    let line = greeting(command.env("TICKWIRE_ADMIN_TOKEN", token));
    assert!(line.ends_with('/') && !line.contains("token"), "{line}");
    let short = refusal(program().env("TICKWIRE_ADMIN_TOKEN", "short"));
    assert!(short.contains("TICKWIRE_ADMIN_TOKEN") && !short.contains("\"short\""), "{short}");
}

#[test]
fn a_recorded_room_is_played_again_and_damage_is_found() {
    let folder = std::env::temp_dir().join(format!("tickwire-replayed-{}", std::process::id()));
    let record = ["--record", folder.to_str().expect("it is text"), "--tick-hz", "240"];
    let started = Started::new(program().args(record));
    let mut client = Client::connect(started.addr, "/ws");
    client.join();
    client.play(200);
    assert_eq!(started.stop().0, Some(0));
    let file = std::fs::read_dir(&folder).expect("it was made").next().expect("one").expect("file");
    let path = file.path();
    let path = path.to_str().expect("it is text");
    let replayed = output(&["replay", path, "--json"]);
    assert_eq!(replayed.status.code(), Some(0), "{replayed:?}");
    let report: Value = serde_json::from_slice(&replayed.stdout).expect("a JSON object");
    assert!(report["ticks"].as_u64() >= Some(199), "{report}");
    assert!(report["hashes_verified"].as_u64() >= Some(24), "{report}");
    assert_eq!((&report["hash_mismatches"], &report["holds"]), (&0.into(), &true.into()));
    let text = String::from_utf8(output(&["replay", path]).stdout).expect("it is text");
    assert!(text.contains("every hash is the same") && text.contains("times real time"), "{text}");
    let one = output(&["replay", path, "--from", "100", "--to", "110", "--json"]);
    let report: Value = serde_json::from_slice(&one.stdout).expect("a JSON object");
    assert_eq!(report["ticks"], 11, "{report}");
    let beyond = output(&["replay", path, "--from", "100", "--to", "100000"]);
    assert_eq!(beyond.status.code(), Some(2));
    let said = String::from_utf8_lossy(&beyond.stderr).into_owned();
    assert!(said.contains("tick 100000 is not in it; it goes from 1 to "), "{said}");
    let backwards = output(&["replay", path, "--from", "30", "--to", "20"]);
    let said = String::from_utf8_lossy(&backwards.stderr).into_owned();
    assert!(said.contains("tick 30, to begin with, is behind tick 20"), "{said}");
    let whole = std::fs::read(path).expect("it is there");
    std::fs::write(path, &whole[..whole.len() - 10]).expect("it is ours");
    let cut = output(&["replay", path]);
    assert_eq!(cut.status.code(), Some(1), "it is cut short");
    let said = String::from_utf8(cut.stdout).expect("it is text");
    assert!(said.contains("REPLAY IS NOT WHOLE"), "no hash differs: {said}");
    std::fs::write(path, &whole[..100]).expect("it is ours");
    assert_eq!(output(&["replay", path]).status.code(), Some(2), "there is nothing in it");
    std::fs::remove_dir_all(folder).expect("it is ours");
}

#[test]
fn the_help_teaches_with_examples() {
    let help = String::from_utf8(output(&["--help"]).stdout).expect("it is text");
    for part in [
        "--listen",
        "TICKWIRE_LISTEN",
        "--seed",
        "Examples:",
        "[arena]",
        "127.0.0.1:2567",
        "TICKWIRE_SECRET",
    ] {
        assert!(help.contains(part), "no {part} in:\n{help}");
    }
}

#[test]
#[cfg(unix)]
fn the_help_lists_and_names_replay_also_in_a_program_of_another_name() {
    use std::os::unix::process::CommandExt;
    let ask = |args: &[&str]| {
        let Output { stdout, stderr, .. } =
            program().arg0("/opt/pulse").args(args).output().expect("the program runs");
        String::from_utf8([stdout, stderr].concat()).expect("it is text")
    };
    let help = ask(&["--help"]);
    assert!(
        help.contains("\n  replay  Plays a recording") && help.contains("pulse <COMMAND>"),
        "{help}"
    );
    for args in [&["replay", "--help"][..], &["replay"], &["replay", "a", "--form", "3"]] {
        let said = ask(args);
        assert!(said.contains("Usage: pulse replay"), "{args:?}: {said}");
    }
    assert!(
        ask(&["--seed", "7", "replay", "a"]).contains("cannot be used with '--seed"),
        "not ignored"
    );
}

#[test]
fn bad_flags_are_refused_with_what_to_do() {
    let cases: [(&[&str], &str); 19] = [
        (&["--tick-hz", "0"], "1 to 240"),
        (&["--tick-hz", "241"], "1 to 240"),
        (&["--linger", "0"], "1 to 86400"),
        (&["--linger", "-1"], "1 to 86400"),
        (&["--seed", "-1"], "0 to 18446744073709551615"),
        (&["--log", "wrn"], "off, error, warn, info, debug, trace"),
        (&["--log", "info,wrn"], "\"wrn\" is no log level"),
        (&["--listen", "nowhere"], "127.0.0.1:2567"),
        (&["--game", "chess"], "arena"),
        (&["--allow-origin", "example.com"], "https://example.com"),
        (&["--assets", "/nowhere"], "pages"),
        (&["--grace", "601"], "0 to 600"),
        (&["--max-spectators", "10001"], "0 to 10000"),
        (&["--trusted-proxy", "proxy"], "10.0.0.0/8"),
        (&["--public-url", "play.example"], "https://play.example.com"),
        (&["--jwt-key", "/nowhere"], "/nowhere"),
        (&["--admin-listen", "0.0.0.0:0"], "--admin-allow-remote"),
        (&["--admin-listen", "127.0.0.1:0", "--admin-host", "a:1"], "admin.example.com"),
        (&["--tickhz", "3"], "--tick-hz"),
    ];
    for (args, part) in cases {
        let refusal = refusal(program().args(args));
        assert!(refusal.contains(part), "{args:?} gave {refusal}");
    }
    let short = refusal(program().env("TICKWIRE_JWT_KEY", "short"));
    assert!(short.contains("TICKWIRE_JWT_KEY") && !short.contains("\"short\""), "{short}");
    assert!(refusal(program().env("TICKWIRE_MAX_PLAYERS", "0")).contains("1 to 10000"));
}

#[test]
fn bad_files_are_refused_with_the_key_and_what_to_do() {
    let cases = [
        ("tick-hz = 500", "1 to 240"),
        ("tick_hertz = 30", "expected one of"),
        ("tick_hz = 500", "1 to 240"),
        ("tick_hz = 30\ntick-hz = 30", "twice"),
        ("tick-hz = \"fast\"", "\"tick-hz\""),
        ("tick-hz =", "line 1"),
        ("[chess]\nx = 1", "arena"),
        ("arena = 3", "[arena]"),
        ("[arena]\ndamag = 3", "damage"),
        ("[arena]\ndamage = \"much\"", "\"arena.damage\""),
        ("[arena]\nmap = \"#\"", "map"),
    ];
    for (index, (text, part)) in cases.into_iter().enumerate() {
        let file = File::new(&format!("bad-{index}.toml"), text);
        let refusal = refusal(program().arg("--config").arg(&file.0));
        assert!(refusal.contains(part), "{text:?} gave {refusal}");
        assert!(refusal.contains(&*file.0.to_string_lossy()), "{text:?} gave {refusal}");
    }
    assert!(refusal(program().args(["--config", "/nowhere.toml"])).contains("/nowhere.toml"));
}

#[test]
#[cfg(unix)]
fn an_address_in_use_is_refused_with_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let addr = taken.local_addr().expect("an address");
    let output = output(&["--listen", &addr.to_string()]);
    assert_eq!(output.status.code(), Some(1));
    let next = if addr.port() == u16::MAX { addr.port() - 1 } else { addr.port() + 1 };
    let hint = format!("choose another port with --listen 127.0.0.1:{next}");
    assert!(String::from_utf8_lossy(&output.stderr).contains(&hint));
}
