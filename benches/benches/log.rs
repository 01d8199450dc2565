//! What a room's log takes: each tick its inputs, in some a hash of the world, and in few a keyframe.
//!
//! The ticks are those of rooms without viewers that read, so that what the log takes stands out.

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use tickwire_benches::{clock::timed, worlds::field::CROWDED};
use tickwire_games::{
    arena::{self, Arena},
    field::{self, Field},
};
use tickwire_room::{HostedRoom, Newcomer, Room, RoomConfig};
use tickwire_shared::{
    Game, PlayerId, Replicate, Tick, message::ClientMessage, record::RecordLayout,
    schema::MAX_COLUMNS,
};

/// Never, in a bench.
const NEVER: u32 = 1 << 30;
/// Long enough that what happens in a game has begun to happen.
const WARM_UP_TICKS: u32 = 300;
/// Of each, how often there is a keyframe, and how often a hash; 0 keyframes is no log.
const LOGS: [(&str, u32, u32); 4] = [
    ("no log", 0, 8),
    ("inputs", NEVER, NEVER),
    ("inputs, and a hash each tick", NEVER, 1),
    ("inputs, and a keyframe each tick", 1, NEVER),
];

/// A room whose players all do something else in each tick.
struct Bench<G: Game> {
    room: Room<G>,
    players: Vec<PlayerId>,
    record: RecordLayout,
    controls: fn(u32) -> G::Input,
}

impl<G: Game> Bench<G> {
    fn new(room: RoomConfig, game: &G::Config, controls: fn(u32) -> G::Input) -> Self {
        let never = RoomConfig { silence_ticks: NEVER, stall_ticks: NEVER, ..room };
        let mut room = Room::<G>::new(never, game);
        let join = |_| room.handle_join(&Newcomer::named("bench")).expect("there is space");
        let players = (0..16).map(join).collect();
        let record = RecordLayout::new(&G::schema().input);
        let mut bench = Bench { room, players, record, controls };
        (0..WARM_UP_TICKS).for_each(|_| bench.tick());
        bench
    }

    fn tick(&mut self) {
        let (applied, mut message) = (self.room.now(), Vec::new());
        let mut columns = [0; MAX_COLUMNS];
        for player in &self.players {
            let input = (self.controls)(applied.0 + 37 * player.0);
            input.quantise(&mut columns[..G::Input::COLUMNS]);
            let mut record = Vec::new();
            self.record.pack(&columns[..G::Input::COLUMNS], &mut record);
            let tick: Tick = applied.next();
            message.clear();
            ClientMessage::Input { applied, tick, behind: 0, record: &record }.write(&mut message);
            self.room.handle_message(*player, &message).expect("it is understood");
        }
        self.room.tick();
    }
}

fn of_game<G: Game>(criterion: &mut Criterion, game: &G::Config, controls: fn(u32) -> G::Input) {
    let mut group = criterion.benchmark_group(format!("log/tick of 16 players, {}", G::NAME));
    group.sample_size(20).warm_up_time(Duration::from_millis(300));
    group.measurement_time(Duration::from_secs(2));
    for (name, keyframe_ticks, hash_interval) in LOGS {
        let config = RoomConfig::new("BENCH", G::TICK_HZ, 7);
        let config = RoomConfig { keyframe_ticks, hash_interval, ..config };
        let mut bench = Bench::<G>::new(config, game, controls);
        let mut ticks = |rounds: u64| timed(|| (0..rounds).for_each(|_| bench.tick())).1;
        group.bench_function(name, |bencher| bencher.iter_custom(&mut ticks));
        let bytes = bench.room.log().newer.len();
        println!("{name}: {bytes} bytes in the chunk that is being written");
    }
}

fn arena(criterion: &mut Criterion) {
    of_game::<Arena>(criterion, &arena::Config::default(), |tick| arena::Controls {
        aim: tick as f32 / 20.0,
        thrust: 1,
        fire: true,
        boost: tick.is_multiple_of(64),
    });
}

fn field(criterion: &mut Criterion) {
    of_game::<Field>(criterion, &CROWDED, |tick| field::Controls {
        way: tick as f32 / 30.0,
        go: true,
        dash: tick % 90 < 30,
        call: tick.is_multiple_of(200),
    });
}

criterion_group!(benches, arena, field);
criterion_main!(benches);
