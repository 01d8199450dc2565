//! A room that has warmed up allocates nothing: not for inputs, ticks or frames.

use tickwire_games::arena::{Arena, Config, Controls};
use tickwire_room::{HostedRoom, Poll, Room, RoomConfig};
use tickwire_shared::{
    Game, PlayerId, Replicate, Tick, message::ClientMessage, record::RecordLayout,
};

const PLAYERS: usize = 32;
/// Long enough that slots, bullets and messages have had their busiest moment.
const WARM_UP_TICKS: usize = 3000;

struct Table {
    room: Room<Arena>,
    players: Vec<PlayerId>,
    record: RecordLayout,
    message: Vec<u8>,
    frame: Vec<u8>,
    bytes: usize,
}

impl Table {
    fn new() -> Self {
        let config = RoomConfig { max_players: 64, ..RoomConfig::new("ALLOC", 30, 9) };
        let mut room: Room<Arena> = Room::new(config, &Config::default());
        let join = |_| room.handle_join("pilot", None).expect("there is space");
        let players = (0..PLAYERS).map(join).collect();
        let record = RecordLayout::new(&Arena::schema().input);
        let message = Vec::with_capacity(64);
        Table { room, players, record, message, frame: Vec::with_capacity(1 << 16), bytes: 0 }
    }

    /// Everybody turns, thrusts and fires; all of it goes through the bytes of real messages.
    fn tick(&mut self, tick: Tick) {
        for (index, player) in self.players.iter().enumerate() {
            let controls = Controls {
                aim: (tick.0 as f32 / 20.0) + index as f32,
                thrust: 1,
                fire: true,
                boost: tick.0.is_multiple_of(64),
            };
            let mut columns = [0; 8];
            controls.quantise(&mut columns[..Controls::COLUMNS]);
            let mut record = std::mem::take(&mut self.frame);
            record.clear();
            self.record.pack(&columns[..Controls::COLUMNS], &mut record);
            self.message.clear();
            let input = ClientMessage::Input { applied: tick, tick: tick.next(), record: &record };
            input.write(&mut self.message);
            self.frame = record;
            self.room.handle_message(*player, &self.message).expect("an input is understood");
        }
        HostedRoom::tick(&mut self.room);
        for player in &self.players {
            self.frame.clear();
            assert_eq!(self.room.poll_frame(*player, &mut self.frame), Poll::Frame);
            self.bytes += self.frame.len();
        }
    }
}

#[test]
fn a_warm_room_allocates_nothing() {
    let mut table = Table::new();
    let mut ticks = (0..).map(Tick);
    ticks.by_ref().take(WARM_UP_TICKS).for_each(|tick| table.tick(tick));
    let before = table.bytes;
    let info = allocation_counter::measure(|| {
        ticks.by_ref().take(300).for_each(|tick| table.tick(tick));
    });
    assert!(table.bytes > before + 300 * PLAYERS, "frames were made");
    assert_eq!(info.count_total, 0, "{} bytes were allocated", info.bytes_total);
}

#[test]
fn the_counter_does_count() {
    let info = allocation_counter::measure(|| drop(std::hint::black_box(vec![1u8; 100])));
    assert_eq!((info.count_total, info.bytes_total), (1, 100));
}
