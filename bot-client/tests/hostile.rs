//! A server that means harm, or a line that damages: typed errors, and no panic.

mod common;

use std::time::Duration;

use common::{Drift, Rng, config};
use proptest::prelude::*;
use tickwire_bots::client::{Core, CoreError};
use tickwire_room::{HostedRoom, Newcomer, Reply, Room};
use tickwire_shared::{
    Tick,
    message::{ClientMessage, pong},
    session::Token,
};

/// A welcome, then frames, a pong, and evidence with the frame that follows it.
fn conversation() -> Vec<Vec<u8>> {
    let mut room = Room::<Drift>::new(config(Tick(u32::MAX - 10)), &Default::default());
    let player = room.handle_join(&Newcomer::named("puppet")).unwrap();
    let mut messages = vec![room.welcome(player, &Token([0; 16]))];
    let mut rng = Rng(3);
    for step in 0..24 {
        let mut input = Vec::new();
        let applied = room.now();
        let record = [rng.below(9) as u8 | (rng.below(9) as u8) << 4, 0];
        let tick = applied.next();
        ClientMessage::Input { applied, tick, behind: 0, record: &record }.write(&mut input);
        let _ = room.handle_message(player, &input);
        room.tick();
        let mut frame = Vec::new();
        room.poll_frame(player, &mut frame);
        messages.push(frame);
        if step == 12 {
            messages.push(pong(1).to_vec());
        }
        if step == 16 {
            let mut question = Vec::new();
            ClientMessage::Mismatch(room.now()).write(&mut question);
            let Ok(Reply::Send(evidence)) = room.handle_message(player, &question) else {
                panic!("the server answers")
            };
            messages.push(evidence);
        }
    }
    messages
}

#[derive(Clone, Debug)]
enum Damage {
    Flip(usize, u8),
    Set(usize, u8),
    Cut(usize),
    Insert(usize, Vec<u8>),
    Replace(Vec<u8>),
    Swap(usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..40);
    prop_oneof![
        (any::<usize>(), 0..8u8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        (0..12usize, any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        any::<usize>().prop_map(Damage::Cut),
        (any::<usize>(), bytes()).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        bytes().prop_map(Damage::Replace),
        any::<usize>().prop_map(Damage::Swap),
    ]
}

fn apply(damage: &Damage, index: usize, messages: &mut [Vec<u8>]) {
    let count = messages.len();
    let message = &mut messages[index];
    let length = message.len();
    match damage {
        Damage::Flip(at, bit) => message[at % length] ^= 1 << bit,
        Damage::Set(at, byte) => message[at % length] = *byte,
        Damage::Cut(at) => message.truncate(at % length),
        Damage::Insert(at, bytes) => {
            let at = at % length;
            message.splice(at..at, bytes.iter().copied());
        }
        Damage::Replace(bytes) => *message = [&message[..1], bytes].concat(),
        Damage::Swap(other) => messages.swap(index, other % count),
    }
}

/// Goes through a conversation as far as the core goes along; its errors.
fn listen(messages: &[Vec<u8>]) -> Vec<CoreError> {
    let mut core = Core::new("puppet", None);
    let (mut out, mut errors) = (Vec::new(), Vec::new());
    for (step, message) in messages.iter().enumerate() {
        let now = Duration::from_millis(step as u64 * 400);
        if let Err(error) = core.handle_message(message, now) {
            assert!(!error.to_string().is_empty());
            errors.push(error);
        }
        if let Some(replica) = core.replica() {
            let columns = common::world::random_columns(replica.schema(), step as u64);
            assert!(replica.messages().count() < 1000);
            let fits = core.set_input_columns(&columns);
            assert!(fits.is_ok(), "{fits:?}");
        }
        while core.poll_outgoing(now, &mut out) {
            ClientMessage::read(&out).expect("whatever comes in, what goes out is a message");
        }
    }
    errors
}

#[test]
fn the_conversation_itself_is_fine() {
    assert!(listen(&conversation()).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn damage_is_refused_or_harmless_and_never_a_panic(
        damages in prop::collection::vec((any::<prop::sample::Index>(), damage()), 1..4),
    ) {
        let mut messages = conversation();
        for (index, damage) in &damages {
            let index = index.index(messages.len());
            if !messages[index].is_empty() {
                apply(damage, index, &mut messages);
            }
        }
        listen(&messages);
    }

    #[test]
    fn anything_at_all_may_come(
        messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..64), 1..8),
    ) {
        listen(&messages);
    }
}
