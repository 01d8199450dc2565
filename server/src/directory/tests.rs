use std::{net::Ipv4Addr, thread};

use tickwire_room::RoomCounters;

use super::*;
use crate::test_game::Restless;

mod tickets;

fn directory(change: impl FnOnce(&mut Config)) -> Directory {
    let mut config = Config { seed: 3, ..Config::default() };
    change(&mut config);
    Directory::new(Games::new().with::<Restless>(), config, 2)
}

fn any() -> Wanted {
    Wanted::Game(None)
}

fn somebody() -> Who {
    Who::at(Ipv4Addr::LOCALHOST.into())
}

fn take(directory: &Directory, wanted: &Wanted) -> Result<Seat, Denied> {
    directory.seat(wanted, &somebody(), Instant::now(), |_, _| {})
}

#[test]
fn seats_are_filled_room_by_room_and_given_back() {
    let directory = directory(|config| config.max_players = Some(2));
    let mut seats: Vec<Seat> = (0..3).map(|_| take(&directory, &any()).expect("a seat")).collect();
    assert_eq!(directory.rooms().len(), 2);
    assert_eq!(seats[2].room().code, directory.rooms()[1].code);
    let first = seats.remove(0);
    let code = Wanted::Room(first.room().code.clone());
    assert_eq!(take(&directory, &code).err(), Some(Denied::RoomFull));
    drop(first);
    assert!(take(&directory, &code).is_ok());
}

#[test]
fn many_threads_take_no_seat_too_many() {
    let directory = directory(|config| config.max_players = Some(10));
    let code = Wanted::Room(take(&directory, &any()).expect("a seat").room().code.clone());
    let taken: usize = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let seats = (0..100).filter_map(|_| take(&directory, &code).ok());
                    seats.map(std::mem::forget).count()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("it ran")).sum()
    });
    assert_eq!(taken, 10);
}

#[test]
fn a_room_is_not_closed_while_somebody_is_on_the_way_to_it() {
    let directory = directory(|_| {});
    let seat = take(&directory, &any()).expect("a seat");
    let room = Arc::clone(seat.room());
    assert!(!directory.close_if_empty(&room, Instant::now()));
    drop(seat);
    assert!(directory.close_if_empty(&room, Instant::now()));
    assert!(directory.rooms().is_empty());
}

#[test]
fn rooms_go_to_the_shard_that_does_least() {
    let directory = directory(|_| {});
    let create = Wanted::Create(None);
    let seats: Vec<Seat> = (0..6).map(|_| take(&directory, &create).expect("a seat")).collect();
    let shards: Vec<usize> = seats.iter().map(|seat| seat.room().shard()).collect();
    assert_eq!(shards, [0, 1, 0, 1, 0, 1]);
}

/// What the rooms of each shard cost together.
fn loads(directory: &Directory, shards: usize) -> Vec<u64> {
    let mut loads = vec![0; shards];
    directory.rooms().iter().for_each(|room| loads[room.shard()] += room.cost().unwrap_or(0));
    loads
}

#[test]
fn rooms_of_unequal_cost_are_spread_so_that_no_shard_does_much_more_than_another() {
    let config = Config { seed: 3, ..Config::default() };
    let directory = Directory::new(Games::new().with::<Restless>(), config, 4);
    let mut random = SplitMix::new(7);
    let mut seats = Vec::new();
    // From one to a hundred, the most of them cheap.
    let costs = (0..200).map(|_| 100_000_000 / (1 + random.next() % 100));
    for cost in costs {
        let seat = take(&directory, &Wanted::Create(None)).expect("a seat");
        seat.room().publish_cost(Some(cost));
        seats.push(seat);
    }
    let loads = loads(&directory, 4);
    let (least, most) = (loads.iter().min(), loads.iter().max());
    let (least, most) = (least.expect("four"), most.expect("four"));
    assert!(most - least <= 100_000_000, "{loads:?}: more than the dearest room");
    assert!(*least > 200_000_000, "{loads:?}");
}

#[test]
fn rooms_that_are_not_measured_yet_count_as_the_others_of_their_game() {
    let directory = directory(|_| {});
    let create = Wanted::Create(None);
    let seats: Vec<Seat> = (0..4).map(|_| take(&directory, &create).expect("a seat")).collect();
    seats[0].room().publish_cost(Some(300));
    seats[1].room().publish_cost(Some(100));
    // Shard 0 has 300 and one of 200, shard 1 100 and one of 200.
    let next = take(&directory, &create).expect("a seat");
    assert_eq!(next.room().shard(), 1);
    // Now they stand at 500 and 500; asleep the first costs nothing.
    seats[0].room().publish_sleep();
    assert_eq!(take(&directory, &create).expect("a seat").room().shard(), 0);
}

#[test]
fn a_room_that_wakes_goes_where_less_is_to_be_done_if_that_is_worth_it() {
    let directory = directory(|_| {});
    let create = Wanted::Create(None);
    let seats: Vec<Seat> = (0..3).map(|_| take(&directory, &create).expect("a seat")).collect();
    let [first, second, third] = [0, 1, 2].map(|index| seats[index].room());
    assert_eq!([first.shard(), second.shard(), third.shard()], [0, 1, 0]);
    first.publish_sleep();
    second.publish_cost(Some(90));
    third.publish_cost(Some(110));
    assert_eq!(directory.place_anew(first), 0, "the difference is not worth it");
    second.publish_cost(Some(40));
    third.publish_cost(Some(160));
    assert_eq!(directory.place_anew(first), 1);
}

#[test]
fn nothing_goes_to_a_shard_that_is_stuck_until_it_goes_on() {
    let directory = directory(|_| {});
    let create = Wanted::Create(None);
    directory.note_stuck(0, true);
    let seats: Vec<Seat> = (0..3).map(|_| take(&directory, &create).expect("a seat")).collect();
    assert!(seats.iter().all(|seat| seat.room().shard() == 1));
    assert_eq!(directory.place_anew(seats[0].room()), 1);
    directory.note_stuck(0, false);
    assert_eq!(take(&directory, &create).expect("a seat").room().shard(), 0);
}

#[test]
fn nobody_is_let_in_while_it_drains() {
    let directory = directory(|_| {});
    directory.drain();
    assert_eq!(take(&directory, &any()).err(), Some(Denied::ShuttingDown));
}

#[test]
fn what_closed_rooms_counted_is_added_once() {
    let directory = directory(|_| {});
    let seat = take(&directory, &any()).expect("a seat");
    let room = Arc::clone(seat.room());
    room.publish_counters(&RoomCounters { ticks: 7, ..RoomCounters::default() });
    assert_eq!(directory.survey().1[0], 7);
    directory.close(&room);
    directory.close(&room);
    assert_eq!(directory.survey().1[0], 7);
}
