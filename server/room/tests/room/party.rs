//! A small game that writes down what it is told, and clients that write down what they are told.

use serde::{Deserialize, Serialize};
use tickwire_room::{HostedRoom, Newcomer, Poll, Room, RoomConfig};
use tickwire_shared::{
    Belongs, Capture, Game, PlayerId, Replicate, SchemaBuilder, Step, View,
    game::Request,
    message::{ClientMessage, MessageError, Moderation, ServerMessage},
    record::RecordLayout,
    replica::Replica,
    room_message::RoomMessage,
    schema::Schema,
    session::Token,
    slotmap::{DefaultKey, SlotMap},
};

#[derive(Default, Replicate, Serialize, Deserialize)]
pub struct Guest {
    pub player: u32,
    /// What it may see alone.
    #[replicate(owner)]
    pub secret: u8,
}

#[derive(Clone, Default, Replicate)]
pub struct Nod {
    #[replicate(range = 0..=3)]
    pub way: u8,
}

#[derive(Clone, Debug, Default, PartialEq, Replicate)]
pub struct Toast {
    pub to: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Replicate)]
pub struct Song {
    #[replicate(range = 0..=9)]
    pub number: u8,
}

/// Writes down all calls in their order.
#[derive(Default, Serialize, Deserialize)]
pub struct Party {
    guests: SlotMap<DefaultKey, Guest>,
    pub calls: Vec<String>,
}

impl Game for Party {
    const NAME: &'static str = "party";
    type Config = ();
    type Input = Nod;

    fn schema() -> Schema {
        let schema = SchemaBuilder::new::<Self>().kind::<Guest>();
        schema.request::<Toast>().request::<Song>().build()
    }

    fn init(_: &(), _seed: u64) -> Self {
        Party::default()
    }

    fn identify(&mut self, player: PlayerId, identity: &str) {
        self.calls.push(format!("{} is {identity}", player.0));
    }

    fn join(&mut self, player: PlayerId, name: &str) {
        self.calls.push(format!("{} joins as {name}", player.0));
        self.guests.insert(Guest { player: player.0, secret: 7 });
    }

    fn leave(&mut self, player: PlayerId) {
        self.calls.push(format!("{} leaves", player.0));
        self.guests.retain(|_, guest| guest.player != player.0);
    }

    fn request(&mut self, player: PlayerId, request: &Request<'_>) {
        let toast = request.get::<Toast>().map(|toast| format!("toasts {}", toast.to));
        let song = request.get::<Song>().map(|song| format!("sings {}", song.number));
        let what = toast.or(song).expect("it is one of these");
        self.calls.push(format!("{} {what}", player.0));
    }

    fn input(&mut self, player: PlayerId, nod: &Nod) {
        if nod.way > 0 {
            self.calls.push(format!("{} nods {}", player.0, nod.way));
        }
    }

    fn step(&mut self, _step: &mut Step<'_>) {}

    fn replicate(&self, capture: &mut Capture<'_>) {
        for (key, guest) in &self.guests {
            let belongs = Belongs::to(PlayerId(guest.player)).group((guest.player % 2) as u16);
            capture.put(key, belongs, guest);
        }
    }

    /// Players see those of odd numbers, and spectators the others.
    fn view(&self, _player: PlayerId, view: &mut View) {
        view.see_group(1);
    }

    fn spectate(&self, view: &mut View) {
        view.see_group(0);
    }
}

/// A client at the end of a perfect connection.
pub struct Client {
    pub id: PlayerId,
    pub replica: Replica,
    /// What the room told it, one after the other.
    pub told: Vec<String>,
    pub is_spectator: bool,
}

impl Client {
    /// What it was told since this was last asked.
    pub fn take_told(&mut self) -> Vec<String> {
        std::mem::take(&mut self.told)
    }
}

/// A room with its clients; those that have gone are still in the list.
pub struct Table {
    pub room: Room<Party>,
    pub clients: Vec<Client>,
}

impl Table {
    pub fn new(config: RoomConfig) -> Table {
        let config = RoomConfig { hash_interval: 1, ..config };
        Table { room: Room::new(config, &()), clients: Vec::new() }
    }

    pub fn of(names: &[&str]) -> Table {
        let mut table = Table::new(RoomConfig::new("PARTY", 30, 1));
        for name in names {
            table.join(&Newcomer::named(name));
        }
        table.tick();
        table.clients.iter_mut().for_each(|client| client.told.clear());
        table
    }

    /// Lets somebody in; its place among the clients.
    pub fn join(&mut self, newcomer: &Newcomer<'_>) -> Option<usize> {
        let id = self.room.handle_join(newcomer).ok()?;
        assert_eq!(self.connect(id), id);
        Some(self.clients.len() - 1)
    }

    /// Somebody observes; its place among the clients.
    pub fn observe(&mut self, like: Option<PlayerId>) -> usize {
        let id = self.room.handle_observe(like).expect("there is space for observers");
        assert_eq!(self.connect(id), like.unwrap_or(id));
        self.clients.len() - 1
    }

    /// Reads the welcome of somebody, and says for whom that takes its client.
    fn connect(&mut self, id: PlayerId) -> PlayerId {
        let bytes = self.room.welcome(id, &Token([5; 16]));
        let Ok(ServerMessage::Welcome(welcome)) = ServerMessage::read(&bytes) else {
            panic!("a welcome was expected");
        };
        assert_eq!(welcome.token, Token([5; 16]));
        let player = welcome.player;
        let is_spectator = welcome.spectator;
        let replica = Replica::new(welcome.schema, &welcome.priors, welcome.tick_hz).unwrap();
        self.clients.push(Client { id, replica, told: Vec::new(), is_spectator });
        player
    }

    /// A tick, and its frames to everybody who gets one.
    pub fn tick(&mut self) {
        HostedRoom::tick(&mut self.room);
        for client in &mut self.clients {
            let mut frame = Vec::new();
            if self.room.poll_frame(client.id, &mut frame) != Poll::Frame {
                continue;
            }
            let applied = client.replica.apply(&frame).expect("it can be applied");
            assert!(applied.hash.expect("all frames have one").holds());
            for (index, body) in client.replica.messages() {
                let message = RoomMessage::read(index as u8, body).unwrap().expect("it is known");
                client.told.push(say(&message));
            }
            let mut ack = Vec::new();
            ClientMessage::Ack(applied.tick).write(&mut ack);
            self.room.handle_message(client.id, &ack).unwrap();
        }
    }

    pub fn send(&mut self, index: usize, message: &ClientMessage<'_>) -> Result<(), MessageError> {
        let mut bytes = Vec::new();
        message.write(&mut bytes);
        self.room.handle_message(self.clients[index].id, &bytes).map(drop)
    }

    pub fn moderate(&mut self, index: usize, moderation: Moderation) {
        self.send(index, &ClientMessage::Moderate(moderation)).expect("it is understood");
    }

    pub fn request<T: Replicate>(&mut self, index: usize, request: &T) {
        let schema = Party::schema();
        let kind = schema.requests.iter().position(|kind| kind.name == T::NAME).unwrap();
        let (mut columns, mut record) = (vec![0; T::COLUMNS], Vec::new());
        request.quantise(&mut columns);
        RecordLayout::new(&schema.requests[kind]).pack(&columns, &mut record);
        let message = ClientMessage::Request { index: kind as u8, record: &record };
        self.send(index, &message).expect("it is understood");
    }
}

/// A room's message in words.
fn say(message: &RoomMessage<'_>) -> String {
    match message {
        RoomMessage::Presence(id, standing, name) => {
            let mut line = format!("{} {name}", id.0);
            let marks = [
                (standing.spectator, "spectator"),
                (standing.host, "host"),
                (standing.away, "away"),
            ];
            marks.iter().filter(|(is, _)| *is).for_each(|(_, mark)| line += &format!(" {mark}"));
            line
        }
        RoomMessage::Gone(id, why) => format!("{} gone {why:?}", id.0),
        RoomMessage::Chat(id, text) => format!("{}: {text}", id.0),
        RoomMessage::State(state) => format!("{state:?}"),
        RoomMessage::Dropped(what) => format!("dropped {what:?}"),
    }
}
