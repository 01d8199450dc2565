use std::collections::VecDeque;

use super::*;

/// The largest window at 30 Hz, and the least slack.
const MOST: i32 = 24;
const SLACK: i32 = 4;

/// Runs some ticks with a client that acknowledges each frame when `arrival` says, in order,
/// and says what became of each tick's frame.
fn decisions(
    pace: &mut Pace,
    from: Tick,
    ticks: i32,
    mut arrival: impl FnMut(i32) -> i32,
) -> Vec<Decision> {
    let mut on_the_way: VecDeque<(i32, Tick)> = VecDeque::new();
    let mut tick = |step| {
        let now = from.offset(step);
        while let Some((_, applied)) = on_the_way.pop_front_if(|(when, _)| *when <= step) {
            pace.acknowledge(now, applied);
        }
        let decision = pace.decide(now, false, 32);
        if decision == Decision::Send {
            pace.sent(now);
            let earliest = on_the_way.back().map_or(0, |(when, _)| *when);
            on_the_way.push_back((arrival(step).max(earliest), now));
        }
        decision
    };
    (1..=ticks).map(&mut tick).collect()
}

fn run(pace: &mut Pace, from: Tick, ticks: i32, arrival: impl FnMut(i32) -> i32) -> i32 {
    let all = decisions(pace, from, ticks, arrival);
    all.iter().filter(|decision| **decision == Decision::Send).count() as i32
}

/// A link that takes a frame in `hundredths` of a tick, whatever is in it.
fn link(hundredths: i32) -> impl FnMut(i32) -> i32 {
    let mut free = 0;
    move |step| {
        free = free.max(step * 100) + hundredths;
        (free + 99) / 100
    }
}

/// A viewer whose link takes six frames in ten ticks, after so many of them.
fn slow_viewer(ticks: i32) -> (Pace, Vec<Decision>) {
    let mut pace = Pace::new(Tick(0), 30);
    let all = decisions(&mut pace, Tick(u32::MAX - 100), ticks, link(167));
    (pace, all)
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
    assert_eq!(pace.take_slowed(), 0, "the way is long, and not slow");
}

#[test]
fn a_way_that_gets_longer_again_and_again_costs_a_second_at_most() {
    let mut pace = Pace::new(Tick(0), 60);
    run(&mut pace, Tick(0), 600, |step| step + 1);
    for (round, delay) in [12, 2, 16, 6, 24].into_iter().enumerate() {
        let frames = run(&mut pace, Tick(600 + 600 * round as u32), 600, |step| step + delay);
        println!("{delay} ticks: {frames} of 600");
        assert!(frames >= 530, "{delay} ticks: {frames} of 600");
    }
    assert_eq!(pace.take_slowed(), 0, "the way is long, and not slow");
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
fn a_queue_that_stands_for_minutes_does_not_widen_the_window() {
    for hundredths in [105, 125] {
        let (mut pace, mut most) = (Pace::new(Tick(0), 30), 0);
        let mut link = link(hundredths);
        let frames = run(&mut pace, Tick(100), 30 * 120, |step| {
            let arrival = link(step);
            most = most.max(arrival - step);
            arrival
        });
        assert!(most <= SLACK * 2, "a frame took {most} ticks at {hundredths}%");
        assert!(frames > 30 * 120 * 2 / 5, "{frames} frames");
    }
}

#[test]
fn a_client_that_stops_gets_a_window_and_no_more() {
    let mut pace = Pace::new(Tick(0), 30);
    assert_eq!(run(&mut pace, Tick(100), 500, |_| i32::MAX), MOST);
}

#[test]
fn the_window_shrinks_to_the_delay_seen() {
    let mut pace = Pace::new(Tick(0), 30);
    run(&mut pace, Tick(100), 500, |step| step + 1);
    let more = run(&mut pace, Tick(600), 50, |_| i32::MAX);
    assert!(more <= 2 + SLACK, "{more} more frames were let through");
}

#[test]
fn acknowledging_what_was_never_sent_changes_nothing() {
    let mut pace = Pace::new(Tick(0), 30);
    run(&mut pace, Tick(100), 500, |_| i32::MAX);
    pace.acknowledge(Tick(600), Tick(5000));
    pace.acknowledge(Tick(600), Tick(7));
    assert_eq!(pace.decide(Tick(601), false, 32), Decision::Skip);
    assert!(pace.stalled_for(Tick(601)) > 400);
}

#[test]
fn a_link_that_is_too_slow_gets_fewer_frames_evenly_instead_of_skips() {
    let (pace, all) = slow_viewer(30 * 60);
    assert_eq!(pace.period(), 2);
    let count = |of| all[30 * 10..].iter().filter(|decision| **decision == of).count();
    let (thinned, skipped) = (count(Decision::Thin), count(Decision::Skip));
    assert!(thinned > 600 && skipped < 60, "{thinned} thinned, {skipped} skipped");
    assert!(count(Decision::Send) > 740, "half of the ticks are sent");
}

#[test]
fn a_link_that_is_quick_again_gets_every_tick_after_some_seconds() {
    let (mut pace, _) = slow_viewer(30 * 8);
    assert!(pace.period() > 1);
    let all = decisions(&mut pace, Tick(0).offset(30 * 8 - 101), 30 * 40, |step| step);
    let slow = all.iter().rposition(|decision| *decision != Decision::Send).unwrap();
    assert!(slow < 30 * 35, "its tick {slow} was the last that it did not get");
    assert_eq!(pace.period(), 1);
}

#[test]
fn a_step_up_that_fails_is_tried_less_often_each_time() {
    let (_, all) = slow_viewer(30 * 120);
    // Where nothing is thinned for a few ticks in a row, a step up is being tried.
    let thinned = |ticks: &[Decision]| ticks.contains(&Decision::Thin);
    let tried: Vec<_> = (90..all.len() - 4)
        .filter(|at| thinned(&all[at - 1..*at]) && !thinned(&all[*at..at + 4]))
        .collect();
    let apart: Vec<_> = tried.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(apart.len() >= 4 && apart.is_sorted() && apart[0] < 30 * 6, "{apart:?}");
    assert!(apart.last().is_some_and(|last| *last > 30 * 30), "{apart:?}");
}

#[test]
fn a_stall_is_not_slowness() {
    for seconds in [3, 4, 10] {
        let mut pace = Pace::new(Tick(0), 30);
        run(&mut pace, Tick(0), 100, |step| step);
        let end = 10 + 30 * seconds;
        run(&mut pace, Tick(100), 10 + end, |step| if step > 10 { step.max(end) } else { step });
        let frames = run(&mut pace, Tick(110).offset(end), 300, |step| step);
        assert_eq!((pace.take_slowed(), frames), (0, 300), "{seconds} s");
    }
}

/// A client that says once a second what it has applied by then, as a hidden page may.
fn rare(pace: &mut Pace, ticks: u32) -> u32 {
    let mut frames = 0;
    let mut newest = None;
    for now in (0..ticks).map(Tick) {
        if now.0.is_multiple_of(30)
            && let Some(applied) = newest
        {
            pace.acknowledge(now, applied);
        }
        if pace.decide(now, false, 32) == Decision::Send {
            pace.sent(now);
            (newest, frames) = (Some(now), frames + 1);
        }
    }
    frames
}

#[test]
fn who_acknowledges_once_a_second_is_put_on_the_lowest_rate_and_not_given_up() {
    let mut pace = Pace::new(Tick(0), 30);
    let frames = rare(&mut pace, 30 * 60);
    assert_eq!(pace.period(), 8);
    assert!((60..=320).contains(&frames), "{frames} frames in a minute");
    assert!(pace.stalled_for(Tick(30 * 60)) <= 30);
}

#[test]
fn who_acknowledges_a_second_of_frames_at_once_is_on_a_low_rate_too() {
    let mut pace = Pace::new(Tick(0), 30);
    let frames = run(&mut pace, Tick(0), 30 * 60, |step| (step + 29) / 30 * 30);
    assert!((60..=900).contains(&frames), "{frames} frames in a minute");
}

#[test]
fn viewers_of_a_lower_rate_share_the_ticks_out() {
    let mut frames = [0; 8];
    for phase in 0..8 {
        let mut pace = Pace::new(Tick(0), 30).with_phase(phase);
        rare(&mut pace, 30 * 30);
        for tick in 30 * 30..30 * 30 + 8u32 {
            let due = pace.decide(Tick(tick), false, 32) != Decision::Thin;
            frames[tick as usize % 8] += u32::from(due);
        }
    }
    assert_eq!(frames, [1; 8]);
}

#[test]
fn messages_that_press_are_sent_whatever_the_rate_but_not_beyond_the_window() {
    let (mut pace, _) = slow_viewer(30 * 20);
    let ticks = (0..20).map(|step| Tick(0).offset(30 * 20 - 101 + step));
    let decisions: Vec<_> = ticks
        .map(|now| {
            let decision = pace.decide(now, true, 32);
            if decision == Decision::Send {
                pace.sent(now);
            }
            decision
        })
        .collect();
    assert!(!decisions.contains(&Decision::Thin));
    assert_eq!(decisions.last(), Some(&Decision::Skip));
}

#[test]
fn a_connection_that_takes_no_more_counts_as_strained() {
    let mut pace = Pace::new(Tick(0), 30);
    let mut sent = Tick(0);
    for step in 1..300 {
        let now = Tick(step);
        if step % 4 == 0 {
            pace.acknowledge(now, sent);
            sent = now;
            if pace.decide(now, false, 32) == Decision::Send {
                pace.sent(now);
            }
        } else {
            pace.blocked(now);
        }
    }
    assert!(pace.period() > 1);
}

#[test]
fn a_full_window_lets_one_more_through_before_the_history_ends_unless_all_has_stalled() {
    // One acknowledgement in twenty ticks, each of one frame: something moves, but slowly.
    let last_sent = |moves: bool| {
        let mut pace = Pace::new(Tick(0), 30);
        run(&mut pace, Tick(0), 100, |step| step);
        let mut sent: VecDeque<Tick> = VecDeque::new();
        for now in (101..400).map(Tick) {
            if moves
                && now.0.is_multiple_of(20)
                && let Some(oldest) = sent.pop_front()
            {
                pace.acknowledge(now, oldest);
            }
            if pace.decide(now, false, 32) == Decision::Send {
                pace.sent(now);
                sent.push_back(now);
            }
        }
        pace.last_sent.expect("some were sent")
    };
    assert!(last_sent(true).is_after(Tick(400 - 32)));
    assert!(
        Tick(150).is_after(last_sent(false)),
        "a stall gets no more than one beyond its window"
    );
}

#[test]
fn who_asks_again_within_a_tick_has_not_skipped_more() {
    // On this link about one frame in nine is skipped, which is no reason for a lower rate.
    let slowed = |asks: u32| {
        let (mut pace, mut arrival) = (Pace::new(Tick(0), 30), link(112));
        let mut on_the_way: VecDeque<(i32, Tick)> = VecDeque::new();
        for step in 1..3000 {
            let now = Tick(step as u32);
            while let Some((_, applied)) = on_the_way.pop_front_if(|(when, _)| *when <= step) {
                pace.acknowledge(now, applied);
            }
            let sent = (0..asks).any(|_| pace.decide(now, false, 32) == Decision::Send);
            if sent {
                pace.sent(now);
                on_the_way.push_back((arrival(step), now));
            }
        }
        pace.take_slowed()
    };
    assert_eq!([slowed(1), slowed(10)], [0, 0]);
}
