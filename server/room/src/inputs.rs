//! A player's inputs, waiting for the ticks that they name.
//!
//! An input is for one tick. It waits in the slot of that tick; one that comes
//! after its tick was made is dropped and never shifted, because a shifted input
//! would make the player do at the wrong place what was right at another. When a
//! tick finds its slot empty, the last input is repeated for a bounded number of
//! ticks (a short stall should not stop a ship), then the neutral input rules.

use tickwire_shared::{Tick, frame::InputEcho, tick::TICK_PARTS};

/// How many ticks ahead an input may be; one that is further ahead is dropped.
pub const INPUT_WINDOW: usize = 16;

/// How a player's inputs fared. A year of them fits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InputCounters {
    /// Came in time and was used, or will be.
    pub accepted: u32,
    /// Of these, took the place of another one for the same tick.
    pub replaced: u32,
    /// Came after its tick was made.
    pub late: u32,
    /// Was for a tick beyond the window.
    pub early: u32,
    /// A tick found no input of its own.
    pub starved: u32,
}

/// What a player does in a tick, and what it saw when it did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Intent<I> {
    /// The input.
    pub input: I,
    /// How far behind the input's tick the world was that the player saw, in 1/256 ticks.
    pub behind: u16,
}

/// An input that waits for its tick: an [`Intent`] that is not padded, as a player has many places for them.
#[derive(Debug)]
struct Waiting<I> {
    /// How long before its tick is made it was read, in 1/256 ticks.
    slack: i16,
    behind: u16,
    input: I,
}

/// Inputs by tick: bounded at [`INPUT_WINDOW`], the latest for one tick wins.
///
/// Every tick must [`take`](InputQueue::take) its own, so that a slot is free again when the tick comes
/// that is to have it next.
#[derive(Debug)]
pub struct InputQueue<I> {
    slots: [Option<Waiting<I>>; INPUT_WINDOW],
    last: Intent<I>,
    last_used: Option<Tick>,
    /// Whether the player does something: it has, and that is not too long ago.
    acts: bool,
    /// Whether the player sends inputs: it has, and has not said that it sends none for now.
    plays: bool,
    /// The least slack since the player was told.
    slack: Option<i16>,
    counters: InputCounters,
}

impl<I: Default + Clone> Default for InputQueue<I> {
    fn default() -> Self {
        InputQueue {
            slots: Default::default(),
            last: Intent::default(),
            last_used: None,
            acts: false,
            plays: false,
            slack: None,
            counters: InputCounters::default(),
        }
    }
}

impl<I: Default + Clone> InputQueue<I> {
    /// Takes an input for `tick`, when `now` is the last tick made and `left` of 256 parts of a
    /// tick are left until the next one is.
    pub fn push(&mut self, (now, left): (Tick, u16), tick: Tick, intent: Intent<I>) {
        let ahead = tick.since(now);
        let slack = ahead.saturating_sub(1).saturating_mul(TICK_PARTS).saturating_add(left.into());
        let slack = slack.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16;
        match ahead {
            ..=0 => self.counters.late += 1,
            ahead if ahead > INPUT_WINDOW as i32 => self.counters.early += 1,
            _ => {
                let slot = &mut self.slots[tick.0 as usize % INPUT_WINDOW];
                self.counters.accepted += 1;
                let Intent { input, behind } = intent;
                let before = slot.replace(Waiting { slack, behind, input });
                self.counters.replaced += u32::from(before.is_some());
                // Its slack is told of when it is used.
                return;
            }
        }
        self.note(slack);
    }

    /// The input to use for `tick`.
    pub fn take(&mut self, tick: Tick, repeat_ticks: u32) -> &Intent<I> {
        let slot = &mut self.slots[tick.0 as usize % INPUT_WINDOW];
        if let Some(Waiting { slack, behind, input }) = slot.take() {
            self.last = Intent { input, behind };
            self.last_used = Some(tick);
            (self.acts, self.plays) = (true, true);
            self.note(slack);
        } else {
            self.counters.starved += u32::from(self.plays);
            if self.age(tick) > repeat_ticks {
                self.last = Intent::default();
                self.acts = false;
            }
        }
        &self.last
    }

    /// What was taken last, if that is something that the player sent.
    #[must_use]
    pub fn taken(&self) -> Option<&Intent<I>> {
        Some(&self.last).filter(|_| self.acts)
    }

    /// Forgets all inputs: from now on the player does nothing, until it says something anew.
    pub fn reset(&mut self) {
        *self = InputQueue { counters: self.counters, ..InputQueue::default() };
    }

    /// The player has said that it sends no inputs for now, so none is missed.
    pub fn pause(&mut self) {
        self.plays = false;
    }

    fn note(&mut self, slack: i16) {
        self.slack = Some(self.slack.map_or(slack, |least| least.min(slack)));
    }

    fn age(&self, tick: Tick) -> u32 {
        self.last_used.map_or(u32::MAX, |used| tick.since(used).unsigned_abs())
    }

    /// What the player is told with the frame of `tick`; it is told of a slack only once.
    pub fn take_echo(&mut self, tick: Tick) -> InputEcho {
        let age = if self.plays { self.age(tick).min(255) as u8 } else { 0 };
        InputEcho { slack: self.slack.take(), age }
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

    fn says(input: u8) -> Intent<u8> {
        Intent { input, behind: 0 }
    }

    #[test]
    fn an_input_is_used_at_its_own_tick_even_across_the_wrap() {
        let mut queue = InputQueue::<u8>::default();
        for ahead in [3, 1, 2, 5] {
            queue.push((NOW, 0), at(ahead), says(ahead as u8));
        }
        let used: Vec<u8> = (1..=5).map(|ahead| queue.take(at(ahead), 8).input).collect();
        assert_eq!(used, [1, 2, 3, 3, 5], "tick 4 had none and repeated the one before");
        assert_eq!(queue.counters().starved, 1);
    }

    #[test]
    fn a_late_input_is_dropped_and_not_shifted() {
        let mut queue = InputQueue::<u8>::default();
        queue.push((NOW, 200), NOW, says(9));
        assert_eq!(queue.take(at(1), 8).input, 0);
        assert_eq!(queue.counters().late, 1);
        assert_eq!(queue.take_echo(at(1)).slack, Some(-56), "56 parts of a tick too late");
        assert_eq!(queue.take_echo(at(1)).slack, None, "told once");
    }

    #[test]
    fn an_input_beyond_the_window_is_dropped_and_told_of() {
        let mut queue = InputQueue::<u8>::default();
        queue.push((NOW, 0), at(INPUT_WINDOW as i32), says(1));
        queue.push((NOW, 0), at(INPUT_WINDOW as i32 + 1), says(2));
        assert_eq!((queue.counters().accepted, queue.counters().early), (1, 1));
        assert_eq!(queue.take_echo(at(1)).slack, Some(16 * 256));
        for nonsense in [1 << 30, i32::MIN, i32::MAX] {
            queue.push((NOW, 255), at(nonsense), says(3));
        }
        assert_eq!(queue.take_echo(at(1)).slack, Some(i16::MIN));
    }

    #[test]
    fn the_least_slack_is_told_of_inputs_that_were_used() {
        let mut queue = InputQueue::<u8>::default();
        queue.push((NOW, 128), at(2), says(1));
        queue.push((NOW, 40), at(1), says(1));
        queue.take(at(1), 8);
        assert_eq!(queue.take_echo(at(1)), InputEcho { slack: Some(40), age: 0 });
        queue.take(at(2), 8);
        assert_eq!(queue.take_echo(at(2)).slack, Some(256 + 128));
    }

    #[test]
    fn a_second_input_for_a_tick_takes_the_place_of_the_first() {
        let mut queue = InputQueue::<u8>::default();
        queue.push((NOW, 0), at(1), says(1));
        queue.push((NOW, 0), at(1), says(2));
        assert_eq!((queue.take(at(1), 8).input, queue.counters().replaced), (2, 1));
    }

    #[test]
    fn a_missing_input_is_repeated_only_so_long() {
        let mut queue = InputQueue::<u8>::default();
        queue.push((NOW, 0), at(1), says(7));
        let mut ages = Vec::new();
        let used = (1..=5).map(|ahead| {
            let input = queue.take(at(ahead), 2).input;
            ages.push(queue.take_echo(at(ahead)).age);
            input
        });
        assert_eq!(used.collect::<Vec<_>>(), [7, 7, 7, 0, 0]);
        assert_eq!(ages, [0, 1, 2, 3, 4], "it is missed for as long as it does not come");
        assert_eq!(queue.counters().starved, 4);
        queue.pause();
        queue.take(at(6), 2);
        assert_eq!((queue.take_echo(at(6)).age, queue.counters().starved), (0, 4));
    }
}
