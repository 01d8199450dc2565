//! The bots of a search: more come to those who are there, and the last to come leave first.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use tokio::{task::JoinSet, time::timeout};

use super::options::CapacityOptions;
use crate::swarm::{
    Target,
    bot::{Bot, Swarm},
    options::SwarmOptions,
    rooms::SharedRoom,
    tally::Tally,
};

/// How long bots may take to leave.
const GRACE: Duration = Duration::from_secs(5);
/// How long the last bot may take to come in once it has set out.
const PATIENCE: Duration = Duration::from_secs(8);

/// All bots.
#[derive(Debug)]
pub struct Crew {
    template: SwarmOptions,
    target: Target,
    /// The players of a room, where rooms are counted; else there is one room and players are.
    players_a_room: Option<u32>,
    /// What all of them count.
    pub tally: Arc<Tally>,
    parties: Vec<Party>,
    /// How many parties there were, so that no two do the same.
    number: u64,
}

/// Bots that set out together.
#[derive(Debug)]
struct Party {
    count: u32,
    swarm: Arc<Swarm>,
    bots: JoinSet<()>,
}

impl Crew {
    /// Nobody yet.
    #[must_use]
    pub fn new(options: &CapacityOptions, target: Target, players_a_room: Option<u32>) -> Crew {
        let (template, tally) = (options.swarm(), Arc::default());
        Crew { template, target, players_a_room, tally, parties: Vec::new(), number: 0 }
    }

    /// How many bots a count stands for.
    #[must_use]
    pub fn bots(&self, count: u32) -> u32 {
        count * self.players_a_room.unwrap_or(1)
    }

    fn count(&self) -> u32 {
        self.parties.iter().map(|party| party.count).sum()
    }

    /// The rooms that the bots are in.
    pub fn rooms(&self) -> impl Iterator<Item = &Arc<SharedRoom>> {
        // Parties that share a room name it more than once, which does no harm.
        self.parties.iter().flat_map(|party| &party.swarm.rooms)
    }

    /// Sends as many out, or home, as are needed for this count; how many bots are in then.
    pub async fn resize(&mut self, count: u32) -> u32 {
        while self.count() > count {
            let Some(party) = self.parties.pop() else { break };
            party.go_home().await;
        }
        let more = count - self.count();
        if more > 0 {
            let party = self.set_out(more);
            self.parties.push(party);
        }
        self.wait_for(self.bots(count), self.bots(more)).await
    }

    fn set_out(&mut self, count: u32) -> Party {
        self.number += 1;
        let rooms = self.players_a_room.map_or(1, |_| count);
        let seed = self.template.seed.wrapping_add(self.number << 32);
        let bots = self.bots(count);
        let options = SwarmOptions { bots, rooms, seed, ..self.template.clone() };
        let mut swarm = Swarm::new(&options, self.target.clone());
        swarm.tally = self.tally.clone();
        swarm.alone = true;
        if let (None, Some(first)) = (self.players_a_room, self.parties.first()) {
            swarm.rooms = first.swarm.rooms.clone();
        }
        let swarm = Arc::new(swarm);
        let bots = (0..bots).map(|index| Bot::new(index, swarm.clone()).live()).collect();
        Party { count, swarm, bots }
    }

    /// Waits until all are in, or those who are still on their way do not come; how many are in.
    async fn wait_for(&mut self, all: u32, coming: u32) -> u32 {
        let ramp = Duration::from_secs_f64(f64::from(coming) / self.template.ramp);
        let until = Instant::now() + ramp + PATIENCE;
        loop {
            let inside = self.tally.inside() as u32;
            let left = self.parties.iter_mut().map(Party::left).sum::<u32>();
            if inside >= all || inside >= left || Instant::now() > until {
                return inside.min(all);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Takes those who got in for the whole, where others were refused: they need not go and come
    /// back, and their rooms would be in the way for a while.
    pub fn settle_for(&mut self, count: u32) {
        let others = self.count() - self.parties.last().map_or(0, |party| party.count);
        match self.parties.last_mut() {
            Some(last) if count > others => last.count = count - others,
            _ => {}
        }
    }

    /// Sends all home.
    pub async fn disband(&mut self) {
        while let Some(party) = self.parties.pop() {
            party.go_home().await;
        }
    }
}

impl Party {
    /// How many have not given up.
    fn left(&mut self) -> u32 {
        while self.bots.try_join_next().is_some() {}
        self.bots.len() as u32
    }

    async fn go_home(mut self) {
        self.swarm.interrupted.store(true, Ordering::Relaxed);
        self.swarm.over.store(true, Ordering::Relaxed);
        self.swarm.stop.send_replace(true);
        let all_gone = async { while self.bots.join_next().await.is_some() {} };
        if timeout(GRACE, all_gone).await.is_err() {
            // Those that the server keeps waiting.
            self.bots.shutdown().await;
        }
    }
}
