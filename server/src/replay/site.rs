//! A recording in a browser: a page with a scrub bar, and the frames that it draws.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    fs::File,
    io::{self, BufReader},
    net::SocketAddr,
    num::ParseIntError,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use hyper::{
    Method, Request, Response, StatusCode, body::Incoming, header, server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tickwire_recording::Why;
use tickwire_room::HostedRoom;
use tickwire_shared::{PlayerId, Tick};
use tokio::{
    net::TcpStream,
    sync::{Semaphore, oneshot},
};

use super::{
    OnDisk, ReplayFlags,
    frames::{Eyes, Projector, Wanted},
    open,
    player::ReplayError,
    verify::{Found, Watch, verify},
};
use crate::{
    Games,
    admin::hosts,
    bind::bind,
    http::{
        Answer, Assets, MAX_HEADER_BYTES, accept, headers, json_answer, parameter,
        problem::problem, send, whole,
    },
    signals::Signals,
};

/// Threads for HTTP; frames are made on others.
const THREADS: usize = 2;
/// Requests that are answered at once; more wait.
const MOST_SOCKETS: usize = 32;
/// How long a socket has to ask for something and take the answer.
const LIFETIME: Duration = Duration::from_secs(120);
/// Requests for frames that are worked on or wait for that, also when who asked has gone; more are refused. A
/// browser sends up to six at once.
const MOST_MAKING: usize = 16;
/// The most players that are listed.
const MOST_PLAYERS: usize = 10_000;

/// Somebody who was in the room.
struct Member {
    name: String,
    spectator: bool,
    /// The first keyframe and the last one at which it was there.
    seen: (Tick, Tick),
}

/// What is known of the recording; it becomes more while all of it is verified.
#[derive(Default)]
struct Known {
    members: BTreeMap<u32, Member>,
    found: Found,
    /// All of it has been verified.
    is_done: bool,
}

/// What requests are answered from.
struct Site {
    projector: Mutex<Projector<BufReader<File>>>,
    /// Places to make frames.
    making: Arc<Semaphore>,
    known: Arc<Mutex<Known>>,
    assets: Assets,
    /// What never changes of what the page asks for first.
    about: Value,
}

/// Shows a recording until it is told to stop.
pub(super) fn run(
    mut player: OnDisk,
    flags: &ReplayFlags,
    games: &Games,
    listen: SocketAddr,
) -> Result<(), ReplayError> {
    let known = Arc::<Mutex<Known>>::default();
    let stop = Arc::new(AtomicBool::new(false));
    let watcher = Watcher { known: Arc::clone(&known), stop: Arc::clone(&stop) };
    let verifying = verify_meanwhile(open(&flags.file, games)?, watcher)?;
    let about = about(&mut player);
    let assets = Assets::new(flags.assets.clone());
    let site = Arc::new(Site {
        projector: Mutex::new(Projector::new(player)),
        making: Arc::new(Semaphore::new(MOST_MAKING)),
        known,
        assets,
        about,
    });
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(THREADS).enable_all().build()?;
    let ended = runtime.block_on(serve(listen, site));
    stop.store(true, Relaxed);
    runtime.shutdown_background();
    let _ = verifying.join();
    Ok(ended?)
}

/// Writes down who was there, and how far verifying has come.
struct Watcher {
    known: Arc<Mutex<Known>>,
    stop: Arc<AtomicBool>,
}

impl Watch for Watcher {
    fn loaded(&mut self, room: &dyn HostedRoom) {
        let (mut known, now) = (self.known.lock(), room.now());
        room.players(&mut |player| {
            if known.members.len() < MOST_PLAYERS {
                let member = known.members.entry(player.id.0).or_insert_with(|| Member {
                    name: player.name.to_owned(),
                    spectator: player.spectator,
                    seen: (now, now),
                });
                member.seen.1 = now;
            }
        });
    }

    fn went_on(&mut self, found: &Found) -> bool {
        self.known.lock().found = found.clone();
        !self.stop.load(Relaxed)
    }
}

/// Verifies all of a recording on a thread of its own.
fn verify_meanwhile(
    mut player: OnDisk,
    mut watcher: Watcher,
) -> io::Result<thread::JoinHandle<()>> {
    thread::Builder::new().name("verifier".to_owned()).spawn(move || {
        let range = player.ends();
        verify(&mut player, range, &mut watcher);
        watcher.known.lock().is_done = true;
    })
}

fn about(player: &mut OnDisk) -> Value {
    let (first, last) = player.ends();
    let timings = player.timings().map(|(first, timings)| {
        let took = timings.iter().map(|one| json!([one.lateness, one.receive, one.step, one.send]));
        json!({ "first": first.0, "micros": took.collect::<Vec<_>>() })
    });
    let header = player.recording().header();
    let why = match &header.why {
        Why::Recording => Value::Null,
        Why::Flight { reason, tick, detail } => {
            json!({ "reason": reason.name(), "tick": tick.0, "detail": detail })
        }
    };
    let chunks = player.recording().chunks().iter();
    let chunks: Vec<_> = chunks.map(|chunk| [chunk.first.0, chunk.last.0]).collect();
    json!({
        "game": header.game,
        "room": header.room,
        "tick_hz": header.tick_hz,
        "started": header.started,
        "server": header.server,
        "first": first.0,
        "last": last.0,
        "chunks": chunks,
        "flight": why,
        "timings": timings,
    })
}

async fn serve(listen: SocketAddr, site: Arc<Site>) -> io::Result<()> {
    let mut signals = Signals::listen()?;
    let listener = bind(listen, "--listen").await?;
    println!("\n  watch  http://{}/\n  stop   Ctrl-C\n", listener.local_addr()?);
    let places = Arc::new(Semaphore::new(MOST_SOCKETS));
    loop {
        let (stream, place) = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = signals.next() => return Ok(()),
        };
        let site = Arc::clone(&site);
        tokio::spawn(async move {
            converse(stream, site, LIFETIME).await;
            drop(place);
        });
    }
}

/// Answers a socket, which has so long for all of that.
async fn converse(stream: TcpStream, site: Arc<Site>, lifetime: Duration) {
    let service = service_fn(|request: Request<Incoming>| {
        let site = Arc::clone(&site);
        async move { Ok::<_, Infallible>(answer(site, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .max_buf_size(MAX_HEADER_BYTES)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    // A browser that goes away is nothing to tell of, nor is one that does not read.
    let _ = tokio::time::timeout(lifetime, connection).await;
}

async fn answer(site: Arc<Site>, request: Request<Incoming>) -> Answer {
    let mut answer = route(&site, &request).await;
    headers::add(answer.headers_mut());
    answer
}

async fn route(site: &Arc<Site>, request: &Request<Incoming>) -> Answer {
    if !hosts::is_ours(request.headers(), &[]) {
        return problem(
            StatusCode::FORBIDDEN,
            "a recording is shown at an address, or at localhost",
        );
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return problem(StatusCode::METHOD_NOT_ALLOWED, "there is nothing to change here");
    }
    let query = request.uri().query().unwrap_or_default().to_owned();
    match request.uri().path() {
        // Pages of games ask this of every server.
        "/status" => json_answer(&json!({ "replay": true })),
        "/replay/info" => json_answer(&info(site)),
        "/replay/welcome" => {
            let make = |projector: &mut Projector<_>, asked: Asked, wanted: Wanted<'_>| {
                projector.welcome(asked.from, asked.eyes, wanted)
            };
            bytes(site, query, make).await
        }
        "/replay/frames" => {
            let make = |projector: &mut Projector<_>, asked: Asked, wanted: Wanted<'_>| {
                projector.frames((asked.from, asked.ticks), asked.eyes, asked.on, wanted)
            };
            bytes(site, query, make).await
        }
        path => {
            let path = if path == "/" { "/pages/replay/" } else { path };
            let path = path.trim_start_matches('/');
            let index = path.ends_with('/').then(|| format!("{path}index.html"));
            match site.assets.get(index.as_deref().unwrap_or(path)) {
                Some(asset) => send(asset, request),
                None => problem(StatusCode::NOT_FOUND, "there is nothing at this address"),
            }
        }
    }
}

/// What the page shows besides the picture.
fn info(site: &Site) -> Value {
    let known = site.known.lock();
    let members = known.members.iter().map(|(id, member)| {
        let (from, to) = (member.seen.0.0, member.seen.1.0);
        json!({
            "id": id, "name": member.name, "spectator": member.spectator, "from": from, "to": to,
        })
    });
    let found = &known.found;
    let verified = json!({
        "ticks": found.ticks,
        "hashes": found.verified,
        "differ": found.differences.iter().map(|one| one.tick.0).collect::<Vec<_>>(),
        "problems": found.problems,
        "panic": found.panic.as_ref().map(|(tick, what)| json!({ "tick": tick.0, "what": what })),
        "done": known.is_done,
    });
    let mut info = site.about.clone();
    info["players"] = members.collect();
    info["verified"] = verified;
    info
}

/// What is asked for in a query.
struct Asked {
    from: Tick,
    ticks: u32,
    eyes: Eyes,
    /// The frames are to go on from those that were made last.
    on: bool,
}

impl Asked {
    fn read(query: &str, first: Tick) -> Result<Self, ParseIntError> {
        let number = |name| parameter(query, name).map(str::parse::<u32>).transpose();
        Ok(Asked {
            from: number("from")?.map_or(first, Tick),
            ticks: number("ticks")?.unwrap_or(1),
            eyes: number("as")?.map(PlayerId),
            on: number("on")? == Some(1),
        })
    }
}

type Make = fn(&mut Projector<BufReader<File>>, Asked, Wanted<'_>) -> Result<Vec<u8>, ReplayError>;

/// Answers with what is asked for, on a thread that may take its time.
async fn bytes(site: &Arc<Site>, query: String, make: Make) -> Answer {
    let Ok(place) = Arc::clone(&site.making).try_acquire_owned() else {
        return problem(StatusCode::SERVICE_UNAVAILABLE, "others wait for frames already");
    };
    let site = Arc::clone(site);
    // When who asked goes away, this future ends, the receiver with it, and the sender sees that.
    let (made, answer) = oneshot::channel();
    tokio::task::spawn_blocking(move || {
        // The work has the place, not who asked for it.
        let _place = place;
        let bytes = site.make(&query, make, &|| !made.is_closed());
        let _ = made.send(bytes);
    });
    match answer.await {
        Ok(Ok(bytes)) => Response::builder()
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .body(whole(bytes))
            .expect("the parts are valid"),
        Ok(Err(why)) => problem(StatusCode::BAD_REQUEST, &why),
        Err(_) => problem(StatusCode::INTERNAL_SERVER_ERROR, "the frames could not be made"),
    }
}

impl Site {
    fn make(&self, query: &str, make: Make, wanted: Wanted<'_>) -> Result<Vec<u8>, String> {
        let mut projector = self.projector.lock();
        if !wanted() {
            return Err("nobody waits for it".to_owned());
        }
        let asked = Asked::read(query, projector.first());
        let asked = asked.map_err(|_| "from, ticks, as and on are whole numbers".to_owned())?;
        make(&mut projector, asked, wanted).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests;
