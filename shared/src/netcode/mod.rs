//! What makes a game answer at once on any connection, as maths without a clock or a socket.
//!
//! - [`input_clock`]: which tick an input is for, so that it arrives just in time.
//! - [`interpolation`]: others, drawn smoothly and as little behind as the network allows. It is a
//!   [`render_clock`], which says which tick to draw, and a [`track`] for each entity, which says
//!   where it is then.
//! - [`prediction`]: what the player's own entity does before the server says so.
//! - [`rewind`]: where everybody was when a player saw them, for lag compensation.

pub mod blend;
pub mod input_clock;
pub mod interpolation;
pub mod lateness;
pub mod prediction;
pub mod render_clock;
pub mod rewind;
pub mod track;
pub mod tracks;

pub use self::{
    blend::{Blend, shorter_turn},
    input_clock::InputClock,
    interpolation::Interpolation,
    prediction::{Prediction, Smoothing},
    render_clock::{Picture, RenderClock},
    rewind::{Pose, Rewind},
    track::Track,
    tracks::Tracks,
};
