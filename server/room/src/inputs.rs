//! A player's inputs, waiting for the ticks that they name.
//!
//! An input is for one tick. It waits in the slot of that tick; one that comes
//! after its tick was made is dropped and never shifted, because a shifted input
//! would make the player do at the wrong place what was right at another. When a
//! tick finds its slot empty, the last input is repeated for a bounded number of
//! ticks (a short stall should not stop a ship), then the neutral input rules.

use tickwire_shared::{Tick, frame::InputEcho};

/// How many ticks ahead an input may be; one that is further ahead is dropped.
pub const INPUT_WINDOW: usize = 16;
/// The furthest ahead that an honest client can name; what is beyond is nonsense and not echoed.
const MOST_AHEAD: u32 = u8::MAX as u32;

/// How a player's inputs fared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InputCounters {
    /// Came in time and was used, or will be.
    pub accepted: u64,
    /// Came after its tick was made.
    pub late: u64,
    /// Was for a tick beyond the window.
    pub early: u64,
    /// A tick found no input of its own.
    pub starved: u64,
}

/// Inputs by tick: bounded at [`INPUT_WINDOW`], the latest for one tick wins.
#[derive(Debug)]
pub struct InputQueue<I> {
    slots: [Option<(Tick, I)>; INPUT_WINDOW],
    last: I,
    last_used: Option<Tick>,
    newest: Option<Tick>,
    counters: InputCounters,
}

impl<I: Default + Clone> Default for InputQueue<I> {
    fn default() -> Self {
        InputQueue {
            slots: Default::default(),
            last: I::default(),
            last_used: None,
            newest: None,
            counters: InputCounters::default(),
        }
    }
}

impl<I: Default + Clone> InputQueue<I> {
    /// Takes an input for `tick`, when `now` is the last tick made.
    pub fn push(&mut self, now: Tick, tick: Tick, input: I) {
        let is_sane = tick.since(now).unsigned_abs() <= MOST_AHEAD;
        if is_sane && self.newest.is_none_or(|newest| tick.is_after(newest)) {
            self.newest = Some(tick);
        }
        match tick.since(now) {
            ..=0 => self.counters.late += 1,
            ahead if ahead > INPUT_WINDOW as i32 => self.counters.early += 1,
            _ => {
                self.counters.accepted += 1;
                self.slots[tick.0 as usize % INPUT_WINDOW] = Some((tick, input));
            }
        }
    }

    /// The input to use for `tick`.
    pub fn take(&mut self, tick: Tick, repeat_ticks: u32) -> &I {
        let slot = &mut self.slots[tick.0 as usize % INPUT_WINDOW];
        if let Some((_, input)) = slot.take_if(|(named, _)| *named == tick) {
            self.last = input;
            self.last_used = Some(tick);
        } else {
            self.counters.starved += u64::from(self.newest.is_some());
            if self.age(tick) > repeat_ticks {
                self.last = I::default();
            }
        }
        &self.last
    }

    fn age(&self, tick: Tick) -> u32 {
        self.last_used.map_or(u32::MAX, |used| tick.since(used).unsigned_abs())
    }

    /// What the player is told with the frame of `tick`.
    #[must_use]
    pub fn echo(&self, tick: Tick) -> InputEcho {
        let slack = self.newest.map_or(i32::from(i8::MIN), |newest| newest.since(tick));
        InputEcho {
            age: self.age(tick).min(255) as u8,
            slack: slack.clamp(i32::from(i8::MIN), i32::from(i8::MAX)) as i8,
        }
    }

    /// How the inputs fared so far.
    #[must_use]
    pub fn counters(&self) -> InputCounters {
        self.counters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Tick = Tick(u32::MAX - 2);

    fn at(ticks: i32) -> Tick {
        NOW.offset(ticks)
    }

    #[test]
    fn an_input_is_used_at_its_own_tick_even_across_the_wrap() {
        let mut queue = InputQueue::<u8>::default();
        for ahead in [3, 1, 2, 5] {
            queue.push(NOW, at(ahead), ahead as u8);
        }
        let used: Vec<u8> = (1..=5).map(|ahead| *queue.take(at(ahead), 8)).collect();
        assert_eq!(used, [1, 2, 3, 3, 5], "tick 4 had none and repeated the one before");
        assert_eq!(queue.counters().starved, 1);
    }

    #[test]
    fn a_late_input_is_dropped_and_not_shifted() {
        let mut queue = InputQueue::<u8>::default();
        queue.push(NOW, NOW, 9);
        assert_eq!(*queue.take(at(1), 8), 0);
        assert_eq!(queue.counters().late, 1);
        assert_eq!(queue.echo(at(1)).slack, -1);
    }

    #[test]
    fn an_input_beyond_the_window_is_dropped() {
        let mut queue = InputQueue::<u8>::default();
        queue.push(NOW, at(INPUT_WINDOW as i32), 1);
        queue.push(NOW, at(INPUT_WINDOW as i32 + 1), 2);
        assert_eq!((queue.counters().accepted, queue.counters().early), (1, 1));
    }

    #[test]
    fn a_missing_input_is_repeated_only_so_long() {
        let mut queue = InputQueue::<u8>::default();
        queue.push(NOW, at(1), 7);
        let used: Vec<u8> = (1..=5).map(|ahead| *queue.take(at(ahead), 2)).collect();
        assert_eq!(used, [7, 7, 7, 0, 0]);
        assert_eq!(queue.echo(at(5)).age, 4);
    }
}
