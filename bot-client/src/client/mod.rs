//! A client: a full replica of what it may see, proved by hash against the server's state.
//!
//! [`Core`] is the client without a socket, for tests, simulators and other
//! transports. [`connect`] puts it on a [`Transport`], which is a WebSocket unless another is asked for:
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

mod auto;
mod carrier;
mod close;
mod comeback;
mod connect;
mod core;
mod dial;
mod doubt;
mod endpoint;
mod error;
mod handshake;
mod hindrance;
mod http;
mod human;
mod line;
mod mismatch;
mod options;
mod ping;
mod recorder;
mod resume;
mod session;
mod speech;
mod traffic;
mod transport;
mod wire;
mod ws;

pub use self::{
    auto::{Choice, join},
    close::{Closed, meaning},
    connect::{Client, connect, connect_at},
    core::{Core, Event, InputStats},
    endpoint::Endpoint,
    error::{ClientError, CoreError},
    hindrance::{Hindrance, Stall},
    http::Seat,
    human::describe,
    mismatch::{FieldDifference, MOST_FIELDS, MismatchReport},
    options::{Comeback, Options},
    traffic::Traffic,
    transport::{TRANSPORTS, Transport},
};
