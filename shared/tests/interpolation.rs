//! How steady the picture is over bad networks: a ship at 30 ticks a second, drawn 60 times a second.
//!
//! All in virtual time and from seeds, which are said when something fails. Steps are counted in
//! *even steps*: how far the ship really comes from one picture to the next.

use std::time::Duration;

use tickwire_shared::{
    Tick,
    glam::Vec2,
    link::{Link, Profile, Way},
    netcode::{Blend, Interpolation},
};

const HZ: u32 = 30;
const FPS: u32 = 60;
/// Units a second.
const SPEED: f32 = 330.0;
/// So many times as fast is no way to fly.
const JUMP: f32 = 1.5;
/// Units a picture.
const EVEN: f32 = SPEED / FPS as f32;
const SECONDS: u32 = 120;
/// What happens before is not judged: nothing is known of the network yet.
const SETTLED: u32 = 6 * FPS;
/// On the Wi-Fi of the 19th a packet is lost twice in a row, which usual networks hardly ever do.
const SEEDS: std::ops::Range<u64> = 14..20;
/// A frame of a few ships.
const FRAME_BYTES: usize = 300;
/// The farthest that things go on without a frame, in seconds: see `tracks.rs`.
const COAST_SECONDS: f32 = 0.12;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Ship(Vec2);

impl Blend for Ship {
    type Way = [f32; 2];

    fn way(&self, to: &Ship) -> [f32; 2] {
        (to.0 - self.0).to_array()
    }

    fn moved(&self, way: &[f32; 2]) -> Ship {
        Ship(self.0 + Vec2::from_array(*way))
    }

    fn is_jump(&self, to: &Ship, ticks: f32) -> bool {
        self.0.distance(to.0) > JUMP * SPEED / HZ as f32 * ticks
    }
}

type Motion = fn(u32) -> Vec2;

fn straight(tick: u32) -> Vec2 {
    Vec2::new(SPEED * tick as f32 / HZ as f32, 0.0)
}

fn circle(tick: u32) -> Vec2 {
    160.0 * Vec2::from_angle(SPEED * tick as f32 / HZ as f32 / 160.0)
}

/// Back and forth, with a turn on the spot every second.
fn zigzag(tick: u32) -> Vec2 {
    let (lap, part) = (tick / HZ, (tick % HZ) as f32 / HZ as f32);
    Vec2::new(SPEED * if lap.is_multiple_of(2) { part } else { 1.0 - part }, 0.0)
}

/// A screen that shows what comes over a network.
struct Screen {
    link: Link<u32>,
    view: Interpolation<u32, Ship>,
    /// The next tick that the server makes, and the newest that has come.
    next: u32,
    newest: u32,
    pictures: u32,
    drawn: f64,
    /// How often time leapt.
    leaps: u32,
}

impl Screen {
    fn new(profile: Profile, seed: u64) -> Screen {
        let link = Link::new(Way::Down, &profile.conditions(), seed, Duration::ZERO);
        let view = Interpolation::new(HZ);
        Screen { link, view, next: 1, newest: 0, pictures: 0, drawn: -1e9, leaps: 0 }
    }

    /// Draws the next picture of what `states` says that there is at each tick. False when time leapt
    /// for it.
    fn draw<I>(&mut self, states: impl Fn(u32) -> I) -> bool
    where
        I: IntoIterator<Item = (u32, Tick, Ship)>,
    {
        self.pictures += 1;
        let now = Duration::from_secs(1) * self.pictures / FPS;
        while Duration::from_secs(1) * self.next / HZ <= now {
            // When the buffer is full, the server skips the tick.
            let _ = self.link.push(Duration::from_secs(1) * self.next / HZ, FRAME_BYTES, self.next);
            self.next += 1;
        }
        while let Some(due) = self.link.next_due().filter(|due| *due <= now) {
            self.newest = self.link.pop(due).expect("it is due");
            self.view.record(Tick(self.newest), due, states(self.newest));
        }
        self.view.update(now);
        self.goes_on()
    }

    fn goes_on(&mut self) -> bool {
        let Some((tick, share)) = self.view.clock().drawn() else { return true };
        let ticks = f64::from(tick.0 as i32) + share - self.drawn;
        assert!(ticks >= 0.0, "time ran back by {ticks}");
        let has_leapt = ticks > 1.0;
        (self.drawn, self.leaps) = (self.drawn + ticks, self.leaps + u32::from(has_leapt));
        !has_leapt
    }
}

/// What was seen of a ship, once it had settled.
#[derive(Debug, Default)]
struct Seen {
    /// The largest step while time did not leap, in even steps.
    most: f32,
    /// Steps that were longer by a fifth or more, in a thousand.
    long: f32,
    /// The largest step back along x, in units, and the farthest beyond the newest known place.
    back: f32,
    beyond: f32,
    /// Pictures without a later state, in a thousand of all.
    dry: f32,
    leaps: u32,
    /// In ticks on average: what the clock was meant to be behind, and was behind the server.
    delay: f64,
    behind: f64,
}

/// Draws a ship that is sent every `stride` ticks.
fn watch(profile: Profile, seed: u64, motion: Motion, stride: u32) -> Seen {
    let mut screen = Screen::new(profile, seed);
    let (mut seen, mut last, mut counted) = (Seen::default(), None, 0.0);
    for picture in 1..SECONDS * FPS {
        let known = |tick| tick - tick % stride;
        let goes_on = screen.draw(|tick| [(1, Tick(known(tick)), Ship(motion(known(tick))))]);
        let Some(Ship(place)) = screen.view.get(1).copied() else {
            assert_eq!(last, None, "picture {picture}: it is gone");
            continue;
        };
        let before = last.replace(place).filter(|_| picture > SETTLED);
        let Some(before) = before else { continue };
        counted += 1.0;
        if goes_on {
            let step = place.distance(before) / EVEN;
            seen.most = seen.most.max(step);
            seen.long += if step > 1.2 { 1000.0 } else { 0.0 };
        }
        seen.back = seen.back.max(before.x - place.x);
        seen.beyond = seen.beyond.max(place.x - motion(screen.newest).x);
        let clock = screen.view.clock();
        seen.dry += if clock.buffered() < 0.0 { 1000.0 } else { 0.0 };
        seen.delay += clock.delay();
        seen.behind += f64::from(picture) * f64::from(HZ) / f64::from(FPS) - screen.drawn;
    }
    seen.leaps = screen.leaps;
    seen.long /= counted as f32;
    seen.dry /= counted as f32;
    seen.delay /= counted;
    seen.behind /= counted;
    seen
}

/// Watches all seeds; `check` says whether it is well.
fn watch_all(profile: Profile, motion: Motion, stride: u32, check: impl Fn(&Seen) -> bool) {
    for seed in SEEDS {
        let seen = watch(profile, seed, motion, stride);
        println!("{profile} seed {seed}: {seen:?}");
        assert!(check(&seen), "{profile}, seed {seed}: {seen:?}");
    }
}

/// Networks that lose packets, but are never gone.
const USUAL: [Profile; 3] = [Profile::Wifi, Profile::FourG, Profile::Transatlantic];

/// The part of an error that the first picture after it takes away.
const FADED: f32 = 0.17;
/// How far beyond the newest tick time goes on, in seconds: see `render_clock.rs`.
const AHEAD_SECONDS: f32 = 0.25;
/// What a step can be at most, in even steps: time runs a little faster, and an error is led back.
/// That is how far it went on after it was seen to come to a halt.
const AHEAD: f32 = 1.1 + FADED * (AHEAD_SECONDS - COAST_SECONDS) * FPS as f32;
/// Or both that it coasted the one way, and that it went the other.
const TURNED: f32 = 1.1 + FADED * (AHEAD_SECONDS + COAST_SECONDS) * FPS as f32;
/// Or, after time has leapt, the largest error that is led back and not jumped over: three times as
/// far as things coast, at the speed that counts as a jump.
const LEAPT: f32 = 1.1 + FADED * 3.0 * COAST_SECONDS * JUMP * FPS as f32;

#[test]
fn on_a_usual_network_what_flies_straight_is_seen_to_fly_straight() {
    for profile in USUAL {
        watch_all(profile, straight, 1, |seen| {
            seen.most < AHEAD
                && seen.long < 2.0
                && seen.back == 0.0
                && seen.beyond < COAST_SECONDS * SPEED + 0.1
                && seen.dry < 15.0
                && seen.leaps == 1
        });
    }
}

#[test]
fn on_a_usual_network_no_step_of_what_turns_is_much_longer_than_it_should_be() {
    for profile in USUAL {
        // It coasts straight on, and off the circle.
        watch_all(profile, circle, 1, |seen| seen.most < AHEAD + 0.1 && seen.long < 2.0);
        watch_all(profile, zigzag, 1, |seen| seen.most < TURNED && seen.long < 5.0);
    }
}

#[test]
fn what_is_drawn_is_little_behind_what_has_come() {
    watch_all(Profile::None, circle, 1, |seen| seen.most < 1.001 && seen.behind < 1.6);
    // The delay is half of a round trip, the jitter, and what it takes to get over a loss for a while.
    let ticks = |profile: Profile| profile.conditions().latency_us as f64 / 1e6 * f64::from(HZ);
    for profile in USUAL {
        watch_all(profile, circle, 1, |seen| seen.behind < ticks(profile) + 2.6);
    }
}

#[test]
fn on_a_train_nothing_is_seen_to_fly_back_or_far_ahead_and_errors_are_led_back() {
    watch_all(Profile::Train, straight, 1, |seen| {
        // Two seconds in thirty are dark, and now and then a packet is lost twice.
        seen.most < LEAPT
            && seen.back == 0.0
            && seen.beyond < COAST_SECONDS * SPEED + 0.1
            && seen.leaps < 3 * SECONDS / 30
    });
    watch_all(Profile::Train, circle, 1, |seen| seen.most < LEAPT);
    watch_all(Profile::Train, zigzag, 1, |seen| seen.most < LEAPT);
}

#[test]
fn what_is_sent_every_eighth_tick_flies_as_evenly_as_what_is_sent_every_tick() {
    for profile in USUAL {
        watch_all(profile, straight, 8, |seen| {
            seen.most < AHEAD && seen.long < 2.0 && seen.back == 0.0
        });
    }
}

#[test]
fn what_gets_far_and_is_sent_less_often_is_never_gone_for_it_nor_seen_to_go_back() {
    for seed in SEEDS {
        let mut screen = Screen::new(Profile::Lan, seed);
        // For two seconds it is near, then for four it is far.
        let known = |tick: u32| if tick % 180 < 60 { tick } else { tick - tick % 8 };
        let mut before = 0.0;
        for picture in 1..SECONDS * FPS {
            screen.draw(|tick| [(1, Tick(known(tick)), Ship(straight(known(tick))))]);
            let place = screen.view.get(1).map(|ship| ship.0.x);
            let said = format!("seed {seed}, picture {picture}: {before} to {place:?}");
            if picture > FPS {
                let step = place.expect(&said) - before;
                assert!((0.0..2.0 * EVEN).contains(&step), "{said}");
            }
            before = place.unwrap_or(0.0);
        }
    }
}

/// Is somewhere else every two seconds, and lives half of the time: each life farther away.
fn restless(tick: u32) -> impl Iterator<Item = (u32, Tick, Ship)> {
    let lap = tick / (2 * HZ);
    let along = straight(tick % (2 * HZ)).x;
    let lives = tick % (2 * HZ) < HZ;
    let ships =
        [(1, Vec2::new(along, lap as f32 * 1000.0)), (2, Vec2::new(along, lap as f32 * -1000.0))];
    let all = ships.into_iter().filter(move |(id, _)| *id == 1 || lives);
    all.map(move |(id, place)| (id, Tick(tick), Ship(place)))
}

#[test]
fn what_is_put_elsewhere_comes_or_goes_is_never_seen_on_the_way() {
    for (profile, seed) in [Profile::Wifi, Profile::Train].into_iter().zip(SEEDS) {
        let mut screen = Screen::new(profile, seed);
        let mut last: [Option<Vec2>; 3] = [None; 3];
        let mut lives = 0;
        for picture in 1..SECONDS * FPS {
            let goes_on = screen.draw(restless);
            for (id, last) in last.iter_mut().enumerate() {
                let place = screen.view.get(id as u32).map(|ship| ship.0);
                let before = std::mem::replace(last, place);
                let Some(place) = place else { continue };
                let said = format!(
                    "{profile} seed {seed}, picture {picture}, ship {id}: {before:?} to {place}"
                );
                assert!(place.y % 1000.0 == 0.0, "{said}");
                let stays = before.filter(|before| before.y == place.y);
                lives += u32::from(id == 2 && stays.is_none());
                if let Some(before) = stays.filter(|_| goes_on) {
                    assert!(before.distance(place) < LEAPT * EVEN, "{said}");
                } else if goes_on {
                    // Where it came out, or as far as it got before anybody knew.
                    let farthest = AHEAD_SECONDS * SPEED + EVEN;
                    assert!((-EVEN..farthest).contains(&place.x), "{said}");
                }
            }
        }
        assert!(lives >= SECONDS / 2 - 6, "{profile} seed {seed}: {lives} lives were seen");
    }
}

#[test]
fn once_warm_neither_frames_nor_pictures_allocate() {
    let mut screen = Screen::new(Profile::Wifi, 1);
    let ships = |tick| (0..50).map(move |id| (id, Tick(tick), Ship(circle(tick + id))));
    (0..20 * FPS).for_each(|_| assert!(screen.draw(ships) || screen.leaps == 1));
    let info = allocation_counter::measure(|| {
        let now = Duration::from_secs(1) * screen.pictures / FPS;
        for step in 1..200 {
            let (tick, now) = (screen.newest + step, now + Duration::from_secs(1) * step / HZ);
            screen.view.record(Tick(tick), now, ships(tick));
            screen.view.update(now);
            screen.view.update(now + Duration::from_millis(16));
        }
    });
    assert_eq!(screen.view.iter().count(), 50);
    assert_eq!(info.count_total, 0, "{info:?}");
}

#[test]
fn a_server_that_was_started_anew_is_followed_from_its_first_frame() {
    let mut view: Interpolation<u32, Ship> = Interpolation::new(HZ);
    let at = |tick: u32| Duration::from_secs(1) * tick / HZ;
    for tick in 0..30 {
        let server = if tick < 20 { tick + 1000 } else { tick };
        view.record(Tick(server), at(tick), [(1, Tick(server), Ship(straight(server)))]);
        view.update(at(tick));
    }
    let x = view.get(1).expect("it is to be seen").0.x;
    assert!((x - straight(29).x + 1.5 * 2.0 * EVEN).abs() < 0.1, "{x}");
    assert!((view.behind(Tick(32)) - 4.5).abs() < 1e-3, "{}", view.behind(Tick(32)));
}
