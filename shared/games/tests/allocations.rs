//! A game that has warmed up allocates nothing in a step, however many things it moves.

use tickwire_games::{
    arena::{self, Arena},
    field::{Config, Controls, Field},
};
use tickwire_shared::{Game, PlayerId, Step, Tick, game::Outbox, record::RecordLayout};

const PLAYERS: u32 = 32;
/// Long enough that births, bites and messages have had their busiest moment.
const WARM_UP_TICKS: usize = 2400;

fn controls(player: u32, tick: Tick) -> Controls {
    let way = (tick.0 / 20 + player) as f32;
    let now = tick.0 + player;
    Controls { way, go: true, dash: now.is_multiple_of(3), call: now.is_multiple_of(64) }
}

/// How many allocations a warm game of as many players makes in some hundreds of ticks.
fn allocations<G: Game>(config: &G::Config, input: impl Fn(&mut G, PlayerId, Tick)) -> u64 {
    let (mut game, schema) = (G::init(config, 3), G::schema());
    let records: Vec<_> = schema.messages.iter().map(RecordLayout::new).collect();
    let mut outbox = Outbox::default();
    (1..=PLAYERS).for_each(|player| game.join(PlayerId(player), "somebody"));
    let mut ticks = (1..).map(Tick);
    let mut run = |count: usize| {
        for tick in ticks.by_ref().take(count) {
            (1..=PLAYERS).for_each(|player| input(&mut game, PlayerId(player), tick));
            outbox.clear();
            game.step(&mut Step::new((tick, 1.0 / 30.0), &schema, &records, &mut outbox));
        }
    };
    run(WARM_UP_TICKS);
    allocation_counter::measure(|| run(600)).count_total
}

#[test]
fn a_warm_field_allocates_nothing() {
    let config = Config { growth: 1200, foragers: 400, predators: 90 };
    let input = |field: &mut Field, player: PlayerId, tick| {
        field.input(player, &controls(player.0, tick));
    };
    assert_eq!(allocations(&config, input), 0);
}

#[test]
fn a_warm_arena_allocates_nothing_although_all_see_the_others_late() {
    let input = |arena: &mut Arena, player: PlayerId, tick: Tick| {
        arena.sight(player, player.0 as f32 / 4.0);
        let aim = (tick.0 / 20 + player.0) as f32;
        let boost = tick.0.is_multiple_of(64);
        arena.input(player, &arena::Controls { aim, thrust: 1, fire: true, boost });
    };
    assert_eq!(allocations(&arena::Config::default(), input), 0);
}
