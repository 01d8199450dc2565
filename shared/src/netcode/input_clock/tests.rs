//! The clock against a server and a line of which all is known.

use std::collections::VecDeque;

use super::*;

const HZ: u32 = 30;
const TICK_MS: f64 = 1000.0 / HZ as f64;

/// A server that makes its ticks on time, and a line whose delays are a function of time.
struct Line<U, D> {
    clock: InputClock,
    up: U,
    down: D,
    /// Inputs under way: when they arrive, in milliseconds, and their ticks.
    inputs: VecDeque<(f64, Tick)>,
    frames: VecDeque<(f64, Tick, InputEcho)>,
    /// The slack of the inputs that the server holds, by tick.
    held: Vec<(Tick, f64)>,
    least: Option<f64>,
    made: u32,
    /// Milliseconds that each input waited at the server.
    waits: Vec<f64>,
    starved: Vec<Tick>,
    readings: Vec<f64>,
}

impl<U: FnMut(f64) -> f64, D: FnMut(f64) -> f64> Line<U, D> {
    fn new(up: U, down: D) -> Self {
        Line {
            clock: InputClock::new(HZ),
            up,
            down,
            inputs: VecDeque::new(),
            frames: VecDeque::new(),
            held: Vec::new(),
            least: None,
            made: 0,
            waits: Vec::new(),
            starved: Vec::new(),
            readings: Vec::new(),
        }
    }

    /// Runs from a time to another, in milliseconds, looking once a millisecond.
    fn run(&mut self, from: u32, to: u32) {
        for now in from..to {
            self.serve(f64::from(now));
            self.play(f64::from(now), Duration::from_millis(u64::from(now)));
        }
    }

    fn serve(&mut self, now: f64) {
        let next = f64::from(self.made + 1) * TICK_MS;
        while let Some((_, tick)) = self.inputs.pop_front_if(|(at, _)| *at <= now) {
            let slack = f64::from(tick.0) * TICK_MS - now;
            if tick.0 <= self.made {
                self.note(slack);
            } else {
                self.held.push((tick, slack));
            }
        }
        if now < next {
            return;
        }
        self.made += 1;
        let tick = Tick(self.made);
        match self.held.iter().position(|(held, _)| *held == tick) {
            Some(index) => {
                let (_, slack) = self.held.swap_remove(index);
                self.waits.push(slack);
                self.note(slack);
            }
            None => self.starved.push(tick),
        }
        let slack =
            self.least.take().map(|ms| (ms / TICK_MS * 256.0).clamp(-32768.0, 32767.0) as i16);
        let last = self.frames.back().map_or(0.0, |(at, ..)| *at);
        let at = (now + (self.down)(now)).max(last);
        self.frames.push_back((at, tick, InputEcho { slack, age: 0 }));
    }

    fn note(&mut self, slack: f64) {
        self.least = Some(self.least.map_or(slack, |least| least.min(slack)));
    }

    fn play(&mut self, now: f64, time: Duration) {
        self.clock.advance(time);
        while let Some((_, tick, echo)) = self.frames.pop_front_if(|(at, ..)| *at <= now) {
            self.clock.start(tick, time, Duration::from_millis(60));
            self.clock.observe(tick, echo);
        }
        while let Some(tick) = self.clock.poll_due(8) {
            let last = self.inputs.back().map_or(0.0, |(at, _)| *at);
            self.inputs.push_back(((now + (self.up)(now)).max(last), tick));
        }
        let (tick, share) = self.clock.reading();
        self.readings.push(f64::from(tick.0) + share);
    }

    fn forget_figures(&mut self) {
        self.waits.clear();
        self.starved.clear();
    }

    /// What half of the inputs waited at most, in milliseconds.
    fn usual_wait(&mut self) -> f64 {
        self.waits.sort_by(f64::total_cmp);
        self.waits[self.waits.len() / 2]
    }
}

/// Numbers from -1 to 1 without a pattern.
fn noise(seed: u32) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 23) - 1.0
    }
}

#[test]
fn on_a_steady_line_inputs_arrive_just_in_time_and_none_is_missed() {
    let mut line = Line::new(|_| 30.0, |_| 30.0);
    line.run(0, 5000);
    line.forget_figures();
    line.run(5000, 65_000);
    assert!(line.usual_wait() <= 3.0, "{} ms", line.usual_wait());
    assert_eq!(line.starved, []);
}

#[test]
fn a_round_trip_that_wanders_between_50_and_70_ms_is_followed() {
    let wander = |now: f64| 30.0 + 5.0 * (now / 4000.0 * std::f64::consts::TAU).sin();
    let mut line = Line::new(wander, wander);
    line.run(0, 10_000);
    line.forget_figures();
    line.run(10_000, 130_000);
    let (ticks, wait) = (line.waits.len() + line.starved.len(), line.usual_wait());
    assert!(line.starved.len() * 1000 <= ticks, "{} starved of {ticks}", line.starved.len());
    assert!(wait <= 7.0, "{wait} ms: the whole swing is covered, as it comes back");
}

#[test]
fn with_jitter_hardly_an_input_is_missed_and_none_waits_longer_than_the_jitter() {
    for (seed, jitter) in [(1, 2.0), (2, 5.0), (3, 10.0), (4, 20.0)] {
        let (mut up, mut down) = (noise(seed), noise(seed + 9));
        let mut line = Line::new(move |_| 30.0 + jitter * up(), move |_| 30.0 + jitter * down());
        line.run(0, 20_000);
        line.forget_figures();
        line.run(20_000, 320_000);
        let (ticks, wait) = (line.waits.len() + line.starved.len(), line.usual_wait());
        assert!(
            line.starved.len() * 1000 <= ticks,
            "±{jitter} ms: {} of {ticks}",
            line.starved.len()
        );
        // To miss none, the usual one must wait for as long as the slowest takes longer.
        assert!(wait <= jitter + 3.0, "±{jitter} ms: {wait} ms");
    }
}

#[test]
fn the_clock_never_runs_backwards_nor_by_more_than_a_twentieth_off() {
    let mut shake = noise(7);
    let stall = |now: f64| if (20_000.0..20_300.0).contains(&now) { 300.0 } else { 0.0 };
    let mut line = Line::new(move |now| 40.0 + 8.0 * shake() + stall(now), |_| 25.0);
    line.run(0, 60_000);
    let steps = line.readings.windows(2).skip(3000).map(|pair| pair[1] - pair[0]);
    let usual = 1.0 / TICK_MS;
    for step in steps {
        assert!(step >= usual * (1.0 - STRETCH) - 1e-9, "{step}");
        assert!(step <= usual * (1.0 + STRETCH) + 1e-9, "{step}");
    }
}

#[test]
fn a_blackout_of_two_seconds_costs_the_ticks_that_it_took_and_no_more() {
    let black = |now: f64| if (20_000.0..22_000.0).contains(&now) { 22_000.0 - now } else { 0.0 };
    let mut line = Line::new(move |now| 30.0 + black(now), move |now| 30.0 + black(now));
    line.run(0, 19_000);
    line.forget_figures();
    line.run(19_000, 40_000);
    let last = line.starved.last().expect("two seconds are missed");
    assert!(f64::from(last.0) * TICK_MS <= 22_000.0 + 60.0 + 2.0 * TICK_MS, "{last}");
    assert!((58..=64).contains(&line.starved.len()), "{}", line.starved.len());
}

#[test]
fn a_server_that_stood_still_is_waited_for() {
    let mut line = Line::new(|_| 30.0, |_| 30.0);
    line.run(0, 10_000);
    // The server's ticks from here on are two seconds later than their time.
    let made = line.made;
    line.run(10_000, 10_001);
    line.made = made - 60;
    line.held.clear();
    line.frames.clear();
    line.run(10_001, 20_000);
    line.forget_figures();
    line.run(20_000, 30_000);
    assert_eq!(line.starved, []);
    assert!(line.usual_wait() <= 5.0, "{} ms", line.usual_wait());
}

#[test]
fn each_tick_gets_one_input_and_after_a_pause_only_the_newest_do() {
    let mut clock = InputClock::new(30);
    assert_eq!((clock.poll_due(8), clock.next_due()), (None, None), "it stands");
    let start = Duration::from_secs(100);
    clock.start(Tick(u32::MAX), start, Duration::ZERO);
    assert_eq!(clock.reading(), (Tick(0), 0.0));
    let mut ticks = Vec::new();
    for millis in 0..=200 {
        clock.advance(start + Duration::from_millis(millis));
        ticks.extend(std::iter::from_fn(|| clock.poll_due(8)));
    }
    assert_eq!(ticks, [1, 2, 3, 4, 5, 6].map(Tick));
    let due = clock.next_due().expect("it runs");
    assert!((Duration::from_millis(230)..Duration::from_millis(236)).contains(&(due - start)));
    clock.advance(start + Duration::from_secs(10));
    let after: Vec<_> = std::iter::from_fn(|| clock.poll_due(3)).collect();
    assert_eq!(after, [298, 299, 300].map(Tick));
}

#[test]
fn a_way_that_takes_longer_all_at_once_is_followed_as_fast_as_the_clock_may_run() {
    // Farther than a few ticks it leaps.
    for (longer, catching_up) in [(60.0, 60.0 / STRETCH), (300.0, 0.0)] {
        let step = move |now: f64| if now > 20_000.0 { longer } else { 0.0 };
        let mut line = Line::new(move |now| 30.0 + step(now), move |now| 30.0 + step(now));
        line.run(0, 40_000);
        let missed = line.starved.iter().filter(|tick| f64::from(tick.0) * TICK_MS > 15_000.0);
        let missed = missed.map(|tick| f64::from(tick.0) * TICK_MS - 20_000.0).collect::<Vec<_>>();
        // The way there and back must be gone once until it can be known.
        let last = missed.last().copied().unwrap_or(0.0);
        let most = 2.0 * longer + catching_up + 800.0;
        assert!(last < most, "{longer} ms: after {last} ms still, {most} should do");
    }
}
