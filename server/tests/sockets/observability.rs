//! The dashboard and the alerts that ship: they name what there is, and Prometheus understands them.
//!
//! Without promtool (Debian's `prometheus`) the tests that need it pass and print a line that begins with SKIPPED.

use std::{
    collections::BTreeSet,
    fs,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use super::metrics::{scrape, start};
use crate::support::exposition::parse;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("observability")
}

fn read(name: &str) -> String {
    fs::read_to_string(folder().join(name)).expect("it ships")
}

/// All names of series that a text in Prometheus' language has.
fn names(text: &str) -> BTreeSet<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = text.split(|c: char| !plain(c));
    let ours = words.filter(|word| word.starts_with("tickwire_") || word.starts_with("process_"));
    ours.map(str::to_owned).collect()
}

/// The names of all series that a server shows, and of the families that they belong to.
fn shown() -> (BTreeSet<String>, BTreeSet<String>) {
    let server = start(|_| {});
    server.join("/ws").play(5);
    let families = parse(&scrape(&server));
    let series = families.iter().flat_map(|family| &family.samples);
    let series = series.map(|sample| sample.name.clone()).collect();
    (series, families.into_iter().map(|family| family.name).collect())
}

fn dashboard() -> Value {
    serde_json::from_str(&read("dashboard.json")).expect("it is JSON")
}

fn panels(dashboard: &Value) -> Vec<&Value> {
    dashboard["panels"].as_array().expect("panels").iter().collect()
}

/// Everything that the dashboard asks Prometheus, as Grafana sends it.
fn questions(dashboard: &Value) -> Vec<String> {
    let panels = panels(dashboard);
    let targets = panels.iter().filter_map(|panel| panel["targets"].as_array()).flatten();
    let annotations = dashboard["annotations"]["list"].as_array().expect("annotations");
    let asked = targets.chain(annotations).filter_map(|target| target["expr"].as_str());
    let filled = |text: &str| {
        let text = text.replace("$__rate_interval", "1m");
        text.replace("$job", "tickwire").replace("$instance", ".*")
    };
    asked.map(filled).collect()
}

#[test]
fn the_dashboard_shows_all_that_a_server_shows_and_nothing_else() {
    let (series, families) = shown();
    let asked = names(&questions(&dashboard()).join("\n"));
    let unknown: Vec<_> = asked.difference(&series).collect();
    assert!(unknown.is_empty(), "there is no {unknown:?}");
    let is_asked = |family: &str| asked.iter().any(|name| name.starts_with(family));
    let ours = families.iter().filter(|family| family.starts_with("tickwire_"));
    let hidden: Vec<_> = ours.filter(|family| !is_asked(family)).collect();
    assert!(hidden.is_empty(), "{hidden:?} is on no panel");
}

#[test]
fn alerts_and_their_tests_name_only_what_a_server_shows() {
    let (series, _) = shown();
    for file in ["alerts.yml", "alerts_test.yml"] {
        let named = names(&read(file));
        let unknown: Vec<_> = named.difference(&series).collect();
        assert!(unknown.is_empty(), "{file} speaks of {unknown:?}");
    }
}

#[test]
fn every_alert_says_what_to_do_and_is_tested_both_ways() {
    let (rules, tests) = (read("alerts.yml"), read("alerts_test.yml"));
    let alerts: Vec<&str> =
        rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    assert!(alerts.len() >= 15, "{alerts:?}");
    for part in ["severity:", "summary:", "description:", "runbook:"] {
        let count = rules.lines().filter(|line| line.trim_start().starts_with(part)).count();
        assert_eq!(count, alerts.len(), "{part}");
    }
    for alert in alerts {
        for how in ["fires", "stays quiet"] {
            assert!(tests.contains(&format!("- name: {alert} {how}\n")), "{alert} {how}");
        }
    }
}

#[test]
fn the_dashboards_panels_have_names_meanings_and_places_of_their_own() {
    let dashboard = dashboard();
    let panels = panels(&dashboard);
    let titles = panels.iter().filter(|panel| panel["type"] == "row");
    let titles: Vec<&str> = titles.filter_map(|panel| panel["title"].as_str()).collect();
    let rows = ["Overview", "Ticks", "Frames and bytes", "Slow readers", "Sessions", "Process"];
    assert_eq!(titles, rows);
    let (mut ids, mut taken) = (BTreeSet::new(), BTreeSet::new());
    for panel in panels {
        let title = panel["title"].as_str().expect("a title");
        assert!(ids.insert(panel["id"].as_u64().expect("an id")), "{title}");
        let place = |key: &str| panel["gridPos"][key].as_u64().expect("a number");
        assert!(place("x") + place("w") <= 24, "{title} is too wide");
        for x in place("x")..place("x") + place("w") {
            for y in place("y")..place("y") + place("h") {
                assert!(taken.insert((x, y)), "{title} is over another panel");
            }
        }
        if panel["type"] != "row" {
            assert!(panel["description"].as_str().is_some_and(|text| text.len() > 10), "{title}");
            assert_eq!(panel["datasource"]["uid"], "${datasource}", "{title}");
            let units = &panel["fieldConfig"]["defaults"]["unit"];
            assert!(units.is_string() || panel["type"] != "timeseries", "{title} has no unit");
        }
    }
}

/// Runs promtool; false if there is none.
fn promtool(args: &[&str], input: &str) -> bool {
    let mut command = Command::new("promtool");
    command.args(args).current_dir(folder()).stdin(Stdio::piped());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = match child {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            // Past the test's own output, which nobody sees when it passes.
            let _ = writeln!(std::io::stderr(), "SKIPPED: there is no promtool on this machine");
            return false;
        }
        started => started.expect("promtool starts"),
    };
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "promtool {args:?}:\n{said}");
    true
}

#[test]
fn promtool_has_no_objection_to_the_metrics() {
    let server = start(|_| {});
    server.join("/ws").play(5);
    promtool(&["check", "metrics"], &scrape(&server));
}

#[test]
fn promtool_understands_the_alerts_and_sees_them_fire() {
    let _ = promtool(&["check", "rules", "alerts.yml"], "")
        && promtool(&["test", "rules", "alerts_test.yml"], "");
}

#[test]
fn promtool_understands_what_the_dashboard_asks() {
    let questions = questions(&dashboard());
    assert!(questions.len() > 80, "{}", questions.len());
    let rules = questions.iter().enumerate().map(|(index, question)| {
        let question = Value::from(question.as_str());
        format!("  - record: question_{index}\n    expr: {question}\n")
    });
    let file = format!("groups:\n- name: dashboard\n  rules:\n{}", rules.collect::<String>());
    let path = std::env::temp_dir().join(format!("tickwire-questions-{}.yml", std::process::id()));
    fs::write(&path, file).expect("a file");
    promtool(&["check", "rules", &path.to_string_lossy()], "");
    fs::remove_file(&path).expect("it was there");
}
