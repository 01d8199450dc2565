//! The world hash: of everything that a game replicates.

use tickwire_shared::{
    Game,
    game::{Belongs, Capture, CaptureSink},
    schema::Schema,
};

/// Collects the world hash of one tick.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WorldHash(u64);

impl WorldHash {
    /// The hash of a game as it is.
    pub(crate) fn of<G: Game>(game: &G, schema: &Schema) -> u64 {
        let mut hash = WorldHash::default();
        game.replicate(&mut Capture::new(schema, &mut hash));
        hash.0
    }

    /// The hash of what was put in.
    pub(crate) fn value(self) -> u64 {
        self.0
    }

    #[inline]
    fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

impl CaptureSink for WorldHash {
    #[inline]
    fn put(&mut self, kind: usize, slot: u16, version: u32, belongs: Belongs, columns: &[u32]) {
        self.mix((kind as u64) << 48 | u64::from(slot) << 32 | u64::from(version));
        let Belongs { player, team, group, at } = belongs;
        let whose = player.map_or(0, |it| 1 << 56 | u64::from(it.0))
            | team.map_or(0, |it| 1 << 57 | u64::from(it) << 32)
            | group.map_or(0, |it| 1 << 58 | u64::from(it) << 40);
        self.mix(whose);
        if let Some(at) = at {
            self.mix(u64::from(at.x.to_bits()) << 32 | u64::from(at.y.to_bits()));
        }
        let (pairs, rest) = columns.as_chunks::<2>();
        pairs.iter().for_each(|[one, two]| self.mix(u64::from(*one) << 32 | u64::from(*two)));
        rest.iter().for_each(|one| self.mix(u64::from(*one)));
    }
}

#[cfg(test)]
mod tests {
    use tickwire_shared::{PlayerId, glam::Vec2};

    use super::*;

    fn hash(slot: u16, version: u32, belongs: Belongs, columns: &[u32]) -> u64 {
        let mut hash = WorldHash::default();
        hash.put(1, slot, version, belongs, columns);
        hash.value()
    }

    #[test]
    fn whatever_differs_shows() {
        let (nobody, columns) = (Belongs::NOBODY, [1, 2, 3]);
        let place = |x| nobody.at(Vec2::new(x, 0.0));
        let mut hashes = vec![
            hash(1, 1, nobody, &columns),
            hash(2, 1, nobody, &columns),
            hash(1, 3, nobody, &columns),
            hash(1, 1, Belongs::to(PlayerId(0)), &columns),
            hash(1, 1, nobody.team(0), &columns),
            hash(1, 1, nobody.group(0), &columns),
            hash(1, 1, place(0.0), &columns),
            hash(1, 1, place(0.5), &columns),
            hash(1, 1, nobody, &[1, 2, 4]),
            hash(1, 1, nobody, &[2, 1, 3]),
            hash(1, 1, nobody, &[1, 2]),
        ];
        let count = hashes.len();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), count);
    }
}
