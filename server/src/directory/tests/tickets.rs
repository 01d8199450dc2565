//! Seats that are reserved, and the tickets for them.

use tickwire_shared::message::CloseCode;

use super::{super::wanted::Filters, *};

/// Reserves a seat for a player.
fn reserve(directory: &Directory, wanted: &Wanted, now: Instant) -> Result<Reserved, Denied> {
    directory.reserve(wanted, (&somebody(), false), now, |_, _| {})
}

fn in_room(room: &RoomEntry) -> Wanted {
    Wanted::Room(room.code.clone())
}

/// The code of a refusal.
fn code(refused: Result<Seat, crate::ws::close::CloseReason>) -> u16 {
    refused.expect_err("it is refused").code
}

const BAD: u16 = CloseCode::BadTicket as u16;

#[test]
fn a_ticket_gets_its_seat_once() {
    let (directory, now) = (directory(|_| {}), Instant::now());
    let Reserved { room, ticket, time } = reserve(&directory, &any(), now).expect("a seat");
    assert_eq!((room.state(), room.seats(), time.as_secs()), (RoomState::Created, 1, 10));
    let seat = directory.redeem(&ticket, &room, now).expect("it is good");
    assert!(seat.pass.host && !seat.pass.spectator);
    assert_eq!((room.state(), room.seats()), (RoomState::Open, 1));
    assert_eq!(code(directory.redeem(&ticket, &room, now)), BAD);
    assert_eq!(directory.metrics().used_tickets.get(), 1);
    drop(seat);
    assert_eq!(room.seats(), 0);
}

#[test]
fn a_ticket_ends_and_its_seat_is_free_again() {
    let (directory, now) = (directory(|config| config.max_players = Some(1)), Instant::now());
    let kept = reserve(&directory, &any(), now).expect("a seat");
    let (room, late) = (Arc::clone(&kept.room), now + kept.time);
    let early = late - Duration::from_millis(1);
    assert_eq!(reserve(&directory, &in_room(&room), early).err(), Some(Denied::RoomFull));
    assert!(!directory.close_if_empty(&room, early));
    assert_eq!(code(directory.redeem(&kept.ticket, &room, late)), BAD);
    assert_eq!(directory.metrics().expired_tickets.get(), 1);
    assert!(reserve(&directory, &in_room(&room), late).is_ok());
    assert!(!directory.close_if_empty(&room, late));
    assert!(directory.close_if_empty(&room, late + kept.time));
    assert_eq!(room.state(), RoomState::Closed);
}

#[test]
fn a_ticket_is_good_in_its_own_room_only_and_is_not_used_up_elsewhere() {
    let (directory, now) = (directory(|_| {}), Instant::now());
    let [one, other] =
        [(); 2].map(|()| reserve(&directory, &Wanted::Create(None), now).expect("a seat"));
    assert_eq!(code(directory.redeem(&one.ticket, &other.room, now)), BAD);
    assert_eq!(code(directory.redeem("made up", &other.room, now)), BAD);
    let metrics = directory.metrics();
    assert_eq!((metrics.foreign_tickets.get(), metrics.forged_tickets.get()), (1, 1));
    assert!(directory.redeem(&one.ticket, &one.room, now).is_ok());
}

#[test]
fn spectators_have_seats_of_their_own() {
    let change = |config: &mut Config| {
        (config.max_players, config.max_spectators) = (Some(1), 2);
    };
    let (directory, now) = (directory(change), Instant::now());
    let room = reserve(&directory, &any(), now).expect("a seat").room;
    let watch = || directory.reserve(&in_room(&room), (&somebody(), true), now, |_, _| {});
    let first = watch().expect("a seat");
    assert!(watch().is_ok());
    assert_eq!(watch().err(), Some(Denied::RoomFull));
    assert_eq!((room.seats(), room.spectators()), (1, 2));
    let seat = directory.redeem(&first.ticket, &room, now).expect("it is good");
    assert!(seat.pass.spectator && !seat.pass.host);
    drop(seat);
    assert_eq!((room.seats(), room.spectators()), (1, 1));
}

#[test]
fn a_locked_room_takes_only_those_who_had_a_seat_before() {
    let (directory, now) = (directory(|_| {}), Instant::now());
    let Reserved { room, ticket, .. } = reserve(&directory, &any(), now).expect("a seat");
    room.set_locked(true);
    assert_eq!(reserve(&directory, &in_room(&room), now).err(), Some(Denied::RoomLocked));
    assert!(directory.redeem(&ticket, &room, now).is_ok());
    assert_eq!(room.state(), RoomState::Locked);
    let elsewhere = reserve(&directory, &any(), now).expect("a seat");
    assert_ne!(elsewhere.room.code, room.code, "nobody is matched into it");
    room.set_locked(false);
    assert_eq!(room.state(), RoomState::Open);
    assert!(reserve(&directory, &in_room(&room), now).is_ok());
}

#[test]
fn who_is_banned_gets_no_seat_and_loses_the_reserved_one() {
    let (directory, now) = (directory(|_| {}), Instant::now());
    let who = |address: &str, identity: Option<&str>| Who {
        identity: identity.map(Into::into),
        ..Who::at(address.parse().expect("an address"))
    };
    let [by_address, neighbour] = [who("2001:db8::1", None), who("2001:db8::2", None)];
    let [ada, bob] = [who("192.0.2.1", Some("ada")), who("192.0.2.1", Some("bob"))];
    let room = reserve(&directory, &any(), now).expect("a seat").room;
    let ask = |who: &Who| directory.reserve(&in_room(&room), (who, false), now, |_, _| {});
    let reserved = ask(&ada).expect("a seat");
    room.ban(Banned::Identity("ada".into()), "Ada".into());
    room.ban(Banned::Address(by_address.address), "Ada".into());
    for banned in [&ada, &by_address, &neighbour] {
        assert_eq!(ask(banned).err(), Some(Denied::Banned), "{banned:?}");
    }
    assert!(ask(&bob).is_ok(), "an address is not held to account for who is known");
    let refused = code(directory.redeem(&reserved.ticket, &room, now));
    assert_eq!(refused, CloseCode::Banned as u16);
    for n in 0..300 {
        room.ban(Banned::Identity(format!("{n}").into()), "Ada".into());
    }
    assert!(ask(&ada).is_ok(), "the oldest ban is forgotten");
}

#[test]
fn whose_ban_is_lifted_gets_a_seat_again_and_nobody_else_does() {
    let (directory, now) = (directory(|_| {}), Instant::now());
    let room = reserve(&directory, &any(), now).expect("a seat").room;
    let who = |name: &str| Who {
        identity: Some(name.into()),
        ..Who::at("192.0.2.1".parse().expect("an address"))
    };
    for name in ["ada", "bob", "ada"] {
        room.ban(Banned::Identity(name.into()), name.to_uppercase().into());
    }
    let list = room.ban_list();
    let named: Vec<_> = list.iter().map(|ban| (ban.number, &*ban.name)).collect();
    assert_eq!(named, [(1, "ADA"), (2, "BOB")], "nobody is banned twice");
    assert_eq!(room.lift_ban(1).as_ref(), Some(&list[0]));
    assert_eq!((room.lift_ban(1), room.ban_list().len()), (None, 1));
    let ask = |name| directory.reserve(&in_room(&room), (&who(name), false), now, |_, _| {});
    assert!(ask("ada").is_ok());
    assert_eq!(ask("bob").err(), Some(Denied::Banned));
    room.ban(Banned::Identity("ada".into()), "Ada".into());
    assert_eq!(room.ban_list()[1].number, 3, "a number is not given twice");
}

#[test]
fn what_a_search_asks_for_is_found_or_opened() {
    let (directory, now) = (directory(|_| {}), Instant::now());
    let find = |search: Search| reserve(&directory, &Wanted::Match(search), now);
    let with = |filters| Search { filters, ..Search::default() };
    let fast = Filters { tick_hz: Some(50), ..Filters::default() };
    let first = find(with(fast.clone())).expect("a seat").room;
    assert_eq!(first.tick_hz, 50);
    assert_eq!(find(Search::default()).expect("a seat").room.code, first.code);
    let small = Filters { max_players: Some(3), ..Filters::default() };
    let second = find(with(small)).expect("a seat").room;
    assert_eq!((second.max_players, second.tick_hz), (3, 60));
    let busy = Filters { min_players: Some(2), ..fast };
    assert_eq!(find(with(busy)).expect("a seat").room.code, first.code);
    let none = Filters { min_players: Some(6), ..Filters::default() };
    let search = Search { create: false, ..with(none) };
    assert_eq!(find(search).err(), Some(Denied::NoRoomFits));
    let options = Options { private: true, ..Options::default() };
    let private = reserve(&directory, &Wanted::New(options), now).expect("a seat").room;
    first.set_locked(true);
    second.set_locked(true);
    let fresh = find(Search::default()).expect("a seat").room;
    assert_ne!(fresh.code, private.code, "nobody is matched into a private room");
}

#[test]
fn a_new_room_is_within_what_its_game_and_its_operator_allow() {
    let (directory, now) = (directory(|_| {}), Instant::now());
    let open = |max_players, tick_hz| {
        let options = Options { max_players, tick_hz, ..Options::default() };
        reserve(&directory, &Wanted::New(options), now)
    };
    for (most, hz) in [(Some(0), None), (Some(9), None), (None, Some(0)), (None, Some(61))] {
        let refused = open(most, hz).err();
        assert!(matches!(refused, Some(Denied::BadOptions(_))), "{most:?} {hz:?}: {refused:?}");
    }
    let room = open(Some(8), Some(60)).expect("a seat").room;
    assert_eq!((room.max_players, room.tick_hz), (8, 60));
}

#[test]
fn a_client_may_ask_for_as_many_ticks_as_its_operator_has_or_for_sixty() {
    for (operator, most) in [(Some(20), 60), (Some(144), 144), (None, 60)] {
        let (directory, now) = (directory(|config| config.tick_hz = operator), Instant::now());
        let open = |tick_hz| {
            let options = Options { tick_hz: Some(tick_hz), ..Options::default() };
            reserve(&directory, &Wanted::New(options), now).map(|reserved| reserved.room.tick_hz)
        };
        assert_eq!(open(most), Ok(most));
        let Err(Denied::BadOptions(why)) = open(most + 1) else { panic!("{most} is the most") };
        assert!(why.contains(&format!("1 to {most}")), "{why}");
    }
}

#[test]
fn one_address_opens_so_many_rooms_and_this_machine_more() {
    let (directory, now) = (directory(|_| {}), Instant::now());
    let far = |address: &str| Who::at(address.parse().expect("an address"));
    let open = |who: &Who| directory.reserve(&Wanted::Create(None), (who, false), now, |_, _| {});
    let rooms: Vec<Reserved> = (0..8).map(|_| open(&far("192.0.2.1")).expect("a room")).collect();
    assert_eq!(open(&far("192.0.2.1")).err(), Some(Denied::TooManyOwnRooms));
    assert!(open(&far("192.0.2.2")).is_ok());
    for _ in 0..20 {
        open(&somebody()).expect("a room");
    }
    let forwarded = Who { local: false, ..somebody() };
    (0..8).for_each(|_| drop(open(&forwarded).expect("a room")));
    assert_eq!(open(&forwarded).err(), Some(Denied::TooManyOwnRooms));
    directory.close(&rooms[3].room);
    assert!(open(&far("192.0.2.1")).is_ok(), "one has closed");
}

#[test]
fn whom_the_server_wants_to_know_has_to_say_who_it_is() {
    let key = crate::config::Secret::new(&[1; 32]).expect("long enough");
    let (directory, now) = (directory(|config| config.jwt_key = Some(key)), Instant::now());
    assert_eq!(reserve(&directory, &any(), now).err(), Some(Denied::Unidentified));
    assert_eq!(take(&directory, &any()).err(), Some(Denied::Unidentified));
    let ada = Who { identity: Some("ada".into()), ..somebody() };
    let kept = directory.reserve(&any(), (&ada, false), now, |_, _| {}).expect("a seat");
    let seat = directory.redeem(&kept.ticket, &kept.room, now).expect("it is good");
    assert_eq!(seat.pass.identity.as_deref(), Some("ada"));
}

#[test]
fn a_ticket_for_a_room_that_is_gone_is_told_so() {
    let (directory, now) = (directory(|_| {}), Instant::now());
    let Reserved { room, ticket, .. } = reserve(&directory, &any(), now).expect("a seat");
    directory.close(&room);
    assert_eq!(code(directory.redeem(&ticket, &room, now)), CloseCode::NoSuchRoom as u16);
    let Reserved { room, ticket, .. } = reserve(&directory, &any(), now).expect("a seat");
    directory.drain();
    assert_eq!(room.state(), RoomState::Draining);
    assert_eq!(code(directory.redeem(&ticket, &room, now)), CloseCode::GoingAway as u16);
}

#[test]
fn one_address_keeps_so_many_seats_from_others_and_no_more() {
    let directory = directory(|config| config.max_connections_per_address = 2);
    let now = Instant::now();
    let ask = |address: &str| {
        let who = Who::at(address.parse().expect("an address"));
        directory.reserve(&any(), (&who, false), now, |_, _| {})
    };
    let first = ask("2001:db8::1").expect("a seat");
    assert!(ask("2001:db8::2").is_ok());
    assert_eq!(ask("2001:db8::3").err(), Some(Denied::TooManyReserved), "it is the same household");
    assert!(ask("192.0.2.1").is_ok());
    assert!((0..4).all(|_| ask("127.0.0.1").is_ok()), "this machine itself may");
    let _seat = directory.redeem(&first.ticket, &first.room, now).expect("it is good");
    assert!(ask("2001:db8::3").is_ok() && ask("2001:db8::3").is_err());
    directory.sweep(now + first.time);
    assert!(ask("2001:db8::3").is_ok());
    directory.sweep(now + first.time);
    assert_eq!(directory.reservations(), 0);
}

#[test]
fn many_who_reserve_come_let_it_go_and_leave_take_no_seat_too_many_and_lose_none() {
    const SEATS: u32 = 5;
    let change = |config: &mut Config| {
        (config.max_players, config.limits.ticket_time) = (Some(SEATS), Duration::from_millis(3));
    };
    let directory = directory(change);
    let room = reserve(&directory, &any(), Instant::now()).expect("a seat").room;
    let wanted = in_room(&room);
    let live = |thread: u64| {
        let mut random = SplitMix::new(thread);
        let mut seats: Vec<Seat> = Vec::new();
        for _ in 0..3_000 {
            match random.next() % 4 {
                0 => seats.extend(take(&directory, &wanted)),
                1 => {
                    let kept = reserve(&directory, &wanted, Instant::now());
                    seats.extend(kept.ok().and_then(|kept| {
                        directory.redeem(&kept.ticket, &room, Instant::now()).ok()
                    }));
                }
                // This one does not come.
                2 => drop(reserve(&directory, &wanted, Instant::now())),
                _ => drop(seats.pop()),
            }
            assert!(room.seats() <= SEATS, "{} seats", room.seats());
        }
    };
    thread::scope(|scope| {
        (0..4).for_each(|thread| drop(scope.spawn(move || live(thread))));
    });
    directory.sweep(Instant::now() + Duration::from_secs(1));
    assert_eq!((room.seats(), directory.reservations()), (0, 0));
    assert!(directory.close_if_empty(&room, Instant::now()));
}
