//! What a room asks its game besides what the log has, and a game that is played again so is not asked.

use tickwire_shared::{Game, PlayerId, control, session::Token};

use super::{WorldHash, go_on_from};
use crate::{
    hosted::HostedRoom,
    interest::{Interest, look},
    room::Room,
};

impl<G: Game> Room<G> {
    /// Asks it all; see [`HostedRoom::ask`].
    pub(crate) fn ask_all(&mut self) {
        let who = |index: usize| (!self.players[index].spectator).then(|| self.players[index].id);
        let players: Vec<_> = (0..self.players.len()).map(who).collect();
        players.into_iter().for_each(|who| self.look_as(who));
        // For an observer, whom no log knows of.
        self.look_as(None);
        self.welcome(PlayerId(0), &Token([0; 16]));
        self.save_all();
    }

    /// Looks as a player or somebody who only watches does in its first tick.
    fn look_as(&mut self, who: Option<PlayerId>) {
        let team = look(&self.game, who, &mut self.view);
        let mut interest = Interest::default();
        interest.update((who, team), &self.view, self.grid.as_ref(), &mut self.segments);
        interest.end(&mut self.segments);
    }

    /// Saves the game and goes on from that, as at a keyframe.
    fn save_all(&mut self) {
        let mut world = Vec::new();
        let hash = WorldHash::of(&self.game, &self.spec.schema);
        if control::save(&self.game, &mut world).is_ok() {
            // A game that cannot be loaded is one without a log, and not one that panics.
            let _ = go_on_from(&mut self.game, &world, (hash, &self.spec.schema));
        }
    }
}
