//! The schema: which kinds of entity exist, and how each of their fields is quantised.
//!
//! A [`Schema`] is plain data. The server derives it from the game's types and
//! sends it at join, so a client needs no generated code. It is also input from
//! the network, hence [`Schema::validate`] before anything trusts it.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The most kinds of entity a schema may have.
pub const MAX_KINDS: usize = 64;
/// The most columns one kind may flatten to.
pub const MAX_COLUMNS: usize = 64;
/// The longest text field, in bytes of UTF-8.
pub const MAX_TEXT_BYTES: u8 = 64;
/// The longest name of a kind or field, in bytes.
pub const MAX_NAME_BYTES: usize = 64;

/// Who may see a field.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Audience {
    /// Everybody in the room.
    #[default]
    Public,
    /// The members of the entity's team.
    Team,
    /// The player that owns the entity.
    Owner,
}

/// All audiences, in the order in which a kind's fields are laid out.
pub const AUDIENCES: [Audience; 3] = [Audience::Public, Audience::Team, Audience::Owner];

/// What a field is expected to do from one tick to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Predict {
    /// It keeps its value.
    #[default]
    Hold,
    /// It changes by as much as in the tick before.
    Linear,
    /// It changes by what the field of this name says, in its units a second.
    By(String),
    /// Like `Linear`, in a range whose ends meet: beyond the greatest value comes the least.
    Wrap,
}

/// How a field's value becomes integers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FieldType {
    /// True or false.
    Bool,
    /// A whole number in `min..=max`.
    Int {
        /// The least value.
        min: i64,
        /// The greatest value; at most `min + u32::MAX`.
        max: i64,
    },
    /// A number in `min..=max`, rounded to the nearest multiple of `step` above `min`.
    Float {
        /// The least value.
        min: f32,
        /// The greatest value.
        max: f32,
        /// The distance between neighbouring values.
        step: f32,
    },
    /// Two [`FieldType::Float`] components, `x` and `y`.
    Vec2 {
        /// The least value of a component.
        min: f32,
        /// The greatest value of a component.
        max: f32,
        /// The distance between neighbouring values.
        step: f32,
    },
    /// Three [`FieldType::Float`] components, `x`, `y` and `z`.
    Vec3 {
        /// The least value of a component.
        min: f32,
        /// The greatest value of a component.
        max: f32,
        /// The distance between neighbouring values.
        step: f32,
    },
    /// An angle in radians as one of 2^`bits` directions; it wraps around.
    Angle {
        /// Bits of precision, 2 to 16.
        bits: u8,
    },
    /// A unit quaternion by its three smallest components.
    Quat {
        /// Bits a component, 4 to 16.
        bits: u8,
    },
    /// One of a list of names.
    Enum {
        /// The names, by value.
        names: Vec<String>,
    },
    /// A short text of at most `bytes` bytes of UTF-8, without NUL.
    Text {
        /// The longest text, a multiple of four.
        bytes: u8,
    },
}

/// One integer that a field flattens to: `0..=max`, wrapping or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnSpec {
    /// The greatest value.
    pub max: u32,
    /// Whether `max + 1` is zero again.
    pub wrap: bool,
}

impl FieldType {
    /// The integers that a value of this type flattens to.
    #[must_use]
    pub fn columns(&self) -> Vec<ColumnSpec> {
        let plain = |max: u32| ColumnSpec { max, wrap: false };
        match self {
            FieldType::Bool => vec![plain(1)],
            FieldType::Int { min, max } => vec![plain((max - min) as u32)],
            FieldType::Float { min, max, step } => vec![plain(steps(*min, *max, *step))],
            FieldType::Vec2 { min, max, step } => vec![plain(steps(*min, *max, *step)); 2],
            FieldType::Vec3 { min, max, step } => vec![plain(steps(*min, *max, *step)); 3],
            FieldType::Angle { bits } => {
                vec![ColumnSpec { max: (1 << bits) - 1, wrap: true }]
            }
            FieldType::Quat { bits } => {
                let component = plain((1 << bits) - 1);
                vec![plain(3), component, component, component]
            }
            FieldType::Enum { names } => vec![plain(names.len() as u32 - 1)],
            FieldType::Text { bytes } => vec![plain(u32::MAX); usize::from(*bytes) / 4],
        }
    }

    /// Whether the type is a number, or several, that has a unit.
    fn is_number(&self) -> bool {
        use FieldType::{Float, Int, Vec2, Vec3};
        matches!(self, Int { .. } | Float { .. } | Vec2 { .. } | Vec3 { .. })
    }

    fn problem(&self) -> Option<&'static str> {
        let bad_span = |min: &f32, max: &f32, step: &f32| {
            let usable = min.is_finite() && max.is_finite() && *step > 0.0 && max > min;
            let count = (f64::from(*max) - f64::from(*min)) / f64::from(*step);
            (!usable || count > 2_147_483_647.0)
                .then_some("needs finite min < max, step > 0 and fewer than 2^31 steps")
        };
        match self {
            FieldType::Bool => None,
            FieldType::Int { min, max } => {
                let span = i128::from(*max) - i128::from(*min);
                (!(0..=i128::from(u32::MAX)).contains(&span))
                    .then_some("needs min <= max <= min + 2^32 - 1")
            }
            FieldType::Float { min, max, step }
            | FieldType::Vec2 { min, max, step }
            | FieldType::Vec3 { min, max, step } => bad_span(min, max, step),
            FieldType::Angle { bits } => (!(2..=16).contains(bits)).then_some("needs 2 to 16 bits"),
            FieldType::Quat { bits } => (!(4..=16).contains(bits)).then_some("needs 4 to 16 bits"),
            FieldType::Enum { names } => {
                (names.is_empty() || names.len() > 256).then_some("needs 1 to 256 names")
            }
            FieldType::Text { bytes } => {
                (*bytes == 0 || *bytes > MAX_TEXT_BYTES || *bytes % 4 != 0)
                    .then_some("needs 4 to 64 bytes, a multiple of four")
            }
        }
    }
}

/// The greatest quantised value of a float range: its number of steps.
#[must_use]
#[inline]
pub fn steps(min: f32, max: f32, step: f32) -> u32 {
    ((f64::from(max) - f64::from(min)) / f64::from(step)).round() as u32
}

/// One field of a kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// The field's name, unique in its kind.
    pub name: String,
    /// How it is quantised.
    pub ty: FieldType,
    /// What it is expected to do.
    pub predict: Predict,
    /// Who may see it.
    pub audience: Audience,
}

impl Field {
    /// The integers that the field flattens to.
    #[must_use]
    pub fn columns(&self) -> Vec<ColumnSpec> {
        let mut columns = self.ty.columns();
        if self.predict == Predict::Wrap {
            // The end of a real range is its beginning again; of whole numbers both ends count.
            let shared = u32::from(!matches!(self.ty, FieldType::Int { .. }));
            let ring = |column: &mut ColumnSpec| {
                *column = ColumnSpec { max: column.max.saturating_sub(shared), wrap: true };
            };
            columns.iter_mut().for_each(ring);
        }
        columns
    }

    /// What is wrong with how the field is predicted, given all fields of its kind.
    fn prediction_problem(&self, fields: &[Field]) -> Option<&'static str> {
        let by = match &self.predict {
            Predict::Wrap if !self.ty.is_number() => {
                return Some("cannot wrap: only int, float, vec2 and vec3 can");
            }
            Predict::Wrap if self.columns().iter().any(|column| column.max == 0) => {
                return Some("needs two values or more to wrap");
            }
            Predict::By(by) => by,
            _ => return None,
        };
        let Some(velocity) = fields.iter().find(|field| field.name == *by) else {
            return Some("is predicted by a field that is not there");
        };
        let moves = self.ty.is_number() || matches!(self.ty, FieldType::Angle { .. });
        if !moves || !velocity.ty.is_number() {
            Some("is predicted by a field, which takes two fields of numbers")
        } else if velocity.audience != self.audience {
            Some("is predicted by a field of another audience")
        } else if velocity.ty.columns().len() != self.ty.columns().len() {
            Some("is predicted by a field with another number of components")
        } else if matches!(velocity.predict, Predict::By(_)) {
            Some("is predicted by a field that is predicted by a field")
        } else if velocity.predict == Predict::Wrap {
            Some("is predicted by a field that wraps")
        } else {
            None
        }
    }
}

/// A kind of entity, or the layout of an input or a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kind {
    /// The kind's name, unique in its schema.
    pub name: String,
    /// Its fields, public ones first, then the team's, then the owner's.
    pub fields: Vec<Field>,
}

impl Kind {
    /// How many columns all the fields flatten to.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.fields.iter().map(|field| field.columns().len()).sum()
    }

    /// Whether entities of this kind have a row in segments of `audience`.
    ///
    /// Every kind is public, unless all its fields are for somebody.
    #[must_use]
    pub fn is_in(&self, audience: Audience) -> bool {
        let any = self.fields.iter().any(|field| field.audience == audience);
        any || (audience == Audience::Public && self.fields.is_empty())
    }

    fn validate(&self) -> Result<(), SchemaError> {
        check_name(&self.name)?;
        let problem = |field: &Field, problem| {
            Err(SchemaError::Field { kind: self.name.clone(), field: field.name.clone(), problem })
        };
        let mut columns = 0;
        for (index, field) in self.fields.iter().enumerate() {
            check_name(&field.name)?;
            if let Some(what) = field.ty.problem() {
                return problem(field, what);
            }
            if self.fields[..index].iter().any(|other| other.name == field.name) {
                return problem(field, "appears twice");
            }
            if index > 0 && self.fields[index - 1].audience > field.audience {
                return problem(field, "stands after a field of a narrower audience");
            }
            if let Some(what) = field.prediction_problem(&self.fields) {
                return problem(field, what);
            }
            columns += field.columns().len();
            if columns > MAX_COLUMNS {
                return problem(field, "takes the kind beyond 64 columns");
            }
        }
        Ok(())
    }
}

/// Everything that both ends must agree on about a game.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// The game's name.
    pub game: String,
    /// Kinds of entity; an [`EntityId`](crate::EntityId) names its kind by index here.
    pub kinds: Vec<Kind>,
    /// What a player sends each tick.
    pub input: Kind,
    /// What the game tells players once, by index.
    pub messages: Vec<Kind>,
    /// What players ask of the game once, by index.
    pub requests: Vec<Kind>,
}

/// Why a schema was refused.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SchemaError {
    /// A name is empty or too long.
    #[error("the name {0:?} must have 1 to 64 bytes")]
    Name(String),
    /// Two kinds share a name.
    #[error("the kind {0:?} appears twice")]
    DuplicateKind(String),
    /// There are too many kinds, messages or requests.
    #[error("{0} kinds, messages or requests; at most 64 are allowed")]
    TooManyKinds(usize),
    /// A field cannot be quantised as described.
    #[error("field {field:?} of {kind:?} {problem}")]
    Field {
        /// The kind at fault.
        kind: String,
        /// The field at fault.
        field: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

impl Schema {
    /// Checks every limit that the rest of the code relies on.
    ///
    /// # Errors
    /// The first limit that is broken, naming kind and field.
    pub fn validate(&self) -> Result<(), SchemaError> {
        check_name(&self.game)?;
        let most = self.kinds.len().max(self.messages.len()).max(self.requests.len());
        if most > MAX_KINDS {
            return Err(SchemaError::TooManyKinds(most));
        }
        for (index, kind) in self.kinds.iter().enumerate() {
            kind.validate()?;
            if self.kinds[..index].iter().any(|other| other.name == kind.name) {
                return Err(SchemaError::DuplicateKind(kind.name.clone()));
            }
        }
        self.messages.iter().chain(&self.requests).chain([&self.input]).try_for_each(Kind::validate)
    }

    /// The index of the kind of this name.
    #[must_use]
    pub fn kind_index(&self, name: &str) -> Option<usize> {
        self.kinds.iter().position(|kind| kind.name == name)
    }

    /// A number that differs when the schema differs, over its control-plane bytes (FNV-1a).
    #[must_use]
    pub fn hash(&self) -> u32 {
        let bytes = crate::control::encode(self);
        bytes
            .iter()
            .fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
    }
}

fn check_name(name: &str) -> Result<(), SchemaError> {
    if name.is_empty() || name.len() > MAX_NAME_BYTES {
        return Err(SchemaError::Name(name.to_owned()));
    }
    Ok(())
}
