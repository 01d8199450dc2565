//! Connections and their turns, on one thread.
//!
//! Turns are spread over the tick, as clients' clocks are in the world. They are due at times that
//! were decided beforehand: a generator that falls behind says so instead of sending less.

use std::{
    io,
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use super::{
    Speaker,
    socket::{Outgoing, Socket},
};
use crate::clock::thread_cpu;

/// How long the thread sleeps between turns: a wakeup costs as much as a turn does.
const NAP: Duration = Duration::from_micros(500);
/// The largest message, and as much as is read at once.
const BUFFER: usize = 2 << 20;

/// One client.
#[derive(Debug)]
pub struct Client<S> {
    socket: Socket,
    /// What it says.
    pub speaker: S,
    /// When its next turn is, in turns of all clients since the start.
    next: u64,
}

/// What a generator did in some time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Load {
    /// How long it was.
    pub time: Duration,
    /// Messages that came.
    pub messages: u64,
    /// Their bytes, WebSocket headers included.
    pub received: u64,
    /// Messages that were sent.
    pub sent: u64,
    /// Turns that were taken.
    pub turns: u64,
    /// Turns that came more than a tick late.
    pub late: u64,
    /// The generator's own CPU time.
    pub cpu: Duration,
}

impl Load {
    /// The share of a core that the generator needed.
    #[must_use]
    pub fn own_share(&self) -> f64 {
        self.cpu.as_secs_f64() / self.time.as_secs_f64().max(1e-9)
    }

    /// Whether the generator could not keep up, so that the figures are its own.
    #[must_use]
    pub fn is_void(&self) -> bool {
        self.late * 100 > self.turns || self.own_share() > 0.97
    }
}

/// Clients that take turns.
#[derive(Debug)]
pub struct Generator<S> {
    /// The clients, in order of joining.
    pub clients: Vec<Client<S>>,
    start: Instant,
    period: Duration,
    scratch: Vec<u8>,
    out: Outgoing,
    load: Load,
}

impl<S: Speaker> Generator<S> {
    /// No clients yet; each will have `hz` turns a second.
    #[must_use]
    pub fn new(hz: u32) -> Self {
        Generator {
            clients: Vec::new(),
            start: Instant::now(),
            period: Duration::from_secs(1) / hz,
            scratch: vec![0; BUFFER],
            out: Outgoing::default(),
            load: Load::default(),
        }
    }

    /// Connects one more client.
    ///
    /// # Errors
    /// When the server does not let it in.
    pub fn connect(&mut self, address: SocketAddr, mut speaker: S) -> io::Result<()> {
        let mut socket = Socket::connect(address, &speaker.target())?;
        self.out.bytes.clear();
        speaker.open(self.start.elapsed(), &mut self.out);
        socket.write(&self.out.bytes).map_err(io::Error::other)?;
        let next = self.turn_now() + 1;
        self.clients.push(Client { socket, speaker, next });
        Ok(())
    }

    /// How many turns each client should have had by now.
    fn turn_now(&self) -> u64 {
        (self.start.elapsed().as_nanos() / self.period.as_nanos()) as u64
    }

    /// Lets all clients take their turns for some time.
    ///
    /// # Errors
    /// What a connection ended with, or what a client objects to.
    pub fn run(&mut self, time: Duration) -> Result<Load, String> {
        self.load = Load::default();
        let (begun, cpu) = (Instant::now(), thread_cpu());
        while begun.elapsed() < time {
            self.take_turns()?;
            thread::sleep(NAP);
        }
        Ok(Load { time: begun.elapsed(), cpu: thread_cpu() - cpu, ..self.load })
    }

    /// Gives a turn to everybody who is due.
    fn take_turns(&mut self) -> Result<(), String> {
        let count = self.clients.len().max(1) as u32;
        for index in 0..self.clients.len() {
            let place = self.period * index as u32 / count;
            let now = self.start.elapsed();
            let due = ((now.saturating_sub(place)).as_nanos() / self.period.as_nanos()) as u64;
            let behind = due.checked_sub(self.clients[index].next);
            let Some(behind) = behind else { continue };
            self.load.late += behind;
            self.load.turns += behind + 1;
            self.clients[index].next = due + 1;
            self.turn(index, now).map_err(|error| format!("client {index}: {error}"))?;
        }
        Ok(())
    }

    fn turn(&mut self, index: usize, now: Duration) -> Result<(), String> {
        let Client { socket, speaker, .. } = &mut self.clients[index];
        let (out, load) = (&mut self.out, &mut self.load);
        out.bytes.clear();
        out.count = 0;
        let received = socket.read(&mut self.scratch, |message| {
            load.messages += 1;
            speaker.receive(message, now, out)
        })?;
        load.received += received as u64;
        speaker.turn(now, out);
        if !out.bytes.is_empty() && socket.write(&out.bytes)? {
            load.sent += out.count;
        }
        Ok(())
    }
}
