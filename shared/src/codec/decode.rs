//! Decoding a segment: the mirror of [`super::encode`], for bytes that may be anybody's.
//!
//! Nothing here panics or allocates more than its input can justify: every new
//! row costs at least its share of real bits, because reading beyond the end of
//! the input is noticed after each row.

use thiserror::Error;

use super::{
    context::{Leap, Recent, past},
    layout::{Coding, Group, KindLayout, Layout},
    model::{self, Near, Past, Unrest, group, kind, once},
    models::Models,
    predict,
    priors::Priors,
    quat,
    read::Bits,
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
    models: Models,
    new: Rows,
    row: RowBuffer,
}

#[derive(Debug, Default)]
struct RowBuffer {
    values: Vec<u32>,
    motion: Vec<i32>,
    predicted: Vec<u32>,
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
        self.models.reset(priors);
        let mut bits = Bits::new(&mut self.models, bytes);
        self.new.clear();
        new_rows(layout, priors, gap, &mut bits, &mut self.row, &mut self.new)?;
        now.clear();
        let mut merge = Merge { layout, new: &self.new, now };
        old_rows(layout, priors, (baseline, gap), &mut bits, &mut self.row, &mut merge)?;
        bits.finish()
    }

    /// Makes `now` what is predicted `gap` ticks after `baseline`: a segment that took no bytes.
    pub fn advance(&mut self, layout: &Layout, (baseline, gap): (&Rows, u32), now: &mut Rows) {
        now.clear();
        for old in baseline.iter(layout) {
            let kind = &layout.kinds[old.id.kind()];
            let (values, motion) = now.append(old.id, old.values, kind.motions);
            predict::predict_row(kind, old, gap, values);
            if gap == 1 {
                predict::motion_after(kind, old, values, motion);
            } else {
                self.row.predicted.clear();
                self.row.predicted.extend_from_slice(values);
                let from = (old, &self.row.predicted[..]);
                predict::motion_between(kind, from, values, gap, motion);
            }
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
        old_row(layout, priors, (old, gap), (bits, &mut recent), buffer, merge.now)?;
    }
    for row in new {
        merge.now.push(row);
    }
    Ok(())
}

/// Reads what became of one old row, and appends that to `now` unless it is gone.
fn old_row(
    layout: &Layout,
    priors: &Priors,
    (old, gap): (Row<'_>, u32),
    (bits, recent): (&mut Bits<'_, '_>, &mut Recent),
    buffer: &mut RowBuffer,
    now: &mut Rows,
) -> Result<(), DecodeError> {
    let (layout, base) = (&layout.kinds[old.id.kind()], priors.kind_base(old.id.kind()));
    let (motion, jolts) = old.motion.split_at(layout.movers);
    let unrest = Unrest::of(motion, jolts);
    let context = model::row_context(unrest, recent.of(old.id.kind()));
    let differs = bits.bit(base + kind::DIFFERS + context);
    recent.push(differs);
    if differs && bits.bit(base + kind::GONE + unrest.motion_size()) {
        return Ok(());
    }
    let (values, motion) = now.append(old.id, old.values, layout.motions);
    predict::predict_row(layout, old, gap, values);
    if gap != 1 {
        buffer.predicted.clear();
        buffer.predicted.extend_from_slice(values);
    }
    if differs {
        changed_groups(layout, priors, (old, gap), bits, values)?;
    }
    if gap == 1 {
        predict::motion_after(layout, old, values, motion);
    } else {
        let predicted = &buffer.predicted[..];
        predict::motion_between(layout, (old, predicted), values, gap, motion);
        if differs && layout.motions > 0 && bits.bit(base + kind::MOTION) {
            motions(layout, priors, (Some(old), gap), bits, (predicted, values, motion));
        }
    }
    bits.check()
}

/// Applies what differs from the prediction.
fn changed_groups(
    layout: &KindLayout,
    priors: &Priors,
    (old, gap): (Row<'_>, u32),
    bits: &mut Bits<'_, '_>,
    values: &mut [u32],
) -> Result<(), DecodeError> {
    let mut near = Near::default();
    for group in &layout.groups {
        let base = priors.group_base(group.model);
        if group.by.is_some() {
            let from = (old.values, predict::velocity(group, values));
            predict::predict_by(layout, group, from, gap, values);
        }
        let (motion, jolts) = past(layout, group, old.motion);
        let context = model::group_context(Unrest::of(motion, jolts), near);
        if bits.bit(base + group::DIFFERS + context) {
            let pasts = Pasts { motion, jolts, gap, kind: old.id.kind() };
            changed_group(layout, (group, base), pasts, bits, (&mut near, values))?;
        } else {
            near.note(0);
        }
    }
    Ok(())
}

/// What a group's numbers did before, and whose they are.
struct Pasts<'a> {
    motion: &'a [i32],
    jolts: &'a [i32],
    gap: u32,
    kind: usize,
}

fn changed_group(
    layout: &KindLayout,
    (group, base): (&Group, usize),
    pasts: Pasts<'_>,
    bits: &mut Bits<'_, '_>,
    (near, values): (&mut Near, &mut [u32]),
) -> Result<(), DecodeError> {
    if group.coding == Coding::Text {
        bits.text(&mut values[group.columns()]);
        return Ok(());
    }
    if group.raw && bits.bit(base + group::RAW) {
        near.note(model::CLASS_BITS as u32);
        let raw = |max| bits.raw(model::bit_length(max));
        return columns(layout, group, pasts.kind, values, raw);
    }
    if group.coding == Coding::Quat {
        let predicted = &values[group.columns()];
        let certainty = quat::certainty(predicted, layout.columns[group.start + 1].max);
        let largest = bits.largest(base, certainty, predicted[0]);
        let expected = predict::expected(layout, group, predicted, largest);
        values[group.columns()].copy_from_slice(&expected);
    }
    for (index, column) in group.numbers().enumerate() {
        let (spec, of) = (layout.columns[column], |past: &[i32]| past.get(index).copied());
        let past =
            Past::new(of(pasts.motion).unwrap_or(0), of(pasts.jolts).unwrap_or(0), pasts.gap);
        let residual = bits.number(base, (spec, values[column]), past, near);
        values[column] = predict::apply(spec, values[column], residual);
        if values[column] > spec.max {
            return Err(DecodeError::Range { kind: pasts.kind, column });
        }
    }
    Ok(())
}

/// Reads a group's columns as they are.
fn columns(
    layout: &KindLayout,
    group: &Group,
    kind: usize,
    values: &mut [u32],
    mut read: impl FnMut(u32) -> u32,
) -> Result<(), DecodeError> {
    for column in group.columns() {
        let max = layout.columns[column].max;
        values[column] = read(max);
        if values[column] > max {
            return Err(DecodeError::Range { kind, column });
        }
    }
    Ok(())
}

/// Adds what differs from the expected motion, and sets the jolts.
fn motions(
    layout: &KindLayout,
    priors: &Priors,
    (old, gap): (Option<Row<'_>>, u32),
    bits: &mut Bits<'_, '_>,
    (predicted, values, motions): (&[u32], &[u32], &mut [i32]),
) {
    for group in &layout.groups {
        let Some(first) = group.motion else { continue };
        let base = priors.group_base(group.model);
        let leap = Leap::new(layout, group, (old, gap), predicted, values);
        for index in 0..group.numbers().len() {
            let motion = &mut motions[first + index];
            *motion = motion.wrapping_add(bits.motion(base, leap.motion_context(index)));
            let jolt = leap.jolt_context(index, *motion);
            motions[layout.movers + first + index] = bits.jolt(base, jolt);
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
        let count = bits.count(priors.kind_base(kind) + model::kind::COUNT);
        if new.len() + count as usize > MAX_ROWS {
            return Err(DecodeError::TooMany(count));
        }
        let mut previous = None;
        buffer.values.clear();
        buffer.values.resize(layout.columns.len(), 0);
        buffer.predicted.clone_from(&buffer.values);
        for _ in 0..count {
            let id = new_id(kind, priors, previous, bits)?;
            new_row(layout, priors, (id, gap), bits, buffer)?;
            new.push(buffer.row(id));
            previous = Some(id);
        }
    }
    Ok(())
}

fn new_id(
    kind: usize,
    priors: &Priors,
    previous: Option<EntityId>,
    bits: &mut Bits<'_, '_>,
) -> Result<EntityId, DecodeError> {
    let expected = previous.map_or(0, |previous| u32::from(previous.slot()));
    let slot = expected.saturating_add(bits.count(priors.kind_base(kind) + kind::SLOT));
    let generation = bits.tree(once::GENERATION, 8) as u8;
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
        let base = priors.group_base(group.model);
        if bits.bit(base + group::SAME) {
            continue;
        }
        if group.coding == Coding::Text {
            bits.text(&mut buffer.values[group.columns()]);
            continue;
        }
        let fresh = |max| bits.fresh(base, max);
        columns(layout, group, id.kind(), &mut buffer.values, fresh)?;
    }
    buffer.motion.clear();
    buffer.motion.resize(layout.motions, 0);
    if gap != 1 && layout.motions > 0 {
        let row = (&buffer.predicted[..], &buffer.values[..], &mut buffer.motion[..]);
        motions(layout, priors, (None, gap), bits, row);
    }
    bits.check()
}
