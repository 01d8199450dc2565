//! Sends bots out and home, and opens and closes rooms, as the schedule wants it.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tickwire_games::common::rng::Rng;
use tokio::{
    sync::watch,
    task::{Id, JoinError, JoinSet},
    time::timeout,
};

use super::{cast::Cast, schedule::Wanted};
use crate::swarm::{Fault, rooms::SharedRoom};

/// How long bots may take to leave at the end.
const GRACE: Duration = Duration::from_secs(8);

/// So often, in seconds, it is found out anew when a room's ticks are due: those that a server left out while
/// it had no time are an age for so long, and not for the rest of a run.
const SETTLES: f64 = 10.0;

/// A room that bots are in.
#[derive(Debug)]
struct OpenRoom {
    number: u64,
    shared: Arc<SharedRoom>,
    /// When it closes, in seconds since the start, if it does.
    closes_at: Option<f64>,
    /// Whether somebody has set out to open it.
    has_opener: bool,
}

/// A bot that has not been told to leave.
#[derive(Debug)]
struct Member {
    cast: usize,
    room: u64,
    opens: bool,
    /// Tells it to leave, also when this is gone.
    stop: watch::Sender<bool>,
}

/// Who is there.
#[derive(Debug)]
pub struct Director {
    casts: Vec<Arc<Cast>>,
    games: Vec<String>,
    rooms: Vec<OpenRoom>,
    members: Vec<Member>,
    bots: JoinSet<()>,
    /// Of which cast each of them is.
    tasks: HashMap<Id, usize>,
    rng: Rng,
    /// How many rooms there were.
    opened: u64,
    /// How many bots may set out at once.
    allowance: f64,
    /// When it looked last, in seconds since the start.
    looked: f64,
    /// When rooms settled last.
    settled: f64,
}

impl Director {
    /// Nobody is there yet.
    #[must_use]
    pub fn new(casts: Vec<Arc<Cast>>, games: Vec<String>, seed: u64) -> Director {
        Director {
            casts,
            games,
            rooms: Vec::new(),
            members: Vec::new(),
            bots: JoinSet::new(),
            tasks: HashMap::new(),
            rng: Rng::new(seed),
            opened: 0,
            allowance: 1.0,
            looked: 0.0,
            settled: 0.0,
        }
    }

    /// How many rooms are open.
    #[must_use]
    pub fn rooms(&self) -> usize {
        self.rooms.iter().filter(|room| room.has_opener).count()
    }

    /// How many rooms were opened so far.
    #[must_use]
    pub fn opened(&self) -> u64 {
        self.opened
    }

    /// Ticks are no longer due when they were, as after some that the server left out: what comes on time
    /// from now on would seem as old as these took together.
    pub fn settle_anew(&self) {
        self.rooms.iter().for_each(|room| room.shared.schedule.settle_anew());
    }

    /// Brings about what is wanted so many seconds after the start, as far as the ramp allows.
    pub fn look(&mut self, now: f64, wanted: &Wanted<'_>) {
        while let Some(ended) = self.bots.try_join_next_with_id() {
            self.note(ended);
        }
        let most = (wanted.ramp * 0.25).max(1.0);
        self.allowance = (self.allowance + wanted.ramp * (now - self.looked)).min(most);
        self.looked = now;
        if now - self.settled >= SETTLES {
            self.settled = now;
            self.settle_anew();
        }
        self.set_rooms(now, wanted);
        while self.members.len() > wanted.bots as usize && self.send_home(wanted) {}
        while self.members.len() < wanted.bots as usize
            && self.allowance >= 1.0
            && self.send_out(wanted)
        {
            self.allowance -= 1.0;
        }
    }

    /// A bot that broke has not done what it should, and nobody can say what it would have seen.
    fn note(&mut self, ended: Result<(Id, ()), JoinError>) {
        let id = ended.as_ref().map_or_else(JoinError::id, |(id, ())| *id);
        let cast = self.tasks.remove(&id);
        if let Err(error) = ended
            && error.is_panic()
            && let Some(cast) = cast
        {
            self.casts[cast].swarm.tally.fault(Fault::Lost, "the bot itself broke down".to_owned());
        }
    }

    /// Closes rooms whose time has come, or that are too many, and opens others.
    fn set_rooms(&mut self, now: f64, wanted: &Wanted<'_>) {
        while self.rooms.len() > wanted.rooms as usize {
            self.close(0);
        }
        let due = |room: &OpenRoom| room.closes_at.is_some_and(|at| now >= at);
        while let Some(place) = self.rooms.iter().position(due) {
            self.close(place);
        }
        // Without bots there is nobody to be in them.
        while self.rooms.len() < (wanted.rooms.min(wanted.bots)) as usize {
            self.open(now, wanted.room_life);
        }
    }

    fn open(&mut self, now: f64, life: Option<Duration>) {
        let turn = self.opened as usize % self.games.len().max(1);
        let shared = Arc::new(SharedRoom::of_game(self.games.get(turn).cloned()));
        let life = life.map(|life| life.as_secs_f64() * f64::from(self.rng.between(0.5, 1.5)));
        let closes_at = life.map(|life| now + life);
        self.rooms.push(OpenRoom { number: self.opened, shared, closes_at, has_opener: false });
        self.opened += 1;
    }

    /// All bots of a room leave it, and so the server ends it after a while.
    fn close(&mut self, place: usize) {
        let room = self.rooms.remove(place);
        self.members.retain(|member| {
            let stays = member.room != room.number;
            if !stays {
                member.stop.send_replace(true);
            }
            stays
        });
    }

    /// How many members a cast has, less how many it should have.
    fn surplus(&self, cast: usize, wanted: &Wanted<'_>) -> f64 {
        let there = self.members.iter().filter(|member| member.cast == cast).count();
        there as f64 - wanted.shares[cast] * f64::from(wanted.bots)
    }

    /// The casts, those of which most are missing first.
    fn by_surplus(&self, wanted: &Wanted<'_>) -> Vec<usize> {
        let mut casts: Vec<_> =
            (0..self.casts.len()).map(|cast| (self.surplus(cast, wanted), cast)).collect();
        casts.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        casts.into_iter().map(|(_, cast)| cast).collect()
    }

    /// Sends one bot home, of those of whom there are too many; false when all have to stay.
    fn send_home(&mut self, wanted: &Wanted<'_>) -> bool {
        let may_go = |member: &Member| {
            let room = self.rooms.iter().find(|room| room.number == member.room);
            // The others wait for the one who opens the room.
            !member.opens || room.is_none_or(|room| room.shared.is_open())
        };
        let casts = self.by_surplus(wanted);
        let found = casts.into_iter().rev().find_map(|cast| {
            self.members.iter().rposition(|member| member.cast == cast && may_go(member))
        });
        let Some(place) = found else { return false };
        let member = self.members.remove(place);
        member.stop.send_replace(true);
        if !self.members.iter().any(|other| other.room == member.room) {
            // Nobody is in it any more, and the server is about to end it.
            self.rooms.retain(|room| room.number != member.room);
        }
        true
    }

    /// Sends one bot out, of those of whom most are missing, to the room with the fewest; false when there
    /// is no room.
    fn send_out(&mut self, wanted: &Wanted<'_>) -> bool {
        let inside =
            |room: &OpenRoom| self.members.iter().filter(|one| one.room == room.number).count();
        let Some(place) = (0..self.rooms.len()).min_by_key(|place| inside(&self.rooms[*place]))
        else {
            return false;
        };
        let opens = !self.rooms[place].has_opener;
        let fits = |cast: &usize| {
            let may = !opens || self.casts[*cast].persona.opens_rooms();
            wanted.shares[*cast] > 0.0 && may
        };
        let Some(cast) = self.by_surplus(wanted).into_iter().find(fits) else { return false };
        let room = &mut self.rooms[place];
        room.has_opener = true;
        let (stop, stopped) = watch::channel(false);
        let (shared, one) = (room.shared.clone(), self.casts[cast].clone());
        let index = one.next_index();
        let task = self.bots.spawn(one.live(index, shared, opens, stopped));
        self.tasks.insert(task.id(), cast);
        self.members.push(Member { cast, room: room.number, opens, stop });
        self.note_most(cast);
        true
    }

    fn note_most(&self, cast: usize) {
        let there = self.members.iter().filter(|member| member.cast == cast).count() as u32;
        self.casts[cast].most.fetch_max(there, std::sync::atomic::Ordering::Relaxed);
    }

    /// Sends all home and waits until they have left; those that the server keeps waiting are given up.
    pub async fn end(mut self) {
        for cast in &self.casts {
            cast.swarm.interrupted.store(true, std::sync::atomic::Ordering::Relaxed);
            cast.swarm.over.store(true, std::sync::atomic::Ordering::Relaxed);
        }
        self.members.iter().for_each(|member| _ = member.stop.send_replace(true));
        let mut bots = std::mem::take(&mut self.bots);
        let all_gone = async {
            while let Some(ended) = bots.join_next_with_id().await {
                self.note(ended);
            }
        };
        if timeout(GRACE, all_gone).await.is_ok() {
            return;
        }
        for cast in self.tasks.values() {
            let text = format!("nothing was heard for {} s at the end", GRACE.as_secs());
            self.casts[*cast].swarm.tally.fault(Fault::Lost, text);
        }
        bots.shutdown().await;
    }
}
