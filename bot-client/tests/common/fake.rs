//! A server of a few lines: each connection has a room of its own, and goes tick by tick.

use std::{convert::Infallible, net::SocketAddr, time::Duration};

use fastwebsockets::{Frame, OpCode, Payload, WebSocket, WebSocketError, upgrade};
use http_body_util::Full;
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
    upgrade::Upgraded,
};
use hyper_util::rt::TokioIo;
use tickwire_room::{HostedRoom, Newcomer, Reply, Room};
use tickwire_shared::{
    PlayerId, Tick,
    message::{ClientMessage, CloseCode, kind, pong},
    session::Token,
};
use tokio::net::TcpListener;

use super::{Drift, config, drift::Settings, forge};

/// What is wrong with a fake server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    Nothing,
    /// Its frames say that a mote has less health than its hashes and its evidence do.
    Lies,
    /// It answers every request with 503.
    IsBusy,
    /// It closes after the join: the room is full.
    IsFull,
    /// It closes before it is spoken to, together with the handshake, and is gone at once.
    TurnsAway,
    /// Its ticks take three times as long as it says.
    IsSlow,
    /// Its ticks take as long as it says, but before this one it stands still for two seconds, and does not make
    /// up for it.
    StandsStill(u32),
    /// It welcomes, and then says nothing more.
    FallsSilent,
    /// It welcomes and answers, and sends no frame.
    SendsNoFrames,
    /// It hangs up after this many ticks without a close frame.
    HangsUp(u32),
    /// It hangs up on who leaves, without a close frame.
    HangsUpOnLeave,
    /// It shuts down after this many ticks.
    ShutsDown(u32),
    /// Its frame of this tick is cut short.
    Garbles(u32),
}

/// Starts a fake server on a free port; it ends with the test's runtime.
pub async fn start(flaw: Flaw) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let service = service_fn(move |request| answer(request, flaw));
            let connection = http1::Builder::new().serve_connection(TokioIo::new(socket), service);
            tokio::spawn(connection.with_upgrades());
        }
    });
    address
}

async fn answer(
    mut request: Request<Incoming>,
    flaw: Flaw,
) -> Result<Response<Full<Bytes>>, Infallible> {
    if flaw == Flaw::IsBusy {
        let mut response = Response::new(Full::from("\n the server is draining\nmore"));
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        return Ok(response);
    }
    let (response, socket) = upgrade::upgrade(&mut request).unwrap();
    tokio::spawn(async move {
        let mut socket = socket.await.unwrap();
        socket.set_auto_close(false);
        // A client that has gone is none of a test's business.
        let _ = serve(socket, flaw).await;
    });
    Ok(response.map(|_| Full::default()))
}

struct Twins {
    truth: Room<Drift>,
    shown: Room<Drift>,
    player: PlayerId,
}

async fn serve(mut socket: WebSocket<TokioIo<Upgraded>>, flaw: Flaw) -> Result<(), WebSocketError> {
    if flaw == Flaw::TurnsAway {
        let words = Frame::close(CloseCode::NoSuchRoom as u16, b"it closed an hour ago");
        return socket.write_frame(words).await;
    }
    assert_eq!(socket.read_frame().await?.payload[0], kind::JOIN);
    if flaw == Flaw::IsFull {
        return close(&mut socket, CloseCode::RoomFull, "no places left").await;
    }
    let settings = Settings { hp: if flaw == Flaw::Lies { 93 } else { 100 } };
    let mut truth = Room::new(config(Tick(u32::MAX - 5)), &Settings::default());
    let mut shown = Room::new(config(Tick(u32::MAX - 5)), &settings);
    let player = truth.handle_join(&Newcomer::named("fake")).unwrap();
    shown.handle_join(&Newcomer::named("fake")).unwrap();
    send(&mut socket, truth.welcome(player, &Token([0; 16]))).await?;
    let mut twins = Twins { truth, shown, player };
    for tick in 1.. {
        let pause = match flaw {
            Flaw::IsSlow => 100,
            Flaw::StandsStill(at) if at == tick => 2000,
            Flaw::StandsStill(_) => 33,
            _ => 10,
        };
        tokio::time::sleep(Duration::from_millis(pause)).await;
        match flaw {
            Flaw::FallsSilent => std::future::pending().await,
            Flaw::HangsUp(at) if at == tick => return Ok(()),
            Flaw::ShutsDown(at) if at == tick => {
                return close(&mut socket, CloseCode::GoingAway, "back soon").await;
            }
            _ => {}
        }
        let mut frame = twins.frame();
        if flaw == Flaw::Garbles(tick) {
            frame.truncate(1);
        }
        if flaw != Flaw::SendsNoFrames {
            send(&mut socket, frame).await?;
        }
        if !twins.listen(&mut socket).await? {
            if flaw == Flaw::HangsUpOnLeave {
                return Ok(());
            }
            return close(&mut socket, CloseCode::Normal, "").await;
        }
    }
    Ok(())
}

impl Twins {
    fn frame(&mut self) -> Vec<u8> {
        let (mut truth, mut shown) = (Vec::new(), Vec::new());
        self.truth.tick();
        self.shown.tick();
        self.truth.poll_frame(self.player, &mut truth);
        self.shown.poll_frame(self.player, &mut shown);
        forge(&truth, &shown)
    }

    /// Handles messages until the frame is acknowledged; false when the client leaves.
    async fn listen(
        &mut self,
        socket: &mut WebSocket<TokioIo<Upgraded>>,
    ) -> Result<bool, WebSocketError> {
        loop {
            let message = socket.read_frame().await?;
            if message.opcode == OpCode::Close {
                return Ok(false);
            }
            let reply = self.truth.handle_message(self.player, &message.payload).unwrap();
            let _ = self.shown.handle_message(self.player, &message.payload).unwrap();
            match reply {
                Reply::Leave => return Ok(false),
                Reply::Send(bytes) => send(socket, bytes).await?,
                Reply::Pong(token) => send(socket, pong(token).to_vec()).await?,
                Reply::Net(_) => {}
                Reply::Nothing => match ClientMessage::read(&message.payload).unwrap() {
                    ClientMessage::Input { applied, .. } | ClientMessage::Ack(applied)
                        if applied == self.truth.now() =>
                    {
                        return Ok(true);
                    }
                    _ => {}
                },
            }
        }
    }
}

async fn send(
    socket: &mut WebSocket<TokioIo<Upgraded>>,
    bytes: Vec<u8>,
) -> Result<(), WebSocketError> {
    socket.write_frame(Frame::binary(Payload::Owned(bytes))).await
}

async fn close(
    socket: &mut WebSocket<TokioIo<Upgraded>>,
    code: CloseCode,
    reason: &str,
) -> Result<(), WebSocketError> {
    socket.write_frame(Frame::close(code as u16, reason.as_bytes())).await?;
    socket.read_frame().await.map(|_| ())
}
