//! Who is connected, how, and what the HTTP side has to do with it.

use super::{
    Seen,
    exposition::{Exposition, Kind},
};
use crate::metrics::open_transports;

pub(super) fn write(out: &mut Exposition, seen: &Seen<'_>) {
    let what = "Connections to rooms, by what carries them.";
    let open = open_transports(seen.shards());
    out.by(("tickwire_connections", Kind::Gauge), what, "transport", open);
    let server = &seen.site.metrics;
    let what = "Open sockets, whatever they speak; each link over HTTP counts as one.";
    out.gauge("tickwire_sockets", what, server.connections.get());
    let what = "Sockets beyond this are turned away.";
    out.gauge("tickwire_sockets_limit", what, seen.site.config.max_connections);
    let what = "Links over HTTP whose key is known.";
    out.gauge("tickwire_links", what, server.links.get());
    let what = "Connections that are on a bad network because that was asked for.";
    out.gauge("tickwire_connections_impaired", what, seen.sum(|one| &one.impaired));
    let counters = [
        ("tickwire_sockets_accepted_total", "Sockets that were accepted.", server.accepted.get()),
        ("tickwire_http_requests_total", "HTTP requests by players.", server.requests.get()),
        ("tickwire_upgrades_total", "Handshakes that ended in a WebSocket.", server.upgrades.get()),
        (
            "tickwire_resumes_total",
            "Sessions that went on over another connection.",
            seen.sum(|one| &one.resumes),
        ),
        (
            "tickwire_resumes_refused_total",
            "Attempts at that by who had no session, or not its token.",
            seen.sum(|one| &one.refused_resumes),
        ),
        (
            "tickwire_takeovers_total",
            "Connections closed because their session went on over another one.",
            seen.sum(|one| &one.takeovers),
        ),
        (
            "tickwire_net_requests_ignored_total",
            "Requests for a bad network by clients that may not ask.",
            seen.sum(|one| &one.ignored_nets),
        ),
    ];
    for (name, what, value) in counters {
        out.counter(name, what, value);
    }
}
