//! Tickwire and what else one could host a game with: the same world, the same load, one table.
//!
//! - [`world`]: the world, and `benches/peers/world.js`, the same in JavaScript;
//! - [`game`]: it as a game of Tickwire's; [`naive`]: it in a plain broadcast, in Rust;
//! - [`host`]: who hosts it, and how each is started, joined and asked;
//! - [`thin`]: a client that knows just enough to be served; [`probe`]: one that decodes;
//! - [`relay`]: a network that stalls; [`stall`]: what a client holds after that;
//! - [`measure`]: one host at one size; [`capacity`]: the most that one core holds;
//! - [`table`] and [`chart`]: what came out.
//!
//! `benches/peers/README.md` has the method.

pub mod capacity;
pub mod chart;
pub mod decode;
pub mod game;
pub mod host;
pub mod measure;
pub mod naive;
pub mod probe;
pub mod relay;
pub mod stall;
pub mod table;
pub mod thin;
pub mod world;
