//! Who took part, and what the run was: enough to repeat it.

use std::collections::BTreeMap;

use super::{
    escape::Text,
    units::{date, plain, span, value},
    words::title,
};
use crate::{
    soak::report::{PersonaReport, SoakReport, Totals},
    swarm::table::grouped,
};

/// How the bots fared, by persona; nothing if there were none.
pub fn personas(report: &SoakReport) -> String {
    if report.personas.is_empty() {
        return String::new();
    }
    let rows: String = report.personas.iter().map(persona).collect();
    let numbers = ["bots", "joins", "frames", "hashes", "age p50", "age p99", "lost"];
    let numbers =
        numbers.map(|name| format!("<th scope=\"col\" class=\"number\">{name}</th>")).concat();
    format!(
        "<div class=\"scroll\" tabindex=\"0\"><table class=\"facts\"><thead><tr><th scope=\"col\">persona</th>{numbers}\
         <th scope=\"col\">how their stays ended</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )
}

fn persona(persona: &PersonaReport) -> String {
    let age = |which: fn(&super::super::report::Quantiles) -> f64| {
        persona.age_ms.as_ref().map_or("–".to_owned(), |age| value(which(age), "ms"))
    };
    let hashes = match persona.hash_mismatches {
        0 => grouped(persona.hashes_verified),
        wrong => format!("{} and {} wrong", grouped(persona.hashes_verified), grouped(wrong)),
    };
    let numbers = [
        grouped(u64::from(persona.bots)),
        grouped(persona.joins),
        grouped(persona.frames),
        hashes,
        age(|age| age.p50),
        age(|age| age.p99),
        grouped(persona.disconnects_unexplained),
    ];
    let numbers: String =
        numbers.iter().map(|number| format!("<td class=\"number\">{number}</td>")).collect();
    let ending = |(how, times): &(String, u64)| {
        format!("<li><bdi>{}</bdi> \u{d7} {}</li>", Text(how), grouped(*times))
    };
    let endings: String = persona.endings.iter().map(ending).collect();
    let is_bad = persona.hash_mismatches > 0 || persona.disconnects_unexplained > 0;
    let class = if is_bad { "fail" } else { "pass" };
    format!(
        "<tr class=\"{class}\"><th scope=\"row\"><bdi>{}</bdi></th>{numbers}<td><ul class=\"endings\">{endings}</ul>\
         </td></tr>\n",
        Text(&persona.name)
    )
}

/// The command, both sides, the limits, the sums and the scenario.
pub fn run(report: &SoakReport) -> String {
    let scenario = Text(&report.scenario.text);
    format!(
        "<div class=\"command\"><code id=\"command\">{}</code><button data-copy=\"command\">copy</button></div>\
         <div class=\"two\"><div><h3>Where and with what</h3>{}<h3>Limits of the scenario</h3>{}</div>\
         <div><h3>Sums</h3>{}<h3>Refusals</h3>{}</div></div>\
         <details><summary>The scenario, as it was</summary><pre tabindex=\"0\">{scenario}</pre></details>",
        Text(&report.command),
        facts(&around(report)),
        facts(&limits(&report.limits)),
        facts(&sums(&report.totals)),
        facts(&refusals(&report.totals)),
    )
}

/// Rows of a name and what belongs to it, both as text.
fn facts(rows: &[(String, String)]) -> String {
    let row = |(name, told): &(String, String)| {
        format!(
            "<tr><th scope=\"row\"><bdi>{}</bdi></th><td><bdi>{}</bdi></td></tr>",
            Text(name),
            Text(told)
        )
    };
    let rows: String = rows.iter().map(row).collect();
    format!(
        "<div class=\"scroll\" tabindex=\"0\"><table class=\"facts\"><tbody>{rows}</tbody></table></div>"
    )
}

fn around(report: &SoakReport) -> Vec<(String, String)> {
    let SoakReport { machine, versions, server_flags, seed, started, seconds, .. } = report;
    let unknown = || "not told".to_owned();
    let told = |text: &Option<String>| text.clone().unwrap_or_else(unknown);
    let cores = format!("{} of {}", machine.cores, told(&machine.cpu));
    let memory = machine.memory_bytes.map_or_else(unknown, |bytes| value(bytes as f64, "bytes"));
    let rows = [
        ("began", date(*started)),
        ("took", span(*seconds)),
        ("seed", seed.to_string()),
        ("bots", format!("tickwire-bots {}", versions.told_bots())),
        ("server", format!("tickwire-server {}", told(&versions.told_server()))),
        ("server\u{2019}s flags", told(server_flags)),
        ("cores", cores),
        ("memory", memory),
        ("system", format!("{}, kernel {}", machine.os, told(&machine.kernel))),
    ];
    rows.map(|(name, told)| (name.to_owned(), told)).to_vec()
}

fn limits(limits: &BTreeMap<String, f64>) -> Vec<(String, String)> {
    limits.iter().map(|(name, limit)| (name.clone(), plain(*limit, 6))).collect()
}

/// All sums, by the names that they have in the report.
fn sums(totals: &Totals) -> Vec<(String, String)> {
    let Ok(serde_json::Value::Object(sums)) = serde_json::to_value(totals) else {
        return Vec::new();
    };
    let sum =
        |(name, sum): (String, serde_json::Value)| Some((title(&name), grouped(sum.as_u64()?)));
    sums.into_iter().filter_map(sum).collect()
}

fn refusals(totals: &Totals) -> Vec<(String, String)> {
    if totals.refusals.is_empty() {
        return vec![("none".to_owned(), String::new())];
    }
    totals.refusals.iter().map(|(why, times)| (why.clone(), grouped(*times))).collect()
}
