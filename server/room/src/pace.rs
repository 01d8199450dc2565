//! How many frames may be under way to one viewer.
//!
//! The kernel takes megabytes before a write says that nobody reads. So the
//! measure is what the client says it has applied, which every input carries:
//! when more than a window is unacknowledged, the viewer's frame is skipped, and
//! the next one merges what was missed.
//!
//! The window is the least delay seen lately plus some slack, all in ticks, so it
//! needs no clock. The slack follows the jitter between one acknowledgement and
//! the next (as RFC 3550 measures it): a network that shakes gets more, a queue
//! that slowly builds up does not.

use tickwire_shared::Tick;

/// Frames under way beyond the usual delay, when there is no jitter.
const SLACK_TICKS: i32 = 4;
/// Frames under way for each tick of jitter.
const JITTER_FACTOR: i32 = 5;
/// Jitter is averaged over about this many acknowledgements, and counted in as small parts of a tick.
const SMOOTH: i32 = 16;
/// The window before the first acknowledgement, and the largest there is.
const MOST_TICKS: i32 = 24;
/// The least delay seen grows by one tick in this many acknowledgements.
const FORGET: i32 = 64;

/// The pace of one viewer.
#[derive(Clone, Debug)]
pub struct Pace {
    applied: Option<Tick>,
    /// When the first frame was sent, which is what counts until something is acknowledged.
    first_sent: Option<Tick>,
    /// The least delay seen lately, in 1/64 ticks.
    delay: i32,
    /// By how much one delay usually differs from the next, in 1/16 ticks.
    jitter: i32,
    last_delay: i32,
    last_heard: Tick,
}

impl Pace {
    /// The pace of a viewer that joined at `now`.
    #[must_use]
    pub fn new(now: Tick) -> Self {
        Pace {
            applied: None,
            first_sent: None,
            delay: MOST_TICKS * FORGET,
            jitter: 0,
            last_delay: 0,
            last_heard: now,
        }
    }

    /// Anything was heard from the viewer.
    pub fn heard(&mut self, now: Tick) {
        self.last_heard = now;
    }

    /// The viewer says that it has applied the frame of a tick.
    ///
    /// A tick that was never sent, or that is older than one acknowledged before, says nothing.
    pub fn acknowledge(&mut self, now: Tick, applied: Tick, last_sent: Option<Tick>) {
        let known = last_sent.is_some_and(|sent| !applied.is_after(sent))
            && self.first_sent.is_some_and(|first| !first.is_after(applied));
        if !known || self.applied.is_some_and(|before| !applied.is_after(before)) {
            return;
        }
        let delay = now.since(applied).clamp(0, MOST_TICKS);
        if self.applied.replace(applied).is_some() {
            self.jitter += (delay - self.last_delay).abs() - self.jitter / SMOOTH;
        }
        self.last_delay = delay;
        self.delay = (delay * FORGET).min(self.delay + 1);
    }

    /// Whether the frame of `now` may be sent, given the last one that was.
    #[must_use]
    pub fn may_send(&self, last_sent: Option<Tick>) -> bool {
        let (Some(sent), Some(first)) = (last_sent, self.first_sent) else { return true };
        let reached = self.applied.unwrap_or(first.offset(-1));
        sent.since(reached) < self.window()
    }

    /// A frame was sent for `now`.
    pub fn sent(&mut self, now: Tick) {
        self.first_sent.get_or_insert(now);
    }

    fn window(&self) -> i32 {
        let slack = SLACK_TICKS.max(JITTER_FACTOR * self.jitter / SMOOTH);
        (self.delay / FORGET + slack).min(MOST_TICKS)
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

    /// Runs `ticks` ticks with a client that acknowledges `delay` ticks late, and counts frames.
    fn run(pace: &mut Pace, from: Tick, ticks: i32, delay: Option<i32>) -> i32 {
        let mut sent = from;
        let mut frames = 0;
        for step in 1..=ticks {
            let now = from.offset(step);
            if let Some(delay) = delay {
                pace.acknowledge(now, sent.offset(-delay), Some(sent));
            }
            if pace.may_send((frames > 0 || step > 1).then_some(sent)) {
                pace.sent(now);
                sent = now;
                frames += 1;
            }
        }
        frames
    }

    #[test]
    fn a_client_that_keeps_up_gets_every_frame() {
        for delay in [0, 3, 12] {
            let mut pace = Pace::new(Tick(0));
            assert_eq!(run(&mut pace, Tick(u32::MAX - 20), 200, Some(delay)), 200, "delay {delay}");
        }
    }

    #[test]
    fn a_network_that_shakes_costs_few_frames() {
        let mut pace = Pace::new(Tick(0));
        let (mut sent, mut random) = (None, 1u32);
        // Acknowledgements arrive in order, each up to eight ticks late.
        let mut on_the_way = std::collections::VecDeque::new();
        let mut skipped = 0;
        for now in (1..=1000).map(Tick) {
            while on_the_way.front().is_some_and(|(arrival, _)| *arrival <= now.0) {
                let (_, applied) = on_the_way.pop_front().expect("there is one");
                pace.acknowledge(now, applied, sent);
            }
            if pace.may_send(sent) {
                pace.sent(now);
                sent = Some(now);
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let earliest = on_the_way.back().map_or(0, |(arrival, _)| *arrival);
                on_the_way.push_back(((now.0 + (random >> 16) % 9).max(earliest), now));
            } else {
                skipped += 1;
            }
        }
        assert!(skipped < 50, "{skipped} of 1,000 frames were skipped");
    }

    #[test]
    fn a_queue_that_builds_up_does_not_widen_the_window() {
        let mut pace = Pace::new(Tick(0));
        run(&mut pace, Tick(100), 100, Some(1));
        let narrow = pace.window();
        for late in 0..20 {
            let now = Tick(300 + 2 * late);
            pace.acknowledge(now, Tick(200 + late), Some(Tick(300)));
        }
        assert!(pace.window() <= narrow + 2, "{} from {narrow}", pace.window());
    }

    #[test]
    fn a_client_that_stops_gets_a_window_and_no_more() {
        let mut pace = Pace::new(Tick(0));
        assert_eq!(run(&mut pace, Tick(100), 500, None), MOST_TICKS);
    }

    #[test]
    fn the_window_shrinks_to_the_delay_seen() {
        let mut pace = Pace::new(Tick(0));
        run(&mut pace, Tick(100), 50, Some(1));
        let last = Tick(150);
        let more = (0..50).take_while(|n| pace.may_send(Some(last.offset(*n)))).count() as i32;
        assert!(more <= 2 + SLACK_TICKS, "{more} more frames were let through");
    }

    #[test]
    fn acknowledging_what_was_never_sent_changes_nothing() {
        let mut pace = Pace::new(Tick(0));
        run(&mut pace, Tick(100), 500, None);
        pace.acknowledge(Tick(600), Tick(5000), Some(Tick(124)));
        pace.acknowledge(Tick(600), Tick(7), Some(Tick(124)));
        assert!(!pace.may_send(Some(Tick(124))));
    }
}
