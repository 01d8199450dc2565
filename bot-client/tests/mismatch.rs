//! What happens when a replica is not what it should be.

mod common;

use std::time::Duration;

use common::{Drift, World, config, drift::Settings, forge};
use tickwire_bots::client::{Core, Event, MismatchReport};
use tickwire_room::{HostedRoom, Newcomer, Poll, Reply, Room};
use tickwire_shared::{
    PlayerId, Tick,
    message::{ClientMessage, ServerMessage, kind},
    session::Token,
};

const START: Tick = Tick(u32::MAX - 20);

/// Two rooms of one game; in the second, the stone has lost some of its health.
struct Twins {
    truth: Room<Drift>,
    liar: Room<Drift>,
    player: PlayerId,
    core: Core,
    now: Duration,
}

impl Twins {
    fn new(false_hp: u8) -> Twins {
        let mut truth = Room::new(config(START), &Settings::default());
        let mut liar = Room::new(config(START), &Settings { hp: false_hp });
        let player = truth.handle_join(&Newcomer::named("puppet")).unwrap();
        assert_eq!(liar.handle_join(&Newcomer::named("puppet")), Ok(player));
        let mut core = Core::new("puppet", None);
        core.handle_message(&truth.welcome(player, &Token([0; 16])), Duration::ZERO).unwrap();
        let mut twins = Twins { truth, liar, player, core, now: Duration::ZERO };
        twins.drain();
        twins
    }

    /// Gives the client the liar's frame of the next tick, under the true hash.
    fn lie(&mut self) -> Event {
        let (truth, lie) = self.frames();
        let forged = forge(&truth, &lie);
        self.core.handle_message(&forged, self.now).unwrap()
    }

    fn frames(&mut self) -> (Vec<u8>, Vec<u8>) {
        self.now += Duration::from_millis(33);
        let (mut truth, mut lie) = (Vec::new(), Vec::new());
        self.truth.tick();
        self.liar.tick();
        assert_eq!(self.truth.poll_frame(self.player, &mut truth), Poll::Frame);
        assert_eq!(self.liar.poll_frame(self.player, &mut lie), Poll::Frame);
        (truth, lie)
    }

    /// Carries the client's messages to the true room, and the answers back.
    fn drain(&mut self) -> Option<MismatchReport> {
        let (mut message, mut report) = (Vec::new(), None);
        while self.core.poll_outgoing(self.now, &mut message) {
            if message[0] == kind::JOIN {
                continue;
            }
            let reply = self.truth.handle_message(self.player, &message).unwrap();
            let Reply::Send(bytes) = reply else { continue };
            match self.core.handle_message(&bytes, self.now).unwrap() {
                Event::Mismatch(found) => report = Some(*found),
                other => panic!("{other:?}"),
            }
        }
        report
    }
}

#[test]
fn a_false_field_is_found_by_hash_named_by_evidence_and_mended_by_the_next_frame() {
    let mut twins = Twins::new(93);
    let Event::Frame(applied) = twins.lie() else { panic!("it was a frame") };
    assert!(!applied.hash.expect("a frame that stands alone has a hash").holds());
    let report = twins.drain().expect("evidence came");
    assert_eq!((report.tick, report.total), (START.next().0, 1));
    let field = &report.fields[0];
    assert_eq!((field.kind.as_str(), field.field.as_str()), ("mote", "hp"));
    assert_eq!(
        (field.ours.as_deref(), field.theirs.as_deref()),
        (Some(&[93][..]), Some(&[100][..]))
    );
    assert_eq!(field.to_string(), "mote.hp of 0/1v1: 93 [93] here, 100 [100] on the server");
    assert!(report.missing_segments.is_empty());

    let (truth, _) = twins.frames();
    let Event::Frame(applied) = twins.core.handle_message(&truth, twins.now).unwrap() else {
        panic!("it was a frame")
    };
    assert!(applied.full && applied.hash.unwrap().holds(), "set right at once");
}

#[test]
fn a_mismatch_that_is_not_answered_is_reported_again_after_a_while() {
    let mut twins = Twins::new(1);
    let mut questions = 0;
    for _ in 0..120 {
        twins.lie();
        let mut message = Vec::new();
        while twins.core.poll_outgoing(twins.now, &mut message) {
            questions += u32::from(message[0] == kind::MISMATCH);
            // The liar gets the acknowledgements, so that it goes on.
            if message[0] != kind::MISMATCH {
                twins.liar.handle_message(twins.player, &message).unwrap();
                twins.truth.handle_message(twins.player, &message).unwrap();
            }
        }
    }
    assert_eq!(questions, 3, "in four seconds, every second and a half");
}

#[test]
fn evidence_that_nobody_asked_for_is_ignored() {
    let mut twins = Twins::new(100);
    twins.lie();
    let mut evidence = vec![kind::EVIDENCE];
    evidence.extend_from_slice(&5u32.to_le_bytes());
    assert_eq!(twins.core.handle_message(&evidence, twins.now).unwrap(), Event::Nothing);
}

#[test]
fn damaged_frames_are_noticed_and_the_client_recovers() {
    for seed in 0..40 {
        let mut world = World::<Drift>::new(Tick(u32::MAX - 100), seed);
        let index = world.join(2);
        world.run(20);
        let mut left = 1;
        let at = world.rng.next();
        world.tamper = Box::new(move |_, message| {
            if message[0] == kind::FRAME && left > 0 {
                left -= 1;
                let byte = 1 + at as usize % (message.len() - 1);
                message[byte] ^= 1 << (at >> 40 & 7);
            }
        });
        world.run(200);
        let verified = world.puppets[index].verified;
        world.run(60);
        let puppet = &world.puppets[index];
        assert!(puppet.verified > verified, "seed {seed}: hashes hold again");
        assert_eq!(puppet.core.replica().unwrap().tick(), puppet.core.latest_tick());
    }
}

#[test]
fn a_refused_frame_makes_the_client_ask_and_wait() {
    let mut twins = Twins::new(100);
    twins.lie();
    twins.drain();
    let error = twins.core.handle_message(&[kind::FRAME, 0x40, 1], twins.now).unwrap_err();
    assert_eq!(error.to_string(), "a frame could not be applied: unknown flags 0x40");
    assert!(error.is_recoverable());
    let mut question = Vec::new();
    assert!(twins.core.poll_outgoing(twins.now, &mut question));
    assert!(matches!(ClientMessage::read(&question), Ok(ClientMessage::Mismatch(_))));
    let (delta, _) = twins.frames();
    assert_eq!(twins.core.handle_message(&delta, twins.now).unwrap(), Event::Nothing);
    let Ok(Reply::Send(evidence)) = twins.truth.handle_message(twins.player, &question) else {
        panic!("the server answers")
    };
    assert!(matches!(ServerMessage::read(&evidence), Ok(ServerMessage::Evidence(..))));
    twins.core.handle_message(&evidence, twins.now).unwrap();
    let (full, _) = twins.frames();
    let event = twins.core.handle_message(&full, twins.now).unwrap();
    assert!(
        matches!(event, Event::Frame(applied) if applied.full && applied.hash.unwrap().holds())
    );
}
