//! One bot's life: set out, come in, play, leave, and perhaps come back.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tickwire_games::common::rng::Rng;
use tickwire_shared::{link::Net, message::CloseCode};
use tokio::sync::watch;

use super::{
    behaviour::Maps,
    faults::Fault,
    kinds::{self, Kind},
    losses::Losses,
    options::SwarmOptions,
    rooms::{SharedRoom, Way},
    tally::{Counts, Tally},
    target::Target,
    visit::Visit,
};
use crate::client::{self, Client, ClientError, Comeback, Endpoint, Options};

/// How often a bot adds its counts to the whole.
const REPORT_EVERY: Duration = Duration::from_secs(1);

/// What all bots of a swarm share.
#[derive(Debug)]
pub struct Swarm {
    /// What was asked for.
    pub options: SwarmOptions,
    /// Where the server is.
    pub target: Target,
    /// The rooms; bot `n` is in room `n % rooms.len()`.
    pub rooms: Vec<Arc<SharedRoom>>,
    /// What is counted.
    pub tally: Arc<Tally>,
    /// The map that pilots know.
    pub maps: Maps,
    /// Turns true when the bots are to leave.
    pub stop: watch::Sender<bool>,
    /// Set with `stop`: from then on nothing holds a bot up.
    pub over: Arc<AtomicBool>,
    /// Bytes that a slow bot reads a second; 0 until that is known.
    pub slow_rate: Arc<AtomicU64>,
    /// Set before `stop` when the run ends early, so that nobody is blamed for not having begun.
    pub interrupted: AtomicBool,
    /// Whether the bots want rooms to themselves, even if there is only one.
    pub alone: bool,
}

impl Swarm {
    /// A swarm that has not set out.
    #[must_use]
    pub fn new(options: &SwarmOptions, target: Target) -> Swarm {
        let room = options.room.as_deref();
        Swarm {
            options: options.clone(),
            target,
            rooms: (0..options.rooms).map(|_| SharedRoom::new(room).into()).collect(),
            tally: Arc::default(),
            maps: Maps::default(),
            stop: watch::Sender::new(false),
            over: Arc::default(),
            slow_rate: Arc::default(),
            interrupted: AtomicBool::new(false),
            alone: false,
        }
    }
}

/// A bot.
#[derive(Debug)]
pub struct Bot {
    index: u32,
    kind: Kind,
    swarm: Arc<Swarm>,
    stop: watch::Receiver<bool>,
    rng: Rng,
    counts: Counts,
    has_joined: bool,
}

/// What a bot does after a visit to its room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    /// It comes back after a while.
    ComesBack,
    /// The run is over.
    GoesHome,
}

/// What befell a bot, in words.
pub(super) type Mishap = (Fault, String);

impl Drop for Bot {
    fn drop(&mut self) {
        self.swarm.tally.add(self.kind, &mut self.counts);
    }
}

impl Bot {
    /// The bot of this number.
    #[must_use]
    pub fn new(index: u32, swarm: Arc<Swarm>) -> Bot {
        let seed = swarm.options.seed ^ u64::from(index + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let stop = swarm.stop.subscribe();
        let (rng, counts) = (Rng::new(seed), Counts::default());
        let kind = swarm.options.kind_of(index);
        Bot { index, kind, swarm, stop, rng, counts, has_joined: false }
    }

    /// Lives until the swarm stops or something befalls the bot.
    pub async fn live(mut self) {
        let start = Duration::from_secs_f64(f64::from(self.index) / self.swarm.options.ramp);
        if self.sleep(start).await {
            return;
        }
        loop {
            match self.visit().await {
                Ok(After::ComesBack) => {}
                Ok(After::GoesHome) => return,
                Err((fault, text)) => {
                    self.room().shut();
                    return self.swarm.tally.fault(fault, text);
                }
            }
            let pause = Duration::from_millis(200 + self.rng.below(800) as u64);
            if self.sleep(pause).await {
                return;
            }
        }
    }

    /// Waits; true when the swarm stopped meanwhile.
    async fn sleep(&mut self, time: Duration) -> bool {
        tokio::select! {
            () = tokio::time::sleep(time) => false,
            _ = self.stop.wait_for(|stop| *stop) => true,
        }
    }

    fn room(&self) -> &SharedRoom {
        &self.swarm.rooms[self.index as usize % self.swarm.rooms.len()]
    }

    async fn visit(&mut self) -> Result<After, Mishap> {
        let swarm = self.swarm.clone();
        let mut stop = self.stop.clone();
        let mut client = tokio::select! {
            client = self.come_in() => client?,
            _ = stop.wait_for(|stop| *stop) => return self.go_home_early(),
        };
        self.counts.joins += 1;
        self.has_joined = true;
        let room = &swarm.rooms[self.index as usize % swarm.rooms.len()];
        let core = client.core();
        room.enter(core.room().unwrap_or_default());
        room.track.name(core.room().unwrap_or_default(), core.tick_hz().unwrap_or_default());
        let inside = swarm.tally.enter(core);
        let played = self.play(&mut client).await;
        room.exit();
        drop(inside);
        played
    }

    /// The run ended while the bot was on its way.
    fn go_home_early(&self) -> Result<After, Mishap> {
        if self.has_joined || self.swarm.interrupted.load(Ordering::Relaxed) {
            return Ok(After::GoesHome);
        }
        Err((Fault::NeverJoined, "the run ended before it was let in".to_owned()))
    }

    /// Connects and joins the room that this bot belongs to.
    async fn come_in(&mut self) -> Result<Client, Mishap> {
        let opens = (self.index as usize) < self.swarm.rooms.len();
        let endpoint = match self.room().way_in(opens).await {
            Way::Opens => self.door(),
            Way::ByCode(code) => self.swarm.target.room(&code),
            Way::Nowhere => {
                let text = "the bot that was to open the room did not get in";
                return Err((Fault::NeverJoined, text.to_owned()));
            }
        };
        match self.join(&endpoint).await {
            // A room without players may end; somebody has to open it anew.
            Err(error) if self.has_joined && is_room_gone(&error) && self.room().is_deserted() => {
                let door = self.door();
                self.join(&door).await
            }
            other => other,
        }
        .map_err(|error| (Fault::Refused, error.to_string()))
    }

    /// Where the room is opened: one is the default room, where people are too.
    fn door(&self) -> Endpoint {
        let Swarm { options, target, rooms, alone, .. } = &*self.swarm;
        let game = options.game.as_deref();
        if rooms.len() == 1 && !alone { target.game(game) } else { target.new_room(game) }
    }

    async fn join(&mut self, endpoint: &Endpoint) -> Result<Client, ClientError> {
        let net = self.net();
        let swarm = &self.swarm;
        let name = format!("{}{}", swarm.options.name_prefix, self.index + 1);
        let hindrance = kinds::hindrance(self.kind, swarm, &mut self.rng);
        let usual = Options::default();
        // What was asked for is not the server's silence.
        let stall = hindrance.stall.map_or(Duration::ZERO, |stall| stall.time);
        let dark = net.map_or(0, |net| net.conditions.blackout_ms);
        let silence = usual.silence + stall + Duration::from_millis(dark.into());
        let is_recorded = self.index == 0 && !self.has_joined;
        let record = swarm.options.record.clone().filter(|_| is_recorded);
        let memo = Some(self.room().memo.clone());
        let carriage = &swarm.options.carriage;
        let (poll_hz, reserves) = (carriage.poll_hz, carriage.transport.is_some());
        let comeback = self.is_cut().then(Comeback::default);
        let usual = Options { poll_hz, reserves, comeback, ..usual };
        let options = Options { name, hindrance, net, silence, record, memo, ..usual };
        let choice = carriage.choice_of(swarm.options.seed, self.index);
        client::join(swarm.target.address(), endpoint, &options, choice).await
    }

    /// Whether this bot's connection is cut now and then.
    fn is_cut(&self) -> bool {
        let SwarmOptions { carriage, bots, .. } = &self.swarm.options;
        self.kind == Kind::Healthy && carriage.is_cut(self.index, *bots)
    }

    /// The network that this bot is on, with other luck on each visit.
    fn net(&mut self) -> Option<Net> {
        let conditions = self.swarm.options.net_of(self.index)?.conditions;
        (!conditions.is_none()).then(|| Net { conditions, seed: self.rng.next_u64() })
    }

    async fn play(&mut self, client: &mut Client) -> Result<After, Mishap> {
        let swarm = self.swarm.clone();
        let room = &swarm.rooms[self.index as usize % swarm.rooms.len()];
        let way = swarm.options.net_of(self.index).map(|part| part.conditions.least_delay());
        let luck = (self.rng.next_u64(), way.unwrap_or_default());
        let mut visit = Visit::new(&swarm, (room, self.kind), client, luck);
        let mut losses = Losses::new(self.is_cut(), &mut self.rng);
        let leave_at = self.churn().map(|stay| Instant::now() + stay);
        let mut report_at = Instant::now() + REPORT_EVERY;
        let after = loop {
            let event = client.next().await;
            if let Err(error) = &event
                && kinds::may_end(self.kind, &swarm.options, error)
            {
                self.counts.given_up += 1;
                visit.count_inputs(client, &mut self.counts);
                return Ok(After::ComesBack);
            }
            if let Err(mishap) = visit.handle(event, client, &mut self.counts) {
                visit.count_inputs(client, &mut self.counts);
                return Err(mishap);
            }
            let now = Instant::now();
            if now >= report_at {
                report_at = now + REPORT_EVERY;
                visit.count_inputs(client, &mut self.counts);
                swarm.tally.add(self.kind, &mut self.counts);
            }
            if *self.stop.borrow() {
                break After::GoesHome;
            }
            if let Some(away) = losses.poll(now, &mut self.rng) {
                client.cut();
                visit.note_cut(&mut self.counts);
                tokio::time::sleep(away).await;
            }
            if leave_at.is_some_and(|leave_at| now >= leave_at) {
                break After::ComesBack;
            }
        };
        visit.leave(client, &mut self.counts).await.map(|()| after)
    }

    /// How long this bot stays, if bots come and go: any moment is as likely as any other.
    fn churn(&mut self) -> Option<Duration> {
        let a_second = self.swarm.options.churn / 100.0 / 60.0;
        let chance = 1.0 - f64::from(self.rng.unit());
        let stay = -chance.ln() / a_second;
        // A stay of years is the same as one that does not end.
        (stay < 1e8).then(|| Duration::from_secs_f64(stay))
    }
}

/// The server knows no room of that code, by close frame or by HTTP.
fn is_room_gone(error: &ClientError) -> bool {
    match error {
        ClientError::Closed(closed) => closed.is(CloseCode::NoSuchRoom),
        ClientError::Http { status, .. } => *status == 404,
        _ => false,
    }
}
