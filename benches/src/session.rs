//! A room with clients that hold replicas, in one thread, without sockets, one tick of delay.

use std::time::Duration;

use tickwire_room::{HostedRoom, Newcomer, Poll, Room, RoomConfig};
use tickwire_shared::{
    Game, PlayerId, Replicate,
    message::{ClientMessage, ServerMessage},
    record::RecordLayout,
    replica::Replica,
    session::Token,
};

use crate::clock::timed;

/// Decides a client's input from what it holds.
pub type Driver<I> = Box<dyn FnMut(&Replica) -> I>;

/// A client of a session.
pub struct Client<I> {
    /// Who it is.
    pub id: PlayerId,
    /// What it holds.
    pub replica: Replica,
    driver: Driver<I>,
}

/// What a session counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Ticks made.
    pub ticks: u64,
    /// Frames delivered.
    pub frames: u64,
    /// Their bytes, without what a transport adds.
    pub payload_bytes: u64,
    /// Entities updated, over all clients.
    pub updates: u64,
    /// Hashes that were compared and equal.
    pub hashes: u64,
    /// The server's CPU time: inputs, ticks and frames.
    pub server_cpu: Duration,
}

/// A room of `G` and its clients.
pub struct Session<G: Game> {
    /// The room.
    pub room: Room<G>,
    /// Its clients.
    pub clients: Vec<Client<G::Input>>,
    /// What was counted since the last [`Session::reset`].
    pub tally: Tally,
    make_driver: Box<dyn FnMut(PlayerId) -> Driver<G::Input>>,
    record: RecordLayout,
    frames: Vec<Vec<u8>>,
}

impl<G: Game> Session<G> {
    /// A session without clients; each client that joins is driven as `make_driver` says.
    pub fn new(
        config: &G::Config,
        seed: u64,
        make_driver: impl FnMut(PlayerId) -> Driver<G::Input> + 'static,
    ) -> Self {
        let room = RoomConfig {
            max_players: 100_000,
            bytes_a_second: G::BYTES_A_SECOND,
            ..RoomConfig::new("BENCH", G::TICK_HZ, seed)
        };
        Session {
            room: Room::new(room, config),
            clients: Vec::new(),
            tally: Tally::default(),
            make_driver: Box::new(make_driver),
            record: RecordLayout::new(&G::schema().input),
            frames: Vec::new(),
        }
    }

    /// Lets one more client in.
    ///
    /// # Panics
    /// When the room refuses it.
    pub fn join(&mut self) {
        let id = self.room.handle_join(&Newcomer::named("bench")).expect("the room has space");
        let bytes = self.room.welcome(id, &Token([0; 16]));
        let Ok(ServerMessage::Welcome(welcome)) = ServerMessage::read(&bytes) else {
            panic!("a welcome was expected");
        };
        let replica = Replica::new(welcome.schema, &welcome.priors, welcome.tick_hz)
            .expect("the schema is valid");
        self.clients.push(Client { id, replica, driver: (self.make_driver)(id) });
        self.frames.push(Vec::new());
    }

    /// Forgets what was counted.
    pub fn reset(&mut self) {
        self.tally = Tally::default();
    }

    /// One tick: inputs in, the tick, frames out, each client applies its own and checks its hash.
    ///
    /// # Panics
    /// When a frame cannot be applied or a hash differs.
    pub fn tick(&mut self) {
        let inputs: Vec<_> =
            self.clients.iter_mut().filter_map(|c| input(c, &self.record)).collect();
        let ((), cpu) = timed(|| {
            for (id, message) in &inputs {
                self.room.handle_message(*id, message).expect("an input is understood");
            }
            HostedRoom::tick(&mut self.room);
            for (client, frame) in self.clients.iter().zip(&mut self.frames) {
                frame.clear();
                assert_eq!(self.room.poll_frame(client.id, frame), Poll::Frame);
            }
        });
        self.tally.server_cpu += cpu;
        self.tally.ticks += 1;
        for (client, frame) in self.clients.iter_mut().zip(&self.frames) {
            let applied = client.replica.apply(frame).expect("a frame can be applied");
            self.tally.frames += 1;
            self.tally.payload_bytes += frame.len() as u64;
            self.tally.updates += u64::from(applied.updates);
            if let Some(check) = applied.hash {
                assert!(check.holds(), "the hash differs");
                self.tally.hashes += 1;
            }
        }
    }
}

fn input<I: Replicate>(
    client: &mut Client<I>,
    layout: &RecordLayout,
) -> Option<(PlayerId, Vec<u8>)> {
    let applied = client.replica.tick()?;
    let mut columns = [0; tickwire_shared::schema::MAX_COLUMNS];
    (client.driver)(&client.replica).quantise(&mut columns[..I::COLUMNS]);
    let mut record = Vec::new();
    layout.pack(&columns[..I::COLUMNS], &mut record);
    let mut bytes = Vec::new();
    let tick = applied.next();
    ClientMessage::Input { applied, tick, behind: 0, record: &record }.write(&mut bytes);
    Some((client.id, bytes))
}
