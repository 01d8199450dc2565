//! A game that panics: its room is made again or closed, and no other room notices.

use tickwire_room::AdminAction;
use tickwire_shared::{
    PlayerId, Tick,
    message::{ClientMessage, Join},
    room_message::{FIRST_INDEX, RoomMessage},
};

use tracing_subscriber::layer::SubscriberExt;

use super::*;
use crate::{
    logging::Tail,
    test_game::{BOMB, Dot, FICKLE, FUSE, PANIC, SPOILT, TRIP, UNLUCKY},
    test_viewer::{framed, join_with},
};

/// Two in a room, and one in another room of the same shard.
struct Party {
    world: World,
    culprit: Client,
    mate: Client,
    stranger: Client,
    /// What the server said to the mate.
    said: Vec<String>,
}

impl Party {
    fn new() -> Self {
        let mut world = World::new(config(), Setup::default());
        let culprit = world.connect(&Wanted::Create(None), 1 << 20);
        world.pass(Duration::from_millis(50));
        let room = world.directory.rooms()[0].code.clone();
        let mate = world.connect(&Wanted::Room(room), 1 << 20);
        let stranger = world.connect(&Wanted::Create(None), 1 << 20);
        let mut party = Party { world, culprit, mate, stranger, said: Vec::new() };
        party.play(1000);
        party
    }

    /// Lets so many milliseconds pass, everybody reading all the time.
    fn play(&mut self, millis: u64) {
        for _ in 0..millis / 2 {
            self.world.pass(Duration::from_millis(2));
            for client in [&mut self.culprit, &mut self.mate, &mut self.stranger] {
                client.read();
            }
            self.said.extend(said(&self.mate));
            self.said.dedup();
        }
    }

    /// Lets time pass until the game has panicked, and no longer.
    fn play_until_panic(&mut self) {
        let World { shard, metrics, now, .. } = &mut self.world;
        while metrics.panics.get() == 0 {
            let Next::At(when) = shard.turn(&|| now.get()) else { panic!("rooms are awake") };
            now.set(when.max(now.get()));
        }
    }

    fn push(&self, x: i8) {
        self.culprit.send(&self.culprit.viewer.input(2, x).expect("a frame came"));
    }

    /// The sum of the culprit's pushes, as the mate sees it.
    fn pushed(&self) -> u32 {
        let replica = self.mate.viewer.replica.as_ref().expect("a welcome came");
        let dots: Vec<_> = replica.iter::<Dot>().map(|(_, dot)| dot).collect();
        dots.iter().find(|dot| dot.player == 1).expect("its dot is there").pushed
    }

    /// The other room has missed no tick, and everything in it was right.
    fn stranger_is_well(&self, ticks: u32) {
        assert!(self.stranger.frames >= ticks - 2, "{} frames", self.stranger.frames);
        assert_eq!(self.stranger.viewer.checked, self.stranger.frames);
        assert_eq!(self.stranger.close, None);
    }
}

/// What the server said in a client's last frame.
fn said(client: &Client) -> Option<String> {
    let replica = client.viewer.replica.as_ref()?;
    let mut messages = replica.messages().filter(|(index, _)| *index >= usize::from(FIRST_INDEX));
    messages.find_map(|(index, body)| match RoomMessage::read(index as u8, body) {
        Ok(Some(RoomMessage::Chat(id, line))) if id.0 == 0 => Some(line.to_owned()),
        _ => None,
    })
}

#[test]
fn a_room_whose_game_panics_goes_on_from_its_last_whole_tick() {
    for x in [PANIC, TRIP] {
        let mut party = Party::new();
        party.push(5);
        party.play(100);
        let (before, tick) = (party.pushed(), party.mate.viewer.tick());
        assert!(before >= 5, "the push has come");
        party.push(x);
        party.play(500);
        assert_eq!(party.world.metrics.panics.get(), 1);
        for client in [&party.culprit, &party.mate] {
            assert_eq!(client.close, None);
            assert_eq!(client.viewer.checked, client.frames, "every hash held");
            assert_eq!(client.viewer.full, 2, "everything is told anew once");
        }
        assert!(party.pushed() >= before, "nothing that was done is lost");
        assert!(party.mate.viewer.tick().map(|now| now.since(tick.unwrap_or(Tick(0)))) > Some(60));
        assert_eq!(
            party.said,
            ["the game stopped because of an error, and goes on from where it was"]
        );
        party.stranger_is_well(240 * 3 / 2);
        // And it is played on.
        let now = party.pushed();
        party.push(1);
        party.play(100);
        assert!(party.pushed() > now);
    }
}

#[test]
fn who_makes_the_game_panic_by_coming_in_does_not_get_in_and_the_others_play_on() {
    let mut party = Party::new();
    let room = party.world.directory.rooms()[0].code.clone();
    let entrance = Entrance::Seat(party.world.seat(&Wanted::Room(room)));
    let ClientMessage::Join(join) = join_with(None) else { panic!("it is a join") };
    let join = ClientMessage::Join(Join { name: UNLUCKY.to_owned(), ..join });
    let mut unlucky = party.world.enter(entrance, 1 << 20, None, framed(&join));
    party.play(500);
    unlucky.read();
    assert_eq!((unlucky.close, unlucky.frames), (Some(4008), 0));
    assert_eq!(party.world.metrics.panics.get(), 1);
    for client in [&party.culprit, &party.mate] {
        assert_eq!((client.close, client.viewer.full), (None, 2));
        assert_eq!(client.viewer.checked, client.frames);
    }
    assert_eq!(party.world.directory.rooms()[0].players(), 2, "its seat is free again");
    assert_eq!(party.said.len(), 1);
    party.stranger_is_well(240 * 3 / 2);
}

#[test]
fn a_room_whose_game_panics_again_and_again_is_closed_with_a_reason() {
    let mut party = Party::new();
    party.push(BOMB);
    party.play(3000);
    assert_eq!(party.world.metrics.panics.get(), 2);
    assert_eq!((party.culprit.close, party.mate.close), (Some(4008), Some(4008)));
    assert_eq!(party.world.directory.rooms().len(), 1, "nobody else comes to it");
    party.stranger_is_well(240 * 4 - FUSE);
}

/// What the log says that keeps a game from being made again, which goes wrong within three seconds.
fn why_not(mut party: Party) -> Vec<String> {
    let tail = Tail::default();
    let subscriber = tracing_subscriber::registry().with(tail.clone());
    tracing::subscriber::with_default(subscriber, || party.play(3000));
    assert_eq!((party.culprit.close, party.mate.close), (Some(4008), Some(4008)));
    let lines = tail.after(0, usize::MAX).lines.into_iter().map(|line| line.text);
    lines.filter(|line| line.starts_with("the game cannot be made again")).collect()
}

#[test]
fn the_log_says_why_a_game_cannot_be_made_again() {
    let party = Party::new();
    party.push(BOMB);
    let said = why_not(party);
    let [line] = &said[..] else { panic!("{said:?}") };
    assert!(line.ends_with(" why=it has panicked again too soon"), "{line}");
    let mut party = Party::new();
    party.push(PANIC);
    party.play_until_panic();
    FICKLE.set(true);
    let said = why_not(party);
    FICKLE.set(false);
    let [line] = &said[..] else { panic!("{said:?}") };
    let differs = " why=the game does not do again what it did: after tick ";
    assert!(line.contains(differs), "{line}");
}

#[test]
fn a_second_panic_long_after_the_first_is_as_good_as_the_first() {
    let mut party = Party::new();
    for round in 1..=2 {
        party.push(PANIC);
        party.play(11_000);
        assert_eq!(party.world.metrics.panics.get(), round);
        assert_eq!((party.culprit.close, party.mate.close), (None, None));
    }
}

#[test]
fn a_player_that_goes_while_the_room_is_made_again_is_gone_afterwards() {
    let mut party = Party::new();
    party.push(PANIC);
    party.culprit.send(&framed(&ClientMessage::Leave));
    party.play(500);
    assert_eq!(party.mate.close, None);
    assert_eq!(party.world.directory.rooms()[0].players(), 1);
    assert_eq!(party.mate.viewer.checked, party.mate.frames);
}

#[test]
fn who_makes_the_game_panic_by_its_welcome_is_let_go_and_the_others_play_on() {
    for looks in [true, false] {
        let mut party = Party::new();
        let room = Arc::clone(&party.world.directory.rooms()[0]);
        let come = |party: &Party| match looks {
            true => party.world.look(&room, None),
            false => party.world.connect(&Wanted::Room(room.code.clone()), 1 << 20),
        };
        SPOILT.set(true);
        let mut unlucky = come(&party);
        party.play(500);
        unlucky.read();
        assert_eq!((unlucky.close, unlucky.frames), (Some(4008), 0), "{looks}");
        assert_eq!(party.world.metrics.panics.get(), 1);
        for client in [&party.culprit, &party.mate] {
            assert_eq!((client.close, client.viewer.full), (None, 2));
            assert_eq!(client.viewer.checked, client.frames);
        }
        assert_eq!(room.players(), 2, "it has no seat");
        party.stranger_is_well(240 * 3 / 2);
        let mut again = come(&party);
        party.play(100);
        again.read();
        assert!(again.close.is_none() && again.frames > 0, "{looks}");
    }
}

#[test]
fn the_operator_sees_and_changes_nothing_while_a_room_is_made_again() {
    for wish in [Wish::Report, Wish::Meter(60), Wish::Moderate(AdminAction::Kick(PlayerId(2)))] {
        let mut party = Party::new();
        let room = Arc::clone(&party.world.directory.rooms()[0]);
        party.push(PANIC);
        party.play_until_panic();
        assert!(matches!(party.world.wish(&room, wish), Some(Said::NotNow)), "{wish:?}");
        party.play(500);
        assert!(!matches!(party.world.wish(&room, wish), Some(Said::NotNow)), "{wish:?}");
    }
    let mut party = Party::new();
    let room = Arc::clone(&party.world.directory.rooms()[0]);
    party.push(PANIC);
    party.play_until_panic();
    let mut window = party.world.look(&room, None);
    party.play(500);
    window.read();
    assert_eq!((window.close, window.frames), (Some(4009), 0));
    assert_eq!((party.mate.close, party.world.metrics.panics.get()), (None, 1));
}
