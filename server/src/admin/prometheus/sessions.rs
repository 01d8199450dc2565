//! Who is connected, and how.

use super::{
    Shards,
    exposition::{Exposition, Kind},
};
use crate::metrics::open_transports;

pub(super) fn write(out: &mut Exposition, shards: &Shards<'_>) {
    let what = "Connections to rooms, by what carries them.";
    let open = open_transports(shards.metrics());
    out.by(("tickwire_connections", Kind::Gauge), what, "transport", open);
}
