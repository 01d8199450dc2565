//! What a host does to others, and who only watches: what the room wants is done.

use std::net::IpAddr;

use tickwire_shared::{
    PlayerId,
    message::{ClientMessage, Moderation},
};

use super::*;
use crate::{
    directory::{Denied, RoomEntry},
    test_viewer::{framed, join_with},
};

/// A host, which is player 1, and another one, which is player 2.
fn party() -> (World, Client, Client, Arc<RoomEntry>) {
    let mut world = World::new(config(), Setup::default());
    let mut host = world.connect(&Wanted::Game(None), 1 << 20);
    let mut other = world.connect(&Wanted::Game(None), 1 << 20);
    play(&mut world, &mut [&mut host, &mut other]);
    let room = Arc::clone(&world.directory.rooms()[0]);
    (world, host, other, room)
}

fn play(world: &mut World, clients: &mut [&mut Client]) {
    for _ in 0..5 {
        world.step();
        clients.iter_mut().for_each(|client| client.read());
    }
}

fn ask(client: &Client, moderation: Moderation) {
    client.send(&framed(&ClientMessage::Moderate(moderation)));
}

/// Whether somebody from there may have a seat.
fn seat(world: &World, room: &RoomEntry, address: IpAddr) -> Result<(), Denied> {
    let wanted = Wanted::Room(room.code.clone());
    world.directory.seat(&wanted, &Who::at(address), world.now.get(), |_, _| {}).map(drop)
}

const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

#[test]
fn who_is_thrown_out_is_told_and_may_come_again() {
    let (mut world, mut host, mut other, room) = party();
    ask(&host, Moderation::Kick(PlayerId(2)));
    play(&mut world, &mut [&mut host, &mut other]);
    assert_eq!((other.close, host.close, room.players()), (Some(4011), None, 1));
    let mut back = world.resume(&mut other, 1, true);
    play(&mut world, &mut [&mut host, &mut back]);
    assert_eq!(back.close, Some(4009), "its session is over");
    assert_eq!(seat(&world, &room, HERE), Ok(()));
}

#[test]
fn who_is_banned_gets_no_seat_any_more_and_others_do() {
    let (mut world, mut host, mut other, room) = party();
    ask(&host, Moderation::Ban(PlayerId(2)));
    play(&mut world, &mut [&mut host, &mut other]);
    assert_eq!((other.close, room.players()), (Some(4012), 1));
    assert_eq!(seat(&world, &room, HERE), Err(Denied::Banned));
    assert_eq!(seat(&world, &room, ELSEWHERE), Ok(()));
}

#[test]
fn a_ban_holds_for_who_leaves_or_comes_back_at_the_same_time() {
    for leaves in [true, false] {
        let (mut world, mut host, mut other, room) = party();
        ask(&host, Moderation::Ban(PlayerId(2)));
        if leaves {
            other.send(&framed(&ClientMessage::Leave));
        } else {
            other = world.resume(&mut other, 1, true);
        }
        play(&mut world, &mut [&mut host, &mut other]);
        assert!(other.close.is_some() && room.players() == 1);
        assert_eq!(seat(&world, &room, HERE), Err(Denied::Banned));
    }
}

#[test]
fn a_ban_holds_for_who_has_a_seat_already_and_is_not_in_yet() {
    let (mut world, mut host, mut other, room) = party();
    let seat = world.seat(&Wanted::Room(room.code.clone()));
    let mut third = world.enter(Entrance::Seat(seat), 1 << 20, None, Vec::new());
    ask(&host, Moderation::Ban(PlayerId(2)));
    play(&mut world, &mut [&mut host, &mut other, &mut third]);
    third.send(&join());
    play(&mut world, &mut [&mut host, &mut third]);
    assert_eq!((third.close, host.close, room.players()), (Some(4012), None, 1));
}

#[test]
fn who_is_known_and_banned_is_out_with_all_of_its_connections() {
    let (mut world, mut host, mut other, room) = party();
    let ada = Who { identity: Some("ada".into()), ..somebody() };
    let [mut one, mut two] = [(); 2].map(|()| {
        let wanted = Wanted::Room(room.code.clone());
        let seat = world.directory.seat(&wanted, &ada, world.now.get(), |_, _| {});
        world.enter(Entrance::Seat(seat.expect("there is space")), 1 << 20, None, join())
    });
    play(&mut world, &mut [&mut host, &mut other, &mut one, &mut two]);
    assert_eq!(room.players(), 4);
    ask(&host, Moderation::Ban(PlayerId(3)));
    play(&mut world, &mut [&mut host, &mut other, &mut one, &mut two]);
    assert_eq!((one.close, two.close), (Some(4012), Some(4012)));
    assert_eq!((host.close, other.close, room.players()), (None, None, 2));
}

#[test]
fn a_locked_room_gives_no_seats_until_it_is_unlocked() {
    let (mut world, mut host, mut other, room) = party();
    ask(&other, Moderation::Lock);
    play(&mut world, &mut [&mut host, &mut other]);
    assert_eq!(seat(&world, &room, HERE), Ok(()), "only the host may lock");
    ask(&host, Moderation::Lock);
    play(&mut world, &mut [&mut host, &mut other]);
    assert_eq!(seat(&world, &room, HERE), Err(Denied::RoomLocked));
    // Who is in stays, also across a lost connection.
    let mut back = world.resume(&mut other, 1, true);
    play(&mut world, &mut [&mut host, &mut back]);
    assert!(back.resumed && back.close.is_none());
    ask(&host, Moderation::Unlock);
    play(&mut world, &mut [&mut host, &mut back]);
    assert_eq!(seat(&world, &room, HERE), Ok(()));
}

#[test]
fn who_comes_with_a_ticket_plays_or_watches_as_it_says_and_once() {
    let (mut world, mut host, mut other, room) = party();
    for spectator in [false, true] {
        let wanted = Wanted::Room(room.code.clone());
        let who = (&somebody(), spectator);
        let reserved = world.directory.reserve(&wanted, who, world.now.get(), |_, _| {});
        let ticket = reserved.expect("there is space").ticket;
        let first = framed(&join_with(Some(&ticket)));
        let door = || Entrance::Door(Arc::clone(&room));
        let mut guest = world.enter(door(), 1 << 20, None, first.clone());
        let mut again = world.enter(door(), 1 << 20, None, first);
        play(&mut world, &mut [&mut host, &mut other, &mut guest, &mut again]);
        assert_eq!((guest.frames, guest.close, again.close), (5, None, Some(4013)));
        assert_eq!(guest.viewer.checked, 5);
        assert_eq!(room.players(), 3, "who watches is no player");
    }
}
