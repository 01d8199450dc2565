use std::io::Cursor;

use tickwire_recording::Why;
use tickwire_shared::{
    PlayerId, Tick, batch::split_message, message::ServerMessage, replica::Replica,
};

use super::{Eyes, Projector};
use crate::{
    replay::tests::{CHUNK, Recorded, open, verified},
    test_game::Dot,
};

/// Applies frames as they are sent, and gives the ticks that came.
fn apply(replica: &mut Replica, mut bytes: &[u8]) -> Vec<Tick> {
    let mut ticks = Vec::new();
    while let Some((message, rest)) = split_message(bytes, usize::MAX).expect("whole messages") {
        let Ok(ServerMessage::Frame(frame)) = ServerMessage::read(message) else {
            panic!("no frame")
        };
        let applied = replica.apply(frame).expect("frames fit what came before");
        assert!(applied.hash.is_none_or(|check| check.holds()), "tick {}", applied.tick);
        ticks.push(applied.tick);
        bytes = rest;
    }
    ticks
}

fn project(file: &[u8]) -> Projector<Cursor<&[u8]>> {
    Projector::new(open(file))
}

fn replica(projector: &mut Projector<Cursor<&[u8]>>, from: Tick, eyes: Eyes) -> Replica {
    let bytes = projector.welcome(from, eyes, &|| true).expect("a welcome");
    let Ok(ServerMessage::Welcome(welcome)) = ServerMessage::read(&bytes) else { panic!() };
    Replica::new(welcome.schema.clone(), &welcome.priors, welcome.tick_hz).expect("it is valid")
}

/// All that is shown of the dots, secrets included.
fn dots(replica: &Replica) -> Vec<(u32, [u32; 2], u32, u32)> {
    let shown =
        |dot: Dot| (dot.player, dot.pos.to_array().map(f32::to_bits), dot.pushed, dot.secret);
    let mut dots: Vec<_> = replica.iter::<Dot>().map(|(_, dot)| shown(dot)).collect();
    dots.sort_unstable();
    dots
}

#[test]
fn frames_show_what_a_player_saw_and_go_on_across_keyframes() {
    let recorded = Recorded::new(1000);
    let (id, live) = &recorded.viewers[1];
    let file = recorded.recording();
    let last = open(&file).ends().1;
    let (mut projector, from, eyes) = (project(&file), last.offset(-400), Some(*id));
    let mut replica = replica(&mut projector, from, eyes);
    let ticks =
        apply(&mut replica, &projector.frames((from, 401), eyes, false, &|| true).expect("frames"));
    let all: Vec<_> = (0..=400).map(|number| from.offset(number)).collect();
    assert_eq!(ticks, all, "one a tick");
    assert_eq!(dots(&replica), dots(live.replica.as_ref().expect("it has played")));
}

#[test]
fn frames_go_on_where_the_last_ones_ended_if_that_is_wanted() {
    let recorded = Recorded::new(700);
    let file = recorded.recording();
    let mut projector = project(&file);
    let from = projector.first().offset(250);
    let mut replica = replica(&mut projector, from, None);
    for number in 0..5 {
        let range = (from.offset(number * 30), 30);
        let bytes = projector.frames(range, None, number > 0, &|| true).expect("frames");
        let before = replica.tick();
        let ticks = apply(&mut replica, &bytes);
        assert_eq!(ticks.first().copied(), before.map_or(Some(from), |tick| Some(tick.next())));
        assert_eq!(ticks.len(), 30);
        let mut fresh = self::replica(&mut project(&file), range.0, None);
        let (message, _) = split_message(&bytes, usize::MAX).expect("whole").expect("a message");
        let stands_alone = matches!(ServerMessage::read(message), Ok(ServerMessage::Frame(frame)) if fresh.apply(frame).is_ok());
        assert_eq!(stands_alone, number == 0);
    }
}

#[test]
fn frames_go_on_where_the_numbers_of_ticks_begin_again_and_any_tick_around_there_is_reached() {
    let recorded = Recorded::new(700);
    let file = recorded.recording();
    let (first, last) = open(&file).ends();
    assert!(first.0 > last.0, "the recording has that tick in its middle");
    let mut projector = project(&file);
    // Pieces that meet right before that tick, at it, and right behind it.
    for meet in -1..=2 {
        let (from, to) = (Tick(0).offset(meet - 20), Tick(0).offset(meet));
        let mut replica = replica(&mut projector, from, None);
        let mut ticks =
            apply(&mut replica, &projector.frames((from, 20), None, false, &|| true).expect("20"));
        ticks.extend(apply(
            &mut replica,
            &projector.frames((to, 20), None, true, &|| true).expect("20 more"),
        ));
        let all: Vec<_> = (0..40).map(|number| from.offset(number)).collect();
        assert_eq!(ticks, all);
    }
    for tick in (-3..=3).map(|number| Tick(0).offset(number)) {
        let mut replica = replica(&mut projector, tick, None);
        let ticks =
            apply(&mut replica, &projector.frames((tick, 1), None, false, &|| true).expect("one"));
        assert_eq!(ticks, [tick]);
    }
    let around = (Some(u32::MAX - 5), Some(5));
    let (found, _) = verified(&file, around.0, around.1);
    assert_eq!((found.ticks, found.differ, found.problems.len()), (12, 0, 0));
}

#[test]
fn who_looks_on_as_somebody_who_is_not_there_sees_what_spectators_see() {
    let recorded = Recorded::new(100);
    let file = recorded.recording();
    let mut projector = project(&file);
    let from = projector.first();
    let mut replica = replica(&mut projector, from, Some(PlayerId(77)));
    let bytes = projector.frames((from, 50), Some(PlayerId(77)), false, &|| true).expect("frames");
    assert_eq!(apply(&mut replica, &bytes).len(), 50);
}

#[test]
fn what_is_whole_before_damage_is_shown_all_the_same() {
    let recorded = Recorded::new(700);
    let file = recorded.file(Why::Recording, |index, chunk| {
        // Of the chunk's version.
        chunk[0] ^= u8::from(index == 1);
    });
    let mut projector = project(&file);
    let from = projector.first().offset(CHUNK as i32 - 10);
    let mut replica = replica(&mut projector, from, None);
    let bytes = projector.frames((from, 100), None, false, &|| true).expect("frames");
    assert_eq!(apply(&mut replica, &bytes).len(), 10);
    assert!(
        projector.frames((from.offset(10), 100), None, true, &|| true).is_err(),
        "there it is told of"
    );
}

#[test]
fn beyond_the_end_there_are_no_frames() {
    let recorded = Recorded::new(100);
    let file = recorded.recording();
    let last = open(&file).ends().1;
    let mut projector = project(&file);
    let mut replica = replica(&mut projector, last.offset(-5), None);
    let bytes = projector.frames((last.offset(-5), 100), None, false, &|| true).expect("frames");
    assert_eq!(apply(&mut replica, &bytes).len(), 6);
    assert!(projector.frames((last.next(), 1), None, false, &|| true).is_err());
}

#[test]
fn what_nobody_waits_for_any_more_is_not_made() {
    let recorded = Recorded::new(700);
    let file = recorded.recording();
    let mut projector = project(&file);
    let asked = std::cell::Cell::new(0);
    let wanted = || {
        asked.set(asked.get() + 1);
        asked.get() <= 20
    };
    let from = projector.first();
    let mut replica = replica(&mut projector, from, None);
    let bytes = projector.frames((from, 600), None, false, &wanted).expect("some frames");
    assert_eq!(apply(&mut replica, &bytes).len(), 20);
    let far = (from.offset(CHUNK as i32 - 5), 1);
    assert!(projector.frames(far, None, false, &|| false).is_err(), "nor is the way there gone");
    let bytes = projector.frames(far, None, false, &|| true).expect("frames");
    assert_eq!(apply(&mut replica, &bytes), [far.0], "for the next one all is as ever");
}
