//! A room whose chunks are played again, tick by tick, for whoever looks at it.

use tickwire_shared::{Game, Tick, control, room_message::Departure};

use super::{
    HashCheck, LogError, Playback, Replayed, WorldHash,
    keyframe::{self, Present},
    playback::Event,
};
use crate::{grid::Grid, room::Room};

impl<G: Game> Room<G> {
    /// Makes the room what a chunk's keyframe says; see [`HostedRoom::load`](crate::HostedRoom::load).
    pub(crate) fn load_chunk(&mut self, chunk: &[u8]) -> Result<Tick, LogError> {
        let (head, world, records) = keyframe::read(chunk)?;
        if head.schema != self.spec.schema_hash {
            return Err(LogError::OtherGame);
        }
        let mut game: G = control::load(world).map_err(LogError::World)?;
        game.restored(Some(&mut self.game));
        let computed = WorldHash::of(&game, &self.spec.schema);
        let check = HashCheck { recorded: head.hash, computed };
        if !check.holds() {
            return Err(LogError::Differs(check));
        }
        self.log.stop();
        self.game = game;
        self.next_player = head.next_player;
        let goes_on = self.playing.is_some() && self.now == head.tick;
        if !goes_on || !self.holds_just(&head.players) {
            self.now = head.tick;
            self.grid = self.game.grid().map(Grid::new);
            self.replace_players(&head.players);
            self.restart_viewers();
        }
        let at = chunk.len() - records.len();
        self.playing = Some(Box::new(Playback::new(chunk.to_vec(), at, head.players)));
        Ok(head.tick)
    }

    fn holds_just(&self, players: &[Present]) -> bool {
        self.players.iter().map(|player| player.id).eq(players.iter().map(|player| player.id))
    }

    fn replace_players(&mut self, players: &[Present]) {
        while let Some(last) = self.players.len().checked_sub(1) {
            self.remove_player(last, Departure::Left);
        }
        players.iter().for_each(|who| self.add_actor(who));
    }

    /// A player comes in that has no connection: it is away, and stays.
    fn add_actor(&mut self, who: &Present) {
        self.add_player(who.id, who.name.clone(), who.spectator);
        let index = self.players.len() - 1;
        self.players[index].away = Some(self.now);
        self.announce(index);
    }

    /// Plays the next tick; see [`HostedRoom::replay`](crate::HostedRoom::replay).
    pub(crate) fn replay_tick(&mut self) -> Result<Option<Replayed>, LogError> {
        let mut playback = self.playing.take().ok_or(LogError::NotLoaded)?;
        let played = self.play(&mut playback);
        self.playing = Some(playback);
        played
    }

    fn play(&mut self, playback: &mut Playback<G::Input>) -> Result<Option<Replayed>, LogError> {
        loop {
            match playback.next(&mut self.game, &self.spec)? {
                Event::Joined(who) => {
                    self.next_player = who.id.0.saturating_add(1);
                    self.add_actor(who);
                }
                Event::Left(player) => {
                    let index = self.position(player);
                    index.into_iter().for_each(|it| self.remove_player(it, Departure::Left));
                }
                Event::Told => {}
                Event::Step => break,
                Event::End => return Ok(None),
            }
        }
        self.now = self.now.next();
        self.counters.ticks += 1;
        self.step();
        self.subscribe();
        let recorded = playback.take_hash();
        let computed = self.capture(recorded.is_some());
        self.deliver_messages();
        let check = recorded.zip(computed);
        let check = check.map(|(recorded, computed)| HashCheck { recorded, computed });
        Ok(Some(Replayed { tick: self.now, check }))
    }
}
