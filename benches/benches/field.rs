//! The field's own step, without a room around it: ten thousand things and a thousand players.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tickwire_benches::worlds::field::CROWDED;
use tickwire_games::field::{Controls, Field};
use tickwire_shared::{Game, PlayerId, Step, Tick, game::Outbox, record::RecordLayout};

/// Long enough that everybody is somewhere, and creatures do what they do.
const WARM_UP_TICKS: u32 = 900;

/// Everybody flies about in circles of its own, and dashes and calls now and then.
fn controls(player: u32, tick: u32) -> Controls {
    let turn = (tick + 37 * player) as f32 / (20 + player % 60) as f32;
    let now = tick + player;
    Controls { way: turn, go: true, dash: now % 90 < 30, call: now.is_multiple_of(200) }
}

fn step(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("field/step");
    let schema = Field::schema();
    let records: Vec<_> = schema.messages.iter().map(RecordLayout::new).collect();
    for players in [0, 100, 1000] {
        let (mut field, mut outbox) = (Field::init(&CROWDED, 1), Outbox::default());
        (1..=players).for_each(|player| field.join(PlayerId(player), "bench"));
        let mut tick = Tick(0);
        let mut make = || {
            tick = tick.next();
            (1..=players)
                .for_each(|player| field.input(PlayerId(player), &controls(player, tick.0)));
            outbox.clear();
            field.step(&mut Step::new((tick, 1.0 / 30.0), &schema, &records, &mut outbox));
        };
        (0..WARM_UP_TICKS).for_each(|_| make());
        group.throughput(Throughput::Elements(10_000 + u64::from(players)));
        group.bench_function(BenchmarkId::new("10,000 things, players", players), |bencher| {
            bencher.iter(&mut make);
        });
    }
}

criterion_group!(benches, step);
criterion_main!(benches);
