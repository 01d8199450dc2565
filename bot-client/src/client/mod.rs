//! A client: a full replica of what it may see, proved by hash against the server's state.
//!
//! [`Core`] is the client without a socket, for tests, simulators and other
//! transports. [`connect`] puts it on a WebSocket:
//!
//! ```no_run
//! use tickwire_bots::client::{self, Event, Options};
//! use tickwire_games::arena::{Controls, Kill, Ship};
//!
//! # async fn play() -> Result<(), client::ClientError> {
//! let options = Options { name: "robin".to_owned(), ..Options::default() };
//! let mut client = client::connect("ws://127.0.0.1:2567/ws?game=arena", &options).await?;
//! for _ in 0..300 {
//!     if let Event::Frame(applied) = client.next().await? {
//!         assert!(applied.hash.is_none_or(|check| check.holds()));
//!         let replica = client.core().replica().expect("a frame comes after the welcome");
//!         let ships = replica.iter::<Ship>().count();
//!         println!("tick {}: {ships} ships", applied.tick);
//!         for Kill { killer, victim } in client.core().messages_of::<Kill>() {
//!             println!("player {killer} shot player {victim}");
//!         }
//!         client.core_mut().set_input(&Controls { thrust: 1, ..Controls::default() })?;
//!     }
//! }
//! client.leave().await
//! # }
//! ```

mod close;
mod connect;
mod core;
mod doubt;
mod endpoint;
mod error;
mod handshake;
mod hindrance;
mod human;
mod line;
mod mismatch;
mod ping;
mod recorder;
mod session;
mod wire;

pub use self::{
    close::{Closed, meaning},
    connect::{Client, Options, connect, connect_at},
    core::{Core, Event, InputStats},
    endpoint::Endpoint,
    error::{ClientError, CoreError},
    hindrance::{Hindrance, Stall},
    human::describe,
    mismatch::{FieldDifference, MOST_FIELDS, MismatchReport},
};
