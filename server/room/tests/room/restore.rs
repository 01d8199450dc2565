//! Rooms whose game panics: they go on from where they were, whatever it was doing.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::{
    log::{come_back, replay, saved},
    sim::{
        Checked, Random, Sim,
        brittle::{self, Brittle, CALLS, Call},
        meadow::{Meadow, MeadowConfig, REACH},
        world::{World, WorldConfig},
    },
};
use tickwire_room::{
    HostedRoom, Newcomer, Poll, Restore, RestoreError, Room, RoomConfig, RoomEvent,
};
use tickwire_shared::{Game, PlayerId, Tick, control, message::CloseCode};

fn config(seed: u64) -> RoomConfig {
    let config = RoomConfig::new("FALL", 30, seed);
    RoomConfig { keyframe_ticks: 40, hash_interval: 4, grace_ticks: 60, ..config }
}

fn world() -> WorldConfig {
    WorldConfig { movers: 12, sparks_a_tick: 6 }
}

/// Restores a room in slices of a few ticks, and says how many it took.
fn restore<G: Game>(room: &mut Room<G>) -> u32 {
    let mut slices = 1;
    loop {
        match room.restore(7) {
            Restore::Done => return slices,
            Restore::More => slices += 1,
            Restore::Impossible(why) => panic!("{why}"),
        }
    }
}

/// A session in whose course a game panics now and then.
struct Fall<W: Checked> {
    sim: Sim<Brittle<W>>,
    random: Random,
    chunks: Vec<Vec<u8>>,
    panics: u32,
}

impl<W: Checked> Fall<W> {
    fn new(config: RoomConfig, world: &W::Config) -> Self {
        println!("seed {}", config.seed);
        let random = Random(config.seed);
        Fall { sim: Sim::new(config, world), random, chunks: Vec::new(), panics: 0 }
    }

    /// Does something; should the game panic, the room is restored.
    fn attempt(&mut self, act: impl FnOnce(&mut Sim<Brittle<W>>, &mut Random)) {
        let Fall { sim, random, .. } = self;
        let before = sim.room.now();
        if let Err(error) = catch_unwind(AssertUnwindSafe(|| act(sim, random))) {
            if !brittle::has_burnt() {
                resume_unwind(error);
            }
            self.panics += 1;
            self.keep_chunk();
            let room = &mut self.sim.room;
            restore(room);
            assert!((0..=1).contains(&room.now().since(before)), "as after the last whole tick");
            self.sim.now = room.now();
        }
        while let Some(event) = self.sim.room.poll_event() {
            if let RoomEvent::Ended(player, _) = event {
                self.sim.clients.retain(|client| client.id != player);
            }
        }
        assert_eq!(self.sim.clients.len(), self.sim.room.player_count());
        self.keep_chunk();
    }

    fn keep_chunk(&mut self) {
        let mut chunk = Vec::new();
        if self.sim.room.take_chunk(&mut chunk) {
            self.chunks.push(chunk);
        }
    }

    fn run(&mut self, ticks: u32) {
        for _ in 0..ticks {
            if self.random.below(12) == 0 {
                let call = CALLS[self.random.below(CALLS.len() as u32) as usize];
                brittle::arm(call, self.random.below(5));
            }
            let count = self.sim.clients.len() as u32;
            let index = self.random.below(count) as usize;
            match self.random.below(16) {
                0..3 if count < 10 => self.attempt(|sim, random| {
                    sim.join(random.below(5) as i32);
                }),
                3 if count > 4 => self.attempt(|sim, _| sim.leave(index)),
                4 if count > 0 && self.sim.clients[index].is_connected => {
                    self.attempt(|sim, _| sim.disconnect(index, true));
                }
                5 if count > 0 && !self.sim.clients[index].is_connected => {
                    self.attempt(|sim, _| come_back(sim, index));
                }
                _ => {}
            }
            self.attempt(|sim, random| sim.tick(random));
        }
        brittle::disarm();
        self.chunks.push(self.sim.room.log().newer.to_vec());
    }
}

#[test]
fn wherever_a_game_panics_it_goes_on_from_its_last_whole_tick() {
    let mut panics = 0;
    for seed in 0..8 {
        let mut fall = Fall::<World>::new(config(seed), &world());
        fall.run(400);
        panics += fall.panics;
        let Fall { sim, chunks, .. } = &fall;
        let counters = sim.room.counters();
        assert_eq!((counters.restores, counters.unlogged), (fall.panics.into(), 0));
        assert_eq!(counters.mismatches, 0, "every client always held what it may see");
        assert_eq!(sim.room.game().0.player_count(), sim.room.player_count());
        let mut room = Room::<Brittle<World>>::new(config(seed), &world());
        assert!(replay(&mut room, chunks) > 90, "and all of it can be played again");
    }
    assert!(panics > 100, "{panics}");
}

#[test]
fn a_large_world_goes_on_as_well() {
    for seed in 0..3 {
        let meadow =
            MeadowConfig { beasts: 100, speed: 20.0, calm: 60, is_starved: false, reach: REACH };
        let mut fall = Fall::<Meadow>::new(config(seed), &meadow);
        fall.run(200);
        assert!(fall.panics > 5, "{}", fall.panics);
        let mut room = Room::<Brittle<Meadow>>::new(config(seed), &meadow);
        replay(&mut room, &fall.chunks);
    }
}

fn brittle_room(ticks: u32) -> Room<Brittle<World>> {
    let mut room = Room::<Brittle<World>>::new(config(1), &world());
    room.handle_join(&Newcomer::named("one")).expect("there is space");
    (0..ticks).for_each(|_| HostedRoom::tick(&mut room));
    room
}

/// Lets the game panic in a call that this makes.
fn fail(room: &mut Room<Brittle<World>>, call: Call, act: impl FnOnce(&mut Room<Brittle<World>>)) {
    brittle::arm(call, 0);
    catch_unwind(AssertUnwindSafe(|| act(room))).expect_err("it is armed");
}

#[test]
fn a_restored_world_is_the_one_after_the_last_whole_tick() {
    let mut room = brittle_room(70);
    let mut before = Vec::new();
    control::save(room.game(), &mut before).expect("it is small");
    fail(&mut room, Call::Step, HostedRoom::tick);
    assert!(restore(&mut room) > 4, "30 ticks in slices of seven");
    assert_eq!((room.now(), room.counters().restores), (Tick(70), 1));
    // Its keyframe is what is saved now, which has another order of free slots than before.
    let mut after = Vec::new();
    control::save(room.game(), &mut after).expect("it is small");
    assert!(before == after && saved(room.log().newer) == after);
}

#[test]
fn a_chunk_with_a_panic_panics_when_it_is_played() {
    let mut room = brittle_room(50);
    fail(&mut room, Call::Step, HostedRoom::tick);
    let chunk = room.log().newer.to_vec();
    let mut other = Room::<Brittle<World>>::new(config(1), &world());
    assert_eq!(other.load(&chunk).expect("it can be loaded"), Tick(40));
    for _ in 0..10 {
        other.replay().expect("it can be played").expect("there is a tick");
    }
    fail(&mut other, Call::Step, |room| drop(room.replay()));
    assert_eq!(other.now(), Tick(51), "in the tick in which it did before");
}

#[test]
fn a_room_panics_in_whatever_it_is_to_ask_its_game_and_else_stays_as_it_was() {
    for call in [Call::Team, Call::View, Call::Spectate] {
        let mut room = brittle_room(20);
        fail(&mut room, call, HostedRoom::ask);
    }
    let mut room = brittle_room(20);
    let world = |room: &mut Room<Brittle<World>>| {
        room.ask();
        let mut world = Vec::new();
        control::save(room.game(), &mut world).expect("it is small");
        world
    };
    let before = world(&mut room);
    assert!(world(&mut room) == before && (room.now(), room.player_count()) == (Tick(20), 1));
    let two = room.handle_join(&Newcomer::named("two")).expect("there is space");
    HostedRoom::tick(&mut room);
    assert_eq!(room.poll_frame(two, &mut Vec::new()), Poll::Frame);
}

#[test]
fn who_came_in_since_the_last_tick_is_in_and_who_left_is_gone() {
    let mut room = brittle_room(10);
    let two = room.handle_join(&Newcomer { identity: Some("2"), ..Newcomer::named("two") });
    let three = room.handle_join(&Newcomer::named("three")).expect("there is space");
    room.handle_leave(PlayerId(1));
    fail(&mut room, Call::Leave, |room| room.handle_leave(three));
    restore(&mut room);
    let inside: Vec<_> = room.game().0.players().collect();
    assert_eq!(inside, [two.expect("there is space")]);
    assert_eq!(room.poll_event(), Some(RoomEvent::Ended(PlayerId(1), CloseCode::NoSession)));
    // A second time, from the log that was begun with the first.
    fail(&mut room, Call::Step, HostedRoom::tick);
    restore(&mut room);
    assert_eq!(room.game().0.players().collect::<Vec<_>>(), inside);
    HostedRoom::tick(&mut room);
    assert_eq!((room.now(), room.player_count()), (Tick(11), 1));
}

#[test]
fn who_could_not_come_in_is_not_in() {
    let mut room = brittle_room(10);
    fail(&mut room, Call::Join, |room| {
        room.handle_join(&Newcomer::named("two")).expect("there is space");
    });
    restore(&mut room);
    assert_eq!((room.player_count(), room.game().0.player_count()), (1, 1));
    let next = room.handle_join(&Newcomer::named("three")).expect("there is space");
    assert_eq!(next, PlayerId(3), "a number is not given twice");
}

#[test]
fn without_a_log_there_is_nothing_to_restore_from() {
    let off = RoomConfig { keyframe_ticks: 0, ..config(1) };
    let mut room = Room::<World>::new(off, &world());
    HostedRoom::tick(&mut room);
    assert!(matches!(room.restore(9), Restore::Impossible(RestoreError::Off)));
    let mut room = Room::<World>::new(config(1), &world());
    let empty = room.restore(9);
    assert!(matches!(empty, Restore::Impossible(RestoreError::Empty)), "nothing has happened yet");
}

#[test]
fn whoever_observes_goes_on_as_well() {
    let mut room = brittle_room(10);
    let observer = room.handle_observe(None).expect("there is space");
    HostedRoom::tick(&mut room);
    let mut frame = Vec::new();
    assert_eq!(room.poll_frame(observer, &mut frame), Poll::Frame);
    fail(&mut room, Call::Spectate, HostedRoom::tick);
    restore(&mut room);
    HostedRoom::tick(&mut room);
    assert_eq!(room.poll_frame(observer, &mut frame), Poll::Frame);
    assert_eq!(room.poll_event(), None);
}
