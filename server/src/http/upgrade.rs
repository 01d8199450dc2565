//! From an HTTP request to a socket in a shard's hands.

use std::{
    net::{Ipv4Addr, TcpStream},
    sync::Arc,
    time::{Duration, Instant},
};

use fastwebsockets::upgrade::UpgradeFut;
use hyper::{
    Request, StatusCode,
    body::{Bytes, Incoming},
    upgrade::Parts,
};
use hyper_util::rt::TokioIo;
use tickwire_shared::{PlayerId, link::Net};
use tokio::net::TcpStream as TokioSocket;

use super::{
    Answer, Caller, Site, handshake, parameter, patience::Watched, problem::problem, whole,
};
use crate::{
    directory::{Denied, RoomEntry, Seat, Wanted},
    shard::{Arrival, Carrier, Command, Entrance, Pipe, WebSocket},
    ws::close::CloseReason,
};

/// How long the answer to a handshake may take to be sent.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// Answers a handshake, and takes the seat before that.
pub(super) fn upgrade(
    site: &Arc<Site>,
    caller: &Arc<Caller>,
    request: Request<Incoming>,
) -> Answer {
    let wanted = wanted(request.uri().query().unwrap_or_default());
    shake(site, caller, request, || {
        take_seat(site, caller, &wanted).map(Entrance::Seat).map_err(|denied| denied.close_reason())
    })
}

/// Answers a handshake for a room that takes no seat: the first message comes with a ticket, or
/// resumes a session.
pub(super) fn upgrade_room(
    site: &Arc<Site>,
    caller: &Arc<Caller>,
    request: Request<Incoming>,
    entry: Arc<RoomEntry>,
) -> Answer {
    shake(site, caller, request, || Ok(Entrance::Door(entry)))
}

/// Answers a handshake of the operator, who looks at a room as this player or a spectator sees it. Where it
/// comes from was looked at before.
pub(crate) fn upgrade_observer(
    site: &Arc<Site>,
    mut request: Request<Incoming>,
    entry: Arc<RoomEntry>,
    like: Option<PlayerId>,
) -> Answer {
    if let Some(answer) = handshake::objection(&request) {
        return answer;
    }
    let (answer, upgraded) = match fastwebsockets::upgrade::upgrade(&mut request) {
        Ok(upgrade) => upgrade,
        Err(error) => return problem(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let site = Arc::clone(site);
    tokio::spawn(async move {
        let Some((socket, early)) = receive(upgraded, &site).await else { return };
        let carrier = Carrier::Socket(WebSocket { pipe: Pipe::new(socket, None) });
        // Where the operator is makes no difference.
        let address = Ipv4Addr::LOCALHOST.into();
        let arrival = Arrival { carrier, early, address, net: None };
        let shard = &site.shards[entry.shard()];
        shard.send(Command::Admit(arrival, Entrance::Window(entry, like)));
    });
    answer.map(|_| whole(Bytes::new()))
}

/// Answers a handshake, if it is one, and lets whoever it is in by what `enter` gives.
fn shake(
    site: &Arc<Site>,
    caller: &Arc<Caller>,
    mut request: Request<Incoming>,
    enter: impl FnOnce() -> Result<Entrance, CloseReason>,
) -> Answer {
    if let Some(answer) = handshake::objection(&request) {
        site.metrics.bad_handshakes.add(1);
        return answer;
    }
    if !handshake::origin_is_allowed(request.headers(), &site.config.allow_origin) {
        site.metrics.wrong_origins.add(1);
        let detail = "pages of other hosts may not connect; the server's --allow-origin lets them";
        return problem(StatusCode::FORBIDDEN, detail);
    }
    let (answer, upgraded) = match fastwebsockets::upgrade::upgrade(&mut request) {
        Ok(upgrade) => upgrade,
        Err(error) => return problem(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    tokio::spawn(hand_over(Arc::clone(site), Arc::clone(caller), upgraded, enter()));
    answer.map(|_| whole(Bytes::new()))
}

fn take_seat(site: &Site, caller: &Caller, wanted: &Wanted) -> Result<Seat, Denied> {
    let who = caller.who();
    let seat = site.directory.seat(wanted, &who, Instant::now(), |entry, room| {
        site.shards[entry.shard()].send(Command::Open(entry, room));
    });
    if let Err(denied) = &seat {
        denied.count(&site.metrics);
        let (peer, why) = (caller.peer, denied.close_reason().text);
        tracing::info!(%peer, %wanted, %why, "refused");
    }
    seat
}

/// What the query asks for. A name that no game or room has is refused like an unknown one.
fn wanted(query: &str) -> Wanted {
    let value = |name: &str| parameter(query, name).map(str::to_owned);
    match (value("room"), parameter(query, "create")) {
        (Some(code), _) => Wanted::Room(code),
        (None, Some("1" | "true")) => Wanted::Create(value("game")),
        (None, _) => Wanted::Game(value("game")),
    }
}

/// Waits for the answer to be sent, then gives the socket to its shard.
async fn hand_over(
    site: Arc<Site>,
    caller: Arc<Caller>,
    upgraded: UpgradeFut,
    entrance: Result<Entrance, CloseReason>,
) {
    let Some((socket, early)) = receive(upgraded, &site).await else { return };
    let (number, config) = (site.metrics.upgrades.next(), &site.config);
    let net = config.net.map(|conditions| Net::numbered(conditions, config.seed, number));
    let pipe = Pipe::new(socket, caller.take_guard());
    let carrier = Carrier::Socket(WebSocket { pipe });
    let arrival = Arrival { carrier, early, address: caller.address, net };
    match entrance {
        Ok(entrance) => {
            let shard = entrance.room().shard();
            site.shards[shard].send(Command::Admit(arrival, entrance));
        }
        Err(reason) => {
            let shard = usize::from(caller.peer.port()) % site.shards.len();
            site.shards[shard].send(Command::Refuse(arrival, reason));
        }
    }
}

/// The socket, once the answer has been sent.
async fn receive(upgraded: UpgradeFut, site: &Site) -> Option<(TcpStream, Vec<u8>)> {
    let socket = tokio::time::timeout(ANSWER_TIMEOUT, upgraded).await.ok()?.ok()?;
    plain_socket(socket.into_inner(), site)
}

/// The socket itself, out of the runtime's hands, and what was read from it too early.
fn plain_socket(
    upgraded: TokioIo<hyper::upgrade::Upgraded>,
    site: &Site,
) -> Option<(TcpStream, Vec<u8>)> {
    let upgraded = upgraded.into_inner();
    // The operator's sockets are watched by nobody.
    let (socket, read_buf) = match upgraded.downcast::<TokioIo<Watched<TokioSocket>>>() {
        Ok(Parts { io, read_buf, .. }) => (io.into_inner().socket, read_buf),
        Err(upgraded) => {
            let Parts { io, read_buf, .. } = upgraded.downcast::<TokioIo<TokioSocket>>().ok()?;
            (io.into_inner(), read_buf)
        }
    };
    // It stays nonblocking, as the runtime made it.
    let socket = socket.into_std().ok()?;
    // What the kernel does not take of a frame waits with the connection, and no other is made before it
    // went. Its other buffer is as small, for the same reason: what is in it only gets older.
    let (kernel, limits) = (socket2::SockRef::from(&socket), &site.config.limits);
    let _ = kernel.set_recv_buffer_size(limits.receive_buffer);
    Some((socket, read_buf.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_names_a_room_or_a_game_or_neither() {
        let cases = [
            ("", Wanted::Game(None)),
            ("game=", Wanted::Game(None)),
            ("game=arena", Wanted::Game(Some("arena".into()))),
            ("x=1&game=arena&y", Wanted::Game(Some("arena".into()))),
            ("game=arena&create=1", Wanted::Create(Some("arena".into()))),
            ("create=1", Wanted::Create(None)),
            ("create=0", Wanted::Game(None)),
            ("room=bcdfg", Wanted::Room("bcdfg".into())),
            ("game=arena&room=BCDFG", Wanted::Room("BCDFG".into())),
        ];
        for (query, expected) in cases {
            assert_eq!(wanted(query), expected, "{query}");
        }
    }
}
