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
    kinds,
    losses::Losses,
    options::SwarmOptions,
    policy::Policy,
    rooms::{SharedRoom, Way},
    tally::{Counts, Tally},
    target::Target,
    visit::Visit,
};
use crate::client::{self, Client, ClientError, Comeback, Endpoint, Options};

/// How often a bot adds its counts to the whole.
const REPORT_EVERY: Duration = Duration::from_secs(1);
/// One that comes back whatever befalls it waits for so long, at least and beyond that at most.
const RECOVERS: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(6));

/// What bots say that say anything.
const LINES: [&str; 6] = [
    "hello",
    "well played!",
    "who is at the centre?",
    "ein Gruß aus Köln 👋",
    "\u{202E}from right to left",
    "<b>bold</b> & \"quoted\"",
];

/// What all bots of a swarm share.
#[derive(Debug)]
pub struct Swarm {
    /// What was asked for.
    pub options: SwarmOptions,
    /// Where the server is.
    pub target: Target,
    /// The rooms of the bots that are given none: bot `n` is in room `n % rooms.len()`.
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
    policy: Policy,
    swarm: Arc<Swarm>,
    room: Arc<SharedRoom>,
    /// Whether it opens the room.
    opens: bool,
    /// How long it waits before it sets out.
    sets_out: Duration,
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
        self.swarm.tally.add(self.policy.kind, &mut self.counts);
    }
}

impl Bot {
    /// The bot of this number: what it is like and where it goes is as the swarm's options say.
    #[must_use]
    pub fn new(index: u32, swarm: Arc<Swarm>) -> Bot {
        let place = index as usize % swarm.rooms.len();
        let (room, opens) = (swarm.rooms[place].clone(), (index as usize) < swarm.rooms.len());
        let (policy, stop) = (swarm.options.policy_of(index), swarm.stop.subscribe());
        let sets_out = Duration::from_secs_f64(f64::from(index) / swarm.options.ramp);
        let mut bot = Bot::like(policy, (index, swarm), (room, opens), stop);
        bot.sets_out = sets_out;
        bot
    }

    /// A bot of this number that is like that, goes to this room, which it may have to open, and
    /// leaves when it is told to.
    #[must_use]
    pub fn like(
        policy: Policy,
        (index, swarm): (u32, Arc<Swarm>),
        (room, opens): (Arc<SharedRoom>, bool),
        stop: watch::Receiver<bool>,
    ) -> Bot {
        let seed = swarm.options.seed ^ u64::from(index + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let (rng, counts, sets_out) = (Rng::new(seed), Counts::default(), Duration::ZERO);
        let has_joined = false;
        Bot { index, policy, swarm, room, opens, sets_out, stop, rng, counts, has_joined }
    }

    /// Lives until the swarm stops or something befalls the bot.
    pub async fn live(mut self) {
        if self.sleep(self.sets_out).await {
            return;
        }
        loop {
            let (least, more) = match self.visit().await {
                Ok(After::ComesBack) => self.policy.pause,
                Ok(After::GoesHome) => return,
                Err((fault, text)) => {
                    self.swarm.tally.fault(fault, text);
                    if !self.policy.persists {
                        return self.room.shut();
                    }
                    RECOVERS
                }
            };
            let pause = least + more.mul_f32(self.rng.unit());
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

    async fn visit(&mut self) -> Result<After, Mishap> {
        let swarm = self.swarm.clone();
        let mut stop = self.stop.clone();
        let mut client = tokio::select! {
            client = self.come_in() => client?,
            _ = stop.wait_for(|stop| *stop) => return self.go_home_early(),
        };
        self.counts.joins += 1;
        self.has_joined = true;
        let room = self.room.clone();
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
        let is_excused = self.has_joined || self.policy.persists;
        if is_excused || self.swarm.interrupted.load(Ordering::Relaxed) {
            return Ok(After::GoesHome);
        }
        Err((Fault::NeverJoined, "the run ended before it was let in".to_owned()))
    }

    /// Connects and joins the room that this bot belongs to.
    async fn come_in(&mut self) -> Result<Client, Mishap> {
        let endpoint = match self.room.way_in(self.opens).await {
            Way::Opens => self.door(),
            Way::ByCode(code) => self.swarm.target.room(&code),
            Way::Nowhere => {
                let text = "the bot that was to open the room did not get in";
                return Err((Fault::NeverJoined, text.to_owned()));
            }
        };
        match self.join(&endpoint).await {
            // A room without players may end; somebody has to open it anew.
            Err(error) if self.may_open() && is_room_gone(&error) && self.room.is_deserted() => {
                let door = self.door();
                self.join(&door).await
            }
            other => other,
        }
        .map_err(|error| (Fault::Refused, error.to_string()))
    }

    /// Whether it may open its room anew.
    fn may_open(&self) -> bool {
        (self.has_joined || self.policy.persists) && !self.policy.spectates
    }

    /// Where the room is opened: one is the default room, where people are too.
    fn door(&self) -> Endpoint {
        let Swarm { options, target, rooms, alone, .. } = &*self.swarm;
        let game = self.room.game().or(options.game.as_deref());
        if rooms.len() == 1 && !alone { target.game(game) } else { target.new_room(game) }
    }

    async fn join(&mut self, endpoint: &Endpoint) -> Result<Client, ClientError> {
        let net = self.net();
        let (swarm, policy) = (&self.swarm, &self.policy);
        let name = format!("{}{}", swarm.options.name_prefix, self.index + 1);
        let hindrance = kinds::hindrance(policy, swarm, &mut self.rng);
        let usual = Options::default();
        // What was asked for is not the server's silence.
        let stall = hindrance.stall.map_or(Duration::ZERO, |stall| stall.time);
        let dark = net.map_or(0, |net| net.conditions.blackout_ms);
        let silence = usual.silence + stall + Duration::from_millis(dark.into());
        let is_recorded = self.index == 0 && !self.has_joined;
        let record = swarm.options.record.clone().filter(|_| is_recorded);
        let memo = Some(self.room.memo.clone());
        let (poll_hz, spectate) = (policy.poll_hz, policy.spectates);
        let reserves = policy.reserves || spectate;
        let comeback = policy.is_cut.then(Comeback::default);
        let usual = Options { poll_hz, reserves, spectate, comeback, ..usual };
        let options = Options { name, hindrance, net, silence, record, memo, ..usual };
        client::join(swarm.target.address(), endpoint, &options, policy.choice).await
    }

    /// The network that this bot is on, with other luck on each visit.
    fn net(&mut self) -> Option<Net> {
        let conditions = self.policy.net?;
        Some(Net { conditions, seed: self.rng.next_u64() })
    }

    async fn play(&mut self, client: &mut Client) -> Result<After, Mishap> {
        let (swarm, room, policy) = (self.swarm.clone(), self.room.clone(), self.policy.clone());
        let luck =
            (self.rng.next_u64(), policy.net.map_or(Duration::ZERO, |net| net.least_delay()));
        let mut visit = Visit::new(&swarm, (&room, &policy), client, luck);
        let mut losses = Losses::new(policy.is_cut, &mut self.rng);
        let leave_at = self.draw(policy.stay).map(|stay| Instant::now() + stay);
        let mut speaks_at = self.draw(policy.chats).map(|silence| Instant::now() + silence);
        let mut report_at = Instant::now() + REPORT_EVERY;
        let after = loop {
            let event = client.next().await;
            if let Err(error) = &event
                && kinds::may_end(&policy, error)
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
                swarm.tally.add(policy.kind, &mut self.counts);
            }
            if speaks_at.is_some_and(|at| now >= at) {
                speaks_at = self.draw(policy.chats).map(|silence| now + silence);
                self.say(client);
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

    /// A time that is so long on average, where any moment is as likely as any other.
    fn draw(&mut self, mean: Option<Duration>) -> Option<Duration> {
        let chance = 1.0 - f64::from(self.rng.unit());
        let time = -chance.ln() * mean?.as_secs_f64();
        // A stay of years is the same as one that does not end.
        (time < 1e8).then(|| Duration::from_secs_f64(time))
    }

    /// Says something to the room.
    fn say(&mut self, client: &mut Client) {
        let line = LINES[self.rng.below(LINES.len())];
        // What cannot be said now, as too much waits, need not be said.
        self.counts.chat_lines += u64::from(client.core_mut().say(line).is_ok());
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
