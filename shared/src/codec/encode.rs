//! Encoding a segment: how `now` differs from what a baseline predicts.
//!
//! ```text
//! segment  := any_new [ per kind present: count, new-row{count} ] old-row{baseline rows}
//! new-row  := slot-gap generation ( same | value )… [ motion… ]
//! old-row  := differs [ gone | group… [ motion-differs [ motion… ] ] ]
//! group    := differs [ raw value… | residual… ]
//! ```
//! Motion is sent only when the gap is not one tick; see [`super::predict`].

use super::{
    compare::{Comparison, Number},
    context::{Leap, Recent, past},
    layout::{Coding, Group, KindLayout, Layout, NumberLayout, raw_bits},
    model::{self, Bit, Near, Unrest, bit_length, group, kind, once},
    models::Models,
    predict,
    priors::Priors,
    quat,
    write::{self, Coder, Meter, Queue},
};
use crate::{
    ids::EntityId,
    rows::{self, Row, Rows},
    schema::MAX_COLUMNS,
};

pub use super::write::BitSink;

/// What was encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Encoded {
    /// Rows that are new or hold other values than in the baseline.
    pub updates: u32,
    /// Whether the segment is exactly what the baseline predicts; then it takes no bytes.
    pub as_predicted: bool,
}

/// Encodes segments, keeping its working memory from one to the next.
#[derive(Debug, Default)]
pub struct Encoder {
    models: Models,
    queue: Queue,
    walk: Walk,
}

impl Encoder {
    /// Appends to `out` how `now` differs from what `baseline`, `gap` ticks before, predicts.
    ///
    /// A keyframe is the same with no rows as the baseline and a gap of zero.
    pub fn encode(
        &mut self,
        layout: &Layout,
        priors: &Priors,
        (baseline, gap): (&Rows, u32),
        now: &Rows,
        out: &mut Vec<u8>,
    ) -> Encoded {
        // A keyframe is always coded, even of nothing: how few bytes that takes is up to the priors.
        if gap > 0
            && let Some(updates) = self.walk.as_predicted(layout, (baseline, gap), now)
        {
            return Encoded { updates, as_predicted: true };
        }
        self.models.reset(priors);
        let mut coder = Coder::new(&mut self.models, &mut self.queue, out);
        let updates = self.walk.run((layout, priors), (baseline, gap), now, &mut coder);
        coder.finish();
        Encoded { updates, as_predicted: false }
    }

    /// Sends the same bits to any sink; for training.
    pub fn encode_into(
        &mut self,
        layout: &Layout,
        priors: &Priors,
        baseline: (&Rows, u32),
        now: &Rows,
        sink: &mut impl BitSink,
    ) {
        self.walk.run((layout, priors), baseline, now, sink);
    }
}

/// The walk over two sets of rows, with its scratch memory.
#[derive(Debug)]
struct Walk {
    comparison: Comparison,
    /// Over a gap, what is predicted of the row at hand, and the motion that follows.
    predicted: [u32; MAX_COLUMNS],
    implied: [i32; 2 * MAX_COLUMNS],
}

impl Default for Walk {
    fn default() -> Self {
        Walk {
            comparison: Comparison::default(),
            predicted: [0; MAX_COLUMNS],
            implied: [0; 2 * MAX_COLUMNS],
        }
    }
}

/// A row of the baseline with what became of it.
#[derive(Clone, Copy)]
struct Pair<'a> {
    kind: &'a KindLayout,
    old: Row<'a>,
    row: Row<'a>,
    gap: u32,
}

impl Walk {
    /// How many rows changed, if all of them became exactly what was predicted.
    ///
    /// Most private segments do, and this finds it out before any model is touched.
    fn as_predicted(
        &mut self,
        layout: &Layout,
        (baseline, gap): (&Rows, u32),
        now: &Rows,
    ) -> Option<u32> {
        if baseline.ids() != now.ids() {
            return None;
        }
        let mut updates = 0;
        for (old, row) in baseline.iter(layout).zip(now.iter(layout)) {
            let pair = Pair { kind: &layout.kinds[old.id.kind()], old, row, gap };
            let simple = gap == 1 && pair.kind.led.is_empty();
            let as_predicted = if simple {
                predict::went_as_predicted(pair.kind, old, gap, row.values)
            } else {
                !self.differs(&pair).0
            };
            if !as_predicted {
                return None;
            }
            updates += u32::from(!rows::equal(row.values, old.values));
        }
        Some(updates)
    }

    /// Sends all bits of a segment, and returns how many rows are new or changed.
    fn run(
        &mut self,
        (layout, priors): (&Layout, &Priors),
        (baseline, gap): (&Rows, u32),
        now: &Rows,
        sink: &mut impl BitSink,
    ) -> u32 {
        let mut updates = new_rows((layout, priors), baseline, now, gap, sink);
        let mut later = now.iter(layout);
        let mut recent = Recent::default();
        for old in baseline.iter(layout) {
            let kind = &layout.kinds[old.id.kind()];
            let base = priors.kind_base(old.id.kind());
            let recently = recent.of(old.id.kind());
            let Some(row) = later.seek(old.id) else {
                let (motion, jolts) = old.motion.split_at(kind.movers);
                let unrest = Unrest::of(motion, jolts);
                sink.bit(base + kind::DIFFERS + model::row_context(unrest, recently), true);
                sink.bit(base + kind::GONE + unrest.motion_size(), true);
                recent.push(true);
                continue;
            };
            let pair = Pair { kind, old, row, gap };
            let (differs, unrest) = self.differs(&pair);
            sink.bit(base + kind::DIFFERS + model::row_context(unrest, recently), differs);
            recent.push(differs);
            updates += u32::from(!rows::equal(row.values, old.values));
            if differs {
                sink.bit(base + kind::GONE + unrest.motion_size(), false);
                self.changed_row(priors, &pair, sink);
            }
        }
        updates
    }

    /// Whether a row is not what was predicted, and how much it was moving.
    #[inline]
    fn differs(&mut self, pair: &Pair<'_>) -> (bool, Unrest) {
        let Pair { kind, old, row, gap } = pair;
        let (differs, unrest) = self.comparison.differs(kind, (old, *gap), row.values);
        let strays = *gap != 1 && kind.motions > 0 && self.strays(pair);
        (differs || strays, unrest)
    }

    /// Whether, over a gap, a row's motion is not what follows from its values.
    fn strays(&mut self, &Pair { kind, old, row, gap }: &Pair<'_>) -> bool {
        let predicted = &mut self.predicted[..kind.columns.len()];
        predicted.copy_from_slice(old.values);
        predict::predict_row(kind, old, gap, predicted);
        let implied = &mut self.implied[..kind.motions];
        predict::motion_between(kind, (old, predicted), row.values, gap, implied);
        row.motion != implied
    }

    #[inline(never)]
    fn changed_row(&mut self, priors: &Priors, pair: &Pair<'_>, sink: &mut impl BitSink) {
        let Pair { kind, old, row, gap } = *pair;
        let mut near = Near::default();
        for group in &kind.groups {
            if group.by.is_some() {
                self.comparison.follow(kind, group, (old, gap), row.values);
            }
            let base = priors.group_base(group.model);
            let (numbers, unrest, differs) = self.comparison.group(group, old, row.values);
            sink.bit(base + group::DIFFERS + model::group_context(unrest, near), differs);
            if !differs {
                near.note(0);
            } else if group.coding == Coding::Text {
                write::text(&row.values[group.columns()], sink);
            } else {
                let rotation = self.comparison.rotation(group);
                Numbers { base, group, pair, rotation, numbers }.send(&mut near, sink);
            }
        }
        if gap != 1 && kind.motions > 0 {
            let implied = &self.implied[..kind.motions];
            let differs = row.motion != implied;
            sink.bit(priors.kind_base(row.id.kind()) + kind::MOTION, differs);
            if differs {
                motions(kind, priors, (Some(old), row, gap), (&self.predicted, implied), sink);
            }
        }
    }
}

/// A group of numbers that are not what was predicted.
#[derive(Clone, Copy)]
struct Numbers<'a> {
    base: usize,
    group: &'a Group,
    pair: &'a Pair<'a>,
    /// Its columns as predicted, if it is a rotation.
    rotation: &'a [u32],
    numbers: &'a [Number],
}

impl Numbers<'_> {
    #[inline]
    fn send(self, near: &mut Near, sink: &mut impl BitSink) {
        if self.group.raw {
            let raw = self.are_better_raw(*near, sink);
            sink.bit(self.base + group::RAW, raw);
            if raw {
                near.note(model::CLASS_BITS as u32);
                return self.columns_as_they_are(sink);
            }
        }
        self.residuals(near, sink);
    }

    fn columns_as_they_are(self, sink: &mut impl BitSink) {
        let columns = self.group.columns();
        for (spec, value) in
            self.pair.kind.columns[columns.clone()].iter().zip(&self.pair.row.values[columns])
        {
            sink.raw(*value, bit_length(spec.max));
        }
    }

    fn layouts(&self) -> &[NumberLayout] {
        &self.pair.kind.numbers[self.group.first..]
    }

    /// Whether the columns as they are cost less than how they differ from the prediction.
    #[inline]
    fn are_better_raw(self, near: Near, sink: &mut impl BitSink) -> bool {
        // Most of the time a look at the residuals says no, unless raw columns have become usual.
        let mut far = false;
        for (NumberLayout { most, .. }, number) in self.layouts().iter().zip(self.numbers) {
            far |= bit_length(number.residual.unsigned_abs()) + 2 >= *most && *most > 2;
        }
        let (model, is_usual) = (self.base + group::RAW, |raw: Bit| raw.p0() < 1 << 14);
        // What waits are at most more bits that say no: those that say yes are not left waiting.
        let usual = is_usual(sink.model(model)) && {
            sink.settle();
            is_usual(sink.model(model))
        };
        (usual || far) && self.cost_more(near, sink)
    }

    #[inline(never)]
    fn cost_more(self, mut near: Near, sink: &mut impl BitSink) -> bool {
        sink.settle();
        let mut numbers = Meter { sink, cost: 0 };
        numbers.bit(self.base + group::RAW, false);
        self.residuals(&mut near, &mut numbers);
        let bits = raw_bits(&self.pair.kind.columns[self.group.columns()]);
        let mut raw = Meter { sink, cost: bits * 256 };
        raw.bit(self.base + group::RAW, true);
        raw.cost < numbers.cost
    }

    #[inline]
    fn residuals(self, near: &mut Near, sink: &mut impl BitSink) {
        let Pair { kind, row, gap, .. } = *self.pair;
        if self.group.coding == Coding::Quat {
            let certainty = quat::certainty(self.rotation, kind.columns[self.group.start + 1].max);
            let both = (self.rotation[0], row.values[self.group.start]);
            write::largest(self.base, certainty, both, sink);
        }
        for (layout, number) in self.layouts().iter().zip(self.numbers) {
            debug_assert!(
                row.values[layout.column] <= layout.spec.max,
                "a column above its maximum"
            );
            write::number(self.base, layout, (number, gap), near, sink);
        }
    }
}

/// Encodes the rows of `now` whose ids the baseline lacks, and counts them.
fn new_rows(
    (layout, priors): (&Layout, &Priors),
    baseline: &Rows,
    now: &Rows,
    gap: u32,
    sink: &mut impl BitSink,
) -> u32 {
    let count = count_new(baseline, now, |_| true);
    sink.bit(once::ANY_NEW, count > 0);
    if count == 0 {
        return 0;
    }
    let present = layout.kinds.iter().enumerate().filter(|(_, kind)| kind.present);
    for (index, kind) in present {
        let of_kind = count_new(baseline, now, |row_kind| row_kind == index);
        write::count(priors.kind_base(index) + kind::COUNT, of_kind, sink);
        let mut old = baseline.ids().iter().peekable();
        let mut previous: Option<Row<'_>> = None;
        for row in now.iter(layout).filter(|row| row.id.kind() == index) {
            while old.next_if(|id| **id < row.id).is_some() {}
            if old.next_if(|id| **id == row.id).is_none() {
                new_row(kind, priors, previous, row, gap, sink);
                previous = Some(row);
            }
        }
    }
    count
}

fn count_new(baseline: &Rows, now: &Rows, wanted: impl Fn(usize) -> bool) -> u32 {
    let mut old = baseline.ids().iter().peekable();
    let is_new = |id: &&EntityId| {
        while old.next_if(|other| *other < *id).is_some() {}
        old.next_if(|other| *other == *id).is_none() && wanted(id.kind())
    };
    now.ids().iter().filter(is_new).count() as u32
}

fn new_row(
    kind: &KindLayout,
    priors: &Priors,
    previous: Option<Row<'_>>,
    row: Row<'_>,
    gap: u32,
    sink: &mut impl BitSink,
) {
    let expected = previous.map_or(0, |previous| u32::from(previous.id.slot()));
    let slot = priors.kind_base(row.id.kind()) + kind::SLOT;
    write::count(slot, u32::from(row.id.slot()) - expected, sink);
    write::tree(once::GENERATION, u32::from(row.id.generation()), 8, sink);
    for group in &kind.groups {
        let base = priors.group_base(group.model);
        let values = &row.values[group.columns()];
        let before = previous.map(|previous| &previous.values[group.columns()]);
        let same = before.map_or_else(|| values.iter().all(|v| *v == 0), |before| before == values);
        sink.bit(base + group::SAME, same);
        match group.coding {
            _ if same => {}
            Coding::Text => write::text(values, sink),
            _ => {
                let columns = kind.columns[group.columns()].iter().zip(values);
                columns.for_each(|(spec, value)| write::fresh(base, *spec, *value, sink));
            }
        }
    }
    if gap != 1 && kind.motions > 0 {
        let still = ([0; MAX_COLUMNS], [0; 2 * MAX_COLUMNS]);
        let from = (&still.0[..], &still.1[..kind.motions]);
        motions(kind, priors, (None, row, gap), from, sink);
    }
}

/// Encodes how a row's motion differs from what is expected of it, and its jolts.
fn motions(
    kind: &KindLayout,
    priors: &Priors,
    (old, row, gap): (Option<Row<'_>>, Row<'_>, u32),
    (predicted, expected): (&[u32], &[i32]),
    sink: &mut impl BitSink,
) {
    for group in kind.groups.iter().filter(|group| group.motion.is_some()) {
        let base = priors.group_base(group.model);
        let leap = Leap::new(kind, group, (old, gap), predicted, row.values);
        let (motion, jolts) = past(kind, group, row.motion);
        for (index, expected) in past(kind, group, expected).0.iter().enumerate() {
            let differs = motion[index].wrapping_sub(*expected);
            write::motion(base, leap.motion_context(index), differs, sink);
            write::jolt(base, leap.jolt_context(index, motion[index]), jolts[index], sink);
        }
    }
}
