//! What all rooms of a game at one tick rate have in common, made once and shared.

use tickwire_shared::{
    Game, Step, Tick,
    codec::{BUILTIN, Layout, Priors},
    game::Outbox,
    record::RecordLayout,
    schema::{AUDIENCES, Schema},
};

use crate::segment::Codec;

/// What follows from a game's types and the tick rate alone. The tables of priors make it large.
#[derive(Debug)]
pub struct Spec {
    pub(crate) tick_hz: u32,
    pub(crate) schema: Schema,
    pub(crate) schema_hash: u32,
    pub(crate) input_record: RecordLayout,
    pub(crate) message_records: Vec<RecordLayout>,
    pub(crate) request_records: Vec<RecordLayout>,
    /// By audience.
    pub(crate) codecs: [Codec; AUDIENCES.len()],
}

impl Spec {
    /// The spec of a game's rooms that make `tick_hz` ticks a second.
    ///
    /// # Panics
    /// When the game breaks a limit: its schema or its priors.
    #[must_use]
    pub fn of<G: Game>(tick_hz: u32) -> Spec {
        let schema = G::schema();
        let codecs = AUDIENCES.map(|audience| {
            let layout = Layout::new(&schema, audience, tick_hz);
            let priors = Priors::new(&layout, G::priors().unwrap_or(BUILTIN));
            let priors = priors.unwrap_or_else(|error| panic!("{:?}: {error}", G::NAME));
            Codec { layout, priors }
        });
        Spec {
            tick_hz,
            schema_hash: schema.hash(),
            input_record: RecordLayout::new(&schema.input),
            message_records: schema.messages.iter().map(RecordLayout::new).collect(),
            request_records: schema.requests.iter().map(RecordLayout::new).collect(),
            codecs,
            schema,
        }
    }

    /// Lets a game make a tick. What it says is all that there is in the outbox then.
    pub(crate) fn step<G: Game>(&self, game: &mut G, tick: Tick, outbox: &mut Outbox) {
        outbox.clear();
        let time = (tick, 1.0 / self.tick_hz as f32);
        game.step(&mut Step::new(time, &self.schema, &self.message_records, outbox));
    }

    /// Ticks a second.
    #[must_use]
    pub fn tick_hz(&self) -> u32 {
        self.tick_hz
    }
}
