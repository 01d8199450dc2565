//! Encoding a segment: how `now` differs from what a baseline predicts.
//!
//! ```text
//! segment  := any_new [ per kind present: count, new-row{count} ] old-row{baseline rows}
//! new-row  := slot-gap generation ( same | raw value )… [ motion… ]
//! old-row  := differs [ gone | group… [ motion-differs [ motion… ] ] ]
//! group    := differs [ residual… ]
//! ```
//! Motion is sent only when the gap is not one tick; see [`super::predict`].

use super::{
    layout::{Coding, Group, KindLayout, Layout},
    model::{self, Bit, Priors, bit_length, group, kind, once},
    predict,
    range::RangeEncoder,
};
use crate::{
    ids::EntityId,
    rows::{Row, Rows},
    schema::ColumnSpec,
};

/// Where coded bits go: a range coder, or a trainer that counts them.
pub trait BitSink {
    /// Takes a bit coded by the model of this number.
    fn bit(&mut self, model: usize, bit: bool);
    /// Takes bits at even odds.
    fn raw(&mut self, value: u32, count: u32);
}

/// A range coder with its models.
struct Coder<'a> {
    models: &'a mut [Bit],
    range: RangeEncoder<'a>,
}

impl BitSink for Coder<'_> {
    #[inline]
    fn bit(&mut self, model: usize, bit: bool) {
        let model = &mut self.models[model];
        self.range.bit(bit, model.p0());
        model.learn(bit);
    }

    fn raw(&mut self, value: u32, count: u32) {
        self.range.raw(value, count);
    }
}

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
    models: Vec<Bit>,
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
        priors.reset(&mut self.models);
        let mut coder = Coder { models: &mut self.models, range: RangeEncoder::new(out) };
        let updates = self.walk.run(layout, priors, (baseline, gap), now, &mut coder);
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
        self.walk.run(layout, priors, baseline, now, sink);
    }
}

/// The walk over two sets of rows, with its scratch memory.
#[derive(Debug, Default)]
struct Walk {
    predicted: Vec<u32>,
    implied: Vec<i32>,
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
            let kind = &layout.kinds[old.id.kind()];
            predict::predict_row(kind, old.values, old.motion, gap, &mut self.predicted);
            if self.differs(kind, old, row, gap) {
                return None;
            }
            updates += u32::from(row.values != old.values);
        }
        Some(updates)
    }

    /// Sends all bits of a segment, and returns how many rows are new or changed.
    fn run(
        &mut self,
        layout: &Layout,
        priors: &Priors,
        (baseline, gap): (&Rows, u32),
        now: &Rows,
        sink: &mut impl BitSink,
    ) -> u32 {
        let mut updates = new_rows(layout, priors, baseline, now, gap, sink);
        let mut later = now.iter(layout).peekable();
        let mut recent = Recent::default();
        for old in baseline.iter(layout) {
            while later.peek().is_some_and(|row| row.id < old.id) {
                later.next();
            }
            let row = later.next_if(|row| row.id == old.id);
            let context = model::row_context(old.motion, recent.of(old.id.kind()));
            let base = priors.kind_base(old.id.kind());
            let kind = &layout.kinds[old.id.kind()];
            predict::predict_row(kind, old.values, old.motion, gap, &mut self.predicted);
            let differs = row.is_none_or(|row| self.differs(kind, old, row, gap));
            sink.bit(base + kind::DIFFERS + context, differs);
            recent.push(differs);
            if differs {
                sink.bit(base + kind::GONE, row.is_none());
            }
            let Some(row) = row else { continue };
            updates += u32::from(row.values != old.values);
            if differs {
                self.changed_row(kind, priors, old, row, gap, sink);
            }
        }
        updates
    }

    /// Whether a row is not what was predicted; fills `implied` when motion is sent.
    fn differs(&mut self, kind: &KindLayout, old: Row<'_>, row: Row<'_>, gap: u32) -> bool {
        if gap != 1 {
            predict::motion_between(kind, old.values, row.values, gap, &mut self.implied);
        }
        row.values != self.predicted || (gap != 1 && row.motion != self.implied)
    }

    fn changed_row(
        &self,
        kind: &KindLayout,
        priors: &Priors,
        old: Row<'_>,
        row: Row<'_>,
        gap: u32,
        sink: &mut impl BitSink,
    ) {
        let mut any = false;
        for group in &kind.groups {
            let base = priors.group_base(group.model);
            let motion = group_motion(group, old.motion);
            let columns = group.start..group.start + group.len;
            let differs = row.values[columns.clone()] != self.predicted[columns];
            sink.bit(base + group::DIFFERS + model::group_context(motion, any), differs);
            any |= differs;
            if differs {
                self.group(kind, group, base, motion, row.values, sink);
            }
        }
        if gap != 1 && kind.motions > 0 {
            let differs = row.motion != self.implied;
            sink.bit(priors.kind_base(row.id.kind()) + kind::MOTION, differs);
            if differs {
                motions(kind, priors, row.motion, &self.implied, sink);
            }
        }
    }

    fn group(
        &self,
        kind: &KindLayout,
        group: &Group,
        base: usize,
        motion: &[i32],
        values: &[u32],
        sink: &mut impl BitSink,
    ) {
        if group.coding == Coding::Text {
            return text(&values[group.start..group.start + group.len], sink);
        }
        if group.coding == Coding::Quat {
            largest(base, self.predicted[group.start], values[group.start], sink);
        }
        let mut neighbour = None;
        for (index, column) in group.numbers().enumerate() {
            let spec = kind.columns[column];
            debug_assert!(values[column] <= spec.max, "a column above its maximum");
            let residual = predict::difference(spec, self.predicted[column], values[column]);
            let motion = motion.get(index).copied().unwrap_or(0);
            neighbour = Some(number(base, motion, neighbour, residual, sink));
        }
    }
}

/// How many of the last two rows of a kind differed.
#[derive(Debug, Default)]
pub(super) struct Recent {
    kind: usize,
    differed: [bool; 2],
}

impl Recent {
    pub(super) fn of(&mut self, kind: usize) -> usize {
        if self.kind != kind {
            *self = Recent { kind, differed: [false; 2] };
        }
        self.differed.iter().filter(|differed| **differed).count()
    }

    pub(super) fn push(&mut self, differed: bool) {
        self.differed = [self.differed[1], differed];
    }
}

/// The group's part of a row's motion; nothing when it is not linearly predicted.
pub(super) fn group_motion<'a>(group: &Group, motion: &'a [i32]) -> &'a [i32] {
    match group.motion {
        Some(first) => &motion[first..first + group.numbers().len()],
        None => &[],
    }
}

/// Encodes the rows of `now` whose ids the baseline lacks, and counts them.
fn new_rows(
    layout: &Layout,
    priors: &Priors,
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
        exp_golomb(once::COUNT, count_new(baseline, now, |row_kind| row_kind == index), sink);
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
    exp_golomb(once::SLOT, u32::from(row.id.slot()) - expected, sink);
    tree(once::GENERATION, row.id.generation(), sink);
    for group in &kind.groups {
        let base = priors.group_base(group.model);
        let columns = group.start..group.start + group.len;
        let values = &row.values[columns.clone()];
        let before = previous.map(|previous| &previous.values[columns.clone()]);
        let same = before.map_or_else(|| values.iter().all(|v| *v == 0), |before| before == values);
        sink.bit(base + group::SAME, same);
        match group.coding {
            _ if same => {}
            Coding::Text => text(values, sink),
            _ => raw_columns(&kind.columns[columns], values, sink),
        }
    }
    if gap != 1 && kind.motions > 0 {
        let still = [0; crate::schema::MAX_COLUMNS];
        motions(kind, priors, row.motion, &still[..kind.motions], sink);
    }
}

fn raw_columns(columns: &[ColumnSpec], values: &[u32], sink: &mut impl BitSink) {
    for (column, value) in columns.iter().zip(values) {
        assert!(*value <= column.max, "a column above its maximum");
        sink.raw(*value, bit_length(column.max));
    }
}

/// Encodes how a row's motion differs from what is expected of it.
fn motions(
    kind: &KindLayout,
    priors: &Priors,
    motion: &[i32],
    expected: &[i32],
    sink: &mut impl BitSink,
) {
    for group in kind.groups.iter().filter(|group| group.motion.is_some()) {
        let base = priors.group_base(group.model);
        let both = group_motion(group, motion).iter().zip(group_motion(group, expected));
        let mut neighbour = None;
        for (motion, expected) in both {
            let residual = motion.wrapping_sub(*expected);
            neighbour = Some(number(base, *expected, neighbour, residual, sink));
        }
    }
}

/// Encodes a residual and returns its class.
fn number(
    base: usize,
    motion: i32,
    neighbour: Option<u32>,
    residual: i32,
    sink: &mut impl BitSink,
) -> u32 {
    let size = residual.unsigned_abs();
    let class = bit_length(size);
    let context = model::class_context(motion, neighbour);
    let first = base + group::CLASS + context * model::CLASS_BITS;
    for step in 0..=class.min(31) {
        let model = first + (step as usize).min(model::CLASS_BITS - 1);
        sink.bit(model, class > step);
    }
    if class > 0 {
        sink.bit(base + group::SIGN + model::sign_context(motion), residual < 0);
        mantissa(base, size, class, sink);
    }
    class
}

fn mantissa(base: usize, size: u32, class: u32, sink: &mut impl BitSink) {
    let first = base + group::MANTISSA + (class as usize - 1).min(model::MANTISSA_CLASSES - 1) * 3;
    if class >= 2 {
        let high = size >> (class - 2) & 1;
        sink.bit(first, high == 1);
        if class >= 3 {
            sink.bit(first + 1 + high as usize, size >> (class - 3) & 1 == 1);
            sink.raw(size, class - 3);
        }
    }
}

/// Encodes which component of a quaternion is the largest.
fn largest(base: usize, predicted: u32, value: u32, sink: &mut impl BitSink) {
    sink.bit(base + group::LARGEST, value != predicted);
    if value != predicted {
        sink.bit(base + group::LARGEST + 1, value & 2 != 0);
        sink.bit(base + group::LARGEST + 2 + (value >> 1) as usize, value & 1 != 0);
    }
}

/// Encodes bytes up to and with the first NUL.
fn text(columns: &[u32], sink: &mut impl BitSink) {
    for byte in columns.iter().flat_map(|column| column.to_le_bytes()) {
        tree(once::TEXT, byte, sink);
        if byte == 0 {
            return;
        }
    }
}

/// Encodes a byte, high bit first, each bit in the context of those before it.
fn tree(first: usize, byte: u8, sink: &mut impl BitSink) {
    let mut node = 1;
    for shift in (0..8).rev() {
        let bit = byte >> shift & 1;
        sink.bit(first + node, bit == 1);
        node = node * 2 + usize::from(bit);
    }
}

/// Encodes a count below 2^30: its class in unary, then the bits below the leading one.
fn exp_golomb(first: usize, value: u32, sink: &mut impl BitSink) {
    let class = bit_length(value);
    for step in 0..=class {
        sink.bit(first + step as usize, class > step);
    }
    if class > 1 {
        sink.raw(value, class - 1);
    }
}
