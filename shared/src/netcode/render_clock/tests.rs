//! The clock against frames of which all is known.

use super::*;

const HZ: u32 = 30;
const FIRST: u32 = u32::MAX - 100;

/// A clock that is read sixty times a second.
struct Screen {
    clock: RenderClock,
    micros: u64,
    next: u32,
    /// The largest and the smallest step of a picture, in ticks.
    steps: (f64, f64),
    leaps: u32,
}

impl Screen {
    fn new() -> Screen {
        let clock = RenderClock::new(HZ, LEAST_DELAY);
        Screen { clock, micros: 1_000_000, next: 0, steps: (0.0, f64::INFINITY), leaps: 0 }
    }

    /// Draws for some seconds, with frames as late as `late` says, in milliseconds, by tick; those for
    /// which it says nothing are merged into the next.
    fn draw(&mut self, seconds: u64, late: impl Fn(u32) -> Option<f64>) {
        self.steps = (0.0, f64::INFINITY);
        for _ in 0..seconds * 60 {
            self.micros += 16_667;
            let passed = self.micros as f64 / 1e3 - 1000.0;
            let is_due = |tick: u32| {
                f64::from(tick) * 1000.0 / f64::from(HZ) + late(tick).unwrap_or(0.0) <= passed
            };
            while is_due(self.next) {
                if late(self.next).is_some() {
                    let tick = Tick(FIRST.wrapping_add(self.next));
                    let number = self.clock.arrived(tick, Duration::from_micros(self.micros));
                    assert_eq!(number, i64::from(self.next), "counted across the wrap");
                }
                self.next += 1;
            }
            if let Some(picture) = self.clock.advance(Duration::from_micros(self.micros)) {
                assert!(picture.ticks >= 0.0, "time ran back by {}", -picture.ticks);
                assert!(self.clock.buffered() >= -AHEAD_SECONDS * f64::from(HZ));
                let (most, least) = self.steps;
                self.steps = (most.max(picture.ticks), least.min(picture.ticks));
                let has_moved = picture.ticks > 0.0 || picture.seconds == 0.0;
                self.leaps += u32::from(picture.skipped && has_moved);
            }
        }
    }
}

/// Ticks from one picture to the next.
const EVEN: f64 = HZ as f64 * 0.016_667;

#[test]
fn before_the_first_frame_there_is_nothing_to_draw() {
    let mut clock = RenderClock::new(HZ, LEAST_DELAY);
    assert_eq!(clock.advance(Duration::from_secs(1)), None);
    assert_eq!((clock.drawn(), clock.newest(), clock.behind(Tick(9))), (None, None, 0.0));
}

#[test]
fn over_an_even_network_the_picture_is_even_and_a_tick_and_a_half_behind() {
    let mut screen = Screen::new();
    screen.draw(3, |_| Some(40.0));
    screen.draw(20, |_| Some(40.0));
    let (most, least) = screen.steps;
    assert!(most < EVEN * 1.01 && least > EVEN * 0.99, "{least} to {most}");
    assert!((1.5..2.1).contains(&screen.clock.delay()), "{}", screen.clock.delay());
    assert_eq!(screen.leaps, 1, "to the first picture only");
}

#[test]
fn what_is_drawn_is_behind_an_inputs_tick_by_what_the_clock_says() {
    let mut screen = Screen::new();
    screen.draw(5, |_| Some(40.0));
    let (tick, share) = screen.clock.drawn().unwrap();
    assert!(tick.0 < 1000 && (0.0..1.0).contains(&share), "the number has wrapped: {tick}");
    let behind = screen.clock.behind(tick.offset(5));
    assert!((behind - (5.0 - share)).abs() < 1e-9, "{behind}");
    assert_eq!(screen.clock.behind(tick.offset(-5)), 0.0, "the future is not rewound");
}

#[test]
fn jitter_is_covered_to_its_end_and_the_delay_shrinks_when_the_network_calms_down() {
    let mut screen = Screen::new();
    screen.draw(5, |_| Some(40.0));
    let calm = screen.clock.delay();
    let shaken =
        |tick: u32| 40.0 + f64::from(tick.wrapping_mul(2_654_435_769) >> 16) / 65_536.0 * 100.0;
    screen.draw(5, |tick| Some(shaken(tick)));
    assert!(screen.clock.delay() > calm + 1.5, "{}", screen.clock.delay());
    screen.draw(5, |tick| Some(shaken(tick)));
    let (most, least) = screen.steps;
    assert!(least > 0.0 && most < EVEN * 1.07, "{least} to {most}, nobody sees it");
    screen.draw(40, |_| Some(40.0));
    assert!(screen.clock.delay() < calm + 0.1, "{}", screen.clock.delay());
}

#[test]
fn a_rare_stall_is_not_waited_for() {
    let mut screen = Screen::new();
    screen.draw(10, |_| Some(40.0));
    let calm = screen.clock.delay();
    screen.draw(5, |tick| Some(if tick == 330 { 140.0 } else { 40.0 }));
    assert!(screen.clock.delay() < calm + 0.5, "{} after {calm}", screen.clock.delay());
}

#[test]
fn a_server_that_sends_every_third_tick_costs_delay_and_nothing_else() {
    let mut screen = Screen::new();
    let every_third = |tick: u32| tick.is_multiple_of(3).then_some(40.0);
    screen.draw(3, every_third);
    screen.draw(10, every_third);
    let (most, least) = screen.steps;
    assert!(most < EVEN * 1.01 && least > EVEN * 0.99, "{least} to {most}");
    assert!((3.0..4.2).contains(&screen.clock.delay()), "{}", screen.clock.delay());
}

#[test]
fn the_delay_is_bounded_whatever_the_network_does() {
    let mut screen = Screen::new();
    // Every other second begins with half a second of nothing.
    let stalled = |tick: u32| 40.0 + 33.4 * f64::from(15_u32.saturating_sub(tick % 60));
    screen.draw(20, |tick| Some(stalled(tick)));
    assert_eq!(screen.clock.delay(), MOST_SECONDS * f64::from(HZ));
}

#[test]
fn a_blackout_is_skipped_in_one_leap() {
    let mut screen = Screen::new();
    screen.draw(5, |_| Some(40.0));
    let dark = |tick: u32| {
        if (150..200).contains(&tick) { 40.0 + f64::from(200 - tick) * 33.4 } else { 40.0 }
    };
    screen.draw(5, |tick| Some(dark(tick)));
    assert_eq!(screen.leaps, 2, "to the first picture, and after the black-out");
}
#[test]
fn a_server_that_stood_still_is_waited_for_and_soon_drawn_as_before() {
    let mut screen = Screen::new();
    screen.draw(5, |_| Some(40.0));
    screen.draw(3, |_| Some(1040.0));
    assert_eq!(screen.leaps, 1, "time does not go back, it waits");
    let ahead = screen.clock.buffered();
    assert!((0.5..2.5).contains(&ahead), "two seconds later there are {ahead} ticks to draw");
    screen.draw(10, |_| Some(1040.0));
    assert!(screen.steps.1 > EVEN * 0.9 && screen.clock.delay() < 2.1);
}
