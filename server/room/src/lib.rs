//! The authoritative core of a room: inputs and ticks in, frames out.
//!
//! Pure, like `shared`: no sockets, no clock, no runtime. Someone else decides
//! when a tick is due and carries the bytes. One tick reads as a table of
//! contents in [`Room::tick`], and one viewer's frame in [`Room::poll_frame`]:
//!
//! ```text
//! tick:        expire_sessions → drain_requests → take_inputs → give_inputs → game.step
//!              → subscribe → capture → deliver_messages → log_tick → evict
//! poll_frame:  pace → plan (due, budget, for each a baseline) → header → copy the memoised segments
//! ```
//!
//! Many rooms take less memory when those of a game share a [`Spec`] and are [lent](HostedRoom::lend)
//! one [`Work`] in turn, and when those that nobody is in [sleep](HostedRoom::sleep).

mod budget;
mod capture;
mod chat;
mod config;
mod counters;
mod due;
mod grid;
mod host;
mod hosted;
mod hosting;
mod incoming;
mod inputs;
mod interest;
mod journal;
mod ladder;
mod ledger;
mod limit;
mod log;
mod mail;
mod name;
mod observe;
mod operator;
mod outgoing;
mod pace;
mod plan;
mod requests;
mod room;
mod roster;
mod segment;
mod segments;
mod sessions;
mod spec;
mod viewer;
mod window;
mod work;
mod world;

pub use config::RoomConfig;
pub use counters::RoomCounters;
pub use hosted::{HostedRoom, Newcomer, RoomEvent};
pub use incoming::Reply;
pub use inputs::{InputCounters, InputQueue, Intent};
pub use ladder::RATES;
pub use ledger::{Bytes, CAUSES, Cause, Ledger, Line, Part};
pub use log::{
    HashCheck, LogError, RecentLog, Replayed, Restore, RestoreError, Unlogged, log_span,
};
pub use name::clean_name;
pub use operator::{AdminAction, PlayerInfo};
pub use outgoing::Poll;
pub use pace::{Decision, Pace};
pub use room::{Refusal, Room};
pub use spec::Spec;
pub use work::Work;
pub use world::{Unlike, World};
