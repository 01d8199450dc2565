//! Requests: what players ask of the game.

use crate::party::{Song, Table, Toast};
use tickwire_room::HostedRoom;
use tickwire_shared::{
    PlayerId,
    message::{ClientMessage, MessageError},
};

#[test]
fn requests_come_to_the_game_in_order_and_before_the_inputs_of_the_tick() {
    let mut table = Table::of(&["Ann", "Bob"]);
    let applied = table.room.now();
    let input = ClientMessage::Input { applied, tick: applied.next(), behind: 0, record: &[2] };
    table.send(0, &input).unwrap();
    table.request(1, &Toast { to: 70_000 });
    table.request(0, &Song { number: 9 });
    table.request(1, &Song { number: 0 });
    table.tick();
    let calls = &table.room.game().calls[2..];
    assert_eq!(calls, ["2 toasts 70000", "1 sings 9", "2 sings 0", "1 nods 2"]);
}

#[test]
fn what_is_too_much_for_a_tick_is_dropped_and_told_of() {
    let mut table = Table::of(&["Ann", "Bob"]);
    (0..10).for_each(|number| table.request(0, &Song { number }));
    table.request(1, &Song { number: 1 });
    table.tick();
    assert_eq!(table.room.game().calls.len(), 2 + 8 + 1);
    assert_eq!(table.clients[0].take_told(), ["dropped Request"], "once a second is enough");
    assert!(table.clients[1].take_told().is_empty());
    table.request(0, &Song { number: 1 });
    table.tick();
    assert_eq!(table.room.game().calls.len(), 2 + 8 + 2, "the next tick has room again");
    let counters = table.room.counters();
    assert_eq!((counters.requests, counters.requests_dropped), (10, 2));
}

#[test]
fn a_request_that_the_game_does_not_know_is_an_error() {
    let mut table = Table::of(&["Ann"]);
    for (index, record) in [(2, &[0][..]), (1, &[0, 0]), (1, &[]), (1, &[15]), (0, &[1, 2, 3])] {
        let result = table.send(0, &ClientMessage::Request { index, record });
        assert!(matches!(result, Err(MessageError::Request(it)) if it == index), "{result:?}");
    }
    table.tick();
    assert_eq!(table.room.game().calls.len(), 1, "only the join");
}

#[test]
fn who_has_left_asks_for_nothing_any_more() {
    let mut table = Table::of(&["Ann", "Bob"]);
    table.request(0, &Song { number: 1 });
    table.room.handle_leave(PlayerId(1));
    table.tick();
    assert_eq!(table.room.game().calls[2..], ["1 leaves"]);
}

#[test]
fn what_came_over_a_connection_that_is_lost_is_not_asked_for_any_more() {
    let mut table = Table::of(&["Ann", "Bob"]);
    (0..8).for_each(|number| table.request(0, &Song { number }));
    table.request(1, &Song { number: 1 });
    table.room.handle_drop(PlayerId(1));
    let held = table.clients[1].replica.tick();
    assert!(table.room.handle_resume(PlayerId(2), held), "and so it is when another takes over");
    table.request(1, &Song { number: 2 });
    table.tick();
    assert_eq!(table.room.game().calls[2..], ["2 sings 2"]);
    assert!(table.room.handle_resume(PlayerId(1), None));
    (0..8).for_each(|number| table.request(0, &Song { number }));
    table.tick();
    assert_eq!(table.room.game().calls.len(), 2 + 1 + 8, "what was forgotten counts no more");
}
