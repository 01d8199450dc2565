//! Decoding a segment: the mirror of [`super::encode`], for bytes that may be anybody's.
//!
//! Nothing here panics or allocates more than its input can justify: every new
//! row costs at least its share of real bits, because reading beyond the end of
//! the input is noticed after each row.

use thiserror::Error;

use super::{
    encode::{Recent, group_motion},
    layout::{Coding, Group, KindLayout, Layout},
    model::{self, Bit, Priors, bit_length, group, kind, once},
    predict,
    range::RangeDecoder,
};
use crate::{
    ids::EntityId,
    rows::{MAX_HELD_ROWS, MAX_ROWS, Row, Rows},
};

/// Why a segment was refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum DecodeError {
    /// The bytes end before the segment does.
    #[error("the segment ends too early")]
    Truncated,
    /// Bytes follow the segment.
    #[error("bytes follow the end of the segment")]
    Trailing,
    /// A value lies outside its column's range.
    #[error("column {column} of kind {kind} is outside its range")]
    Range {
        /// The kind's index in the schema.
        kind: usize,
        /// The column's index in the row.
        column: usize,
    },
    /// A new row names an entity out of order, or one that exists already.
    #[error("a new row of kind {kind} is out of order or exists already")]
    Order {
        /// The kind's index in the schema.
        kind: usize,
    },
    /// More rows than a segment may have.
    #[error("{0} rows are more than a segment may have")]
    TooMany(u32),
}

/// Decodes segments, keeping its working memory from one to the next.
#[derive(Debug, Default)]
pub struct Decoder {
    models: Vec<Bit>,
    new: Rows,
    row: RowBuffer,
}

#[derive(Debug, Default)]
struct RowBuffer {
    values: Vec<u32>,
    motion: Vec<i32>,
}

impl RowBuffer {
    fn row(&self, id: EntityId) -> Row<'_> {
        Row { id, values: &self.values, motion: &self.motion }
    }
}

impl Decoder {
    /// Makes `now` what `bytes` say follows `gap` ticks after `baseline`.
    ///
    /// # Errors
    /// See [`DecodeError`]; `now` is then unspecified and must not be used.
    pub fn decode(
        &mut self,
        layout: &Layout,
        priors: &Priors,
        (baseline, gap): (&Rows, u32),
        bytes: &[u8],
        now: &mut Rows,
    ) -> Result<(), DecodeError> {
        // New rows are bounded a segment; over many small frames this bounds their sum.
        if baseline.len() > MAX_HELD_ROWS {
            return Err(DecodeError::TooMany(baseline.len() as u32));
        }
        priors.reset(&mut self.models);
        let range = RangeDecoder::new(bytes);
        let mut bits = Bits { models: &mut self.models, range };
        self.new.clear();
        new_rows(layout, priors, gap, &mut bits, &mut self.row, &mut self.new)?;
        now.clear();
        let mut merge = Merge { layout, new: &self.new, now };
        old_rows(layout, priors, (baseline, gap), &mut bits, &mut self.row, &mut merge)?;
        match bits.range.has_trailing() {
            true => Err(DecodeError::Trailing),
            false => bits.check(),
        }
    }

    /// Makes `now` what is predicted `gap` ticks after `baseline`: a segment that took no bytes.
    pub fn advance(&mut self, layout: &Layout, (baseline, gap): (&Rows, u32), now: &mut Rows) {
        now.clear();
        for old in baseline.iter(layout) {
            let kind = &layout.kinds[old.id.kind()];
            let RowBuffer { values, motion } = &mut self.row;
            predict::predict_row(kind, old.values, old.motion, gap, values);
            predict::motion_between(kind, old.values, values, gap, motion);
            now.push(self.row.row(old.id));
        }
    }
}

/// Merges new rows into the old ones, by id.
struct Merge<'a> {
    layout: &'a Layout,
    new: &'a Rows,
    now: &'a mut Rows,
}

fn old_rows(
    layout: &Layout,
    priors: &Priors,
    (baseline, gap): (&Rows, u32),
    bits: &mut Bits<'_, '_>,
    buffer: &mut RowBuffer,
    merge: &mut Merge<'_>,
) -> Result<(), DecodeError> {
    let mut new = merge.new.iter(merge.layout).peekable();
    let mut recent = Recent::default();
    for old in baseline.iter(layout) {
        while let Some(row) = new.next_if(|row| row.id < old.id) {
            merge.now.push(row);
        }
        if new.peek().is_some_and(|row| row.id == old.id) {
            return Err(DecodeError::Order { kind: old.id.kind() });
        }
        if old_row(&layout.kinds[old.id.kind()], priors, (old, gap), bits, &mut recent, buffer)? {
            merge.now.push(buffer.row(old.id));
        }
    }
    for row in new {
        merge.now.push(row);
    }
    Ok(())
}

/// Reads one old row into `buffer`; returns whether it still exists.
fn old_row(
    layout: &KindLayout,
    priors: &Priors,
    (old, gap): (Row<'_>, u32),
    bits: &mut Bits<'_, '_>,
    recent: &mut Recent,
    buffer: &mut RowBuffer,
) -> Result<bool, DecodeError> {
    let base = priors.kind_base(old.id.kind());
    predict::predict_row(layout, old.values, old.motion, gap, &mut buffer.values);
    let context = model::row_context(old.motion, recent.of(old.id.kind()));
    let differs = bits.bit(base + kind::DIFFERS + context);
    recent.push(differs);
    if differs && bits.bit(base + kind::GONE) {
        return Ok(false);
    }
    if differs {
        changed_groups(layout, priors, old, bits, &mut buffer.values)?;
    }
    predict::motion_between(layout, old.values, &buffer.values, gap, &mut buffer.motion);
    if differs && gap != 1 && layout.motions > 0 && bits.bit(base + kind::MOTION) {
        motions(layout, priors, bits, &mut buffer.motion);
    }
    bits.check()?;
    Ok(true)
}

/// Applies what differs from the prediction in `values`.
fn changed_groups(
    layout: &KindLayout,
    priors: &Priors,
    old: Row<'_>,
    bits: &mut Bits<'_, '_>,
    values: &mut [u32],
) -> Result<(), DecodeError> {
    let mut any = false;
    for group in &layout.groups {
        let base = priors.group_base(group.model);
        let motion = group_motion(group, old.motion);
        let differs = bits.bit(base + group::DIFFERS + model::group_context(motion, any));
        any |= differs;
        if differs {
            changed_group(layout, (group, base), (old.id.kind(), motion), bits, values)?;
        }
    }
    Ok(())
}

fn changed_group(
    layout: &KindLayout,
    (group, base): (&Group, usize),
    (kind, motion): (usize, &[i32]),
    bits: &mut Bits<'_, '_>,
    values: &mut [u32],
) -> Result<(), DecodeError> {
    if group.coding == Coding::Text {
        bits.text(&mut values[group.start..group.start + group.len]);
        return Ok(());
    }
    if group.coding == Coding::Quat {
        values[group.start] = bits.largest(base, values[group.start]);
    }
    let mut neighbour = None;
    for (index, column) in group.numbers().enumerate() {
        let motion = motion.get(index).copied().unwrap_or(0);
        let (residual, class) = bits.number(base, motion, neighbour);
        neighbour = Some(class);
        values[column] = predict::apply(layout.columns[column], values[column], residual);
        if values[column] > layout.columns[column].max {
            return Err(DecodeError::Range { kind, column });
        }
    }
    Ok(())
}

/// Adds what differs from the expected motion.
fn motions(layout: &KindLayout, priors: &Priors, bits: &mut Bits<'_, '_>, motion: &mut [i32]) {
    for group in &layout.groups {
        let Some(first) = group.motion else { continue };
        let base = priors.group_base(group.model);
        let mut neighbour = None;
        for motion in &mut motion[first..first + group.numbers().len()] {
            let (residual, class) = bits.number(base, *motion, neighbour);
            neighbour = Some(class);
            *motion = motion.wrapping_add(residual);
        }
    }
}

fn new_rows(
    layout: &Layout,
    priors: &Priors,
    gap: u32,
    bits: &mut Bits<'_, '_>,
    buffer: &mut RowBuffer,
    new: &mut Rows,
) -> Result<(), DecodeError> {
    if !bits.bit(once::ANY_NEW) {
        return Ok(());
    }
    let present = layout.kinds.iter().enumerate().filter(|(_, kind)| kind.present);
    for (kind, layout) in present {
        let count = bits.exp_golomb(once::COUNT);
        if new.len() + count as usize > MAX_ROWS {
            return Err(DecodeError::TooMany(count));
        }
        let mut previous = None;
        buffer.values.clear();
        buffer.values.resize(layout.columns.len(), 0);
        for _ in 0..count {
            let id = new_id(kind, previous, bits)?;
            new_row(layout, priors, (id, gap), bits, buffer)?;
            new.push(buffer.row(id));
            previous = Some(id);
        }
    }
    Ok(())
}

fn new_id(
    kind: usize,
    previous: Option<EntityId>,
    bits: &mut Bits<'_, '_>,
) -> Result<EntityId, DecodeError> {
    let expected = previous.map_or(0, |previous| u32::from(previous.slot()));
    let slot = expected.saturating_add(bits.exp_golomb(once::SLOT));
    let generation = bits.tree(once::GENERATION);
    let order = DecodeError::Order { kind };
    let id = EntityId::new(kind as u8, u16::try_from(slot).map_err(|_| order)?, generation);
    if previous.is_some_and(|previous| previous >= id) { Err(order) } else { Ok(id) }
}

/// Reads a new row over the previous new one of its kind, which `buffer` still holds.
fn new_row(
    layout: &KindLayout,
    priors: &Priors,
    (id, gap): (EntityId, u32),
    bits: &mut Bits<'_, '_>,
    buffer: &mut RowBuffer,
) -> Result<(), DecodeError> {
    for group in &layout.groups {
        let columns = group.start..group.start + group.len;
        if bits.bit(priors.group_base(group.model) + group::SAME) {
            continue;
        }
        if group.coding == Coding::Text {
            bits.text(&mut buffer.values[columns]);
            continue;
        }
        for column in columns {
            let max = layout.columns[column].max;
            buffer.values[column] = bits.range.raw(bit_length(max));
            if buffer.values[column] > max {
                return Err(DecodeError::Range { kind: id.kind(), column });
            }
        }
    }
    buffer.motion.clear();
    buffer.motion.resize(layout.motions, 0);
    if gap != 1 && layout.motions > 0 {
        motions(layout, priors, bits, &mut buffer.motion);
    }
    bits.check()
}

/// A range decoder with its models.
struct Bits<'a, 'b> {
    models: &'a mut [Bit],
    range: RangeDecoder<'b>,
}

impl Bits<'_, '_> {
    #[inline]
    fn bit(&mut self, model: usize) -> bool {
        let model = &mut self.models[model];
        let bit = self.range.bit(model.p0());
        model.learn(bit);
        bit
    }

    fn check(&self) -> Result<(), DecodeError> {
        if self.range.overran() { Err(DecodeError::Truncated) } else { Ok(()) }
    }

    /// Reads a residual and its class.
    fn number(&mut self, base: usize, motion: i32, neighbour: Option<u32>) -> (i32, u32) {
        let context = model::class_context(motion, neighbour);
        let first = base + group::CLASS + context * model::CLASS_BITS;
        let mut class = 0;
        while class < 32 && self.bit(first + (class as usize).min(model::CLASS_BITS - 1)) {
            class += 1;
        }
        if class == 0 {
            return (0, 0);
        }
        let negative = self.bit(base + group::SIGN + model::sign_context(motion));
        let size = self.mantissa(base, class) as i32;
        (if negative { size.wrapping_neg() } else { size }, class)
    }

    fn mantissa(&mut self, base: usize, class: u32) -> u32 {
        let first =
            base + group::MANTISSA + (class as usize - 1).min(model::MANTISSA_CLASSES - 1) * 3;
        if class == 1 {
            return 1;
        }
        let high = u32::from(self.bit(first));
        if class == 2 {
            return 2 | high;
        }
        let low = u32::from(self.bit(first + 1 + high as usize));
        (4 | high << 1 | low) << (class - 3) | self.range.raw(class - 3)
    }

    fn largest(&mut self, base: usize, predicted: u32) -> u32 {
        if !self.bit(base + group::LARGEST) {
            return predicted;
        }
        let high = u32::from(self.bit(base + group::LARGEST + 1));
        high << 1 | u32::from(self.bit(base + group::LARGEST + 2 + high as usize))
    }

    fn text(&mut self, columns: &mut [u32]) {
        columns.fill(0);
        for index in 0..columns.len() * 4 {
            let byte = self.tree(once::TEXT);
            if byte == 0 {
                return;
            }
            columns[index / 4] |= u32::from(byte) << (index % 4 * 8);
        }
    }

    fn tree(&mut self, first: usize) -> u8 {
        let mut node = 1;
        while node < 256 {
            node = node * 2 + usize::from(self.bit(first + node));
        }
        node as u8
    }

    fn exp_golomb(&mut self, first: usize) -> u32 {
        let mut class = 0;
        while class < 31 && self.bit(first + class as usize) {
            class += 1;
        }
        match class {
            0 => 0,
            _ => 1 << (class - 1) | self.range.raw(class - 1),
        }
    }
}
