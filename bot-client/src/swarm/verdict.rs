//! Whether a run passed, and why not: a function of what was counted and nothing else.

use super::{
    faults::{Fault, Faults},
    report::{KindReport, ratio},
    tally::Counts,
};

/// Frames of bots that keep up are at most this many ticks old at the 99th percentile.
const MOST_AGE: u32 = 3;
/// And at most this share of them merges ticks.
const MOST_MERGED: f64 = 0.02;

/// What a verdict goes by.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The sums.
    pub counts: &'a Counts,
    /// What befell bots.
    pub faults: &'a Faults,
    /// How many bots set out.
    pub bots: u32,
    /// That rooms were slow, in words, unless that may have been the bots' own doing.
    pub slowness: Option<&'a str>,
    /// How those fared who kept up, when others did not; unless the bots were held up themselves.
    pub healthy: Option<&'a KindReport>,
}

/// Why a run failed, most telling first; nothing when it passed.
#[must_use]
pub fn reasons(facts: &Facts<'_>) -> Vec<String> {
    let mut reasons = Vec::new();
    let wrong = facts.counts.hash_mismatches;
    if wrong > 0 {
        let verified = facts.counts.hashes_verified;
        let hashes = plural(wrong, "hash was", "hashes were");
        reasons.push(format!("{hashes} not the server's; {verified} others were"));
    }
    reasons.extend(facts.faults.iter().map(|(fault, text, count)| sentence(fault, text, count)));
    reasons.extend(facts.slowness.map(str::to_owned));
    reasons.extend(facts.healthy.and_then(suffering));
    if facts.counts.hashes_verified == 0 && reasons.is_empty() {
        reasons.push(unproved(facts));
    }
    reasons
}

/// That those who kept up suffered from those who did not, in words.
fn suffering(healthy: &KindReport) -> Option<String> {
    let KindReport { frames, merged_frames, frame_age_ticks: age, .. } = healthy;
    if age.p99 > MOST_AGE {
        return Some(format!(
            "bots that kept up got old frames: {} ticks at the 99th percentile, beside bots that did not",
            age.p99
        ));
    }
    let share = ratio(*merged_frames, *frames);
    (share > MOST_MERGED).then(|| {
        let percent = 100.0 * share;
        format!("bots that kept up missed ticks, beside bots that did not: {percent:.1}% of their frames were merged")
    })
}

fn sentence(fault: Fault, text: &str, count: u64) -> String {
    let bots = |verb, verbs| plural(count, &format!("bot {verb}"), &format!("bots {verbs}"));
    let what = match fault {
        Fault::Refused => bots("was refused", "were refused"),
        Fault::Lost => bots("lost its connection", "lost their connections"),
        Fault::NotResumed => {
            bots("did not get its session back", "did not get their sessions back")
        }
        Fault::BadFrame => plural(count, "frame was no good", "frames were no good"),
        Fault::NeverJoined => bots("never got in", "never got in"),
        Fault::NoFrame => bots("got no frame", "got no frames"),
    };
    format!("{what}: {text}{}", hint(fault, text))
}

/// What one can do about the most usual refusal.
fn hint(fault: Fault, text: &str) -> &'static str {
    if fault == Fault::Refused && text.contains("4004") {
        ". Give the bots more --rooms, or the server's rooms more places"
    } else {
        ""
    }
}

fn unproved(facts: &Facts<'_>) -> String {
    match (facts.bots, facts.counts.joins, facts.counts.frames) {
        (0, ..) => "no bot set out".to_owned(),
        (_, 0, _) => "no bot got in".to_owned(),
        (.., 0) => "no frame came".to_owned(),
        _ => "no hash came, so nothing was proved; was the run too short?".to_owned(),
    }
}

/// A number with its noun.
#[must_use]
pub fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::{super::report::TickSpread, *};

    const GOOD: Counts = Counts {
        frames: 900,
        full_frames: 2,
        merged_frames: 0,
        payload_bytes: 9000,
        wire_bytes: 9900,
        entity_updates: 4000,
        hashes_verified: 120,
        hash_mismatches: 0,
        joins: 2,
        leaves: 2,
        broken_leaves: 0,
        excused_leaves: 0,
        inputs_sent: 800,
        late_inputs: 3,
        passed: 900,
        starved: 3,
        given_up: 0,
        chat_lines: 0,
        cuts: 0,
        resumed_from_history: 0,
        resumed_full: 0,
    };

    fn judge(counts: Counts, faults: &[(Fault, &str)]) -> Vec<String> {
        let mut noted = Faults::default();
        faults.iter().for_each(|(fault, text)| noted.note(*fault, (*text).to_owned()));
        reasons(&Facts { counts: &counts, faults: &noted, bots: 2, slowness: None, healthy: None })
    }

    #[test]
    fn a_good_run_has_no_reason_to_fail() {
        assert_eq!(judge(GOOD, &[]), [""; 0]);
    }

    #[test]
    fn late_inputs_and_merged_frames_are_no_faults() {
        let rough = Counts { late_inputs: 700, merged_frames: 800, ..GOOD };
        assert_eq!(judge(rough, &[]), [""; 0]);
    }

    #[test]
    fn each_fault_is_a_reason() {
        let one = |fault, text| judge(GOOD, &[(fault, text)]).concat();
        assert_eq!(one(Fault::Lost, "1001"), "1 bot lost its connection: 1001");
        assert_eq!(one(Fault::BadFrame, "cut"), "1 frame was no good: cut");
        assert_eq!(one(Fault::NeverJoined, "shut"), "1 bot never got in: shut");
        assert_eq!(one(Fault::NoFrame, "none"), "1 bot got no frame: none");
        assert_eq!(one(Fault::Refused, "4002"), "1 bot was refused: 4002");
        assert!(one(Fault::Refused, "4004, the room is full").contains("more --rooms"));
        let two = judge(GOOD, &[(Fault::Lost, "cut"), (Fault::Lost, "cut"), (Fault::Lost, "eof")]);
        assert_eq!(two, ["2 bots lost their connections: cut", "1 bot lost its connection: eof"]);
    }

    #[test]
    fn a_mismatch_comes_first() {
        let wrong = Counts { hash_mismatches: 1, ..GOOD };
        let reasons = judge(wrong, &[(Fault::Lost, "cut")]);
        assert_eq!(reasons[0], "1 hash was not the server's; 120 others were");
        assert_eq!(reasons.len(), 2);
    }

    #[test]
    fn a_slow_room_is_a_reason() {
        let words = "room ABCD made 10.1 of 30 ticks a second";
        let facts = Facts {
            counts: &GOOD,
            faults: &Faults::default(),
            bots: 2,
            slowness: Some(words),
            healthy: None,
        };
        assert_eq!(reasons(&facts), [words]);
    }

    #[test]
    fn who_keeps_up_must_not_suffer_from_who_does_not() {
        let fared = |merged_frames, p99| {
            let frame_age_ticks = TickSpread { p50: 0, p99 };
            let healthy = KindReport {
                frames: 1000,
                merged_frames,
                frame_age_ticks,
                ..KindReport::default()
            };
            let faults = Faults::default();
            let facts = Facts {
                counts: &GOOD,
                faults: &faults,
                bots: 2,
                slowness: None,
                healthy: Some(&healthy),
            };
            reasons(&facts).concat()
        };
        assert_eq!(fared(20, 3), "");
        assert!(fared(21, 0).ends_with("2.1% of their frames were merged"));
        assert!(fared(0, 4).contains("got old frames: 4 ticks"));
    }

    #[test]
    fn a_run_that_proves_nothing_fails() {
        let unproved = Counts { hashes_verified: 0, ..GOOD };
        assert!(judge(unproved, &[])[0].contains("no hash came"));
        assert!(judge(Counts { frames: 0, ..unproved }, &[])[0].contains("no frame came"));
        assert!(judge(Counts::default(), &[])[0].contains("no bot got in"));
        assert_eq!(judge(Counts::default(), &[(Fault::Refused, "x")]).len(), 1, "that is why");
    }
}
