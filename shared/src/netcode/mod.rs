//! What makes a game answer at once on any connection, as maths without a clock or a socket.
//!
//! - [`input_clock`]: which tick an input is for, so that it arrives just in time.
//! - [`render_clock`]: which tick of others to draw, as little behind as the network allows.
//! - [`prediction`]: what the player's own entity does before the server says so.
//! - [`rewind`]: where everybody was when a player saw them, for lag compensation.

pub mod input_clock;
pub mod lateness;
pub mod prediction;
pub mod render_clock;
pub mod rewind;

pub use self::{
    input_clock::InputClock,
    prediction::{Prediction, Smoothing},
    render_clock::{Picture, RenderClock},
    rewind::{Pose, Rewind},
};
