//! The bots of one persona, and what is known of them all.

use std::sync::{
    Arc,
    atomic::{AtomicU32, AtomicUsize, Ordering},
};

use tokio::sync::watch;

use super::{attack, endings::Endings, scenario::Persona};
use crate::swarm::{
    Counts, Fault, Target,
    bot::{Bot, Swarm},
    options::SwarmOptions,
    rooms::SharedRoom,
};

const GIVEN_UP: &str = "closed with 4007 after it had not read for too long, as it had to be";
const EXCUSED: &str = "broke off while it was leaving, as the bot's own network was cut or bad";

/// The bots of one persona.
#[derive(Debug)]
pub struct Cast {
    /// The persona's name.
    pub name: String,
    /// What they are.
    pub persona: Persona,
    /// What they share, with a tally of their own.
    pub swarm: Arc<Swarm>,
    /// How the connections ended of those who mean harm.
    pub endings: Endings,
    /// How many of those who mean harm are in a room.
    pub guests: AtomicUsize,
    /// The most that were there at once.
    pub most: AtomicU32,
    /// How many there were, so that no two are the same.
    number: AtomicU32,
}

/// What bots share whoever they are.
#[derive(Clone, Debug)]
pub struct Common {
    /// What a swarm of them goes by; its seed is that of the run.
    pub options: SwarmOptions,
    /// Where the server is.
    pub target: Target,
}

impl Cast {
    /// Nobody yet. The place is that of the persona in the scenario.
    #[must_use]
    pub fn new(name: &str, persona: &Persona, place: usize, common: &Common) -> Cast {
        let seed = common.options.seed.wrapping_add((place as u64 + 1) << 40);
        // A name has few letters, and the number has to fit behind it.
        let name_prefix: String = name.chars().take(10).filter(char::is_ascii).collect();
        let options = SwarmOptions { seed, name_prefix, ..common.options.clone() };
        let mut swarm = Swarm::new(&options, common.target.clone());
        swarm.alone = true;
        Cast {
            name: name.to_owned(),
            persona: persona.clone(),
            swarm: Arc::new(swarm),
            endings: Endings::default(),
            guests: AtomicUsize::new(0),
            most: AtomicU32::new(0),
            number: AtomicU32::new(0),
        }
    }

    /// The number of one more. Who sends bots out draws it, as the order in which they run is nobody's.
    #[must_use]
    pub fn next_index(&self) -> u32 {
        self.number.fetch_add(1, Ordering::Relaxed)
    }

    /// The life of one of this number, in a room that it may have to open, until it is told to leave.
    pub async fn live(
        self: Arc<Self>,
        index: u32,
        room: Arc<SharedRoom>,
        opens: bool,
        stop: watch::Receiver<bool>,
    ) {
        if self.persona.kind().attacks() {
            return attack::live(self, index, room, stop).await;
        }
        let policy = self.persona.policy(self.swarm.options.seed, index);
        Bot::like(policy, (index, self.swarm.clone()), (room, opens), stop).live().await;
    }

    /// How many are in a room.
    #[must_use]
    pub fn inside(&self) -> usize {
        self.swarm.tally.inside() + self.guests.load(Ordering::Relaxed)
    }

    /// What they counted so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.swarm.tally.counts()
    }

    /// Connections that ended for a reason that the bot gave, and for none.
    #[must_use]
    pub fn ends(&self) -> (u64, u64) {
        let (told, faults) = (self.endings.told(), self.swarm.tally.faults());
        let lost = [Fault::Lost, Fault::NotResumed, Fault::NoFrame];
        let lost: u64 = lost.into_iter().map(|fault| faults.count(fault)).sum();
        let counts = self.counts();
        (told.explained() + counts.given_up + counts.excused_leaves, told.unexplained() + lost)
    }

    /// How many were not let in who should have been.
    #[must_use]
    pub fn refused(&self) -> u64 {
        let faults = self.swarm.tally.faults();
        faults.count(Fault::Refused) + faults.count(Fault::NeverJoined)
    }

    /// How stays and attempts ended, the most frequent first.
    #[must_use]
    pub fn told(&self) -> Vec<(String, u64)> {
        let (counts, told) = (self.counts(), self.endings.told());
        let usual = [
            ("left", counts.leaves),
            (GIVEN_UP, counts.given_up),
            (EXCUSED, counts.excused_leaves),
        ]
        .map(|(text, count)| (text.to_owned(), count));
        let faults = self.swarm.tally.faults();
        let faults = faults.iter().map(|(fault, text, count)| (said(fault, text), count));
        let ends = told.expected.into_iter().chain(
            told.unexpected
                .into_iter()
                .map(|(text, count)| (format!("not expected: {text}"), count)),
        );
        let mut all: Vec<_> =
            usual.into_iter().chain(ends).chain(faults).filter(|(_, count)| *count > 0).collect();
        all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        all
    }

    /// Whether their frames are to come in time.
    #[must_use]
    pub fn keeps_up(&self) -> bool {
        self.persona.keeps_up()
    }
}

/// A fault with its words.
pub fn said(fault: Fault, text: &str) -> String {
    let what = match fault {
        Fault::Refused => "refused",
        Fault::Lost => "lost its connection",
        Fault::NotResumed => "did not get its session back",
        Fault::BadFrame => "a frame was no good",
        Fault::NeverJoined => "never got in",
        Fault::NoFrame => "got no frame",
    };
    format!("{what}: {text}")
}
