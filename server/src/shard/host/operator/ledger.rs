//! A room's ledger, for people to read.

use serde::Serialize;
use tickwire_room::{Bytes, Ledger, Line, Part};
use tickwire_shared::{Tick, schema::Audience};

/// Where a room's bytes went.
#[derive(Debug, Serialize)]
pub(super) struct LedgerReport {
    /// How many ticks were counted, and how many are to be.
    ticks: u32,
    wanted: u32,
    frames: u64,
    /// Bytes of frames' headers.
    header: u64,
    /// Bytes of messages.
    messages: u64,
    lines: Vec<LineReport>,
}

/// Bytes of a part of an audience's segments, by cause.
#[derive(Debug, Serialize)]
struct LineReport {
    #[serde(skip_serializing_if = "Option::is_none")]
    audience: Option<&'static str>,
    /// `heads` of segments, `ids`, `rows` of a kind, or a `field` of it.
    part: &'static str,
    kind: String,
    field: String,
    keyframe: f64,
    delta: f64,
    enter: f64,
    resync: f64,
}

impl LedgerReport {
    pub(super) fn new(ledger: &Ledger, now: Tick) -> Self {
        let heads = LineReport::new(None, ("heads", "", ""), ledger.heads());
        LedgerReport {
            ticks: ledger.elapsed(now),
            wanted: ledger.ticks(),
            frames: ledger.frames(),
            header: ledger.header(),
            messages: ledger.messages(),
            lines: ledger.lines().map(LineReport::from).chain([heads]).collect(),
        }
    }
}

impl LineReport {
    fn new(
        audience: Option<&'static str>,
        (part, kind, field): (&'static str, &str, &str),
        [keyframe, delta, enter, resync]: Bytes,
    ) -> Self {
        let (kind, field) = (kind.to_owned(), field.to_owned());
        LineReport { audience, part, kind, field, keyframe, delta, enter, resync }
    }
}

impl From<Line<'_>> for LineReport {
    fn from(line: Line<'_>) -> Self {
        let audience = match line.audience {
            Audience::Public => "public",
            Audience::Team => "team",
            Audience::Owner => "owner",
        };
        let part = match line.part {
            Part::Ids => ("ids", "", ""),
            Part::Rows { kind } => ("rows", kind, ""),
            Part::Field { kind, field } => ("field", kind, field),
        };
        LineReport::new(Some(audience), part, line.bytes)
    }
}
