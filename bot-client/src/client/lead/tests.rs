use super::*;

const START: Tick = Tick(u32::MAX - 50);

/// A client and a server, with the inputs between them.
#[derive(Default)]
struct Line {
    lead: Lead,
    step: i32,
    under_way: Vec<(i32, Tick)>,
    newest: Option<Tick>,
    in_time: Vec<Tick>,
}

impl Line {
    /// Makes ticks; the input that answers one arrives `delay(step)` ticks later. The leads used.
    fn run(&mut self, ticks: i32, delay: impl Fn(i32) -> i32) -> Vec<i32> {
        let steps = self.step..self.step + ticks;
        self.step = steps.end;
        steps.map(|step| self.tick(step, delay(step))).collect()
    }

    fn tick(&mut self, step: i32, delay: i32) -> i32 {
        let frame = START.offset(step);
        for (_, tick) in self.under_way.extract_if(.., |(due, _)| *due <= step) {
            self.newest = self.newest.filter(|newest| newest.is_after(tick)).or(Some(tick));
            if !frame.is_after(tick) {
                self.in_time.push(tick);
            }
        }
        let slack = self.newest.map_or(-128, |newest| newest.since(frame)) as i8;
        let age = u8::from(!self.in_time.contains(&frame));
        self.lead.observe(frame, InputEcho { age, slack });
        let input = self.lead.aim(frame);
        self.under_way.extend(input.map(|tick| (step + delay, tick)));
        self.lead.ticks()
    }
}

#[test]
fn a_fast_network_keeps_the_first_lead() {
    let mut line = Line::default();
    let leads = line.run(1000, |_| 1);
    assert_eq!(line.lead.late(), 0);
    assert!(leads.iter().all(|lead| *lead == FIRST_TICKS), "{leads:?}");
}

#[test]
fn a_slow_network_is_met_in_one_step_and_not_overshot() {
    let leads = Line::default().run(60, |_| 7);
    assert_eq!(leads.last(), Some(&8));
    assert!(leads.iter().all(|lead| [2, 8].contains(lead)), "{leads:?}");
}

#[test]
fn a_lead_that_is_too_large_comes_down_slowly() {
    let mut line = Line::default();
    line.run(60, |_| 7);
    let late = line.lead.late();
    let leads = line.run(6000, |_| 1);
    assert_eq!(leads.last(), Some(&2));
    assert!(leads.windows(2).all(|pair| pair[0] - pair[1] <= 1), "one at a time");
    assert_eq!(line.lead.late(), late);
}

#[test]
fn jitter_is_learnt_and_not_chased() {
    let mut line = Line::default();
    let jitter = |step: i32| if step % 37 == 0 { 4 } else { 2 };
    line.run(500, jitter);
    let late = line.lead.late();
    let leads = line.run(4000, jitter);
    assert!(line.lead.late() - late < 20, "{} late inputs", line.lead.late() - late);
    assert!(leads.iter().all(|lead| *lead <= 6), "{:?}", leads.iter().max());
}

#[test]
fn a_tick_without_an_input_is_not_taken_for_a_late_one() {
    let mut lead = Lead::default();
    let first = lead.aim(START).unwrap();
    let second = lead.aim(START.offset(3)).unwrap();
    assert_eq!(second.since(first), 3);
    lead.observe(first.offset(1), InputEcho { age: 1, slack: 2 });
    assert_eq!((lead.late(), lead.ticks()), (0, FIRST_TICKS));
    lead.observe(second, InputEcho { age: 3, slack: 1 });
    assert_eq!((lead.late(), lead.ticks()), (1, FIRST_TICKS + 1));
}

#[test]
fn an_older_tick_is_never_aimed_at() {
    let mut lead = Lead::default();
    assert!(lead.aim(START.offset(10)).is_some());
    assert_eq!(lead.aim(START.offset(9)), None);
    assert!(lead.aim(START.offset(10)).is_some(), "the same one may be amended");
}

#[test]
fn a_lead_beyond_what_the_server_takes_comes_down_at_once() {
    let mut lead = Lead { ticks: 30, ..Lead::default() };
    lead.aim(START);
    // Inputs that are dropped as too early leave every tick without one, which looks like lateness.
    lead.observe(START.offset(1), InputEcho { age: 200, slack: 29 });
    assert_eq!(lead.ticks(), 2);
}

#[test]
fn a_pause_of_inputs_does_not_raise_the_lead() {
    let mut lead = Lead::default();
    lead.aim(START);
    lead.pause();
    for step in 1..20 {
        lead.observe(START.offset(step), InputEcho { age: step as u8, slack: (2 - step) as i8 });
    }
    assert_eq!(lead.ticks(), FIRST_TICKS);
}
