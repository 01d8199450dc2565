//! A room that has warmed up allocates nothing: not for inputs, ticks or frames.

use tickwire_games::{
    arena::{self, Arena},
    field::{self, Field},
};
use tickwire_room::{HostedRoom, Newcomer, Poll, Room, RoomConfig};
use tickwire_shared::{
    Game, PlayerId, Replicate, Tick, message::ClientMessage, record::RecordLayout,
};

const PLAYERS: usize = 32;
/// Long enough that slots, bullets and messages have had their busiest moment.
const WARM_UP_TICKS: usize = 3000;

struct Table<G: Game> {
    room: Room<G>,
    /// What a player does in a tick.
    controls: fn(Tick, usize) -> G::Input,
    players: Vec<PlayerId>,
    record: RecordLayout,
    message: Vec<u8>,
    frame: Vec<u8>,
    bytes: usize,
}

impl<G: Game> Table<G> {
    fn new(game: &G::Config, controls: fn(Tick, usize) -> G::Input) -> Self {
        // A log is kept, whose last keyframe comes at the end of the warm-up: to load a world allocates.
        let keyframe_ticks = WARM_UP_TICKS as u32 / 2;
        let config =
            RoomConfig { max_players: 64, keyframe_ticks, ..RoomConfig::new("ALLOC", 30, 9) };
        let mut room: Room<G> = Room::new(config, game);
        let join = |_| room.handle_join(&Newcomer::named("pilot")).expect("there is space");
        let players = (0..PLAYERS).map(join).collect();
        let record = RecordLayout::new(&G::schema().input);
        let (message, frame) = (Vec::with_capacity(64), Vec::with_capacity(1 << 16));
        Table { room, controls, players, record, message, frame, bytes: 0 }
    }

    /// Everybody does something; all of it goes through the bytes of real messages.
    fn tick(&mut self, tick: Tick) {
        for (index, player) in self.players.iter().enumerate() {
            let mut columns = [0; 8];
            (self.controls)(tick, index).quantise(&mut columns[..G::Input::COLUMNS]);
            let mut record = std::mem::take(&mut self.frame);
            record.clear();
            self.record.pack(&columns[..G::Input::COLUMNS], &mut record);
            self.message.clear();
            let input = ClientMessage::Input {
                applied: tick,
                tick: tick.next(),
                behind: 0,
                record: &record,
            };
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

    /// Makes some ticks when the room is warm, and counts the allocations.
    fn measure(&mut self, ticks: u32) -> u64 {
        let mut all = (0..).map(Tick);
        all.by_ref().take(WARM_UP_TICKS).for_each(|tick| self.tick(tick));
        let before = self.bytes;
        let info = allocation_counter::measure(|| {
            all.by_ref().take(ticks as usize).for_each(|tick| self.tick(tick));
        });
        assert!(self.bytes > before + ticks as usize * PLAYERS, "frames were made");
        assert!(self.room.log().newer.len() > ticks as usize * PLAYERS, "inputs were written");
        info.count_total
    }
}

#[test]
fn a_warm_room_allocates_nothing() {
    let mut table = Table::<Arena>::new(&arena::Config::default(), |tick, index| arena::Controls {
        aim: (tick.0 as f32 / 20.0) + index as f32,
        thrust: 1,
        fire: true,
        boost: tick.0.is_multiple_of(64),
    });
    assert_eq!(table.measure(300), 0);
}

/// Herds and players wander, so here and there a cell is fuller than it has ever been, and each
/// of the 32 ticks of its history grows once. That is what is left: some in a tick, of the
/// tens of thousands of rows that are written.
#[test]
fn a_warm_room_with_thousands_of_cells_allocates_only_where_a_cell_is_fuller_than_ever() {
    let mut table = Table::<Field>::new(&field::Config::default(), |tick, index| field::Controls {
        way: (tick.0 as f32 / 300.0) + index as f32,
        go: true,
        dash: tick.0.is_multiple_of(64),
        call: false,
    });
    let count = table.measure(300);
    assert!(count < 300 * 50, "{count} allocations in 300 ticks");
}

#[test]
fn the_counter_does_count() {
    let info = allocation_counter::measure(|| drop(std::hint::black_box(vec![1u8; 100])));
    assert_eq!((info.count_total, info.bytes_total), (1, 100));
}
