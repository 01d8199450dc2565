//! A schema flattened for one audience, so that the codec never looks at names.

use super::{
    model::{bit_length, most_class},
    predict::Rate,
};
use crate::schema::{Audience, ColumnSpec, Field, FieldType, Kind, Predict, Schema};

/// What one audience's segments hold, kind by kind.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Whose layout it is.
    pub audience: Audience,
    /// By the kind's index in the schema.
    pub kinds: Vec<KindLayout>,
    /// How many model groups there are over all kinds.
    pub groups: usize,
    /// The hash of the schema, which priors are made for.
    pub schema_hash: u32,
    /// How many fields the schema's kinds have, whoever may see them.
    pub fields: usize,
}

/// The part of one kind that this audience sees.
#[derive(Clone, Debug)]
pub struct KindLayout {
    /// Whether entities of this kind have rows in this audience's segments.
    pub present: bool,
    /// Where this part begins among all the kind's columns.
    pub first_column: usize,
    /// The columns of a row.
    pub columns: Vec<ColumnSpec>,
    /// The fields, as runs of columns that are coded together: in the schema's order, but
    /// those that another field predicts come last.
    pub groups: Vec<Group>,
    /// How many columns move: each has a motion, then, in the same order, a jolt.
    pub movers: usize,
    /// How many motions and jolts a row has.
    pub motions: usize,
    /// The columns of numbers that move.
    pub moving: Vec<Mover>,
    /// The columns of numbers, in the order in which they are coded.
    pub numbers: Vec<NumberLayout>,
    /// Those of them that keep their values, by index.
    pub held: Vec<usize>,
    /// The groups of text, by index.
    pub texts: Vec<usize>,
    /// The groups that are rotations, by index.
    pub turning: Vec<usize>,
    /// The groups that others predict, by index.
    pub led: Vec<usize>,
}

/// A column that holds a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberLayout {
    /// The column.
    pub column: usize,
    /// What values it can have.
    pub spec: ColumnSpec,
    /// The largest class that its residuals can have.
    pub most: u32,
}

/// A column that goes on as it moved in the tick before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mover {
    /// The column.
    pub column: usize,
    /// Its index among the numbers.
    pub number: usize,
    /// Its motion's place in a row; its jolt's is as many further on as there are columns that move.
    pub motion: usize,
    /// What values it can have.
    pub spec: ColumnSpec,
}

/// How a group's columns are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// Each column as a number's residual.
    Numbers,
    /// The first column says which component was left out; the rest are numbers.
    Quat,
    /// Bytes of text.
    Text,
}

/// A run of columns that belong together: a field.
#[derive(Clone, Debug)]
pub struct Group {
    /// The first column.
    pub start: usize,
    /// How many columns.
    pub len: usize,
    /// How they are coded.
    pub coding: Coding,
    /// The first motion of a group that moves.
    pub motion: Option<usize>,
    /// The first of its numbers, among all of the kind's.
    pub first: usize,
    /// How many numbers it has.
    pub count: usize,
    /// The columns that say how fast the group changes, and what one of their steps does.
    pub by: Option<(usize, Rate)>,
    /// The group's number among all of the layout's.
    pub model: usize,
    /// Whether its columns may be sent as they are, where no prediction helps.
    pub raw: bool,
    /// The field's number among all of the schema's.
    pub field: usize,
    /// Which of the built-in tables of priors fits it.
    pub class: usize,
}

impl Group {
    /// The columns of the group that carry numbers, which are also those that can have motion.
    #[must_use]
    pub fn numbers(&self) -> std::ops::Range<usize> {
        let skipped = usize::from(self.coding == Coding::Quat);
        self.start + skipped..self.start + self.len
    }

    /// All columns of the group.
    #[must_use]
    pub fn columns(&self) -> std::ops::Range<usize> {
        self.start..self.start + self.len
    }
}

impl Layout {
    /// Flattens a valid schema for `audience`, at a tick rate.
    #[must_use]
    pub fn new(schema: &Schema, audience: Audience, tick_hz: u32) -> Layout {
        let (mut groups, mut fields) = (0, 0);
        let kinds = schema.kinds.iter().map(|kind| {
            let layout = KindLayout::new(kind, audience, tick_hz, (&mut groups, fields));
            fields += kind.fields.len();
            layout
        });
        let kinds = kinds.collect();
        Layout { audience, kinds, groups, schema_hash: schema.hash(), fields }
    }

    /// Whether segments of this audience can hold anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.kinds.iter().any(|kind| kind.present)
    }
}

impl KindLayout {
    fn new(
        kind: &Kind,
        audience: Audience,
        tick_hz: u32,
        (next_model, first_field): (&mut usize, usize),
    ) -> KindLayout {
        let earlier = kind.fields.iter().take_while(|field| field.audience < audience);
        let mut layout = KindLayout {
            present: kind.is_in(audience),
            first_column: earlier.map(|field| field.columns().len()).sum(),
            columns: Vec::new(),
            groups: Vec::new(),
            movers: 0,
            motions: 0,
            moving: Vec::new(),
            numbers: Vec::new(),
            held: Vec::new(),
            texts: Vec::new(),
            turning: Vec::new(),
            led: Vec::new(),
        };
        for (index, field) in kind.fields.iter().enumerate() {
            if field.audience == audience {
                layout.push(field, *next_model, first_field + index);
                *next_model += 1;
            }
        }
        layout.motions = layout.movers * 2;
        layout.link(kind, first_field, tick_hz);
        layout.sort_out();
        layout
    }

    fn push(&mut self, field: &Field, model: usize, number: usize) {
        let columns = field.columns();
        let coding = match field.ty {
            FieldType::Quat { .. } => Coding::Quat,
            FieldType::Text { .. } => Coding::Text,
            _ => Coding::Numbers,
        };
        let moves = matches!(field.predict, Predict::Linear | Predict::Wrap);
        let motion = (moves && coding != Coding::Text).then_some(self.movers);
        let mut group = Group {
            start: self.columns.len(),
            len: columns.len(),
            coding,
            motion,
            first: 0,
            count: 0,
            by: None,
            raw: coding != Coding::Text && raw_bits(&columns) >= LEAST_RAW,
            model,
            field: number,
            class: 0,
        };
        group.class = class(&group, &field.predict, &columns);
        if motion.is_some() {
            self.movers += group.numbers().len();
        }
        self.columns.extend(columns);
        self.groups.push(group);
    }

    /// Tells the fields that others predict where those are, and has them coded last.
    fn link(&mut self, kind: &Kind, first_field: usize, tick_hz: u32) {
        for index in 0..self.groups.len() {
            let field = &kind.fields[self.groups[index].field - first_field];
            let Predict::By(name) = &field.predict else { continue };
            let named = |group: &&Group| kind.fields[group.field - first_field].name == *name;
            let Some(velocity) = self.groups.iter().find(named) else { continue };
            let ty = &kind.fields[velocity.field - first_field].ty;
            let most = self.columns[velocity.start].max;
            let rate = Rate::new((ty, most), &field.ty, tick_hz);
            self.groups[index].by = Some((velocity.start, rate));
        }
        self.groups.sort_by_key(|group| group.by.is_some());
    }

    /// Notes which columns and groups are predicted in which way.
    fn sort_out(&mut self) {
        for (index, group) in self.groups.iter_mut().enumerate() {
            group.first = self.numbers.len();
            if group.coding == Coding::Text {
                self.texts.push(index);
                continue;
            }
            group.count = group.numbers().len();
            for (column, motion) in group.numbers().zip(group.motion.unwrap_or(0)..) {
                let (number, spec) = (self.numbers.len(), self.columns[column]);
                self.numbers.push(NumberLayout { column, spec, most: most_class(spec) });
                match (group.motion, group.by) {
                    (Some(_), _) if group.coding == Coding::Numbers => {
                        self.moving.push(Mover { column, number, motion, spec });
                    }
                    (None, None) if group.coding == Coding::Numbers => self.held.push(number),
                    _ => {}
                }
            }
            if group.coding == Coding::Quat {
                self.turning.push(index);
            }
            if group.by.is_some() {
                self.led.push(index);
            }
        }
    }
}

/// A group with fewer bits is never sent as it is: its models learn random bits well enough.
const LEAST_RAW: u32 = 5;

/// The bits that columns take as they are.
pub(super) fn raw_bits(columns: &[ColumnSpec]) -> u32 {
    columns.iter().map(|column| bit_length(column.max)).sum()
}

/// How many built-in tables there are.
pub const CLASSES: usize = 9;

/// Which of the built-in tables fits a field.
fn class(group: &Group, predict: &Predict, columns: &[ColumnSpec]) -> usize {
    match group.coding {
        Coding::Text => 0,
        Coding::Quat => 1,
        Coding::Numbers if matches!(predict, Predict::By(_)) => 2,
        Coding::Numbers if group.motion.is_some() => match columns {
            [column] if column.wrap => 3,
            [_] => 4,
            _ => 5,
        },
        Coding::Numbers if columns.len() > 1 => 6,
        Coding::Numbers if columns[0].max < 16 => 7,
        Coding::Numbers => 8,
    }
}
