//! Viewers whose transport asks for each frame, when it wants to.

use tickwire_games::arena::{Arena, Config};
use tickwire_room::{HostedRoom, Newcomer, Poll, Room, RoomConfig, RoomEvent, Work};
use tickwire_shared::{
    PlayerId,
    message::{ClientMessage, CloseCode, ServerMessage},
    replica::Replica,
    session::Token,
};

const HZ: u32 = 30;

struct Poller {
    room: Room<Arena>,
    id: PlayerId,
    replica: Replica,
}

impl Poller {
    fn new() -> Poller {
        let config = RoomConfig { hash_interval: 1, ..RoomConfig::new("POLL", HZ, 1) };
        let mut room: Room<Arena> = Room::new(config, &Config::default());
        room.handle_join(&Newcomer::named("somebody else")).unwrap();
        let id = room.handle_join(&Newcomer::named("poller")).unwrap();
        let bytes = room.welcome(id, &Token([0; 16]));
        let Ok(ServerMessage::Welcome(welcome)) = ServerMessage::read(&bytes) else {
            panic!("a welcome was expected");
        };
        let replica = Replica::new(welcome.schema, &welcome.priors, welcome.tick_hz).unwrap();
        Poller { room, id, replica }
    }

    /// What the client says with its next request: what it holds.
    fn acknowledge(&mut self) {
        let Some(held) = self.replica.tick() else { return };
        let mut bytes = Vec::new();
        ClientMessage::Ack(held).write(&mut bytes);
        self.room.handle_message(self.id, &bytes).unwrap();
    }

    fn poll(&mut self) -> Poll {
        let mut frame = Vec::new();
        let poll = self.room.poll_frame(self.id, &mut frame);
        if poll == Poll::Frame {
            let applied = self.replica.apply(&frame).unwrap();
            assert!(applied.hash.unwrap().holds() && applied.tick == self.room.now());
        }
        poll
    }
}

#[test]
fn who_asks_now_and_then_gets_the_present_each_time_and_is_not_slow() {
    for every in [2, 5, 15, 40] {
        let mut poller = Poller::new();
        for tick in 0..60 * HZ {
            HostedRoom::tick(&mut poller.room);
            poller.room.handle_unasked(poller.id);
            if tick % every == 0 {
                // Between the ticks.
                poller.acknowledge();
                assert_eq!(poller.poll(), Poll::Frame, "asked every {every} ticks");
                assert_eq!(poller.poll(), Poll::Nothing, "once is enough");
            }
        }
        let counters = poller.room.counters();
        let slow = [counters.skipped_frames, counters.thinned_frames, counters.slowed_viewers];
        assert_eq!((slow, counters.frames), ([0; 3], (60 * HZ).div_ceil(every).into()));
        assert_eq!(counters.lag_keyframes > 0, every > 32, "only beyond the history");
    }
}

#[test]
fn who_asks_no_more_is_given_up_as_idle() {
    let mut poller = Poller::new();
    HostedRoom::tick(&mut poller.room);
    assert_eq!(poller.poll(), Poll::Frame);
    for _ in 0..15 * HZ {
        assert_eq!(poller.room.poll_event(), None);
        HostedRoom::tick(&mut poller.room);
        poller.room.handle_unasked(poller.id);
    }
    let idle = |id| Some(RoomEvent::Dropped(id, CloseCode::Idle));
    assert_eq!(poller.room.poll_event(), idle(PlayerId(2)));
}

#[test]
fn who_asks_and_never_says_what_it_holds_is_given_up_as_too_slow() {
    let mut poller = Poller::new();
    let mut ping = Vec::new();
    ClientMessage::Ping(1).write(&mut ping);
    for _ in 0..15 * HZ + 2 {
        HostedRoom::tick(&mut poller.room);
        poller.poll();
        poller.room.handle_message(poller.id, &ping).unwrap();
    }
    let events: Vec<_> = std::iter::from_fn(|| poller.room.poll_event()).collect();
    assert!(events.contains(&RoomEvent::Dropped(poller.id, CloseCode::TooSlow)), "{events:?}");
}

#[test]
fn a_poll_between_ticks_makes_the_same_frame_in_memory_that_is_lent() {
    let (mut lent, mut own) = (Poller::new(), Poller::new());
    let mut work = Work::default();
    for tick in 0..100 {
        lent.room.lend(&mut work);
        HostedRoom::tick(&mut lent.room);
        lent.room.lend(&mut work);
        HostedRoom::tick(&mut own.room);
        if tick % 3 == 0 {
            lent.acknowledge();
            own.acknowledge();
            let (mut bytes, mut same) = (Vec::new(), Vec::new());
            lent.room.lend(&mut work);
            assert_eq!(lent.room.poll_frame(lent.id, &mut bytes), Poll::Frame);
            lent.room.lend(&mut work);
            assert_eq!(own.room.poll_frame(own.id, &mut same), Poll::Frame);
            assert_eq!(bytes, same);
            lent.replica.apply(&bytes).unwrap();
            own.replica.apply(&same).unwrap();
        }
    }
}
