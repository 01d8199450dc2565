//! Nothing gets through for two seconds, and then all is well at once.

use std::time::Duration;

use tickwire_games::arena::{Controls, Map};
use tickwire_shared::{
    link::Conditions,
    message::{ClientMessage, kind},
};

use super::sim::{HZ, Sim, Tamper};

const DARK: Duration = Duration::from_secs(2);
const BEFORE: Duration = Duration::from_secs(12);

/// How long after the end of the darkness the player saw the present, and the present obeyed, if it ever
/// did; and in how many of a hundred frames it obeys afterwards.
fn recovery(network: &str, seed: u64, tamper: Tamper) -> (Option<Duration>, usize) {
    let conditions: Conditions = network.parse().expect("it is a network");
    let mut sim = Sim::new(Map::yard(), seed);
    sim.join(&conditions, |_| Controls { thrust: 1, ..Controls::default() });
    sim.seats[0].tamper = tamper;
    sim.run(BEFORE);
    let light = sim.now + DARK;
    let dark = Conditions { blackout_ms: DARK.as_millis() as u32, ..conditions };
    sim.seats[0].line.wire.set(&dark, sim.now);
    sim.run_seconds(6);
    let log = &sim.seats[0].player.felt.log;
    let last = log.iter().rfind(|(at, ..)| *at < light - DARK).expect("frames came before").1;
    let dark_ticks = (DARK.as_secs_f64() * f64::from(HZ)) as i32;
    // The first frame of a tick made in the light that had an input of the player's own.
    let well = log
        .iter()
        .find(|(at, tick, obeys)| *at >= light && *obeys && tick.since(last) >= dark_ticks);
    let rest = log.iter().filter(|(at, ..)| *at > light + Duration::from_millis(500));
    let (obeys, all) = rest.fold((0, 0), |(obeys, all), it| (obeys + usize::from(it.2), all + 1));
    (well.map(|(at, ..)| *at - light), obeys * 100 / all)
}

#[test]
fn after_two_seconds_without_a_network_all_is_well_within_a_round_trip_and_two_ticks() {
    // A packet that is lost just afterwards would be another story.
    let networks =
        ["lan", "latency=30ms,jitter=5ms", "wifi,loss=0%", "4g,loss=0%", "transatlantic,loss=0%"];
    for (network, seed) in networks.into_iter().flat_map(|it| (1..6).map(move |seed| (it, seed))) {
        let conditions: Conditions = network.parse().expect("it is a network");
        let round_trip = u64::from(conditions.latency_us + conditions.jitter_us) * 2;
        // Each way ends at a whole millisecond here.
        let most = Duration::from_micros(round_trip + 2000) + Duration::from_secs(2) / HZ;
        let (well, obeys) = recovery(network, seed, Box::new(|_, message| vec![message]));
        let well = well.expect("the present obeys again");
        assert!(well <= most, "{network}, seed {seed}: well after {well:?}, at most {most:?}");
        assert!(obeys >= 97, "{network}, seed {seed}: {obeys}% of the frames afterwards");
    }
}

#[test]
fn a_client_that_sends_no_inputs_any_more_is_not_taken_to_be_well() {
    let (well, obeys) = recovery(
        "lan",
        1,
        Box::new(|now, message| {
            let Ok(ClientMessage::Input { applied, .. }) = ClientMessage::read(&message) else {
                return vec![message];
            };
            if now < BEFORE {
                return vec![message];
            }
            let mut ack = Vec::new();
            ClientMessage::Ack(applied).write(&mut ack);
            assert_eq!(ack[0], kind::ACK);
            vec![ack]
        }),
    );
    assert_eq!((well, obeys), (None, 0));
}
