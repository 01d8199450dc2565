//! The game by itself, as any test can call it: no room, no sockets, no clock.

use tickwire_shared::{game::Outbox, record::RecordLayout, tick::Tick};

use super::*;

/// A game with one player, who pushes to the right for a second.
fn after_a_second(tick_hz: u16) -> Tag {
    let (schema, mut outbox) = (Tag::schema(), Outbox::default());
    let records: Vec<_> = schema.messages.iter().map(RecordLayout::new).collect();
    let mut game = Tag::init(&(), 7);
    game.join(PlayerId(1), "Ada");
    for tick in 1..=u32::from(tick_hz) {
        game.input(PlayerId(1), &Push { x: 100, y: 0 });
        let now = (Tick(tick), 1.0 / f32::from(tick_hz));
        game.step(&mut Step::new(now, &schema, &records, &mut outbox));
    }
    game
}

#[test]
fn a_dot_runs_as_far_in_a_second_at_any_tick_rate() {
    for tick_hz in [1, 20, 30, 60, 240] {
        let game = after_a_second(tick_hz);
        let dot = game.dots.values().next().expect("Ada is there");
        assert!((dot.pos - Vec2::new(120.0, 20.0)).length() < 0.01, "{tick_hz} Hz: {}", dot.pos);
    }
}

#[test]
fn a_truce_lasts_a_second_at_any_tick_rate() {
    for tick_hz in [20, 30, 60] {
        let left = after_a_second(tick_hz).truce;
        assert!((0.0..0.1).contains(&left), "{tick_hz} Hz: {left} s are left");
    }
}
