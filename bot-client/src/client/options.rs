//! What a client may set.

use std::{path::PathBuf, sync::Arc, time::Duration};

use parking_lot::Mutex;
use tickwire_shared::{link::Net, replica::Memo};

use super::{hindrance::Hindrance, transport::Transport};

/// What a client may set.
#[derive(Clone, Debug)]
pub struct Options {
    /// The player's name.
    pub name: String,
    /// The schema that the client insists on, by its hash.
    pub schema_hash: Option<u32>,
    /// How its messages are carried.
    pub transport: Transport,
    /// How often a second it asks, on [`Transport::Poll`]; at least 1.
    pub poll_hz: u32,
    /// Whether it reserves a seat by HTTP first, and comes with the ticket. On a WebSocket it can also
    /// take a seat in the handshake; on all others it always reserves one.
    pub reserves: bool,
    /// Whether it only watches; it then has to reserve a seat in a room of a known code.
    pub spectate: bool,
    /// Who the player is, as a signed token, for servers that want to know.
    pub identity: Option<String>,
    /// Whether, and how, it comes back when its connection is lost.
    pub comeback: Option<Comeback>,
    /// How long connecting, and then the handshake, may take.
    pub patience: Duration,
    /// After how long without a word from the server the connection counts as dead.
    pub silence: Duration,
    /// What holds the client up, to try out a server.
    pub hindrance: Hindrance,
    /// A bad network between the client and its socket, from the handshake on, until it leaves.
    pub net: Option<Net>,
    /// A file for all that the server sends, to train priors on.
    pub record: Option<PathBuf>,
    /// Shared by clients of one room, so that each decodes only what no other has; see
    /// [`Core::sharing`](super::Core::sharing).
    pub memo: Option<Arc<Mutex<Memo>>>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            name: "bot".to_owned(),
            schema_hash: None,
            transport: Transport::default(),
            poll_hz: 20,
            reserves: false,
            spectate: false,
            identity: None,
            comeback: None,
            patience: Duration::from_secs(5),
            silence: Duration::from_secs(10),
            hindrance: Hindrance::default(),
            net: None,
            record: None,
            memo: None,
        }
    }
}

/// How a client comes back whose connection is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comeback {
    /// How long it waits before the second attempt; the first is at once. Then twice as long each time.
    pub pause: Duration,
    /// It never waits longer than this.
    pub longest: Duration,
    /// It gives up so long after its connection was lost.
    pub patience: Duration,
}

impl Default for Comeback {
    fn default() -> Self {
        Comeback {
            pause: Duration::from_millis(250),
            longest: Duration::from_secs(4),
            patience: Duration::from_secs(30),
        }
    }
}
