//! What the operator sees of players, and does to them.

use tickwire_room::{AdminAction, HostedRoom, Newcomer, RoomEvent};
use tickwire_shared::{
    PlayerId,
    message::{CloseCode, Moderation},
};

use crate::party::Table;

#[test]
fn the_operator_throws_out_anybody_and_locks_like_a_host() {
    let mut table = Table::of(&["Ann", "Bob", "Cem"]);
    assert!(table.room.handle_moderate(AdminAction::Kick(PlayerId(1))), "the host, too");
    assert!(table.room.handle_moderate(AdminAction::Ban(PlayerId(2))));
    assert!(!table.room.handle_moderate(AdminAction::Ban(PlayerId(2))), "it has gone");
    assert!(!table.room.handle_moderate(AdminAction::Kick(PlayerId(9))));
    assert!(table.room.handle_moderate(AdminAction::Lock(true)));
    let events: Vec<_> = std::iter::from_fn(|| table.room.poll_event()).collect();
    let wanted = [
        RoomEvent::Ended(PlayerId(1), CloseCode::Kicked),
        RoomEvent::Banned(PlayerId(2), "Bob".into()),
        RoomEvent::Locked(true),
    ];
    assert_eq!(events, wanted);
    table.tick();
    let told = ["3 Cem host", "Locked", "1 gone Kicked", "2 gone Banned"];
    assert_eq!(table.clients[2].take_told(), told);
    table.moderate(2, Moderation::Unlock);
    assert_eq!(table.room.poll_event(), Some(RoomEvent::Locked(false)), "the host has a say");
    let counters = table.room.counters();
    assert_eq!((counters.kicks, counters.bans, counters.refused_messages), (1, 1, 0));
    let observer = table.room.handle_observe(None).unwrap();
    assert!(!table.room.handle_moderate(AdminAction::Kick(observer)), "it is no player");
}

#[test]
fn the_operator_sees_who_is_there_and_how() {
    let mut table = Table::of(&["Ann", "<b>Bob</b>"]);
    table.join(&Newcomer { spectator: true, ..Newcomer::named("Eve") });
    table.observe(Some(PlayerId(1)));
    (0..20).for_each(|_| table.tick());
    table.room.handle_drop(PlayerId(2));
    (0..5).for_each(|_| table.tick());
    let mut lines = Vec::new();
    table.room.players(&mut |it| {
        let standing = (it.spectator, it.host, it.away);
        let pace = (it.period, it.under_way, it.round_trip, it.age);
        lines.push((it.id.0, it.name.to_owned(), standing, pace));
    });
    let wanted = [
        (1, "Ann".into(), (false, true, None), (1, 0, Some(0), Some(0))),
        (2, "<b>Bob</b>".into(), (false, false, Some(5)), (1, 0, Some(0), Some(5))),
        (3, "Eve".into(), (true, false, None), (1, 0, Some(0), Some(0))),
    ];
    assert_eq!(lines, wanted);
}
