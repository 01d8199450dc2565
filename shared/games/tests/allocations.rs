//! A field that has warmed up allocates nothing in a step, however many creatures it moves.

use tickwire_games::field::{Config, Controls, Field};
use tickwire_shared::{Game, PlayerId, Step, Tick, game::Outbox, record::RecordLayout};

const PLAYERS: u32 = 32;
/// Long enough that births, bites and messages have had their busiest moment.
const WARM_UP_TICKS: usize = 2400;

fn controls(player: u32, tick: Tick) -> Controls {
    let way = (tick.0 / 20 + player) as f32;
    let now = tick.0 + player;
    Controls { way, go: true, dash: now.is_multiple_of(3), call: now.is_multiple_of(64) }
}

#[test]
fn a_warm_field_allocates_nothing() {
    let config = Config { growth: 1200, foragers: 400, predators: 90 };
    let (mut field, schema) = (Field::init(&config, 3), Field::schema());
    let records: Vec<_> = schema.messages.iter().map(RecordLayout::new).collect();
    let mut outbox = Outbox::default();
    (1..=PLAYERS).for_each(|player| field.join(PlayerId(player), "somebody"));
    let mut ticks = (1..).map(Tick);
    let mut run = |count: usize| {
        for tick in ticks.by_ref().take(count) {
            (1..=PLAYERS).for_each(|player| field.input(PlayerId(player), &controls(player, tick)));
            outbox.clear();
            field.step(&mut Step::new((tick, 1.0 / 30.0), &schema, &records, &mut outbox));
        }
    };
    run(WARM_UP_TICKS);
    let info = allocation_counter::measure(|| run(600));
    assert_eq!(info.count_total, 0, "{} bytes were allocated", info.bytes_total);
}
