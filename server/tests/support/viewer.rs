//! A client without a socket: bytes in, messages out, and a replica that checks
//! every hash it is given.

use tickwire_shared::{
    Replicate as _, Tick,
    message::{self, ClientMessage, Join, ServerMessage, Welcome},
    record::RecordLayout,
    replica::{Applied, Replica},
    session::{Resume, Token},
};

use super::test_game::Push;

/// What a server sent.
#[derive(Debug)]
pub enum Event {
    Welcome(Box<Welcome>),
    Frame(Applied),
    Pong(u32),
    Evidence(Tick),
    /// A session goes on.
    Resumed,
    /// WebSocket's own answer to a ping.
    WsPong(Vec<u8>),
    Close(u16, String),
}

/// What was received, and what it came to.
#[derive(Default)]
pub struct Viewer {
    pub bytes: Vec<u8>,
    pub replica: Option<Replica>,
    /// What the session is resumed with.
    pub token: Option<Token>,
    /// Hashes that held. One that does not is a failed test.
    pub checked: u32,
    /// Frames that stood alone.
    pub full: u32,
    pub closes: u32,
}

/// A client's frame, masked.
pub fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [0x37, 0xFA, 0x21, 0x3D];
    let mut bytes = vec![first];
    match payload.len() {
        length @ ..=125 => bytes.push(0x80 | length as u8),
        length => {
            bytes.push(0x80 | 126);
            bytes.extend_from_slice(&(length as u16).to_be_bytes());
        }
    }
    bytes.extend_from_slice(&mask);
    bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}

/// A message, without what carries it.
pub fn bare(message: &ClientMessage<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.write(&mut bytes);
    bytes
}

/// A message as a client sends it.
pub fn framed(message: &ClientMessage<'_>) -> Vec<u8> {
    masked(0x82, &bare(message))
}

/// A join with this ticket.
pub fn join_with(ticket: Option<&str>) -> ClientMessage<'static> {
    ClientMessage::Join(Join {
        protocol: message::PROTOCOL,
        name: "tester".to_owned(),
        schema_hash: None,
        ticket: ticket.map(str::to_owned),
    })
}

/// A join as a client sends it.
pub fn join() -> Vec<u8> {
    framed(&join_with(None))
}

impl Viewer {
    pub fn tick(&self) -> Option<Tick> {
        self.replica.as_ref().and_then(Replica::tick)
    }

    /// The next whole message, if there is one.
    pub fn next(&mut self) -> Option<Event> {
        let (first, payload, used) = split_frame(&self.bytes)?;
        let event = match first {
            0x82 => {
                let message = payload.to_vec();
                self.read(&message)
            }
            0x88 => {
                let code = u16::from_be_bytes([payload[0], payload[1]]);
                self.closes += 1;
                let reason = std::str::from_utf8(&payload[2..]).expect("a reason is text");
                Event::Close(code, reason.to_owned())
            }
            0x8A => Event::WsPong(payload.to_vec()),
            other => panic!("a server does not send frames that begin with {other:#04x}"),
        };
        self.bytes.drain(..used);
        Some(event)
    }

    /// The code of the close among what came, whatever else did.
    pub fn close_code(&mut self) -> Option<u16> {
        loop {
            let (first, payload, used) = split_frame(&self.bytes)?;
            let code = payload.first_chunk().map(|code| u16::from_be_bytes(*code));
            self.bytes.drain(..used);
            if first == 0x88 {
                return code;
            }
        }
    }

    /// Takes in one message, without what carries it.
    pub fn read(&mut self, message: &[u8]) -> Event {
        match ServerMessage::read(message).expect("a server's messages are well formed") {
            ServerMessage::Welcome(welcome) => {
                self.token = Some(welcome.token);
                let made = Replica::new(welcome.schema.clone(), &welcome.priors, welcome.tick_hz);
                self.replica = Some(made.expect("the schema is valid"));
                Event::Welcome(welcome)
            }
            ServerMessage::Frame(frame) => {
                let replica = self.replica.as_mut().expect("the welcome comes first");
                let applied = replica.apply(frame).expect("frames fit what came before");
                self.full += u32::from(applied.full);
                if let Some(check) = applied.hash {
                    assert!(check.holds(), "the replica differs at tick {}", applied.tick);
                    self.checked += 1;
                }
                Event::Frame(applied)
            }
            ServerMessage::Pong(token) => Event::Pong(token),
            ServerMessage::Evidence(tick, _) => Event::Evidence(tick),
            ServerMessage::Resumed(token) => {
                self.token = Some(token);
                Event::Resumed
            }
            ServerMessage::Closed(code, reason) => {
                self.closes += 1;
                Event::Close(code, reason.to_owned())
            }
        }
    }

    /// Asks to go on with the session, as somebody who holds what this viewer holds, or nothing.
    pub fn resume(&self, attempt: u8, keeps: bool) -> ClientMessage<'static> {
        ClientMessage::Resume(Resume {
            protocol: message::PROTOCOL,
            token: self.token.expect("a welcome came"),
            attempt: [attempt; 16],
            applied: self.tick().filter(|_| keeps),
        })
    }

    /// An input for the tick that follows the one held, `ahead` ticks on.
    pub fn input(&self, ahead: i32, x: i8) -> Option<Vec<u8>> {
        self.push(ahead, x).map(|message| masked(0x82, &message))
    }

    /// The same, without what carries it.
    pub fn push(&self, ahead: i32, x: i8) -> Option<Vec<u8>> {
        let held = self.tick()?;
        let mut columns = [0];
        Push { x }.quantise(&mut columns);
        let mut record = Vec::new();
        let schema = self.replica.as_ref()?.schema();
        RecordLayout::new(&schema.input).pack(&columns, &mut record);
        let (applied, tick) = (held, held.offset(ahead));
        Some(bare(&ClientMessage::Input { applied, tick, behind: 0, record: &record }))
    }

    /// Says what is held.
    pub fn ack(&self) -> Option<Vec<u8>> {
        self.tick().map(|tick| framed(&ClientMessage::Ack(tick)))
    }
}

/// The first byte, the payload and the length of the frame at the front.
fn split_frame(bytes: &[u8]) -> Option<(u8, &[u8], usize)> {
    let [first, second, rest @ ..] = bytes else { return None };
    assert!(second & 0x80 == 0, "a server does not mask");
    let (length, header) = match (second, rest) {
        (126, [high, low, ..]) => (usize::from(u16::from_be_bytes([*high, *low])), 4),
        (126, _) => return None,
        (127, _) => {
            let length = rest.first_chunk::<8>()?;
            (u64::from_be_bytes(*length) as usize, 10)
        }
        (short, _) => (usize::from(*short), 2),
    };
    let payload = bytes.get(header..header + length)?;
    Some((*first, payload, header + length))
}
