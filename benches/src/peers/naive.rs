//! The server that one writes first in Rust: tokio-tungstenite, a task for each client, and the whole
//! state in bincode to everybody in each tick.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, Sender, channel},
    time::{MissedTickBehavior, interval},
};
use tokio_tungstenite::tungstenite::{Bytes, Message};

use super::{
    decode::State,
    world::{HZ, Near, World},
};

/// States that wait for a client; one that is further behind misses some, and needs none of them.
const WAITING: usize = 64;

#[derive(Debug)]
struct Hosted {
    near: bool,
    world: World,
    cells: Near,
    clients: BTreeMap<usize, Sender<Bytes>>,
    durations: Vec<Duration>,
    /// Entities shown, and to how many.
    shown: (usize, usize),
}

type Shared = Arc<Mutex<Hosted>>;

/// Serves until the process is ended.
///
/// # Errors
/// When it cannot listen.
pub fn serve(near: bool) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}", listener.local_addr()?);
        let hosted = Arc::new(Mutex::new(Hosted {
            near,
            world: World::new(near, 1),
            cells: Near::default(),
            clients: BTreeMap::new(),
            durations: Vec::new(),
            shown: (0, 0),
        }));
        tokio::spawn(tick(Arc::clone(&hosted)));
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::spawn(welcome(stream, Arc::clone(&hosted)));
        }
    })
}

async fn tick(hosted: Shared) {
    let mut interval = interval(Duration::from_secs(1) / HZ);
    interval.set_missed_tick_behavior(MissedTickBehavior::Burst);
    loop {
        interval.tick().await;
        let begun = Instant::now();
        lock(&hosted).step();
        // Lets the clients' tasks write, so that a tick's time has the writes in it.
        tokio::task::yield_now().await;
        lock(&hosted).durations.push(begun.elapsed());
    }
}

fn lock(hosted: &Shared) -> std::sync::MutexGuard<'_, Hosted> {
    hosted.lock().expect("nobody panics while holding it")
}

/// Answers `GET /stats`, or serves a player.
async fn welcome(mut stream: TcpStream, hosted: Shared) {
    let mut first = [0; 10];
    let asked = stream.peek(&mut first).await.is_ok() && first == *b"GET /stats";
    if asked {
        // A socket that closes with something unread resets the connection.
        let _ = stream.read(&mut [0; 1024]).await;
        let body = lock(&hosted).summary();
        let answer = format!("HTTP/1.0 200 OK\r\nConnection: close\r\n\r\n{body}");
        let _ = stream.write_all(answer.as_bytes()).await;
        return;
    }
    let (sender, receiver) = channel(WAITING);
    let slot = lock(&hosted).world.enter();
    play(stream, &hosted, slot, sender, receiver).await;
    let mut hosted = lock(&hosted);
    hosted.clients.remove(&slot);
    hosted.world.leave(slot);
}

/// Serves a player until the connection ends.
async fn play(
    stream: TcpStream,
    hosted: &Shared,
    slot: usize,
    sender: Sender<Bytes>,
    mut receiver: Receiver<Bytes>,
) -> Option<()> {
    let socket = tokio_tungstenite::accept_async(stream).await.ok()?;
    let (mut sink, mut source) = socket.split();
    let you = Bytes::from((slot as u32).to_le_bytes().to_vec());
    sink.send(Message::Binary(you)).await.ok()?;
    lock(hosted).clients.insert(slot, sender);
    let writing = async {
        while let Some(bytes) = receiver.recv().await {
            sink.send(Message::Binary(bytes)).await.ok()?;
        }
        Some(())
    };
    let reading = async {
        while let Some(Ok(message)) = source.next().await {
            if let Message::Binary(bytes) = message
                && let Some(turn) = bytes.first()
            {
                lock(hosted).world.steer(slot, *turn);
            }
        }
    };
    tokio::select! {
        _ = writing => {}
        () = reading => {}
    }
    Some(())
}

impl Hosted {
    fn step(&mut self) {
        self.world.step();
        if !self.near {
            let bytes = self.state(0..self.world.ships.len());
            let seen = self.world.ships.iter().flatten().count();
            self.shown.0 += seen * self.clients.len();
            self.shown.1 += self.clients.len();
            self.clients.values().for_each(|client| _ = client.try_send(bytes.clone()));
            return;
        }
        self.cells.rebuild(&self.world);
        for (slot, client) in &self.clients {
            let Some(eye) = &self.world.ships[*slot] else { continue };
            let seen: Vec<usize> = self.cells.seen_by(&self.world, eye).collect();
            self.shown.0 += seen.len();
            self.shown.1 += 1;
            let _ = client.try_send(self.state(seen.into_iter()));
        }
    }

    fn state(&self, slots: impl Iterator<Item = usize>) -> Bytes {
        let line = |slot: usize| {
            let ship = self.world.ships[slot].as_ref()?;
            let ((x, y), heading) = (ship.place(), ship.heading as u16);
            Some((slot as u16, x as u16, y as u16, heading, ship.hp as u8, ship.score as u16))
        };
        State { tick: self.world.tick, ships: slots.filter_map(line).collect() }.encode().into()
    }

    /// What ticks took since somebody asked.
    fn summary(&mut self) -> String {
        let mut durations = std::mem::take(&mut self.durations);
        durations.sort();
        let at = |percent: usize| {
            let at = durations.len().saturating_sub(1) * percent / 100;
            durations.get(at).map_or(0.0, |time| time.as_secs_f64() * 1e3)
        };
        let shown = std::mem::take(&mut self.shown);
        let mean = shown.0 as f64 / shown.1.max(1) as f64;
        json!({ "p50_ms": at(50), "p99_ms": at(99), "shown": mean }).to_string()
    }
}
