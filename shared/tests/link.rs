//! Links as their users see them: what TCP promises holds under any conditions.

use std::time::Duration;

use proptest::prelude::*;
use tickwire_shared::link::{
    Conditions, Duplex, HEADER_BYTES, LIMIT_BYTES, Link, PROFILES, SEGMENT_BYTES, Stream, Way,
};

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn conditions(text: &str) -> Conditions {
    text.parse().expect("a network")
}

/// When messages that are pushed at these milliseconds arrive, on a link without a bound.
fn arrivals(text: &str, seed: u64, pushes: impl IntoIterator<Item = u64>) -> Vec<Duration> {
    let mut link = Link::new(Way::Down, &conditions(text), seed, ms(0)).with_limit(usize::MAX);
    let mut count = 0;
    for at in pushes {
        link.push(ms(at), 100, count).expect("there is space");
        count += 1;
    }
    (0..count).map(|_| take(&mut link).0).collect()
}

/// Takes the next message out at the very moment at which it arrives.
fn take<T: std::fmt::Debug + PartialEq>(link: &mut Link<T>) -> (Duration, T) {
    let due = link.next_due().expect("something is inside");
    if let Some(before) = due.checked_sub(Duration::from_nanos(1)) {
        assert_eq!(link.pop(before), None, "not a nanosecond early");
    }
    (due, link.pop(due).expect("it is due"))
}

#[test]
fn without_conditions_everything_arrives_at_once() {
    assert_eq!(arrivals("none", 1, [5, 5, 9]), [ms(5), ms(5), ms(9)]);
}

#[test]
fn latency_is_the_mean_and_jitter_is_how_far_off_it_may_be() {
    let late: Vec<_> = arrivals("latency=30ms,jitter=5ms", 3, (0..60_000).map(|at| at * 20))
        .into_iter()
        .zip(0..)
        .map(|(arrives, index)| arrives - ms(index * 20))
        .collect();
    let mean = late.iter().sum::<Duration>() / late.len() as u32;
    assert!(mean.abs_diff(ms(30)) < Duration::from_micros(300), "{mean:?}");
    let (least, most) = (*late.iter().min().unwrap(), *late.iter().max().unwrap());
    assert!(least >= ms(25) && least < ms(26), "{least:?}");
    assert!(most <= ms(35) && most > ms(34), "{most:?}");
    // Half of it is drawn for each message: neighbours differ by up to twice 2.5 ms.
    let steps = late.windows(2).map(|pair| pair[0].abs_diff(pair[1]));
    assert!(steps.max().unwrap() > ms(4));
    // Half of it wanders: the mean of half a second is often off by more than chance would make it.
    let wander = late.chunks(25).map(|some| (some.iter().sum::<Duration>() / 25).abs_diff(mean));
    let off = wander.filter(|off| *off > Duration::from_micros(1200)).count();
    assert!(off > late.len() / 25 / 10, "{off} of {} half seconds", late.len() / 25);
}

#[test]
fn a_lost_segment_holds_up_all_that_follow_and_they_arrive_together() {
    let arrived = arrivals("latency=40ms,loss=5%", 11, (0..5000).map(|at| at * 5));
    let late: Vec<_> = arrived.iter().zip(0..).map(|(at, index)| *at - ms(index * 5)).collect();
    // A fast retransmission takes a round trip and a quarter.
    assert!(late.contains(&ms(140)), "a lost segment comes after 40 + 100 ms");
    // When that is lost too, the timer of 200 ms beyond the round trip decides.
    assert!(late.contains(&ms(420)), "and after 280 ms more when it is lost again");
    let together = arrived.windows(2).filter(|pair| pair[0] == pair[1]).count();
    assert!(together > 1000, "{together} of 5000 came together with the one before");
    let lost = late.iter().filter(|late| **late > ms(40)).count();
    assert!(lost > late.len() / 2, "what follows a loss in half a round trip waits for it");
}

#[test]
fn what_is_sent_at_once_queues_up_at_the_bottleneck() {
    // 140 bytes with headers are 1.12 ms at a million bits a second.
    let arrived = arrivals("latency=10ms,down=1mbit", 1, [0; 100]);
    let expected = |n: u64| ms(10) + Duration::from_micros(1120 * (n + 1));
    assert!(arrived.iter().zip(0..).all(|(at, n)| *at == expected(n)), "{arrived:?}");
    let up: Vec<_> = {
        let mut line = Duplex::<u8>::new(&conditions("latency=10ms,down=1mbit"), 1, ms(0));
        line.up.push(ms(0), 100, 0).expect("there is space");
        vec![take(&mut line.up).0]
    };
    assert_eq!(up, [ms(10)], "the other way has a bandwidth of its own");
}

#[test]
fn a_blackout_of_two_seconds_delivers_everything_after_it() {
    let mut line: Duplex<u64> = Duplex::new(&conditions("latency=30ms"), 5, ms(0));
    let dark = conditions("latency=30ms,blackout=2s");
    for at in (0..5000).step_by(10) {
        if at == 1000 {
            line.set(&dark, ms(at));
        }
        line.up.push(ms(at), 50, at).expect("there is space");
        line.down.push(ms(at), 50, at).expect("there is space");
    }
    for link in [&mut line.up, &mut line.down] {
        for sent in (0..5000).step_by(10) {
            let (at, message) = take(link);
            assert_eq!(message, sent);
            let expected = match sent {
                // Those that have arrived have, even when nobody took them out yet.
                0..=970 => ms(sent + 30),
                971..1000 => ms(3000),
                // What was sent in the dark sets out when it ends.
                1000..3000 => ms(3030),
                _ => ms(sent + 30),
            };
            assert_eq!(at, expected, "sent at {sent} ms");
        }
    }
}

#[test]
fn blackouts_come_again_and_take_both_ways_at_once() {
    let text = "latency=1ms,blackout=2s/10s";
    let dark = |way| {
        let mut link = Link::new(way, &conditions(text), 99, ms(0)).with_limit(usize::MAX);
        (0..60_000).for_each(|at| link.push(ms(at), 10, at).expect("there is space"));
        let late = (0..60_000).filter(|_| {
            let (at, sent) = take(&mut link);
            at > ms(sent + 1)
        });
        late.count()
    };
    assert!((11_900..=12_100).contains(&dark(Way::Up)), "a fifth of all milliseconds");
    assert_eq!(dark(Way::Up), dark(Way::Down));
}

#[test]
fn a_full_link_takes_no_more_until_something_is_taken_out() {
    let mut link = Link::new(Way::Up, &conditions("latency=1s"), 1, ms(0));
    let mut count = 0;
    while link.push(ms(0), 1000, count).is_ok() {
        count += 1;
    }
    assert_eq!(count, LIMIT_BYTES / (1000 + HEADER_BYTES));
    assert_eq!((link.len(), link.push(ms(500), 1000, 99)), (count, Err(99)));
    assert_eq!(link.pop(ms(1000)), Some(0));
    assert_eq!(link.push(ms(1000), 1000, 99), Ok(()));
    assert_eq!(link.space(), 0);
    assert_eq!((link.pop(ms(1000)), link.pop(ms(1000))), (Some(1), Some(2)));
    assert_eq!(link.push(ms(1000), link.space() + 2 * HEADER_BYTES, 7), Err(7));
    let space = link.space();
    assert_eq!(link.push(ms(1000), space, 7), Ok(()), "what there is said to be space for fits");
}

#[test]
fn one_message_is_taken_however_large_it_is() {
    let mut link = Link::new(Way::Up, &conditions("latency=1ms"), 1, ms(0));
    assert_eq!(link.push(ms(0), 10 * LIMIT_BYTES, "all"), Ok(()));
    assert_eq!(link.push(ms(0), 1, "more"), Err("more"));
    assert_eq!(link.pop(ms(1)), Some("all"));
}

#[test]
fn better_conditions_free_what_was_stuck_in_the_bottleneck() {
    let mut link = Link::new(Way::Up, &conditions("latency=2s,up=8kbit"), 1, ms(0));
    (0..60).for_each(|n| link.push(ms(0), 960, n).expect("there is space"));
    assert_eq!(link.pop(ms(3500)), Some(0), "one a second, two seconds later");
    link.set(&conditions("latency=5ms,up=1mbit"), ms(3500));
    for n in 1..60 {
        let (at, message) = take(&mut link);
        assert_eq!(message, n);
        assert!(at <= ms(3505) + ms(8) * n, "{n} at {at:?}");
    }
    link.push(ms(4500), 960, 60).expect("there is space");
    assert_eq!(take(&mut link).0, ms(4513));
}

#[test]
fn a_stream_ends_after_its_last_byte() {
    let mut stream = Stream::new(Way::Up, &conditions("latency=20ms"), 1, ms(0));
    assert_eq!(stream.write(ms(0), b"bye"), 3);
    assert_eq!(stream.finish(ms(1)), Ok(()));
    let mut buffer = [0; 8];
    assert_eq!((stream.read(ms(19), &mut buffer), stream.is_over()), (0, false));
    assert_eq!(stream.next_due(), Some(ms(20)));
    assert_eq!((stream.read(ms(20), &mut buffer), stream.is_over()), (3, false));
    assert_eq!((stream.read(ms(21), &mut buffer), stream.is_over()), (0, true));
}

#[test]
fn a_stream_is_bounded_by_what_was_sent_and_not_taken() {
    let mut stream = Stream::new(Way::Up, &conditions("latency=20ms"), 1, ms(0));
    let bytes = vec![7; 4 * LIMIT_BYTES];
    let sent = stream.write(ms(0), &bytes);
    assert!(sent > LIMIT_BYTES - 2 * SEGMENT_BYTES && sent <= LIMIT_BYTES, "{sent} bytes");
    assert!(!stream.arrived(ms(20)).is_empty());
    let more = stream.write(ms(20), &bytes);
    assert!(sent + more <= LIMIT_BYTES, "arrived but not taken counts too: {more} more");
    let mut buffer = vec![0; LIMIT_BYTES];
    assert_eq!(stream.read(ms(40), &mut buffer), sent + more);
}

/// What happens to a link.
#[derive(Clone, Debug)]
enum Deed {
    Push(usize),
    Wait(u64),
    Take,
    Set(Conditions),
}

fn any_conditions() -> impl Strategy<Value = Conditions> {
    let blackout = prop_oneof![Just((0, 0)), (1..3000u32, 3001..9000u32), (1..500u32, Just(0))];
    let rates = prop_oneof![Just(0), 8_000..4_000_000u32];
    (0..300_000u32, 0..=10u32, 0..200_000u32, rates, blackout).prop_map(
        |(latency_us, tenths, loss_ppm, rate, (blackout_ms, blackout_every_ms))| Conditions {
            latency_us,
            jitter_us: latency_us / 10 * tenths,
            loss_ppm,
            up_bps: rate,
            down_bps: rate / 2 * 2,
            blackout_ms,
            blackout_every_ms,
        },
    )
}

fn any_deeds(with_set: bool) -> impl Strategy<Value = Vec<Deed>> {
    let set = if with_set { 1 } else { 0 };
    let deed = prop_oneof![
        8 => (0..6000usize).prop_map(Deed::Push),
        6 => (0..60_000u64).prop_map(Deed::Wait),
        6 => Just(Deed::Take),
        set => any_conditions().prop_map(Deed::Set),
    ];
    prop::collection::vec(deed, 0..300)
}

/// A message, by its number, with its bytes and when it was sent and arrived.
#[derive(Clone, Debug, PartialEq)]
struct Delivery {
    number: u64,
    bytes: usize,
    sent: Duration,
    arrived: Duration,
}

/// Does all that, takes out what is left, and gives the deliveries and how many were pushed.
fn deliveries(first: &Conditions, seed: u64, deeds: &[Deed]) -> (Vec<Delivery>, u64) {
    let mut now = ms(77);
    let mut link = Link::new(Way::Up, first, seed, now);
    let (mut pushed, mut delivered) = (0, Vec::new());
    for deed in deeds {
        match deed {
            Deed::Push(bytes) => {
                pushed += u64::from(link.push(now, *bytes, (pushed, *bytes, now)).is_ok());
            }
            Deed::Wait(us) => now += Duration::from_micros(*us),
            Deed::Set(conditions) => link.set(conditions, now),
            Deed::Take => {
                while let Some(message) = take_by(&mut link, now) {
                    delivered.push(message);
                }
            }
        }
    }
    while let Some(due) = link.next_due() {
        delivered.push(take_by(&mut link, due).expect("it is due"));
    }
    (delivered, pushed)
}

fn take_by(link: &mut Link<(u64, usize, Duration)>, now: Duration) -> Option<Delivery> {
    let arrived = link.next_due()?;
    let (number, bytes, sent) = link.pop(now)?;
    Some(Delivery { number, bytes, sent, arrived })
}

proptest! {
    #[test]
    fn nothing_is_lost_invented_or_overtaken_even_when_conditions_change(
        first in any_conditions(), seed: u64, deeds in any_deeds(true),
    ) {
        let (delivered, pushed) = deliveries(&first, seed, &deeds);
        let numbers: Vec<u64> = delivered.iter().map(|one| one.number).collect();
        prop_assert_eq!(numbers, (0..pushed).collect::<Vec<_>>());
        prop_assert!(delivered.windows(2).all(|pair| pair[0].arrived <= pair[1].arrived));
        let sets = deeds.iter().filter_map(|deed| match deed {
            Deed::Set(conditions) => Some(*conditions),
            _ => None,
        });
        let least = |one: &Conditions| one.latency_us - one.jitter_us;
        let least = sets.chain([first]).map(|one| least(&one)).min().unwrap();
        let least = Duration::from_micros(least.into());
        prop_assert!(delivered.iter().all(|one| one.arrived >= one.sent + least));
    }

    #[test]
    fn nothing_arrives_too_soon_or_faster_than_the_bandwidth(
        conditions in any_conditions(), seed: u64, deeds in any_deeds(false),
    ) {
        let (delivered, _) = deliveries(&conditions, seed, &deeds);
        let least = Duration::from_micros((conditions.latency_us - conditions.jitter_us).into());
        let mut free_at = Duration::ZERO;
        for one in &delivered {
            // The same queue, kept apart: what cannot have left the bottleneck cannot have arrived.
            if conditions.up_bps > 0 {
                let segments = one.bytes.div_ceil(SEGMENT_BYTES).max(1);
                let bits = 8.0 * (one.bytes + segments * HEADER_BYTES) as f64;
                let time = Duration::from_secs_f64(bits / f64::from(conditions.up_bps));
                free_at = free_at.max(one.sent) + time.saturating_sub(Duration::from_nanos(2));
            }
            prop_assert!(one.arrived >= one.sent.max(free_at) + least);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_deliveries(
        first in any_conditions(), seed: u64, deeds in any_deeds(true),
    ) {
        prop_assert_eq!(deliveries(&first, seed, &deeds), deliveries(&first, seed, &deeds));
    }

    #[test]
    fn a_stream_gives_the_bytes_that_it_was_given(
        conditions in any_conditions(), seed: u64,
        writes in prop::collection::vec((0..9000usize, 0..80_000u64, 1..9000usize), 0..60),
    ) {
        let mut stream = Stream::new(Way::Down, &conditions, seed, ms(0));
        let (mut now, mut sent, mut got) = (ms(0), Vec::new(), Vec::new());
        for (length, wait, most) in writes {
            let bytes: Vec<u8> = (0..length).map(|at| (sent.len() + at) as u8).collect();
            let count = stream.write(now, &bytes);
            sent.extend_from_slice(&bytes[..count]);
            now += Duration::from_micros(wait);
            let mut buffer = vec![0; most];
            let read = stream.read(now, &mut buffer);
            got.extend_from_slice(&buffer[..read]);
        }
        while let Some(due) = stream.next_due() {
            let mut buffer = [0; 777];
            let read = stream.read(now.max(due), &mut buffer);
            prop_assert!(read > 0);
            got.extend_from_slice(&buffer[..read]);
        }
        prop_assert!(got == sent && stream.is_empty());
    }
}

#[test]
fn every_profile_carries_a_game() {
    for profile in PROFILES {
        let mut line: Duplex<u64> = Duplex::new(&profile.conditions(), 42, ms(0));
        // Thirty frames and inputs a second for a minute, as much as an arena of 64 needs.
        for tick in 0..1800 {
            let now = ms(tick * 1000 / 30);
            while line.up.pop(now).is_some() || line.down.pop(now).is_some() {}
            line.up.push(now, 20, tick).expect("there is space");
            line.down.push(now, 400, tick).expect("there is space");
        }
        let due = line.next_due().expect("the last ones are under way");
        assert!(due < ms(62_000), "{profile}: {due:?}");
    }
}
