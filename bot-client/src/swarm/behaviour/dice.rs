//! Random inputs, for games that this program does not know.

use tickwire_games::common::rng::Rng;
use tickwire_shared::{
    Tick,
    schema::{Field, FieldType, Schema},
};

use crate::client::{Core, CoreError};

/// For how many ticks a random input is held.
const HOLD_TICKS: (usize, usize) = (5, 40);

/// Random inputs by the schema alone, each held for a while as a person would.
#[derive(Debug)]
pub struct Dice {
    rng: Rng,
    fields: Vec<Field>,
    columns: Vec<u32>,
    /// For how many ticks an input is held, at least and less than.
    hold: (usize, usize),
    until: Option<Tick>,
}

impl Dice {
    /// Dice for a schema's input.
    #[must_use]
    pub fn new(schema: &Schema, seed: u64) -> Dice {
        let fields = schema.input.fields.clone();
        Dice { rng: Rng::new(seed), fields, columns: Vec::new(), hold: HOLD_TICKS, until: None }
    }

    /// The same, thrown at every tick.
    #[must_use]
    pub fn quick(self) -> Dice {
        Dice { hold: (1, 2), ..self }
    }

    pub(super) fn act(&mut self, core: &mut Core) -> Result<(), CoreError> {
        let Some(now) = core.latest_tick() else { return Ok(()) };
        if self.until.is_some_and(|until| until.is_after(now)) {
            return Ok(());
        }
        let ticks = self.hold.0 + self.rng.below(self.hold.1 - self.hold.0);
        self.until = Some(now.offset(ticks as i32));
        self.roll();
        core.set_input_columns(&self.columns)
    }

    fn roll(&mut self) {
        let Dice { rng, fields, columns, .. } = self;
        columns.clear();
        for field in fields {
            let specs = field.columns();
            // No game expects random bytes for a text.
            let is_text = matches!(field.ty, FieldType::Text { .. });
            columns.extend(specs.iter().map(|spec| if is_text { 0 } else { throw(rng, spec.max) }));
        }
    }
}

/// A number up to `max`: often an end or the middle, which is where most controls are held.
fn throw(rng: &mut Rng, max: u32) -> u32 {
    match rng.below(6) {
        0 => 0,
        1 => max,
        2 => max.div_ceil(2),
        _ => rng.below(max as usize + 1) as u32,
    }
}
