//! Observers see what a player sees, and nothing in the room is otherwise than without them.

use std::collections::BTreeMap;

use tickwire_room::{HostedRoom, Newcomer, Poll, Refusal, RoomConfig, RoomEvent};
use tickwire_shared::{
    EntityId, PlayerId, Tick,
    message::{ClientMessage, CloseCode, Moderation},
    replica::Replica,
};

use crate::{
    party::{Song, Table},
    sim::{
        Checked, Random, Sim,
        link::Network,
        meadow::{Meadow, MeadowConfig, REACH},
        world::{World, WorldConfig},
    },
};

fn config(seed: u64) -> RoomConfig {
    RoomConfig { hash_interval: 4, ..RoomConfig::new("TEST", 30, seed) }
}

fn meadow() -> MeadowConfig {
    MeadowConfig { beasts: 300, speed: 20.0, calm: 60, is_starved: false, reach: REACH }
}

/// All rows of a replica, whatever segments they are in.
fn contents(replica: &Replica) -> BTreeMap<(usize, EntityId), Vec<u32>> {
    let mut all = BTreeMap::new();
    for held in replica.segments() {
        for row in held.rows.iter(replica.layout(held.audience)) {
            all.insert((held.audience as usize, row.id), row.values.to_vec());
        }
    }
    all
}

/// What is far is sent this often. After a frame that only one of them got, a viewer's copy of it may be
/// of another tick than that of another viewer for so long.
const SLOWEST: u32 = 8;

/// A player and its observer, among the clients.
struct Pair {
    clients: [usize; 2],
    /// For so many ticks both got all frames.
    together: u32,
    /// Rows that were compared, by audience.
    seen: [u64; 3],
}

impl Pair {
    fn new(player: usize, observer: usize) -> Pair {
        Pair { clients: [player, observer], together: 0, seen: [0; 3] }
    }

    /// Compares what the two hold after a tick.
    fn compare<W: Checked>(&mut self, sim: &Sim<W>) {
        let [player, observer] = self.clients.map(|index| &sim.clients[index].replica);
        assert_eq!(observer.tick(), Some(sim.now));
        // A player that has too much under way gets no frame.
        let both = player.tick() == observer.tick();
        self.together = if both { self.together + 1 } else { 0 };
        if self.together > SLOWEST {
            let [player, observer] = [player, observer].map(contents);
            assert_eq!(player, observer, "at tick {}", sim.now);
            player.keys().for_each(|(audience, _)| self.seen[*audience] += 1);
        }
    }
}

#[test]
fn an_observer_holds_what_the_player_holds_with_its_own_and_its_teams_part() {
    let mut seen = [0; 3];
    for seed in 0..2 {
        let mut random = Random(seed);
        let mut sim = Sim::<Meadow>::new(config(seed), &meadow());
        (0..4).for_each(|_| _ = sim.join(0));
        (0..50).for_each(|_| sim.tick(&mut random));
        let mut pairs = [0, 2].map(|player| {
            let like = sim.clients[player].id;
            Pair::new(player, sim.observe(like))
        });
        for _ in 0..200 {
            sim.tick(&mut random);
            pairs.iter_mut().for_each(|pair| pair.compare(&sim));
        }
        for pair in pairs {
            assert!(sim.clients[pair.clients[1]].verified > 50);
            (0..3).for_each(|audience| seen[audience] += pair.seen[audience]);
        }
    }
    assert!(seen.iter().all(|rows| *rows > 100), "{seen:?}");
}

#[test]
fn an_observer_is_told_what_the_game_tells_the_player() {
    let mut random = Random(5);
    let mut sim = Sim::<World>::new(config(5), &WorldConfig::default());
    (0..3).for_each(|_| _ = sim.join(0));
    (0..30).for_each(|_| sim.tick(&mut random));
    let observer = sim.observe(PlayerId(2));
    let mut pair = Pair::new(1, observer);
    let before = sim.clients[1].heard.len();
    for _ in 0..300 {
        sim.tick(&mut random);
        pair.compare(&sim);
    }
    let heard = &sim.clients[1].heard[before..];
    assert!(heard.len() > 10 && heard == sim.clients[observer].heard);
    assert_ne!(sim.clients[0].heard[before..], sim.clients[observer].heard, "others hear others");
}

/// The frames of the players of a room in which some come and go, with or without observers.
fn players_frames(observers: usize) -> Vec<Vec<(Tick, Vec<u8>)>> {
    let mut network = Network::<Meadow>::new(config(9), &meadow());
    for _ in 0..3 {
        network.join();
    }
    network.readers[1].delay = 4;
    network.run(40);
    let likes = [Some(PlayerId(1)), None, Some(PlayerId(3)), Some(PlayerId(1))];
    for (like, width) in likes.into_iter().take(observers).zip([1 << 20, 200, 4000, 1 << 20]) {
        network.observe(like).width = width;
    }
    network.run(100);
    network.join();
    network.run(100);
    network.room.handle_leave(PlayerId(2));
    network.run(100);
    let counters = network.room.counters();
    assert_eq!((counters.frames, counters.skipped_frames), (340 + 240 + 340 + 200, 0));
    let players = network.readers.into_iter().filter(|reader| reader.id.0 < 100);
    players.map(|reader| reader.frames).collect()
}

#[test]
fn what_players_are_sent_does_not_depend_on_observers() {
    assert_eq!(players_frames(0), players_frames(4));
}

#[test]
fn an_observer_is_among_nobody_and_nobody_is_told_of_it() {
    let mut table = Table::of(&["Ann", "Bob"]);
    let like = table.observe(Some(PlayerId(2)));
    let watching = table.observe(None);
    assert!(table.clients[like].is_spectator && table.clients[watching].is_spectator);
    (0..3).for_each(|_| table.tick());
    assert_eq!((table.room.player_count(), table.room.spectator_count()), (2, 0));
    assert!(table.clients[..2].iter().all(|client| client.told.is_empty()));
    for index in [like, watching] {
        assert_eq!(table.clients[index].take_told(), ["1 Ann host", "2 Bob"]);
    }
    table.room.handle_leave(PlayerId(1));
    table.tick();
    let told = ["2 Bob host", "1 gone Left"];
    for index in [1, like, watching] {
        assert_eq!(table.clients[index].take_told(), told);
    }
    table.room.handle_leave(table.clients[like].id);
    table.tick();
    assert!(table.clients[1].told.is_empty() && table.room.poll_event().is_none());
    let calls = ["1 joins as Ann", "2 joins as Bob", "1 leaves"];
    assert_eq!(table.room.game().calls, calls);
    let cem = table.join(&Newcomer::named("Cem")).unwrap();
    assert_eq!(table.clients[cem].id, PlayerId(3), "players are numbered as without observers");
}

#[test]
fn an_observer_has_nothing_to_say() {
    let mut table = Table::of(&["Ann", "Bob"]);
    let observer = table.observe(Some(PlayerId(1)));
    table.tick();
    table.send(observer, &ClientMessage::Chat("I see you")).unwrap();
    table.moderate(observer, Moderation::Kick(PlayerId(2)));
    table.request(observer, &Song { number: 3 });
    let tick = table.room.now();
    let input = ClientMessage::Input { applied: tick, tick: tick.next(), behind: 0, record: &[3] };
    table.send(observer, &input).unwrap();
    (0..3).for_each(|_| table.tick());
    assert_eq!(table.room.counters().refused_messages, 4);
    assert!(table.clients[1].told.is_empty() && table.room.poll_event().is_none());
    assert_eq!(table.room.game().calls.len(), 2, "who joined");
    assert!(table.room.handle_message(table.clients[observer].id, &[0xFF]).is_err());
}

#[test]
fn a_room_has_four_observers_and_only_of_players_that_are_in() {
    let mut table = Table::of(&["Ann"]);
    let nobody = table.room.handle_observe(Some(PlayerId(2)));
    assert_eq!(nobody, Err(Refusal::NoSuchPlayer));
    let all: Vec<_> = (0..4).map(|_| table.observe(Some(PlayerId(1)))).collect();
    assert_eq!(table.room.handle_observe(None), Err(Refusal::Full));
    table.room.handle_drop(table.clients[all[2]].id);
    let again = table.observe(None);
    assert!(all.iter().all(|index| table.clients[*index].id != table.clients[again].id));
    assert!(!table.room.handle_resume(table.clients[again].id, None), "it has no session");
}

#[test]
fn a_room_that_is_told_to_has_an_observer_for_each_player() {
    let max_observers = 6;
    let config = RoomConfig { max_observers, ..config(7) };
    let mut sim = Sim::<World>::new(config, &WorldConfig::default());
    let mut random = Random(7);
    (0..6).for_each(|_| _ = sim.join(0));
    let mut pairs: Vec<_> =
        (0..6).map(|player| Pair::new(player, sim.observe(PlayerId(player as u32 + 1)))).collect();
    assert_eq!(sim.room.handle_observe(None), Err(Refusal::Full));
    for _ in 0..200 {
        sim.tick(&mut random);
        pairs.iter_mut().for_each(|pair| pair.compare(&sim));
    }
    assert!(pairs.iter().all(|pair| sim.clients[pair.clients[1]].verified > 20));
}

#[test]
fn an_observer_ends_with_the_player_and_when_the_room_sleeps() {
    let mut table = Table::of(&["Ann", "Bob"]);
    let (of_bob, of_all) = (table.observe(Some(PlayerId(2))), table.observe(None));
    table.tick();
    table.room.handle_leave(PlayerId(2));
    let ended = |id| Some(RoomEvent::Ended(id, CloseCode::NoSession));
    assert_eq!(table.room.poll_event(), ended(table.clients[of_bob].id));
    assert_eq!(table.room.poll_frame(table.clients[of_bob].id, &mut Vec::new()), Poll::Nothing);
    table.room.handle_leave(PlayerId(1));
    table.tick();
    assert_eq!(table.room.poll_event(), None, "there is still something to see");
    table.room.sleep();
    assert_eq!(table.room.poll_event(), ended(table.clients[of_all].id));
    table.tick();
}

#[test]
fn an_observer_goes_on_while_its_player_is_away() {
    let mut table = Table::of(&["Ann", "Bob"]);
    let observer = table.observe(Some(PlayerId(2)));
    table.tick();
    table.room.handle_drop(PlayerId(2));
    (0..100).for_each(|_| table.tick());
    assert_eq!(table.clients[observer].replica.tick(), Some(table.room.now()));
    assert!(table.room.handle_resume(PlayerId(2), None));
    table.tick();
    let [player, observer] = [1, observer].map(|index| contents(&table.clients[index].replica));
    assert!(!player.is_empty());
    assert_eq!(player, observer);
}

#[test]
fn an_observer_that_says_nothing_or_is_too_slow_ends() {
    for (heard, code) in [(false, CloseCode::Idle), (true, CloseCode::TooSlow)] {
        let config = RoomConfig { silence_ticks: 30, stall_ticks: 40, ..config(3) };
        let mut table = Table::new(config);
        table.join(&Newcomer::named("Ann"));
        let id = table.room.handle_observe(None).unwrap();
        let mut ended = None;
        for _ in 0..80 {
            table.tick();
            ended = ended.or_else(|| table.room.poll_event());
            let polled = table.room.poll_frame(id, &mut Vec::new());
            assert_eq!(polled == Poll::Nothing, ended.is_some());
            if heard {
                let mut ping = Vec::new();
                ClientMessage::Ping(1).write(&mut ping);
                table.room.handle_message(id, &ping).unwrap();
            }
        }
        assert_eq!(ended, Some(RoomEvent::Ended(id, code)));
        assert_eq!(table.room.counters().evictions, 0, "that is none of the players'");
    }
}
