//! Where within the tick a room's clock starts.
//!
//! Rooms that all ticked at one instant would make the last of them late. So a room that starts
//! gets the place at which its shard is least busy, by what the ticks of the others have been
//! measured to take.

use super::clock::place_in_tick;

/// The ticks of a room, in nanoseconds counted from the shard's start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticks {
    /// How many a second.
    pub(crate) hz: u32,
    /// When one of them is due.
    pub(crate) at: u64,
    /// How long one takes.
    pub(crate) cost: u64,
}

/// How long one of `hz` ticks a second lasts.
fn period(hz: u32) -> u64 {
    1_000_000_000 / u64::from(hz)
}

/// The place for ticks that take `cost`, `hz` times a second: in the middle of the longest time in
/// which the shard has nothing to do, so that nobody waits for another even when some ticks
/// take longer than they used to.
pub(crate) fn quietest(others: impl Iterator<Item = Ticks>, cost: u64, hz: u32) -> u64 {
    let period = period(hz);
    let mut work: Vec<(u64, u64)> = others.flat_map(|ticks| fold(ticks, hz)).collect();
    work.sort_unstable();
    let gap = longest_gap(&work, period).or_else(|| {
        // The shard is busy all the time: then at least no two begin at once.
        work.iter_mut().for_each(|(_, cost)| *cost = 0);
        longest_gap(&work, period)
    });
    gap.map_or(0, |(start, length)| (start + length.saturating_sub(cost) / 2) % period)
}

/// Where ticks fall within one of `hz` a second, each with what it takes. Those of a rate that is
/// no multiple come at all places in turn, so they favour none and are left out.
fn fold(ticks: Ticks, hz: u32) -> impl Iterator<Item = (u64, u64)> {
    let count = match (ticks.hz.is_multiple_of(hz), hz.is_multiple_of(ticks.hz)) {
        (true, _) => ticks.hz / hz,
        (_, true) => 1,
        _ => 0,
    };
    let at = move |index| ticks.at + u64::from(index) * period(ticks.hz);
    let place = move |index| place_in_tick(at(index), hz);
    (0..count).map(move |index| (place(index), ticks.cost))
}

/// The longest time without work, as start and length, when each piece of `work` is begun at its
/// place or once all before it are done, over and over.
fn longest_gap(work: &[(u64, u64)], period: u64) -> Option<(u64, u64)> {
    let (mut free, mut longest) = (0, None);
    // In the second round what the first left over is still being done.
    for round in [0, period] {
        longest = None;
        for (place, cost) in work {
            let start = place + round;
            let gap = start.saturating_sub(free);
            if gap > longest.map_or(0, |(_, length)| length) {
                longest = Some((free, gap));
            }
            free = start.max(free) + cost;
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    const HZ: u32 = 50;
    const PERIOD: u64 = 20_000_000;

    fn at(at: u64, cost: u64) -> Ticks {
        Ticks { hz: HZ, at, cost }
    }

    fn place(others: &[Ticks], cost: u64) -> u64 {
        quietest(others.iter().copied(), cost, HZ)
    }

    /// How long each waits for those before it, when all begin at their places for ever.
    fn longest_wait(work: &[Ticks]) -> u64 {
        let mut work: Vec<_> = work.iter().map(|ticks| (ticks.at % PERIOD, ticks.cost)).collect();
        work.sort_unstable();
        let (mut free, mut longest) = (0, 0);
        for round in 0..4 {
            for (place, cost) in &work {
                let start = place + round * PERIOD;
                longest = longest.max(u64::saturating_sub(free, start));
                free = start.max(free) + cost;
            }
        }
        longest
    }

    #[test]
    fn the_first_room_may_begin_anywhere_and_the_second_stays_away_from_it() {
        assert_eq!(place(&[], 5), 0);
        assert_eq!(place(&[at(0, 0)], 0), PERIOD / 2);
        assert_eq!(place(&[at(3 * PERIOD, 4_000_000)], 2_000_000), 11_000_000);
    }

    #[test]
    fn a_dear_room_leaves_less_of_its_side_than_a_cheap_one() {
        let place = place(&[at(0, 12_000_000), at(PERIOD / 2 + 5_000_000, 100_000)], 1_000_000);
        assert!((15_100_000..19_000_000).contains(&place), "{place}");
    }

    #[test]
    fn rooms_of_unequal_cost_do_not_wait_while_there_is_space() {
        let mut rooms = Vec::new();
        // Together they take 85% of the time, the dear ones first.
        let costs = (0..16).map(|index| if index < 4 { 2_500_000 } else { 580_000 });
        for cost in costs {
            let ticks = at(place(&rooms, cost), cost);
            rooms.push(ticks);
        }
        assert!(longest_wait(&rooms) < 600_000, "{}", longest_wait(&rooms));
    }

    #[test]
    fn rooms_of_equal_cost_are_spread_evenly() {
        let mut rooms = Vec::new();
        (0..16).for_each(|_| rooms.push(at(place(&rooms, 1000), 1000)));
        let mut places: Vec<u64> = rooms.iter().map(|ticks| ticks.at).collect();
        places.sort_unstable();
        let gaps = places.windows(2).map(|pair| pair[1] - pair[0]);
        assert!(gaps.into_iter().all(|gap| (1_200_000..1_300_000).contains(&gap)), "{places:?}");
    }

    #[test]
    fn a_busy_shard_still_starts_no_two_at_once() {
        let busy = [at(0, PERIOD), at(6_000_000, PERIOD)];
        assert_eq!(place(&busy, 0), 13_000_000);
    }

    #[test]
    fn work_that_lasts_beyond_the_tick_is_still_there_at_its_beginning() {
        let place = place(&[at(PERIOD - 1_000_000, 9_000_000)], 0);
        assert_eq!(place, 13_500_000, "between 8 and 19 ms");
    }

    #[test]
    fn ticks_of_other_rates_count_where_they_fall() {
        let twice = Ticks { hz: 2 * HZ, at: 0, cost: 0 };
        assert_eq!(place(&[twice], 0) % (PERIOD / 2), PERIOD / 4);
        let half = Ticks { hz: HZ / 2, at: PERIOD / 4, cost: 0 };
        assert_eq!(place(&[half], 0), PERIOD * 3 / 4);
        let odd = Ticks { hz: 33, at: 1, cost: 1 };
        assert_eq!(place(&[odd], 0), 0, "they fall everywhere");
    }
}
