//! A schema flattened for one audience, so that the codec never looks at names.

use crate::schema::{Audience, ColumnSpec, FieldType, Kind, Predict, Schema};

/// What one audience's segments hold, kind by kind.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Whose layout it is.
    pub audience: Audience,
    /// By the kind's index in the schema.
    pub kinds: Vec<KindLayout>,
    /// How many model groups there are over all kinds.
    pub groups: usize,
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
    /// The fields, as runs of columns that are coded together.
    pub groups: Vec<Group>,
    /// How many motions a row has: one for each linearly predicted column.
    pub motions: usize,
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
    /// The first motion of a linearly predicted group.
    pub motion: Option<usize>,
    /// The group's number among all of the layout's.
    pub model: usize,
}

impl Group {
    /// The columns of the group that carry numbers, which are also those that can have motion.
    #[must_use]
    pub fn numbers(&self) -> std::ops::Range<usize> {
        let skipped = usize::from(self.coding == Coding::Quat);
        self.start + skipped..self.start + self.len
    }
}

impl Layout {
    /// Flattens a valid schema for `audience`.
    #[must_use]
    pub fn new(schema: &Schema, audience: Audience) -> Layout {
        let mut groups = 0;
        let kinds = schema.kinds.iter().map(|kind| KindLayout::new(kind, audience, &mut groups));
        Layout { audience, kinds: kinds.collect(), groups }
    }

    /// Whether segments of this audience can hold anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.kinds.iter().any(|kind| kind.present)
    }
}

impl KindLayout {
    fn new(kind: &Kind, audience: Audience, next_model: &mut usize) -> KindLayout {
        let earlier = kind.fields.iter().take_while(|field| field.audience < audience);
        let mut layout = KindLayout {
            present: kind.is_in(audience),
            first_column: earlier.map(|field| field.ty.columns().len()).sum(),
            columns: Vec::new(),
            groups: Vec::new(),
            motions: 0,
        };
        for field in kind.fields.iter().filter(|field| field.audience == audience) {
            layout.push(&field.ty, field.predict, *next_model);
            *next_model += 1;
        }
        layout
    }

    fn push(&mut self, ty: &FieldType, predict: Predict, model: usize) {
        let columns = ty.columns();
        let coding = match ty {
            FieldType::Quat { .. } => Coding::Quat,
            FieldType::Text { .. } => Coding::Text,
            _ => Coding::Numbers,
        };
        let linear = predict == Predict::Linear && coding != Coding::Text;
        let motion = linear.then_some(self.motions);
        let group = Group { start: self.columns.len(), len: columns.len(), coding, motion, model };
        if linear {
            self.motions += group.numbers().len();
        }
        self.columns.extend(columns);
        self.groups.push(group);
    }
}
