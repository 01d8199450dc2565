//! Connections on a bad network.

use tickwire_shared::message::ClientMessage;

use super::*;
use crate::test_viewer::framed;

const MS: Duration = Duration::from_millis(1);

fn net(text: &str) -> Conditions {
    text.parse().expect("a network")
}

fn ask(client: &Client, text: &str) {
    client.send(&framed(&ClientMessage::Net(net(text))));
}

/// Lets a while pass in which these clients read, and acknowledge, all that comes.
fn play(world: &mut World, clients: &mut [&mut Client], time: Duration) {
    let until = world.now.get() + time;
    while world.now.get() < until {
        world.pass(MS);
        for client in clients.iter_mut().filter(|one| !one.wire.lock().to_client.is_empty()) {
            client.read();
        }
    }
}

/// How many ticks one client is behind another.
fn behind(first: &Client, second: &Client) -> i32 {
    let tick = |client: &Client| client.viewer.tick().expect("a frame came");
    tick(first).since(tick(second))
}

#[test]
fn what_is_said_and_heard_takes_its_time_and_every_hash_holds() {
    let mut world = World::new(config(), Setup::default());
    let mut near = world.connect(&Wanted::Game(None), 1 << 20);
    let on = Some(net("latency=50ms,jitter=10ms,loss=1%"));
    let mut far = world.connect_on(&Wanted::Game(None), 1 << 20, on);
    play(&mut world, &mut [&mut near, &mut far], 79 * MS);
    assert_eq!((near.frames > 10, far.frames), (true, 0), "there and back is 80 ms at least");
    play(&mut world, &mut [&mut near, &mut far], Duration::from_secs(10));
    assert_eq!(world.metrics.impaired.get(), 1);
    assert!(far.frames > 2000 && far.viewer.checked == far.frames, "{} frames", far.frames);
    let behind = behind(&near, &far);
    assert!(behind >= 9, "{behind} ticks of 240 a second behind, 40 ms at least");
}

#[test]
fn what_is_due_between_two_ticks_does_not_wait_for_the_next() {
    let config = Config { tick_hz: Some(5), ..config() };
    let mut world = World::new(config, Setup::default());
    let mut near = world.connect(&Wanted::Game(None), 1 << 20);
    let mut far = world.connect_on(&Wanted::Game(None), 1 << 20, Some(net("latency=30ms")));
    play(&mut world, &mut [&mut near, &mut far], 1000 * MS);
    let frames = near.frames;
    while near.frames == frames {
        play(&mut world, &mut [&mut near], MS);
    }
    far.read();
    let frames = far.frames;
    play(&mut world, &mut [&mut far], 28 * MS);
    assert_eq!(far.frames, frames);
    play(&mut world, &mut [&mut far], 5 * MS);
    assert_eq!(far.frames, frames + 1);
}

#[test]
fn a_client_makes_its_own_network_bad_and_good_again() {
    let config = Config { tick_hz: Some(60), ..config() };
    let mut world = World::new(config, Setup::default());
    let mut other = world.connect(&Wanted::Game(None), 1 << 20);
    let mut client = world.connect(&Wanted::Game(None), 1 << 20);
    play(&mut world, &mut [&mut other, &mut client], 100 * MS);
    assert!(behind(&other, &client) <= 1);

    ask(&client, "latency=200ms");
    // The room takes a while to find that the way is long, and not full.
    play(&mut world, &mut [&mut other, &mut client], 4000 * MS);
    let far = behind(&other, &client);
    assert!((12..=13).contains(&far), "{far} ticks behind");
    ask(&client, "latency=20ms");
    play(&mut world, &mut [&mut other, &mut client], 1000 * MS);
    let near = behind(&other, &client);
    assert!((1..=3).contains(&near), "{near} ticks behind");
    assert_eq!(world.metrics.impaired.get(), 1);

    ask(&client, "none");
    play(&mut world, &mut [&mut other, &mut client], 1000 * MS);
    assert!(behind(&other, &client) <= 1);
    assert_eq!(world.metrics.impaired.get(), 0, "nothing is left of it");
    for held in [&client, &other] {
        assert_eq!((held.viewer.checked, held.close), (held.frames, None));
    }
}

#[test]
fn who_may_not_ask_for_a_network_is_ignored_and_counted() {
    let config = Config { net_control: Some(false), ..config() };
    let mut world = World::new(config, Setup::default());
    let mut client = world.connect(&Wanted::Game(None), 1 << 20);
    play(&mut world, &mut [&mut client], 100 * MS);
    let frames = client.frames;
    ask(&client, "blackout=60s");
    play(&mut world, &mut [&mut client], 100 * MS);
    assert!(client.frames >= frames + 20 && client.close.is_none());
    assert_eq!((world.metrics.impaired.get(), world.metrics.ignored_nets.get()), (0, 1));
}

#[test]
fn nobody_else_feels_a_network_that_takes_less_than_is_sent() {
    let mut world = World::new(config(), Setup { dots: 500, ..Setup::default() });
    let mut witness = world.connect(&Wanted::Game(None), 1 << 20);
    let narrow = Some(net("latency=20ms,down=100kbit"));
    let mut slow = world.connect_on(&Wanted::Game(None), 1 << 20, narrow);
    play(&mut world, &mut [&mut witness, &mut slow], Duration::from_secs(2));
    let (frames, ticks) = (witness.frames, world.metrics.ticks.get());
    let mut most_unsent = 0;
    for _ in 0..3000 {
        play(&mut world, &mut [&mut witness, &mut slow], MS);
        most_unsent = most_unsent.max(world.most_unsent());
    }
    let made = world.metrics.ticks.get() - ticks;
    assert_eq!(u64::from(witness.frames - frames), made, "the witness missed nothing");
    assert!(most_unsent <= 64 * 1024, "{most_unsent} bytes waited");
    assert!(u64::from(slow.frames) < made / 2 && slow.viewer.checked == slow.frames);
}

#[test]
fn a_close_is_not_held_up_by_a_bad_network() {
    let mut world = World::new(config(), Setup::default());
    let on = Some(net("latency=2s"));
    let mut client = world.connect_on(&Wanted::Game(None), 1 << 20, on);
    play(&mut world, &mut [&mut client], 5000 * MS);
    assert!(client.frames > 100);
    world.inbox.send(Command::Shutdown).expect("the shard is there");
    play(&mut world, &mut [&mut client], 100 * MS);
    assert_eq!(client.close, Some(1001));
    assert_eq!(client.viewer.checked, client.frames);
    assert!(client.wire.lock().finished);
}
