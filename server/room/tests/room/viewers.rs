//! What a viewer may see, when the set of its segments is unusual or has just changed.

use serde::{Deserialize, Serialize};
use tickwire_room::{HostedRoom, Newcomer, Poll, Reply, Room, RoomConfig};
use tickwire_shared::{
    Belongs, Capture, Game, PlayerId, Replicate, SchemaBuilder, Step, Tick,
    message::{ClientMessage, ServerMessage},
    replica::Replica,
    schema::Schema,
    session::Token,
    slotmap::{DefaultKey, SlotMap},
};

/// Nothing in this game is public, and players are in team 1 from a tick on, and until another.
#[derive(Serialize, Deserialize)]
struct Secret {
    plans: SlotMap<DefaultKey, Plan>,
    tick: Tick,
}

#[derive(Default, Replicate, Serialize, Deserialize)]
struct Plan {
    #[replicate(team)]
    step: u8,
}

#[derive(Clone, Default, Replicate)]
struct Nothing {}

const IN_TEAM: std::ops::Range<u32> = 20..40;

impl Game for Secret {
    const NAME: &'static str = "secret";
    type Config = ();
    type Input = Nothing;

    fn schema() -> Schema {
        SchemaBuilder::new::<Self>().kind::<Plan>().build()
    }

    fn init(_: &(), _seed: u64) -> Self {
        let mut plans = SlotMap::new();
        plans.insert(Plan { step: 7 });
        Secret { plans, tick: Tick(0) }
    }

    fn join(&mut self, _player: PlayerId, _name: &str) {}
    fn leave(&mut self, _player: PlayerId) {}
    fn input(&mut self, _player: PlayerId, _input: &Nothing) {}

    fn step(&mut self, step: &mut Step<'_>) {
        self.tick = step.tick;
        self.plans.values_mut().for_each(|plan| plan.step = plan.step.wrapping_add(1));
    }

    fn replicate(&self, capture: &mut Capture<'_>) {
        let belongs = Belongs::NOBODY.team(1);
        self.plans.iter().for_each(|(key, plan)| capture.put(key, belongs, plan));
    }

    fn team(&self, player: PlayerId) -> Option<u8> {
        (player.0 > 1 || IN_TEAM.contains(&self.tick.0)).then_some(1)
    }
}

struct Table {
    room: Room<Secret>,
    players: Vec<(PlayerId, Replica)>,
}

impl Table {
    fn new(players: usize) -> Table {
        let config = RoomConfig { hash_interval: 8, ..RoomConfig::new("TEST", 30, 1) };
        let mut room: Room<Secret> = Room::new(config, &());
        let join = |_| {
            let id = room.handle_join(&Newcomer::named("p")).unwrap();
            let bytes = room.welcome(id, &Token([0; 16]));
            let Ok(ServerMessage::Welcome(welcome)) = ServerMessage::read(&bytes) else {
                panic!("a welcome was expected");
            };
            (id, Replica::new(welcome.schema, &welcome.priors, welcome.tick_hz).unwrap())
        };
        let players = (0..players).map(join).collect();
        Table { room, players }
    }

    /// Makes a tick; players read it if they want to, and say so. Returns how many hashes held.
    fn tick(&mut self, reads: bool) -> u32 {
        HostedRoom::tick(&mut self.room);
        let mut hashes = 0;
        for (id, replica) in self.players.iter_mut().filter(|_| reads) {
            let mut frame = Vec::new();
            assert_eq!(self.room.poll_frame(*id, &mut frame), Poll::Frame);
            let applied = replica.apply(&frame).unwrap();
            hashes += u32::from(applied.hash.is_some_and(|check| check.holds()));
            let mut ack = Vec::new();
            ClientMessage::Ack(applied.tick).write(&mut ack);
            self.room.handle_message(*id, &ack).unwrap();
        }
        hashes
    }
}

#[test]
fn a_viewer_that_may_see_nothing_still_gets_frames_and_forgets_what_it_saw() {
    let mut table = Table::new(1);
    for tick in 1..=60u32 {
        table.tick(true);
        let held = table.players[0].1.segments().iter().map(|held| held.rows.len()).sum::<usize>();
        assert_eq!(held, usize::from(IN_TEAM.contains(&tick)), "at tick {tick}");
    }
}

#[test]
fn evidence_never_shows_what_was_not_seen_at_the_time() {
    let mut table = Table::new(2);
    for _ in 0..25 {
        table.tick(true);
    }
    let mut mismatch = Vec::new();
    // Player 2 was in the team all along; player 1 was not yet.
    ClientMessage::Mismatch(Tick(16)).write(&mut mismatch);
    let shown = [1, 0].map(|index| {
        let (id, replica) = &mut table.players[index];
        let Reply::Send(bytes) = table.room.handle_message(*id, &mismatch).unwrap() else {
            panic!("evidence was expected");
        };
        replica.read_evidence(Tick(16), &bytes[5..]).unwrap().len()
    });
    assert_eq!(shown, [1, 0]);
}

#[test]
fn a_viewer_that_skips_ticks_is_checked_by_hash_too() {
    for period in [2, 3, 5, 8, 16, 24] {
        let mut table = Table::new(1);
        let hashes: u32 = (0..960).map(|tick| table.tick(tick % period == 1)).sum();
        assert!(hashes >= 960 / period.max(8), "{hashes} hashes, one frame in {period} ticks");
    }
}
