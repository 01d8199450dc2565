//! What a room keeps: the bytes on the heap that one more room adds, awake and asleep.
//!
//! Counted are the bytes that the room's own calls took and did not give back, so what its
//! players' clients hold is left out. What rooms share (the spec, the working memory, the game's
//! configuration) is there before the room that is measured.

use std::sync::Arc;

use tickwire_games::{
    arena::{
        self, Arena, Map,
        bot::{Pilot, View},
    },
    field::{self, Field},
};
use tickwire_room::{HostedRoom, Newcomer, Poll, Room, RoomConfig, Spec, Work};
use tickwire_shared::{
    Game, PlayerId, Replicate,
    message::{ClientMessage, ServerMessage},
    record::RecordLayout,
    replica::Replica,
    schema::MAX_COLUMNS,
    session::Token,
};

/// Decides a player's input from what its client holds.
type Driver<I> = Box<dyn FnMut(&Replica) -> I>;

struct Client<I> {
    id: PlayerId,
    replica: Replica,
    driver: Driver<I>,
    message: Vec<u8>,
    frame: Vec<u8>,
}

/// What the rooms share.
struct House<G: Game> {
    spec: Arc<Spec>,
    config: G::Config,
    work: Work,
}

/// A room with its clients.
struct Table<G: Game> {
    room: Room<G>,
    /// What the room's calls took and did not give back.
    bytes: i64,
    clients: Vec<Client<G::Input>>,
}

impl<G: Game> House<G> {
    fn new() -> Self {
        let spec = Arc::new(Spec::of::<G>(G::TICK_HZ));
        House { spec, config: G::Config::default(), work: Work::default() }
    }

    fn open(&self) -> Table<G> {
        let config = RoomConfig {
            bytes_a_second: G::BYTES_A_SECOND,
            max_players: 64,
            ..RoomConfig::new("MEMRY", G::TICK_HZ, 5)
        };
        let mut room = None;
        let info = allocation_counter::measure(|| {
            let spec = Arc::clone(&self.spec);
            // Boxed, as a server keeps it.
            let boxed = Box::new(Room::<G>::with_spec(config.clone(), &self.config, spec));
            room = Some(boxed);
        });
        Table { room: *room.expect("it was made"), bytes: info.bytes_current, clients: Vec::new() }
    }
}

impl<G: Game> Table<G> {
    fn join(&mut self, driver: Driver<G::Input>) {
        let mut joined = None;
        let info = allocation_counter::measure(|| {
            joined =
                Some(self.room.handle_join(&Newcomer::named("pilot")).expect("there is space"));
        });
        self.bytes += info.bytes_current;
        let id = joined.expect("it was let in");
        let Ok(ServerMessage::Welcome(welcome)) =
            ServerMessage::read(&self.room.welcome(id, &Token([0; 16])))
        else {
            panic!("a welcome was expected");
        };
        let replica = Replica::new(welcome.schema, &welcome.priors, welcome.tick_hz);
        let replica = replica.expect("the schema is valid");
        let (message, frame) = (Vec::with_capacity(64), Vec::with_capacity(1 << 16));
        self.clients.push(Client { id, replica, driver, message, frame });
    }

    /// Everybody plays for some ticks, over the bytes of real messages and frames.
    fn play(&mut self, house: &mut House<G>, ticks: u32) {
        let record = RecordLayout::new(&G::schema().input);
        for _ in 0..ticks {
            self.clients.iter_mut().for_each(|client| client.decide(&record));
            let (room, clients) = (&mut self.room, &mut self.clients);
            let info = allocation_counter::measure(|| {
                room.lend(&mut house.work);
                for client in clients.iter().filter(|client| !client.message.is_empty()) {
                    room.handle_message(client.id, &client.message).expect("it is understood");
                }
                HostedRoom::tick(room);
                for client in clients.iter_mut() {
                    client.frame.clear();
                    assert_eq!(room.poll_frame(client.id, &mut client.frame), Poll::Frame);
                }
                room.lend(&mut house.work);
            });
            self.bytes += info.bytes_current;
            for client in &mut self.clients {
                client.replica.apply(&client.frame).expect("a frame can be applied");
            }
        }
    }

    fn leave_and_sleep(&mut self, house: &mut House<G>) {
        for client in std::mem::take(&mut self.clients) {
            let info = allocation_counter::measure(|| self.room.handle_leave(client.id));
            self.bytes += info.bytes_current;
        }
        self.play(house, G::TICK_HZ);
        let info = allocation_counter::measure(|| self.room.sleep());
        self.bytes += info.bytes_current;
    }
}

impl<I: Replicate> Client<I> {
    fn decide(&mut self, record: &RecordLayout) {
        self.message.clear();
        let Some(applied) = self.replica.tick() else { return };
        let mut columns = [0; MAX_COLUMNS];
        (self.driver)(&self.replica).quantise(&mut columns[..I::COLUMNS]);
        let mut packed = Vec::new();
        record.pack(&columns[..I::COLUMNS], &mut packed);
        let input =
            ClientMessage::Input { applied, tick: applied.next(), behind: 0, record: &packed };
        input.write(&mut self.message);
    }
}

/// Pilots that fight.
fn pilot(number: u32) -> Driver<arena::Controls> {
    let (mut pilot, mut view) =
        (Pilot::new(number.into(), Arc::new(Map::yard()), 30), View::default());
    let player = PlayerId(number);
    Box::new(move |replica| {
        view.look(replica, player);
        pilot.decide(&view)
    })
}

/// Wisps that wander.
fn wanderer(number: u32) -> Driver<field::Controls> {
    let mut tick = 0.0;
    Box::new(move |_| {
        tick += 1.0;
        field::Controls { way: tick / 300.0 + number as f32, go: true, dash: false, call: false }
    })
}

/// The bytes that a room keeps: with `players` at play for `ticks`, then asleep.
fn measure<G: Game>(driver: fn(u32) -> Driver<G::Input>, players: u32, ticks: u32) -> (i64, i64) {
    let mut house = None;
    let shared = allocation_counter::measure(|| house = Some(House::<G>::new())).bytes_current;
    let mut house = house.expect("it was made");
    let mut sizes = (0, 0);
    // The first room makes what is shared as large as it gets.
    for ticks in [ticks / 4, ticks] {
        let mut table = house.open();
        (1..=players).for_each(|number| table.join(driver(number)));
        table.play(&mut house, ticks);
        sizes.0 = table.bytes;
        table.leave_and_sleep(&mut house);
        sizes.1 = table.bytes;
    }
    let work = -allocation_counter::measure(|| house.work = Work::default()).bytes_current;
    println!("{}, {players} players: {} bytes, {} asleep", G::NAME, sizes.0, sizes.1);
    println!("{}, once for all rooms: {shared} bytes, working memory {work} a shard", G::NAME);
    sizes
}

#[test]
fn an_arena_of_sixteen_takes_at_most_256_kib_and_4_kib_asleep() {
    let (awake, asleep) = measure::<Arena>(pilot, 16, 1800);
    assert!(awake <= 256 * 1024, "{awake} bytes");
    assert!(asleep <= 4 * 1024, "{asleep} bytes");
    let (alone, _) = measure::<Arena>(pilot, 1, 300);
    assert!(awake > alone, "players take memory");
}

#[test]
fn a_room_of_another_game_gives_back_what_it_can() {
    let (awake, asleep) = measure::<Field>(wanderer, 4, 60);
    assert!(asleep < awake / 2, "{asleep} of {awake} bytes are kept");
}
