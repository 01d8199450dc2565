//! How many frames may be under way to one viewer.
//!
//! The kernel takes megabytes before a write says that nobody reads. So the
//! measure is what the client says it has applied, which every input carries:
//! when more than a window of frames is unacknowledged, the viewer's frame is
//! skipped, and the next one merges what was missed. Frames are counted and not
//! ticks, so that skipping one does not fill the window any further.
//!
//! The window is the least delay seen lately plus some slack, all in ticks, so it
//! needs no clock. The slack follows the jitter between one acknowledgement and
//! the next (as RFC 3550 measures it): a network that shakes gets more, a queue
//! that slowly builds up does not.

use std::collections::VecDeque;

use tickwire_shared::Tick;

/// Frames under way beyond the usual delay, at the least.
const LEAST_SLACK: i32 = 4;
/// The slack without jitter lasts this part of a second, the window at most half of one.
const SLACK_IN_A_SECOND: u32 = 10;
/// The largest window is at least this.
const LEAST_MOST: i32 = 24;
/// Frames under way for each tick of jitter.
const JITTER_FACTOR: i32 = 5;
/// Jitter is averaged over about this many acknowledgements, and counted in as small parts of a tick.
const SMOOTH: i32 = 16;
/// The least delay seen grows by one tick in this many acknowledgements.
const FORGET: i32 = 16;

/// The pace of one viewer.
#[derive(Clone, Debug)]
pub struct Pace {
    /// Ticks of frames that were sent and not acknowledged, oldest first; at most a window.
    under_way: VecDeque<Tick>,
    /// The least delay seen lately, in parts of a tick.
    delay: i32,
    /// By how much one delay usually differs from the next, in parts of a tick.
    jitter: i32,
    last_delay: Option<i32>,
    slack: i32,
    most: i32,
    last_heard: Tick,
}

impl Pace {
    /// The pace of a viewer that joined at `now` a room of `tick_hz` ticks a second.
    ///
    /// Until something is acknowledged the window is the largest there is.
    #[must_use]
    pub fn new(now: Tick, tick_hz: u32) -> Self {
        let slack = ((tick_hz / SLACK_IN_A_SECOND) as i32).max(LEAST_SLACK);
        let most = ((tick_hz / 2) as i32).max(LEAST_MOST);
        Pace {
            under_way: VecDeque::with_capacity(most as usize),
            delay: most * FORGET,
            jitter: 0,
            last_delay: None,
            slack,
            most,
            last_heard: now,
        }
    }

    /// Anything was heard from the viewer.
    pub fn heard(&mut self, now: Tick) {
        self.last_heard = now;
    }

    /// The viewer says that it has applied the frame of a tick.
    ///
    /// What is older than all that is under way, or newer, says nothing.
    pub fn acknowledge(&mut self, now: Tick, applied: Tick) {
        let reached = self.under_way.iter().take_while(|sent| !sent.is_after(applied)).count();
        let newest = self.under_way.back();
        if reached == 0 || newest.is_none_or(|newest| applied.is_after(*newest)) {
            return;
        }
        self.under_way.drain(..reached);
        let delay = now.since(applied).clamp(0, self.most);
        if let Some(last) = self.last_delay.replace(delay) {
            self.jitter += (delay - last).abs() - self.jitter / SMOOTH;
        }
        self.delay = (delay * FORGET).min(self.delay + 1);
    }

    /// Whether one more frame may be sent.
    #[must_use]
    pub fn may_send(&self) -> bool {
        (self.under_way.len() as i32) < self.window()
    }

    /// A frame was sent for `now`.
    pub fn sent(&mut self, now: Tick) {
        self.under_way.push_back(now);
    }

    fn window(&self) -> i32 {
        let slack = self.slack.max(JITTER_FACTOR * self.jitter / SMOOTH);
        (self.delay / FORGET + slack).min(self.most)
    }

    /// For how many ticks nothing was heard.
    #[must_use]
    pub fn silent_for(&self, now: Tick) -> u32 {
        now.since(self.last_heard).max(0) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs some ticks with a client that acknowledges each frame when `arrival` says, in order,
    /// and counts the frames that it gets.
    fn run(pace: &mut Pace, from: Tick, ticks: i32, mut arrival: impl FnMut(i32) -> i32) -> i32 {
        let mut on_the_way: VecDeque<(i32, Tick)> = VecDeque::new();
        let mut frames = 0;
        for step in 1..=ticks {
            let now = from.offset(step);
            while let Some((_, applied)) = on_the_way.pop_front_if(|(when, _)| *when <= step) {
                pace.acknowledge(now, applied);
            }
            if pace.may_send() {
                pace.sent(now);
                frames += 1;
                let earliest = on_the_way.back().map_or(0, |(when, _)| *when);
                on_the_way.push_back((arrival(step).max(earliest), now));
            }
        }
        frames
    }

    #[test]
    fn a_client_that_keeps_up_gets_every_frame_however_far_away() {
        for (tick_hz, delay) in [(30, 0), (30, 3), (60, 12), (60, 27), (120, 30), (240, 48)] {
            let mut pace = Pace::new(Tick(0), tick_hz);
            let frames = run(&mut pace, Tick(u32::MAX - 20), 2000, |step| step + delay);
            assert_eq!(frames, 2000, "{delay} ticks at {tick_hz} Hz");
        }
    }

    #[test]
    fn a_client_that_moves_far_away_soon_gets_every_frame_again() {
        let mut pace = Pace::new(Tick(0), 60);
        run(&mut pace, Tick(0), 300, |step| step + 1);
        let frames = run(&mut pace, Tick(300), 1200, |step| step + 12);
        assert!(frames > 1100, "{frames} of 1,200");
    }

    #[test]
    fn a_network_that_shakes_costs_few_frames() {
        let (mut pace, mut random) = (Pace::new(Tick(0), 60), 1u32);
        let frames = run(&mut pace, Tick(0), 1000, |step| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            step + ((random >> 16) % 9) as i32
        });
        assert!(frames > 950, "{frames} of 1,000");
    }

    #[test]
    fn a_queue_that_builds_up_does_not_widen_the_window() {
        let mut pace = Pace::new(Tick(0), 30);
        run(&mut pace, Tick(100), 100, |step| step + 1);
        let narrow = pace.window();
        run(&mut pace, Tick(200), 30, |step| step * 2);
        assert!(pace.window() <= narrow + 3, "{} from {narrow}", pace.window());
    }

    #[test]
    fn a_client_that_stops_gets_a_window_and_no_more() {
        let mut pace = Pace::new(Tick(0), 30);
        assert_eq!(run(&mut pace, Tick(100), 500, |_| i32::MAX), LEAST_MOST);
    }

    #[test]
    fn the_window_shrinks_to_the_delay_seen() {
        let mut pace = Pace::new(Tick(0), 30);
        run(&mut pace, Tick(100), 500, |step| step + 1);
        let more = run(&mut pace, Tick(600), 50, |_| i32::MAX);
        assert!(more <= 2 + LEAST_SLACK, "{more} more frames were let through");
    }

    #[test]
    fn acknowledging_what_was_never_sent_changes_nothing() {
        let mut pace = Pace::new(Tick(0), 30);
        run(&mut pace, Tick(100), 500, |_| i32::MAX);
        pace.acknowledge(Tick(600), Tick(5000));
        pace.acknowledge(Tick(600), Tick(7));
        assert!(!pace.may_send());
    }
}
