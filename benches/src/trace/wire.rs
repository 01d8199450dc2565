//! The codec as the trace tool uses it: all that the tool knows of the codec's inside is here.
//!
//! A [`Lane`] turns ticks into rows and encodes them against those of the tick
//! before; a [`Proof`] decodes what a lane wrote, knowing nothing else; a
//! [`Ledger`] adds up what each field's bits cost.

use tickwire_shared::{
    codec::{
        BUILTIN, Costs, DecodeError, Decoder, Encoded, Encoder, Layout, Pricer, Priors,
        PriorsError, predict, priors::Tables,
    },
    rows::{Row, Rows},
    schema::{Audience, MAX_COLUMNS, Schema},
};

use super::{header::Header, reader::Tick};

/// Encodes tick after tick, each against the one before.
#[derive(Debug)]
pub struct Lane {
    /// The schema, flattened.
    pub layout: Layout,
    priors: Priors,
    encoder: Encoder,
    /// The rows of the tick before; none before a keyframe.
    pub before: Rows,
    /// The rows of the tick encoded last.
    pub now: Rows,
    gap: u32,
    /// The bytes that this tick took.
    pub bytes: Vec<u8>,
}

impl Lane {
    /// A lane that starts from a file of priors, or from the built-in ones.
    ///
    /// # Errors
    /// When the file is not one, or is for another schema.
    pub fn new(header: &Header, priors: Option<&[u8]>) -> Result<Lane, PriorsError> {
        let layout = Layout::new(&header.schema, Audience::Public, header.hz);
        let priors = Priors::new(&layout, priors.unwrap_or(BUILTIN))?;
        Ok(Lane {
            layout,
            priors,
            encoder: Encoder::default(),
            before: Rows::default(),
            now: Rows::default(),
            gap: 0,
            bytes: Vec::new(),
        })
    }

    /// Encodes a tick whose columns are these.
    pub fn encode(&mut self, tick: &Tick, values: &[u32]) -> Encoded {
        std::mem::swap(&mut self.before, &mut self.now);
        self.gap = tick.gap.unwrap_or(0);
        if tick.gap.is_none() {
            self.before.clear();
        }
        self.fill_now(tick, values);
        self.bytes.clear();
        let baseline = (&self.before, self.gap);
        self.encoder.encode(&self.layout, &self.priors, baseline, &self.now, &mut self.bytes)
    }

    fn fill_now(&mut self, tick: &Tick, mut values: &[u32]) {
        self.now.clear();
        for id in &tick.ids {
            let kind = &self.layout.kinds[id.kind()];
            let (row, rest) = values.split_at(kind.columns.len());
            self.now.push_still(*id, row, kind.motions);
            values = rest;
        }
        match self.gap {
            0 => {}
            1 => self.now.derive_motion(&self.layout, &self.before),
            _ => self.spread_motion(),
        }
    }

    /// What happened within a gap is not in the trace, so the motion is taken to be even.
    fn spread_motion(&mut self) {
        let (layout, still) = (&self.layout, std::mem::take(&mut self.now));
        let mut old = self.before.iter(layout).peekable();
        let (mut predicted, mut motion) = ([0; MAX_COLUMNS], [0; 2 * MAX_COLUMNS]);
        for row in still.iter(layout) {
            let kind = &layout.kinds[row.id.kind()];
            while old.next_if(|old| old.id < row.id).is_some() {}
            match old.next_if(|old| old.id == row.id) {
                Some(old) => {
                    let predicted = &mut predicted[..row.values.len()];
                    predicted.copy_from_slice(old.values);
                    predict::predict_row(kind, old, self.gap, predicted);
                    let motion = &mut motion[..kind.motions];
                    let before = (old, &*predicted);
                    predict::motion_between(kind, before, row.values, self.gap, motion);
                    self.now.push(Row { motion, ..row });
                }
                None => self.now.push(row),
            }
        }
    }
}

/// A decoder that only ever sees what a lane wrote.
#[derive(Debug, Default)]
pub struct Proof {
    decoder: Decoder,
    held: Rows,
    next: Rows,
}

impl Proof {
    /// Decodes what the lane wrote, and returns which field of which kind is not what it should be.
    ///
    /// # Errors
    /// When the bytes cannot be decoded at all.
    pub fn check(
        &mut self,
        lane: &Lane,
        encoded: Encoded,
    ) -> Result<Option<(usize, usize)>, DecodeError> {
        if lane.gap == 0 {
            self.held.clear();
        }
        let (layout, baseline) = (&lane.layout, (&self.held, lane.gap));
        if encoded.as_predicted {
            self.decoder.advance(layout, baseline, &mut self.next);
        } else {
            let (priors, bytes) = (&lane.priors, &lane.bytes);
            self.decoder.decode(layout, priors, baseline, bytes, &mut self.next)?;
        }
        std::mem::swap(&mut self.held, &mut self.next);
        Ok((self.held != lane.now).then(|| first_difference(layout, &self.held, &lane.now)))
    }
}

/// The kind and field of the first difference; a field beyond the last when it is not in the values.
fn first_difference(layout: &Layout, held: &Rows, wanted: &Rows) -> (usize, usize) {
    let mut held = held.iter(layout);
    for wanted in wanted.iter(layout) {
        let groups = &layout.kinds[wanted.id.kind()].groups;
        let Some(held) = held.next().filter(|held| held.id == wanted.id) else {
            return (wanted.id.kind(), groups.len());
        };
        let differs = (0..wanted.values.len()).find(|at| held.values[*at] != wanted.values[*at]);
        if let Some(at) = differs {
            let group = groups.iter().find(|group| group.columns().contains(&at));
            let field = group.map(|group| group.field - first_field(layout, wanted.id.kind()));
            return (wanted.id.kind(), field.unwrap_or(groups.len()));
        }
        if held != wanted {
            return (wanted.id.kind(), groups.len());
        }
    }
    (0, usize::MAX)
}

/// The number of a kind's first field among those of all kinds.
fn first_field(layout: &Layout, kind: usize) -> usize {
    // All fields of a trace are public, so there is a group for each.
    layout.kinds[..kind].iter().map(|kind| kind.groups.len()).sum()
}

/// A file of priors made to pass for one for a schema that differs only in how fine a field is.
///
/// # Errors
/// When it is not a file of priors.
pub fn adopt(priors: &[u8], schema: &Schema) -> Result<Vec<u8>, PriorsError> {
    let mut tables = Tables::read(priors)?;
    if tables.schema_hash != 0 {
        tables.schema_hash = schema.hash();
    }
    Ok(tables.write())
}

/// What the bits of each field cost, at the odds that the codec gave them.
#[derive(Debug)]
pub struct Ledger {
    pricer: Pricer,
    /// The bits. All fields of a trace are public, so there is one of each.
    pub costs: Costs,
}

impl Ledger {
    /// An empty ledger for a lane.
    #[must_use]
    pub fn new(lane: &Lane) -> Ledger {
        let pricer = Pricer::new(&lane.layout, &lane.priors);
        Ledger { pricer, costs: Costs::new(&lane.layout) }
    }

    /// Adds the bits of the tick that the lane encoded last.
    pub fn add(&mut self, lane: &mut Lane) {
        let (codec, baseline) = ((&lane.layout, &lane.priors), (&lane.before, lane.gap));
        self.pricer.add(&mut lane.encoder, codec, baseline, &lane.now, &mut self.costs);
    }
}
