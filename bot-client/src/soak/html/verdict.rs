//! What stands above all: how it ended, and why.

use super::{
    class,
    escape::Text,
    units::{clock, date, span},
    words::series_of,
};
use crate::{
    soak::report::{Reason, SoakReport, Verdict},
    swarm::table::grouped,
};

/// The verdict with its reasons.
pub fn banner(report: &SoakReport) -> String {
    let SoakReport { scenario, verdict, started, seconds, .. } = report;
    let (class, word, picture) = match verdict {
        Verdict::Pass => (class(*verdict), "PASS", "M5 13l5 5 9-11"),
        Verdict::Fail => (class(*verdict), "FAIL", "M6 6l12 12M18 6L6 18"),
        Verdict::Void => (class(*verdict), "VOID", "M12 5v9M12 18.5v.5"),
    };
    let unchecked = unchecked(report);
    let (name, date, span) = (Text(&scenario.name), date(*started), span(*seconds));
    let early = if report.interrupted { ", ended early" } else { "" };
    let reasons: String =
        report.reasons.iter().map(|reason| self::reason(reason, report)).collect();
    let reasons =
        if reasons.is_empty() { reasons } else { format!("<ul class=\"reasons\">{reasons}</ul>") };
    format!(
        "<header class=\"verdict {class}\"><div class=\"wrap\">\
         <p class=\"kicker\">Soak <b><bdi>{name}</bdi></b> · {date} · {span}{early}</p>\
         <h1 class=\"headline\"><span class=\"stamp\"><svg viewBox=\"0 0 24 24\" aria-hidden=\"true\" fill=\"none\" \
         stroke=\"currentColor\" stroke-width=\"3\" stroke-linecap=\"round\" stroke-linejoin=\"round\">\
         <path d=\"{picture}\"/></svg>{word}</span><span class=\"said\">{}</span></h1>{reasons}{unchecked}</div></header>",
        said(report)
    )
}

/// The limits that could not be checked; nothing if all were.
fn unchecked(report: &SoakReport) -> String {
    if report.unchecked.is_empty() {
        return String::new();
    }
    let names = report.unchecked.join(", ");
    format!("<p>Not checked, as nothing was seen of it: {}</p>", Text(&names))
}

/// The run in a sentence.
fn said(report: &SoakReport) -> String {
    let totals = &report.totals;
    let bots: u32 = report.personas.iter().map(|persona| persona.bots).sum();
    let (bots, frames) = (grouped(u64::from(bots)), grouped(totals.frames));
    let (right, wrong) = (grouped(totals.hashes_verified), grouped(totals.hash_mismatches));
    let proof = match totals.hash_mismatches {
        0 => format!("every one of {right} hashes was the server\u{2019}s"),
        _ => format!("{wrong} hashes were not the server\u{2019}s, {right} were"),
    };
    match report.verdict {
        Verdict::Void => "Nothing can be said about the server.".to_owned(),
        _ => format!("Up to {bots} bots applied {frames} frames; {proof}."),
    }
}

fn reason(reason: &Reason, report: &SoakReport) -> String {
    let (what, detail) = (Text(&reason.what), Text(&reason.detail));
    let series = series_of(&reason.what);
    let chart = super::charts::id_of(report, series).unwrap_or_default();
    let since = reason.since_seconds.map(|since| {
        let clock = clock(since);
        format!(
            "<button data-since=\"{since}\" data-chart=\"{chart}\">since {clock}, show</button>"
        )
    });
    let since = since.unwrap_or_default();
    format!(
        "<li><span class=\"what\">{what}</span><bdi class=\"detail\">{detail}</bdi>{since}</li>"
    )
}
