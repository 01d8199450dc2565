//! Nothing gets through for two seconds, and then all is well at once.

use std::time::Duration;

use tickwire_games::arena::{Controls, Map};
use tickwire_shared::link::Conditions;

use super::sim::{HZ, Sim};

const DARK: Duration = Duration::from_secs(2);

#[test]
fn after_two_seconds_without_a_network_all_is_well_within_a_round_trip_and_two_ticks() {
    for (network, seed) in
        [("lan", 1), ("latency=30ms,jitter=5ms", 2), ("wifi", 3), ("transatlantic", 4)]
    {
        let conditions: Conditions = network.parse().expect("it is a network");
        let mut sim = Sim::new(Map::yard(), seed);
        sim.join(&conditions, |_| Controls { thrust: 1, ..Controls::default() });
        sim.run_seconds(12);
        let light = sim.now + DARK;
        sim.seats[0].line.dark_until = light;
        sim.run_seconds(6);
        let most = (conditions.latency_us + conditions.jitter_us) as u64 * 2;
        let most = Duration::from_micros(most) + Duration::from_secs(2) / HZ;
        let log = &sim.seats[0].player.felt.log;
        // The first frame of a tick made in the light that had an input of the player's own: from there
        // on it sees the present, and the present obeys.
        let dark_ticks = (DARK.as_secs_f64() * f64::from(HZ)) as i32;
        let last = log.iter().rfind(|(at, ..)| *at < light - DARK).expect("frames came before").1;
        let well = log
            .iter()
            .find(|(at, tick, own)| *at >= light && *own && tick.since(last) >= dark_ticks);
        let after = well.expect("frames came after").0 - light;
        assert!(after <= most, "{network}, seed {seed}: well after {after:?}, at most {most:?}");
        let rest = log.iter().filter(|(at, ..)| *at > light + Duration::from_millis(500));
        let (own, all) = rest.fold((0, 0), |(own, all), entry| (own + u32::from(entry.2), all + 1));
        assert!(own * 100 >= all * 98, "{network}, seed {seed}: {own} of {all} frames afterwards");
    }
}
