//! Who is there, what people say, and what the host may do.

use crate::party::Table;
use tickwire_room::{HostedRoom, Newcomer, Refusal, RoomConfig, RoomEvent};
use tickwire_shared::{
    PlayerId,
    message::{ClientMessage, CloseCode, Moderation},
};

#[test]
fn everybody_is_told_of_everybody_once() {
    let mut table = Table::new(RoomConfig::new("PARTY", 30, 1));
    for name in ["Ann", "Bob", "Ann"] {
        table.join(&Newcomer::named(name));
    }
    table.tick();
    let all = ["1 Ann host", "2 Bob", "3 Ann (2)"];
    assert!(table.clients.iter_mut().all(|client| client.take_told() == all));
    let late = table.join(&Newcomer { spectator: true, ..Newcomer::named("Eve") }).unwrap();
    table.tick();
    assert_eq!(table.clients[0].take_told(), ["4 Eve spectator"]);
    assert_eq!(table.clients[late].take_told(), [&all[..], &["4 Eve spectator"]].concat());
    table.room.handle_leave(PlayerId(2));
    (0..5).for_each(|_| table.tick());
    assert_eq!(table.clients[0].take_told(), ["2 gone Left"]);
    assert_eq!(table.clients[1].take_told(), ["4 Eve spectator"], "it has gone itself");
}

#[test]
fn others_see_who_is_away_and_who_is_back() {
    let mut table = Table::of(&["Ann", "Bob"]);
    table.room.handle_drop(PlayerId(2));
    table.tick();
    assert_eq!(table.clients[0].take_told(), ["2 Bob away"]);
    let held = table.clients[1].replica.tick();
    assert!(table.room.handle_resume(PlayerId(2), held));
    table.tick();
    for client in &mut table.clients {
        assert_eq!(client.take_told(), ["2 Bob"]);
    }
    table.room.handle_drop(PlayerId(2));
    (0..902).for_each(|_| table.tick());
    assert_eq!(table.clients[0].take_told(), ["2 Bob away", "2 gone Lost"]);
}

#[test]
fn who_was_away_is_told_what_it_missed_and_who_knows_nothing_is_told_all() {
    let mut table = Table::of(&["Ann", "Bob"]);
    let held = table.clients[1].replica.tick();
    table.room.handle_drop(PlayerId(2));
    table.join(&Newcomer::named("Cem"));
    table.tick();
    table.send(0, &ClientMessage::Chat("hello")).unwrap();
    table.tick();
    assert!(table.room.handle_resume(PlayerId(2), held));
    table.tick();
    assert_eq!(table.clients[1].take_told(), ["3 Cem", "2 Bob", "1: hello"]);
    assert!(table.room.handle_resume(PlayerId(2), None));
    table.room.handle_drain();
    table.tick();
    assert_eq!(table.clients[1].take_told(), ["1 Ann host", "3 Cem", "2 Bob", "Draining"]);
}

#[test]
fn thousands_who_come_at_once_are_told_of_in_pieces_and_nobody_is_given_up() {
    let config = RoomConfig { max_players: 3000, ..RoomConfig::new("PARTY", 30, 1) };
    let mut table = Table::new(config);
    table.join(&Newcomer::named("Ann"));
    table.tick();
    for _ in 0..2500 {
        table.room.handle_join(&Newcomer::named("somebody of them")).unwrap();
    }
    let watcher = table.join(&Newcomer { spectator: true, ..Newcomer::named("Eve") }).unwrap();
    (0..10).for_each(|_| table.tick());
    for index in [0, watcher] {
        let mut told = table.clients[index].take_told();
        told.sort_unstable();
        told.dedup();
        assert_eq!(told.len(), 2502);
    }
    assert_eq!(table.room.counters().evictions, 0);
}

#[test]
fn thousands_who_go_at_once_are_told_of_in_pieces_and_nobody_is_given_up() {
    let mut table = Table::new(RoomConfig { max_players: 6100, ..RoomConfig::new("PARTY", 30, 1) });
    for name in ["Ann", "Bob"] {
        table.join(&Newcomer::named(name));
    }
    let others: Vec<PlayerId> =
        (0..6000).map(|_| table.room.handle_join(&Newcomer::named("x")).unwrap()).collect();
    (0..20).for_each(|_| table.tick());
    let held = table.clients[1].replica.tick();
    table.room.handle_drop(PlayerId(2));
    table.clients.iter_mut().for_each(|client| client.told.clear());
    others.iter().for_each(|id| table.room.handle_leave(*id));
    let late = table.join(&Newcomer::named("Cem")).unwrap();
    (0..10).for_each(|_| table.tick());
    assert!(table.room.handle_resume(PlayerId(2), held));
    (0..10).for_each(|_| table.tick());
    for index in [0, 1] {
        let mut gone = table.clients[index].take_told();
        gone.retain(|it| it.ends_with("gone Left"));
        assert_eq!(gone.len(), 6000, "client {index}");
        gone.sort_unstable();
        gone.dedup();
        assert_eq!(gone.len(), 6000, "once each");
    }
    let mut told = table.clients[late].take_told();
    told.sort_unstable();
    assert_eq!(told, ["1 Ann host", "2 Bob", "2 Bob away", "6003 Cem"], "nobody of those");
    let counters = table.room.counters();
    assert_eq!((counters.evictions, counters.mismatches), (0, 0));
}

#[test]
fn who_is_away_while_more_go_than_are_kept_is_given_up_and_nobody_else() {
    let mut table = Table::of(&["Ann", "Bob"]);
    table.room.handle_drop(PlayerId(2));
    let mut ended = Vec::new();
    for round in 0..140 {
        for _ in 0..1000 {
            let id = table.room.handle_join(&Newcomer::named("x")).unwrap();
            table.room.handle_leave(id);
        }
        table.tick();
        ended.extend(std::iter::from_fn(|| table.room.poll_event()));
        assert!(round >= 65 || ended.is_empty(), "so many are kept for Bob");
    }
    assert_eq!(ended, [RoomEvent::Ended(PlayerId(2), CloseCode::TooSlow)]);
    let told = table.clients[0].take_told();
    assert_eq!(told.iter().filter(|it| it.ends_with("gone Left")).count(), 140_000);
    assert_eq!(told.last().map(String::as_str), Some("140002 gone Left"));
    assert_eq!(table.room.player_count(), 1);
}

#[test]
fn that_somebody_has_gone_comes_after_what_it_said() {
    let mut table = Table::of(&["Ann", "Bob"]);
    table.send(1, &ClientMessage::Chat("bye")).unwrap();
    table.room.handle_leave(PlayerId(2));
    table.join(&Newcomer::named("Cem"));
    table.tick();
    assert_eq!(table.clients[0].take_told(), ["3 Cem", "2: bye", "2 gone Left"]);
}

#[test]
fn what_somebody_says_comes_to_everybody_clean_and_in_order() {
    let mut table = Table::of(&["Ann", "Bob"]);
    table.join(&Newcomer { spectator: true, ..Newcomer::named("Eve") });
    table.tick();
    table.clients.iter_mut().for_each(|client| client.told.clear());
    table.send(0, &ClientMessage::Chat(" a\u{202E}b\n\nc ")).unwrap();
    table.send(2, &ClientMessage::Chat("grüezi")).unwrap();
    table.send(1, &ClientMessage::Chat("\u{200B} ")).unwrap();
    table.send(0, &ClientMessage::Chat(&"é".repeat(300))).unwrap();
    table.tick();
    let long = format!("1: {}", "é".repeat(200));
    for client in &mut table.clients {
        assert_eq!(client.take_told(), ["1: ab c", "3: grüezi", &long]);
    }
}

#[test]
fn who_says_too_much_is_told_so_and_not_heard() {
    let mut table = Table::of(&["Ann", "Bob"]);
    for line in 0..20 {
        table.send(0, &ClientMessage::Chat(&line.to_string())).unwrap();
    }
    table.tick();
    let heard = ["1: 0", "1: 1", "1: 2", "1: 3", "1: 4"];
    assert_eq!(table.clients[1].take_told(), heard);
    assert_eq!(table.clients[0].take_told(), [&heard[..], &["dropped Chat"]].concat());
    (0..30).for_each(|_| table.tick());
    (0..2).for_each(|_| table.send(0, &ClientMessage::Chat("again")).unwrap());
    table.tick();
    assert_eq!(table.clients[0].take_told(), ["1: again", "dropped Chat"]);
    assert_eq!(table.room.counters().chat_dropped, 16);
}

/// A room of forty in which all but the first `away` talk all the time; these lose their connections
/// and are kept for ten minutes.
fn babble(away: u32, seconds: u32) -> Table {
    let mut table =
        Table::new(RoomConfig { grace_ticks: 18_000, ..RoomConfig::new("PARTY", 30, 1) });
    for number in 0..40 {
        table.join(&Newcomer::named(&format!("p{number}")));
    }
    table.tick();
    (1..=away).for_each(|id| table.room.handle_drop(PlayerId(id)));
    let line = "x".repeat(200);
    for _ in 0..seconds * 30 {
        (away as usize..40).for_each(|it| table.send(it, &ClientMessage::Chat(&line)).unwrap());
        table.tick();
    }
    table
}

fn lines_told(table: &Table, index: usize) -> u64 {
    table.clients[index].told.iter().filter(|it| it.contains("xxx")).count() as u64
}

#[test]
fn together_players_say_no_more_than_fits_for_who_is_away_for_a_minute() {
    let mut table = babble(1, 60);
    let held = table.clients[0].replica.tick();
    assert!(table.room.handle_resume(PlayerId(1), held), "that is not too much");
    table.tick();
    let counters = table.room.counters();
    assert_eq!(lines_told(&table, 0), counters.chat_lines);
    assert!(counters.chat_lines > 200 && counters.chat_dropped > 60_000, "{counters:?}");
}

#[test]
fn who_is_away_is_kept_however_much_is_said_and_its_resume_decides() {
    let mut table = babble(2, 120);
    let counters = table.room.counters();
    assert_eq!((counters.evictions, table.room.player_count()), (0, 40));
    table.clients[0].told.clear();
    assert!(table.room.handle_resume(PlayerId(1), None), "it is told all anew");
    HostedRoom::tick(&mut table.room);
    table.tick();
    assert_eq!(table.room.counters().evictions, 0);
    assert!(table.clients[0].told.iter().any(|it| it == "40 p39"));
    let lines = lines_told(&table, 0);
    assert!((200..counters.chat_lines).contains(&lines), "{lines} of {}", counters.chat_lines);
    let held = table.clients[1].replica.tick();
    assert!(!table.room.handle_resume(PlayerId(2), held), "it would miss some");
    assert_eq!(table.room.player_count(), 39);
}

#[test]
fn the_host_is_who_made_the_room_or_came_first_and_who_came_next_when_it_leaves() {
    let mut table = Table::of(&["Ann", "Bob"]);
    table.join(&Newcomer { host: true, ..Newcomer::named("Cem") });
    table.tick();
    assert_eq!(table.clients[0].take_told(), ["1 Ann", "3 Cem host"]);
    table.room.handle_drop(PlayerId(3));
    table.tick();
    assert_eq!(table.clients[0].take_told(), ["3 Cem host away"], "it may come back");
    table.room.handle_drop(PlayerId(1));
    table.room.handle_leave(PlayerId(3));
    table.tick();
    assert_eq!(table.clients[1].take_told()[3..], ["1 Ann away", "2 Bob host", "3 gone Left"]);
    table.moderate(1, Moderation::Appoint(PlayerId(1)));
    table.tick();
    assert_eq!(table.clients[1].take_told(), ["2 Bob", "1 Ann host away"]);
}

#[test]
fn only_the_host_throws_others_out() {
    let mut table = Table::of(&["Ann", "Bob", "Cem"]);
    for moderation in [
        Moderation::Kick(PlayerId(1)),
        Moderation::Ban(PlayerId(3)),
        Moderation::Lock,
        Moderation::Appoint(PlayerId(2)),
    ] {
        table.moderate(1, moderation);
    }
    assert_eq!((table.room.poll_event(), table.room.counters().refused_messages), (None, 4));
    table.moderate(0, Moderation::Kick(PlayerId(1)));
    table.moderate(0, Moderation::Kick(PlayerId(9)));
    table.moderate(0, Moderation::Kick(PlayerId(2)));
    table.moderate(0, Moderation::Ban(PlayerId(3)));
    let events = [table.room.poll_event(), table.room.poll_event(), table.room.poll_event()];
    let kicked = RoomEvent::Ended(PlayerId(2), CloseCode::Kicked);
    let banned = RoomEvent::Banned(PlayerId(3), "Cem".into());
    assert_eq!(events, [Some(kicked), Some(banned), None]);
    table.tick();
    assert_eq!(table.clients[0].take_told(), ["2 gone Kicked", "3 gone Banned"]);
    let calls = &table.room.game().calls;
    assert_eq!(calls[3..], ["2 leaves", "3 leaves"]);
    let counters = table.room.counters();
    assert_eq!((counters.kicks, counters.bans, table.room.player_count()), (1, 1, 1));
}

#[test]
fn the_host_locks_and_unlocks_and_everybody_knows() {
    let mut table = Table::of(&["Ann", "Bob"]);
    table.moderate(0, Moderation::Unlock);
    assert_eq!(table.room.poll_event(), None, "it was open already");
    table.moderate(0, Moderation::Lock);
    assert_eq!(table.room.poll_event(), Some(RoomEvent::Locked(true)));
    table.tick();
    assert_eq!(table.clients[1].take_told(), ["Locked"]);
    let late = table.join(&Newcomer::named("Cem")).expect("who has a ticket is let in");
    table.tick();
    assert_eq!(table.clients[late].take_told()[3..], ["Locked"]);
    (0..9).for_each(|_| table.moderate(0, Moderation::Unlock));
    table.moderate(0, Moderation::Lock);
    table.moderate(0, Moderation::Unlock);
    assert_eq!(table.room.poll_event(), Some(RoomEvent::Locked(false)));
    assert_eq!(table.room.poll_event(), None, "only the last word counts");
}

#[test]
fn a_room_that_its_last_player_leaves_locked_is_open_again() {
    let mut table = Table::of(&["Ann", "Bob"]);
    table.join(&Newcomer { spectator: true, ..Newcomer::named("Eve") });
    table.moderate(0, Moderation::Lock);
    table.tick();
    table.room.handle_leave(PlayerId(1));
    assert_eq!(table.room.poll_event(), Some(RoomEvent::Locked(true)));
    assert_eq!(table.room.poll_event(), None, "Bob may unlock it");
    table.tick();
    table.clients[2].told.clear();
    table.room.handle_leave(PlayerId(2));
    table.tick();
    assert_eq!(table.room.poll_event(), Some(RoomEvent::Locked(false)));
    let mut told = table.clients[2].take_told();
    told.sort_unstable();
    assert_eq!(told, ["2 gone Left", "Open"]);
    table.join(&Newcomer::named("Cem"));
    table.tick();
    assert_eq!(table.clients[2].take_told(), ["4 Cem host"]);
    assert_eq!(table.clients[3].take_told(), ["3 Eve spectator", "4 Cem host"]);
}

#[test]
fn spectators_see_what_the_game_shows_them_and_do_nothing() {
    let config =
        RoomConfig { max_players: 2, max_spectators: 1, ..RoomConfig::new("PARTY", 30, 1) };
    let mut table = Table::new(config);
    let watch = Newcomer { spectator: true, host: true, ..Newcomer::named("Eve") };
    let spectator = table.join(&watch).unwrap();
    table.join(&Newcomer { identity: Some("ann@example"), ..Newcomer::named("Ann") });
    table.join(&Newcomer::named("Bob"));
    assert_eq!(table.room.handle_join(&watch), Err(Refusal::Full));
    assert_eq!(table.room.handle_join(&Newcomer::named("Cem")), Err(Refusal::Full));
    assert_eq!((table.room.player_count(), table.room.spectator_count()), (2, 1));
    assert!(table.clients[spectator].is_spectator && !table.clients[1].is_spectator);
    table.tick();
    assert_eq!(table.clients[0].take_told(), ["1 Eve spectator", "2 Ann host", "3 Bob"]);
    let seen = |index: usize| -> Vec<u32> {
        let replica = &table.clients[index].replica;
        replica.iter::<crate::party::Guest>().map(|(_, guest)| guest.player).collect()
    };
    assert_eq!([seen(0), seen(1), seen(2)], [vec![2], vec![3], vec![3]]);
    assert_eq!(table.clients[0].replica.own().count(), 0);
    let applied = table.room.now();
    let input = ClientMessage::Input { applied, tick: applied.next(), behind: 0, record: &[1] };
    table.send(0, &input).unwrap();
    table.request(0, &crate::party::Song { number: 3 });
    table.tick();
    table.room.handle_leave(PlayerId(1));
    let calls = &table.room.game().calls;
    assert_eq!(*calls, ["2 is ann@example", "2 joins as Ann", "3 joins as Bob"]);
    assert_eq!(table.room.counters().refused_messages, 2);
    assert_eq!((table.room.player_count(), table.room.spectator_count()), (2, 0));
}
