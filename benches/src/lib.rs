//! Named, seeded worlds, and what the benchmarks over them share.
//!
//! [`worlds`] are what is measured; a [`session::Session`] is a room of one of
//! them with clients that hold replicas, in one thread and without sockets; a
//! [`recording::Recording`] is what such a session replicated, tick by tick. A
//! [`trace`] is the same for anybody's game, as a file. And [`replayed`] are rooms that a server has
//! recorded.

pub mod clock;
pub mod floor;
pub mod load;
pub mod peers;
pub mod recorded;
pub mod recording;
pub mod replayed;
pub mod session;
pub mod trace;
pub mod training;
pub mod transports;
pub mod worlds;
