//! Those who mean harm, mildly: what each does, and what is documented to become of it.
//!
//! They speak over sockets of their own, without the client that all others are made of, so that they
//! can be as wrong as they like.

mod raw;

use std::{
    io,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use tickwire_games::common::rng::Rng;
use tickwire_shared::{
    message::{ClientMessage, CloseCode, Join, PROTOCOL, kind},
    session::{Resume, TOKEN_BYTES, Token},
};
use tokio::{io::AsyncWriteExt, sync::watch, time::timeout};

use self::raw::{End, Opcode, PATIENCE, Raw, end, frame};
use super::{cast::Cast, scenario::PersonaKind};
use crate::swarm::rooms::{SharedRoom, Way};

/// How long one waits between two attempts unless the scenario says.
const AWAY: Duration = Duration::from_secs(1);
/// A flood lasts this long at most; after two seconds a server has had enough.
const FLOOD: Duration = Duration::from_secs(8);
/// So many messages at once make a flood.
const FLOOD_MESSAGES: usize = 200;
/// The letters that codes of rooms are made of.
const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";

/// What one may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attack {
    /// Bytes that are no HTTP.
    NoHttp,
    /// A first message that is none.
    NoMessage,
    /// A text message.
    Text,
    /// A frame without a mask.
    Unmasked,
    /// A message that is too long.
    TooLong,
    /// A message that is none, after a proper join.
    NoMessageWithin,
    /// A ticket that nobody gave.
    Ticket,
    /// The code of a room that is not there.
    Code,
    /// The same by HTTP.
    CodeByHttp,
    /// A session that is not there.
    Session,
    /// A connection on which nothing is said.
    Silence,
    /// A request that does not end.
    HalfRequest,
    /// A WebSocket on which nothing is said.
    NoJoin,
    /// More messages than are read.
    Flood,
}

impl Attack {
    /// What those of a kind do.
    fn of(kind: PersonaKind) -> &'static [Attack] {
        use Attack::*;
        match kind {
            PersonaKind::Garbage => &[NoHttp, NoMessage, Text, Unmasked, TooLong, NoMessageWithin],
            PersonaKind::Guesser => &[Ticket, Code, CodeByHttp, Session],
            PersonaKind::HalfOpen => &[Silence, HalfRequest, NoJoin],
            _ => &[Flood],
        }
    }

    /// What it is, in words.
    fn words(self) -> &'static str {
        match self {
            Attack::NoHttp => "bytes that are no HTTP",
            Attack::NoMessage => "a first message that is none",
            Attack::Text => "a text message",
            Attack::Unmasked => "a frame without a mask",
            Attack::TooLong => "a message that is too long",
            Attack::NoMessageWithin => "a message that is none, after a join",
            Attack::Ticket => "a guessed ticket",
            Attack::Code => "a guessed room",
            Attack::CodeByHttp => "a guessed room, by HTTP",
            Attack::Session => "a guessed session",
            Attack::Silence => "a silent connection",
            Attack::HalfRequest => "half a request",
            Attack::NoJoin => "a WebSocket without a join",
            Attack::Flood => "a flood of messages",
        }
    }

    /// What is documented to become of it; see the close codes of `PROTOCOL.md`.
    fn expects(self, end: End) -> bool {
        let closed =
            |codes: &[CloseCode]| codes.iter().any(|code| end == End::Closed(*code as u16));
        match self {
            Attack::NoHttp => matches!(end, End::Answered(400) | End::HungUp),
            Attack::NoMessage => closed(&[CloseCode::BadMessage, CloseCode::NoJoin]),
            Attack::Text => closed(&[CloseCode::Unsupported]),
            Attack::Unmasked => closed(&[CloseCode::Protocol]),
            Attack::TooLong => closed(&[CloseCode::TooBig]),
            Attack::NoMessageWithin => closed(&[CloseCode::BadMessage]),
            Attack::Ticket => closed(&[CloseCode::BadTicket]),
            Attack::Code => closed(&[CloseCode::NoSuchRoom]),
            Attack::CodeByHttp => end == End::Answered(404),
            Attack::Session => closed(&[CloseCode::NoSession]),
            Attack::Silence | Attack::HalfRequest => {
                matches!(end, End::HungUp | End::Answered(408))
            }
            Attack::NoJoin => closed(&[CloseCode::NoJoin]),
            Attack::Flood => closed(&[CloseCode::Policy]),
        }
    }
}

/// Tries one thing after the other until it is told to stop.
pub async fn live(
    cast: Arc<Cast>,
    index: u32,
    room: Arc<SharedRoom>,
    mut stop: watch::Receiver<bool>,
) {
    let mut rng =
        Rng::new(cast.swarm.options.seed ^ u64::from(index + 1).wrapping_mul(0x9E37_79B9));
    let attacks = Attack::of(cast.persona.kind());
    let away = cast.persona.away.unwrap_or(AWAY);
    tokio::select! {
        () = async { loop {
            let attack = attacks[rng.below(attacks.len())];
            try_one(&cast, attack, &room, &mut rng).await;
            tokio::time::sleep(away.mul_f32(0.5 + rng.unit())).await;
        } } => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}

/// Tries one thing and notes how it ended.
async fn try_one(cast: &Cast, attack: Attack, room: &SharedRoom, rng: &mut Rng) {
    let Way::ByCode(code) = room.way_in(false).await else { return };
    cast.endings.note_attack();
    let end = make(cast, attack, &code, rng).await;
    // The room may have ended while one was on the way to it, which is none of its doing.
    let is_moot = end == End::Closed(CloseCode::NoSuchRoom as u16) || end == End::Answered(404);
    if is_moot && room.is_deserted() && !attack.expects(end) {
        return;
    }
    let text = format!("{}: {}", attack.words(), end.words());
    cast.endings.note(text, attack.expects(end));
}

async fn make(cast: &Cast, attack: Attack, code: &str, rng: &mut Rng) -> End {
    let target = &cast.swarm.target;
    let Ok(mut raw) = Raw::open(target.address()).await else { return End::Absent };
    let host = target.game(None).authority();
    let made = match attack {
        Attack::NoHttp | Attack::Silence | Attack::HalfRequest | Attack::CodeByHttp => {
            raw.send(&without_upgrade(attack, &host, rng)).await.map(|()| None)
        }
        Attack::NoMessageWithin | Attack::Flood => {
            within(cast, attack, &mut raw, (&host, code)).await
        }
        _ => before(attack, &mut raw, (&host, code), rng).await,
    };
    match made {
        Ok(Some(end)) => end,
        // What hung up while it was being told has its reasons, which may be there to be read.
        Ok(None) | Err(_) => raw.end().await,
    }
}

/// What is sent instead of a proper handshake.
fn without_upgrade(attack: Attack, host: &str, rng: &mut Rng) -> Vec<u8> {
    match attack {
        Attack::NoHttp => {
            (0..64).map(|_| 0x80 | rng.below(0x80) as u8).chain(*b"\r\n\r\n").collect()
        }
        Attack::HalfRequest => format!("GET /rooms HTTP/1.1\r\nHost: {host}\r\nX-Slow: ").into(),
        Attack::CodeByHttp => {
            let room = letters(rng);
            format!("GET /rooms/{room} HTTP/1.1\r\nHost: {host}\r\n\r\n").into()
        }
        _ => Vec::new(),
    }
}

/// What is done on a WebSocket of somebody who has not joined.
async fn before(
    attack: Attack,
    raw: &mut Raw,
    (host, code): (&str, &str),
    rng: &mut Rng,
) -> io::Result<Option<End>> {
    let path = match attack {
        Attack::Code => format!("/ws?room={}", letters(rng)),
        _ => format!("/rooms/{code}/ws"),
    };
    let status = raw.upgrade(host, &path).await?;
    if status != 101 {
        return Ok(Some(End::Answered(status)));
    }
    let noise: Vec<u8> = (0..16).map(|_| rng.next_u64() as u8).collect();
    let bytes = match attack {
        Attack::NoMessage => frame(Opcode::Binary, &[&[0x7F], &*noise].concat(), true),
        Attack::Text => frame(Opcode::Text, b"hello", true),
        Attack::Unmasked => frame(Opcode::Binary, &[kind::LEAVE], false),
        Attack::TooLong => frame(Opcode::Binary, &[0x7F; 2000], true),
        Attack::Ticket => {
            let ticket = (0..72).map(|_| LETTERS[rng.below(LETTERS.len())] as char).collect();
            frame(Opcode::Binary, &join(Some(ticket)), true)
        }
        Attack::Session => frame(Opcode::Binary, &resume(rng), true),
        _ => Vec::new(),
    };
    raw.send(&bytes).await?;
    Ok(None)
}

/// What is done by somebody who has joined properly.
async fn within(
    cast: &Cast,
    attack: Attack,
    raw: &mut Raw,
    (host, code): (&str, &str),
) -> io::Result<Option<End>> {
    let status = raw.upgrade(host, &format!("/ws?room={code}")).await?;
    if status != 101 {
        return Ok(Some(End::Answered(status)));
    }
    raw.send(&frame(Opcode::Binary, &join(None), true)).await?;
    if !raw.hears(kind::WELCOME).await {
        return Ok(None);
    }
    let _guest = Guest::new(cast);
    if attack == Attack::Flood {
        return Ok(Some(flood(raw).await));
    }
    raw.send(&frame(Opcode::Binary, &[0x7F, 1, 2, 3], true)).await?;
    Ok(Some(raw.end().await))
}

/// One who is in a room, for as long as this lives.
struct Guest<'a>(&'a Cast);

impl Guest<'_> {
    fn new(cast: &Cast) -> Guest<'_> {
        cast.guests.fetch_add(1, Ordering::Relaxed);
        Guest(cast)
    }
}

impl Drop for Guest<'_> {
    fn drop(&mut self) {
        self.0.guests.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Sends pings without end, until the server has had enough.
async fn flood(raw: &mut Raw) -> End {
    let ping = frame(Opcode::Binary, &[kind::PING, 1, 2, 3, 4], true);
    let many = ping.repeat(FLOOD_MESSAGES);
    let (mut read, mut write) = raw.0.split();
    let until = Instant::now() + FLOOD;
    let speak = async {
        // It waits for nothing but the server, so that there is always more to read than is read.
        while Instant::now() < until && write.write_all(&many).await.is_ok() {}
        std::future::pending().await
    };
    tokio::select! {
        end = timeout(PATIENCE, end(&mut read)) => end.unwrap_or(End::Open),
        () = speak => End::Open,
    }
}

fn join(ticket: Option<String>) -> Vec<u8> {
    let name = "harmless".to_owned();
    let join = Join { protocol: PROTOCOL, name, schema_hash: None, ticket };
    let mut bytes = Vec::new();
    ClientMessage::Join(join).write(&mut bytes);
    bytes
}

fn resume(rng: &mut Rng) -> Vec<u8> {
    let mut random = || [0; TOKEN_BYTES].map(|_: u8| rng.next_u64() as u8);
    let (token, attempt) = (Token(random()), random());
    let resume = Resume { protocol: PROTOCOL, token, attempt, applied: None };
    let mut bytes = Vec::new();
    ClientMessage::Resume(resume).write(&mut bytes);
    bytes
}

/// A code that no room is likely to have.
fn letters(rng: &mut Rng) -> String {
    (0..5).map(|_| LETTERS[rng.below(LETTERS.len())] as char).collect()
}
