//! What a client of Tickwire says: acknowledgements and inputs, with a replica or without one.

use std::time::Duration;

use tickwire_bots::client::{Core, Event};
use tickwire_games::common::rng::Rng;
use tickwire_shared::{
    Tick,
    frame::{FrameTick, read_header},
    message::{ClientMessage, Join, PROTOCOL, ServerMessage, Welcome, kind},
    record::RecordLayout,
    schema::Kind,
};

use super::{Message, Speaker, socket::Outgoing};

/// The farthest ahead that a client without a replica sends its inputs, in ticks.
const MOST_LEAD: i32 = 8;
/// Each random input is held for this many turns.
const HOLD: u32 = 20;

/// A client.
#[derive(Debug)]
pub struct Player {
    target: String,
    name: String,
    rng: Rng,
    turns: u32,
    /// What was heard and not yet answered.
    owes_answer: bool,
    mind: Mind,
    /// What it counted.
    pub counts: Counts,
}

#[derive(Debug)]
enum Mind {
    /// Nothing was heard.
    New,
    /// Knows the time, and nothing of the world.
    Thin(Box<Thin>),
    /// Holds the world, and proves it.
    Full(Box<Core>),
}

#[derive(Debug)]
struct Thin {
    messages: Vec<RecordLayout>,
    record: RecordLayout,
    input: Kind,
    columns: Vec<u32>,
    latest: Option<Tick>,
    /// By how many ticks its inputs are ahead of the frames that they answer.
    lead: i32,
}

/// What a client saw.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Frames.
    pub frames: u64,
    /// Entities updated, as far as they were looked at.
    pub updates: u64,
    /// Hashes that were compared and equal.
    pub hashes: u64,
    /// Entities that it held, of each frame added up.
    pub held: u64,
}

impl Player {
    /// A client that wants in at `target`; one that `proves` holds a replica.
    #[must_use]
    pub fn new(target: &str, index: usize, proves: bool) -> Player {
        let name = format!("load-{index}");
        let mind = if proves { Mind::Full(Box::new(Core::new(&name, None))) } else { Mind::New };
        Player {
            target: target.to_owned(),
            name,
            rng: Rng::new(index as u64),
            turns: index as u32 % HOLD,
            owes_answer: false,
            mind,
            counts: Counts::default(),
        }
    }

    /// Whether it holds a replica.
    #[must_use]
    pub fn proves(&self) -> bool {
        matches!(self.mind, Mind::Full(_))
    }

    fn hear(&mut self, bytes: &[u8], now: Duration) -> Result<(), String> {
        if let Mind::Full(core) = &mut self.mind {
            return prove(core, bytes, now, &mut self.counts);
        }
        match bytes.first() {
            Some(&kind::WELCOME) => {
                let message = ServerMessage::read(bytes).map_err(|error| error.to_string())?;
                let ServerMessage::Welcome(welcome) = message else { return Ok(()) };
                self.mind = Mind::Thin(Box::new(Thin::new(*welcome)));
            }
            Some(&kind::FRAME) => {
                let Mind::Thin(thin) = &mut self.mind else { return Err("no welcome".into()) };
                thin.hear(bytes)?;
                self.counts.frames += 1;
                self.owes_answer = true;
            }
            _ => {}
        }
        Ok(())
    }
}

impl Speaker for Player {
    fn target(&self) -> String {
        self.target.clone()
    }

    fn open(&mut self, now: Duration, out: &mut Outgoing) {
        let mut bytes = Vec::new();
        match &mut self.mind {
            Mind::Full(core) => {
                core.poll_outgoing(now, &mut bytes);
            }
            Mind::New | Mind::Thin(_) => {
                let name = self.name.clone();
                let join = Join { protocol: PROTOCOL, name, schema_hash: None, ticket: None };
                ClientMessage::Join(join).write(&mut bytes);
            }
        }
        out.binary(&bytes);
    }

    fn receive(
        &mut self,
        message: Message<'_>,
        now: Duration,
        _: &mut Outgoing,
    ) -> Result<(), String> {
        match message {
            Message::Binary(bytes) => self.hear(bytes, now),
            Message::Control(8, why) => {
                Err(format!("closed: {}", String::from_utf8_lossy(why.get(2..).unwrap_or(why))))
            }
            Message::Text(_) | Message::Control(..) => Ok(()),
        }
    }

    fn turn(&mut self, now: Duration, out: &mut Outgoing) {
        self.turns += 1;
        let fresh = self.turns.is_multiple_of(HOLD);
        let mut bytes = Vec::new();
        match &mut self.mind {
            Mind::New => {}
            Mind::Thin(thin) => {
                if fresh || thin.columns.is_empty() {
                    thin.columns = random_columns(&thin.input, &mut self.rng);
                }
                if std::mem::take(&mut self.owes_answer) && thin.answer(&mut bytes) {
                    out.binary(&bytes);
                }
            }
            Mind::Full(core) => {
                if let Some(replica) = core.replica().filter(|_| fresh) {
                    let columns = random_columns(&replica.schema().input, &mut self.rng);
                    core.set_input_columns(&columns).expect("the columns fit the schema");
                }
                while core.poll_outgoing(now, &mut bytes) {
                    out.binary(&bytes);
                }
            }
        }
    }
}

/// Applies a frame to a replica; a hash that differs ends the run.
fn prove(core: &mut Core, bytes: &[u8], now: Duration, counts: &mut Counts) -> Result<(), String> {
    let event = core.handle_message(bytes, now).map_err(|error| error.to_string())?;
    let Event::Frame(applied) = event else { return Ok(()) };
    counts.frames += 1;
    counts.updates += u64::from(applied.updates);
    let segments = core.replica().map_or(&[][..], |replica| replica.segments());
    counts.held += segments.iter().map(|segment| segment.rows.len() as u64).sum::<u64>();
    match applied.hash {
        Some(check) if !check.holds() => Err("the hash differs".to_owned()),
        Some(_) => {
            counts.hashes += 1;
            Ok(())
        }
        None => Ok(()),
    }
}

impl Thin {
    fn new(welcome: Welcome) -> Thin {
        let schema = welcome.schema;
        Thin {
            messages: schema.messages.iter().map(RecordLayout::new).collect(),
            record: RecordLayout::new(&schema.input),
            input: schema.input,
            columns: Vec::new(),
            latest: None,
            lead: 1,
        }
    }

    fn hear(&mut self, bytes: &[u8]) -> Result<(), String> {
        let (header, _) = read_header(bytes, &self.messages).map_err(|error| error.to_string())?;
        let tick = match (header.tick, self.latest) {
            (FrameTick::Full(tick), _) => tick,
            (FrameTick::After(gap), Some(latest)) => latest.offset(i32::from(gap)),
            (FrameTick::After(_), None) => return Err("the first frame has a baseline".to_owned()),
        };
        self.latest = Some(tick);
        let late = header.input.slack.is_some_and(|slack| slack < 0);
        self.lead = (self.lead + i32::from(late)).min(MOST_LEAD);
        Ok(())
    }

    fn answer(&mut self, out: &mut Vec<u8>) -> bool {
        let Some(applied) = self.latest else { return false };
        let tick = applied.offset(self.lead);
        let mut record = Vec::new();
        self.record.pack(&self.columns, &mut record);
        ClientMessage::Input { applied, tick, behind: 0, record: &record }.write(out);
        true
    }
}

fn random_columns(input: &Kind, rng: &mut Rng) -> Vec<u32> {
    let specs = input.fields.iter().flat_map(|field| field.columns());
    specs.map(|spec| rng.below(spec.max as usize + 1) as u32).collect()
}
