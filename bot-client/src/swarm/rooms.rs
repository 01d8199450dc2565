//! The rooms that a swarm shares: one bot opens each, the others come by its code.

use std::sync::{
    Arc,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};

use parking_lot::Mutex;
use tickwire_shared::{Tick, replica::Memo};
use tokio::sync::watch;

use super::{pace::Track, schedule::Schedule};

/// What is known of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Door {
    /// Its first bot is on its way.
    Awaited,
    /// It has a code.
    Open(String),
    /// Its first bot did not get in.
    Shut,
}

/// One room of the swarm.
#[derive(Debug)]
pub struct SharedRoom {
    /// The game that it is of; the swarm's if absent.
    game: Option<String>,
    door: watch::Sender<Door>,
    inside: AtomicUsize,
    /// The newest tick of which any bot has a frame, and one more so that there may be none.
    newest: AtomicU64,
    /// How fast it goes.
    pub track: Track,
    /// When its ticks are due.
    pub schedule: Schedule,
    /// What its bots need to decode only once.
    pub memo: Arc<Mutex<Memo>>,
}

/// How a bot is to come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// It opens the room and says how.
    Opens,
    /// By this code.
    ByCode(String),
    /// Not at all: there is no room.
    Nowhere,
}

impl SharedRoom {
    /// A room that somebody has yet to open, or one of a known code.
    #[must_use]
    pub fn new(code: Option<&str>) -> SharedRoom {
        let door = code.map_or(Door::Awaited, |code| Door::Open(code.to_owned()));
        let door = watch::Sender::new(door);
        SharedRoom {
            game: None,
            door,
            inside: AtomicUsize::new(0),
            newest: AtomicU64::new(0),
            track: Track::default(),
            schedule: Schedule::default(),
            memo: Arc::default(),
        }
    }

    /// A room of this game that somebody has yet to open.
    #[must_use]
    pub fn of_game(game: Option<String>) -> SharedRoom {
        SharedRoom { game, ..SharedRoom::new(None) }
    }

    /// The game that it is to be of, if it has one of its own.
    #[must_use]
    pub fn game(&self) -> Option<&str> {
        self.game.as_deref()
    }

    /// Whether it has a code.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(*self.door.borrow(), Door::Open(_))
    }

    /// The way in. The one who opens the room knows at once; the others wait until it is open.
    pub async fn way_in(&self, opens: bool) -> Way {
        if opens && *self.door.borrow() == Door::Awaited {
            return Way::Opens;
        }
        let mut door = self.door.subscribe();
        match door.wait_for(|door| *door != Door::Awaited).await.as_deref() {
            Ok(Door::Open(code)) => Way::ByCode(code.clone()),
            _ => Way::Nowhere,
        }
    }

    /// A bot is in, and this is the room's code.
    pub fn enter(&self, code: &str) {
        self.inside.fetch_add(1, Ordering::Relaxed);
        self.door.send_if_modified(|door| {
            let news = !matches!(door, Door::Open(known) if known == code);
            if news {
                // Another room, whose ticks have nothing to do with those of the one before.
                self.newest.store(0, Ordering::Relaxed);
                self.schedule.settle_anew();
                *door = Door::Open(code.to_owned());
            }
            news
        });
    }

    /// A bot has applied the frame of a tick: how many ticks older it is than the newest of any bot.
    pub fn age(&self, tick: Tick) -> i32 {
        let newer = |newest: u64| {
            let known = newest.checked_sub(1).map(|known| Tick(known as u32));
            let is_news = known.is_none_or(|known| tick.is_after(known));
            is_news.then(|| u64::from(tick.0) + 1)
        };
        match self.newest.fetch_update(Ordering::Relaxed, Ordering::Relaxed, newer) {
            Ok(_) => 0,
            Err(newest) => Tick((newest - 1) as u32).since(tick),
        }
    }

    /// A bot that was in is out.
    pub fn exit(&self) {
        self.inside.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether no bot is in, so that the server may have ended the room with good reason.
    #[must_use]
    pub fn is_deserted(&self) -> bool {
        self.inside.load(Ordering::Relaxed) == 0
    }

    /// The one who was to open the room did not get in; nobody needs to wait any longer.
    pub fn shut(&self) {
        self.door.send_if_modified(|door| {
            let waited_for = *door == Door::Awaited;
            if waited_for {
                *door = Door::Shut;
            }
            waited_for
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_opens_and_the_others_come_by_code() {
        let room = SharedRoom::new(None);
        assert_eq!(room.way_in(true).await, Way::Opens);
        let (way, ()) = tokio::join!(room.way_in(false), async { room.enter("ABCD") });
        assert_eq!(way, Way::ByCode("ABCD".to_owned()));
        assert_eq!(room.way_in(true).await, way, "it is open already");
        assert!(!room.is_deserted());
        room.exit();
        assert!(room.is_deserted());
    }

    #[test]
    fn a_frame_is_as_old_as_the_newest_one_says_even_when_the_tick_wraps() {
        let room = SharedRoom::new(None);
        let ages = [u32::MAX - 1, u32::MAX - 1, 1, u32::MAX, 2, 2].map(|tick| room.age(Tick(tick)));
        assert_eq!(ages, [0, 0, 0, 2, 0, 0]);
    }

    #[tokio::test]
    async fn nobody_waits_for_a_room_that_will_not_open() {
        let room = SharedRoom::new(None);
        let (way, ()) = tokio::join!(room.way_in(false), async { room.shut() });
        assert_eq!(way, Way::Nowhere);
        let known = SharedRoom::new(Some("WXYZ"));
        known.shut();
        assert_eq!(known.way_in(true).await, Way::ByCode("WXYZ".to_owned()));
    }
}
