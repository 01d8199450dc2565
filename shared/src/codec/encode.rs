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
    context::{Leap, Recent, past},
    layout::{Coding, Group, KindLayout, Layout, raw_bits},
    model::{self, Near, Past, bit_length, group, kind, once},
    models::Models,
    predict,
    priors::Priors,
    quat,
    range::RangeEncoder,
    write::{self, Coder, Expected, Meter},
};
use crate::{
    ids::EntityId,
    rows::{Row, Rows},
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
        let mut coder = Coder { models: &mut self.models, range: RangeEncoder::new(out) };
        let updates = self.walk.run((layout, priors), (baseline, gap), now, &mut coder);
        coder.range.finish();
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
    predicted: [u32; MAX_COLUMNS],
    implied: Vec<i32>,
}

impl Default for Walk {
    fn default() -> Self {
        Walk { predicted: [0; MAX_COLUMNS], implied: Vec::new() }
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
            if self.differs(Pair { kind: &layout.kinds[old.id.kind()], old, row, gap }) {
                return None;
            }
            updates += u32::from(row.values != old.values);
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
        let mut later = now.iter(layout).peekable();
        let mut recent = Recent::default();
        for old in baseline.iter(layout) {
            while later.peek().is_some_and(|row| row.id < old.id) {
                later.next();
            }
            let row = later.next_if(|row| row.id == old.id);
            let kind = &layout.kinds[old.id.kind()];
            let pair = row.map(|row| Pair { kind, old, row, gap });
            let differs = pair.is_none_or(|pair| self.differs(pair));
            let base = priors.kind_base(old.id.kind());
            let (motion, jolts) = old.motion.split_at(kind.movers);
            let context = model::row_context(motion, jolts, recent.of(old.id.kind()));
            sink.bit(base + kind::DIFFERS + context, differs);
            recent.push(differs);
            if differs {
                sink.bit(base + kind::GONE + model::motion_size(motion), row.is_none());
            }
            let Some(pair) = pair else { continue };
            updates += u32::from(pair.row.values != old.values);
            if differs {
                self.changed_row(priors, pair, sink);
            }
        }
        updates
    }

    /// Whether a row is not what was predicted; fills `implied` when motion is sent.
    fn differs(&mut self, Pair { kind, old, row, gap }: Pair<'_>) -> bool {
        let predicted = &mut self.predicted[..kind.columns.len()];
        predict::predict_row(kind, old, gap, predicted);
        if gap != 1 {
            let from = (old, &*predicted);
            predict::motion_between(kind, from, row.values, gap, &mut self.implied);
        }
        row.values != predicted || (gap != 1 && row.motion != self.implied)
    }

    fn changed_row(&mut self, priors: &Priors, pair: Pair<'_>, sink: &mut impl BitSink) {
        let Pair { kind, old, row, gap } = pair;
        let mut near = Near::default();
        for group in &kind.groups {
            let base = priors.group_base(group.model);
            let from = (old.values, predict::velocity(group, row.values));
            predict::predict_by(kind, group, from, gap, &mut self.predicted);
            let differs = row.values[group.columns()] != self.predicted[group.columns()];
            let (motion, jolts) = past(kind, group, old.motion);
            let context = model::group_context(motion, jolts, near);
            sink.bit(base + group::DIFFERS + context, differs);
            if differs {
                self.group(base, group, pair, &mut near, sink);
            } else {
                near.note(0);
            }
        }
        if gap != 1 && kind.motions > 0 {
            let differs = row.motion != self.implied;
            sink.bit(priors.kind_base(row.id.kind()) + kind::MOTION, differs);
            if differs {
                let from = (&self.predicted[..], &self.implied[..]);
                motions(kind, priors, (Some(old), row, gap), from, sink);
            }
        }
    }

    fn group(
        &self,
        base: usize,
        group: &Group,
        pair: Pair<'_>,
        near: &mut Near,
        sink: &mut impl BitSink,
    ) {
        let values = &pair.row.values[group.columns()];
        if group.coding == Coding::Text {
            return write::text(values, sink);
        }
        if group.raw {
            let raw = self.is_better_raw(base, group, pair, *near, sink);
            sink.bit(base + group::RAW, raw);
            if raw {
                near.note(model::CLASS_BITS as u32);
                let columns = &pair.kind.columns[group.columns()];
                let bits = columns.iter().map(|column| bit_length(column.max));
                return values.iter().zip(bits).for_each(|(value, bits)| sink.raw(*value, bits));
            }
        }
        self.numbers(base, group, pair, near, sink);
    }

    /// Whether a group's columns as they are cost less than how they differ from the prediction.
    fn is_better_raw(
        &self,
        base: usize,
        group: &Group,
        pair: Pair<'_>,
        near: Near,
        sink: &impl BitSink,
    ) -> bool {
        // Most of the time a look at the residuals says no, unless raw columns have become usual.
        let columns = &pair.kind.columns[group.columns()];
        let residuals = predict::residuals(pair.kind, group, &self.predicted, pair.row.values);
        let far = |(column, residual): (usize, &i32)| {
            let most = model::most_class(pair.kind.columns[column]);
            bit_length(residual.unsigned_abs()) + 2 >= most && most > 2
        };
        let usual = sink.models()[base + group::RAW].p0() < 1 << 14;
        if !usual && !group.numbers().zip(&residuals).any(far) {
            return false;
        }
        let mut numbers = Meter { models: sink.models(), cost: 0 };
        numbers.bit(base + group::RAW, false);
        self.numbers(base, group, pair, &mut near.clone(), &mut numbers);
        let mut raw = Meter { models: sink.models(), cost: raw_bits(columns) * 256 };
        raw.bit(base + group::RAW, true);
        raw.cost < numbers.cost
    }

    fn numbers(
        &self,
        base: usize,
        group: &Group,
        Pair { kind, old, row, gap }: Pair<'_>,
        near: &mut Near,
        sink: &mut impl BitSink,
    ) {
        if group.coding == Coding::Quat {
            let predicted = &self.predicted[group.columns()];
            let certainty = quat::certainty(predicted, kind.columns[group.start + 1].max);
            let both = (predicted[0], row.values[group.start]);
            write::largest(base, certainty, both, sink);
        }
        let expected = predict::expected(kind, group, &self.predicted, row.values[group.start]);
        let skipped = group.len - group.numbers().len();
        let (motion, jolts) = past(kind, group, old.motion);
        for (index, column) in group.numbers().enumerate() {
            let spec = kind.columns[column];
            debug_assert!(row.values[column] <= spec.max, "a column above its maximum");
            let value = expected[skipped + index];
            let residual = predict::difference(spec, value, row.values[column]);
            let of = |past: &[i32]| past.get(index).copied().unwrap_or(0);
            let past = Past::new(of(motion), of(jolts), gap);
            write::number(base, Expected { spec, value, past }, residual, near, sink);
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
