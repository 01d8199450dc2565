//! Who is not let in, who is sent away, and why.

use super::{
    Seen,
    exposition::{Exposition, Kind},
};
use crate::metrics::closes;

pub(super) fn write(out: &mut Exposition, seen: &Seen<'_>) {
    let what = "What was refused, by reason.";
    let refusals = seen.site.metrics.refusals();
    out.by(("tickwire_refusals_total", Kind::Counter), what, "reason", refusals);
    let what = "Connections to rooms that ended, by close code; 1006 is without one.";
    out.by(("tickwire_closes_total", Kind::Counter), what, "code", closes(seen.shards()));
}
