//! What both ends of Tickwire must agree on.
//!
//! Server, bots and (in its own JavaScript twin) the browser share this: the
//! [`schema`], how values are quantised ([`field`]), the wire ([`frame`],
//! [`codec`], [`message`]), the client's copy of the world ([`replica`]) and
//! the [`game::Game`] trait. The crate is pure: no I/O, no clock, no randomness
//! of its own, no order taken from a hash map.

pub mod batch;
pub mod build;
pub mod codec;
pub mod control;
pub mod field;
pub mod frame;
pub mod game;
pub mod ids;
pub mod link;
pub mod message;
pub mod netcode;
pub mod record;
pub mod replica;
pub mod room_message;
mod round;
pub mod rows;
pub mod schema;
pub mod session;
pub mod text;
pub mod tick;

pub use field::Replicate;
pub use game::{Belongs, Capture, Game, Grid, SchemaBuilder, Step, To, View};
/// The maths library of the public types.
pub use glam;
pub use ids::{EntityId, PlayerId};
/// What makes a game's state one that can be saved. To derive it takes `serde` itself, too.
pub use serde::{self, Deserialize, Serialize};
/// The keys that entities are replicated under.
pub use slotmap;
pub use tick::Tick;
/// Implements [`trait@Replicate`] for a struct, or [`field::Variants`] for an enum without fields.
pub use tickwire_derive::Replicate;
