//! Who sends more inputs than there are ticks, or inputs for other times, gets nowhere by it.

use tickwire_games::arena::Controls;
use tickwire_room::{HostedRoom, RoomCounters};
use tickwire_shared::{
    link::Conditions,
    message::{ClientMessage, kind},
};

use super::sim::{Sim, Tamper, hall};

/// How far a player flies in a minute who flies in circles, and what the room counted. The client's
/// clock runs at a pace of its own, and its messages are changed on their way.
fn minute(pace: f64, tamper: Tamper) -> (f64, RoomCounters) {
    let conditions: Conditions = "latency=30ms,jitter=5ms".parse().expect("it is a network");
    let mut sim = Sim::new(hall(), 3);
    sim.join(&conditions, |core| {
        let tick = core.latest_tick().unwrap_or_default().0;
        Controls { aim: tick as f32 * 0.03, thrust: 1, ..Controls::default() }
    });
    sim.seats[0].tamper = tamper;
    sim.seats[0].pace = pace;
    sim.run_seconds(3);
    let before = sim.seats[0].player.felt.way;
    sim.run_seconds(60);
    (sim.seats[0].player.felt.way - before, sim.room.counters())
}

fn honest() -> f64 {
    minute(1.0, Box::new(|_, message| vec![message])).0
}

/// The same input for another tick, if the message is one.
fn moved(message: &[u8], ticks: i32) -> Option<Vec<u8>> {
    let Ok(ClientMessage::Input { applied, tick, behind, record }) = ClientMessage::read(message)
    else {
        return None;
    };
    let mut bytes = Vec::new();
    let tick = tick.offset(ticks);
    // What cannot be said relative to the frame that was seen is said relative to another one.
    let applied = if tick.since(applied) < 0 { tick } else { applied };
    ClientMessage::Input { applied, tick, behind, record }.write(&mut bytes);
    Some(bytes)
}

#[test]
fn twice_the_inputs_go_no_farther() {
    let (way, counters) = minute(
        1.0,
        Box::new(|_, message| match message[0] {
            kind::INPUT => vec![message.clone(), message],
            _ => vec![message],
        }),
    );
    let honest = honest();
    assert!((way / honest - 1.0).abs() < 0.01, "{way} units, honest {honest}");
    assert!(counters.replaced_inputs > 1700, "{}", counters.replaced_inputs);
}

#[test]
fn inputs_for_the_far_future_go_no_farther() {
    let (way, counters) = minute(
        1.0,
        Box::new(|_, message| {
            let ahead = moved(&message, 100);
            std::iter::once(message).chain(ahead).collect()
        }),
    );
    let honest = honest();
    assert!((way / honest - 1.0).abs() < 0.01, "{way} units, honest {honest}");
    assert!(counters.early_inputs > 1700, "{}", counters.early_inputs);
}

#[test]
fn inputs_for_the_past_go_no_farther() {
    let (way, counters) = minute(
        1.0,
        Box::new(|_, message| {
            let back = moved(&message, -200);
            std::iter::once(message).chain(back).collect()
        }),
    );
    let honest = honest();
    assert!((way / honest - 1.0).abs() < 0.01, "{way} units, honest {honest}");
    assert!(counters.late_inputs > 1700, "{}", counters.late_inputs);
}

#[test]
fn a_clock_that_runs_twice_as_fast_goes_no_farther() {
    for pace in [2.0, 1.2, 0.97] {
        let (way, _) = minute(pace, Box::new(|_, message| vec![message]));
        let honest = honest();
        // Who is slow misses ticks, which then repeat the input before; who is fast stands and waits.
        assert!(way <= honest * 1.01 && way > honest * 0.5, "{pace}: {way} units, honest {honest}");
    }
}
