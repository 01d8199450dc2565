//! Plays records: tells a game again what it was told.

use tickwire_shared::{
    Game, PlayerId, Replicate, frame::Reader, game::Request, record::RecordLayout,
    schema::MAX_COLUMNS, tick::TICK_PARTS,
};

use super::{
    LogError, Record,
    keyframe::{MAX_PLAYERS, Present},
};
use crate::{inputs::Intent, spec::Spec};

/// A player that is there in the log, and what it does.
#[derive(Debug)]
struct Actor<I> {
    who: Present,
    intent: Intent<I>,
}

/// A chunk that is being played.
#[derive(Debug)]
pub(crate) struct Playback<I> {
    chunk: Vec<u8>,
    /// Where the next record begins.
    at: usize,
    /// In order of joining, which is the order of their ids.
    actors: Vec<Actor<I>>,
}

/// What a record was, for whoever wants to know more than the game does.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    /// Somebody has come in.
    Joined(&'a Present),
    /// Somebody has gone.
    Left(PlayerId),
    /// Something that only the game has to know.
    Told,
    /// The game knows what the players do: it makes the tick.
    Step,
    /// The chunk ends.
    End,
}

impl<I: Replicate + Default + Clone> Playback<I> {
    /// A chunk with these players at its keyframe, and its records from a place on.
    pub(crate) fn new(chunk: Vec<u8>, at: usize, players: Vec<Present>) -> Self {
        let actor = |who| Actor { who, intent: Intent::default() };
        Playback { chunk, at, actors: players.into_iter().map(actor).collect() }
    }

    /// The chunk and those who are there, when it is not played any more.
    pub(crate) fn into_parts(self) -> (Vec<u8>, Vec<Present>) {
        (self.chunk, self.actors.into_iter().map(|actor| actor.who).collect())
    }

    /// Tells the game the next thing.
    pub(crate) fn next<G: Game<Input = I>>(
        &mut self,
        game: &mut G,
        spec: &Spec,
    ) -> Result<Event<'_>, LogError> {
        let Playback { chunk, at, actors } = self;
        let mut reader = Reader(&chunk[*at..]);
        if reader.0.is_empty() {
            return Ok(Event::End);
        }
        let record = Record::read(&mut reader)?;
        *at = chunk.len() - reader.0.len();
        match record {
            Record::Join { player, spectator, name, identity } => {
                let who = Present { id: player, name: name.into(), spectator };
                add(actors, who)?;
                if !spectator {
                    identity.into_iter().for_each(|identity| game.identify(player, identity));
                    game.join(player, name);
                }
                return Ok(Event::Joined(&actors[actors.len() - 1].who));
            }
            Record::Leave(player) => {
                let actor = actors.remove(index(actors, player)?);
                if !actor.who.spectator {
                    game.leave(player);
                }
                return Ok(Event::Left(player));
            }
            Record::Request { player, kind, packed } => {
                index(actors, player)?;
                ask(game, spec, (player, kind), packed)?;
            }
            Record::Input { player, behind, packed } => {
                let mut columns = [0; MAX_COLUMNS];
                unpack(&spec.input_record, packed, &mut columns)?;
                let input = I::restore(&columns[..I::COLUMNS]);
                let index = index(actors, player)?;
                actors[index].intent = Intent { input, behind };
            }
            Record::Neutral(player) => {
                let index = index(actors, player)?;
                actors[index].intent = Intent::default();
            }
            Record::Step => {
                for Actor { who, intent } in actors.iter().filter(|actor| !actor.who.spectator) {
                    game.sight(who.id, sight(intent.behind));
                    game.input(who.id, &intent.input);
                }
                return Ok(Event::Step);
            }
            // It has been taken with its tick, unless it has none.
            Record::Hash(_) => return Err(LogError::Record(7)),
        }
        Ok(Event::Told)
    }

    /// The hash of the tick that was just made, if it has one.
    pub(crate) fn take_hash(&mut self) -> Option<u64> {
        let mut reader = Reader(&self.chunk[self.at..]);
        let Ok(Record::Hash(hash)) = Record::read(&mut reader) else { return None };
        self.at = self.chunk.len() - reader.0.len();
        Some(hash)
    }
}

/// How far behind a player sees the world, as the game is told.
pub(crate) fn sight(behind: u16) -> f32 {
    f32::from(behind) / TICK_PARTS as f32
}

fn add<I: Default>(actors: &mut Vec<Actor<I>>, who: Present) -> Result<(), LogError> {
    let is_next = actors.last().is_none_or(|last| last.who.id < who.id);
    if !is_next || actors.len() == MAX_PLAYERS {
        return Err(LogError::Player(who.id));
    }
    actors.push(Actor { who, intent: Intent::default() });
    Ok(())
}

fn index<I>(actors: &[Actor<I>], player: PlayerId) -> Result<usize, LogError> {
    let found = actors.binary_search_by_key(&player, |actor| actor.who.id);
    found.map_err(|_| LogError::Player(player))
}

fn unpack(
    layout: &RecordLayout,
    packed: &[u8],
    columns: &mut [u32; MAX_COLUMNS],
) -> Result<(), LogError> {
    layout.unpack(packed, columns).map_err(|_| LogError::Malformed)
}

fn ask<G: Game>(
    game: &mut G,
    spec: &Spec,
    (player, kind): (PlayerId, u8),
    packed: &[u8],
) -> Result<(), LogError> {
    let layout = spec.request_records.get(usize::from(kind)).ok_or(LogError::Malformed)?;
    let mut columns = [0; MAX_COLUMNS];
    unpack(layout, packed, &mut columns)?;
    let kind = &spec.schema.requests[usize::from(kind)];
    game.request(player, &Request::new(kind, &columns[..layout.columns()]));
    Ok(())
}
