use std::thread;

use tickwire_room::RoomCounters;

use super::*;
use crate::test_game::Restless;

fn directory(change: impl FnOnce(&mut Config)) -> Directory {
    let mut config = Config { seed: 3, ..Config::default() };
    change(&mut config);
    Directory::new(Games::new().with::<Restless>(), config, 2)
}

fn any() -> Wanted {
    Wanted::Game(None)
}

fn take(directory: &Directory, wanted: &Wanted) -> Result<Seat, Denied> {
    directory.seat(wanted, |_, _| {})
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
    assert!(!directory.close_if_empty(&room));
    drop(seat);
    assert!(directory.close_if_empty(&room));
    assert!(directory.rooms().is_empty());
}

#[test]
fn rooms_go_to_the_shard_that_does_least() {
    let directory = directory(|_| {});
    let create = Wanted::Create(None);
    let seats: Vec<Seat> = (0..6).map(|_| take(&directory, &create).expect("a seat")).collect();
    let shards: Vec<usize> = seats.iter().map(|seat| seat.room().shard).collect();
    assert_eq!(shards, [0, 1, 0, 1, 0, 1]);
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
    assert_eq!(directory.totals()[0], 7);
    directory.close(&room);
    directory.close(&room);
    assert_eq!(directory.totals()[0], 7);
}
