//! Why a room cannot be made again.

use thiserror::Error;
use tickwire_shared::{Tick, control::LoadError};

use super::{HashCheck, LogError, Unlogged};

/// Why a room cannot be made again.
#[derive(Debug, Error)]
pub enum RestoreError {
    /// It [was to keep no log](crate::RoomConfig::keyframe_ticks), or plays a recording.
    #[error("it keeps no log")]
    Off,
    /// It keeps no log any more.
    #[error("it keeps no log any more: {0}")]
    Unlogged(Unlogged),
    /// Nothing has happened yet since it was opened or woke, or the log was used up by an attempt before.
    #[error("there is nothing in its log")]
    Empty,
    /// The keyframe cannot be read.
    #[error("its log cannot be read: {0}")]
    Unreadable(LogError),
    /// The world in the keyframe cannot be loaded.
    #[error("its saved world cannot be loaded: {0}")]
    World(LoadError),
    /// The game has made this tick otherwise than before.
    #[error(
        "the game does not do again what it did: after tick {} the world's hash is {:#018x}, not {:#018x}",
        .0, .1.computed, .1.recorded
    )]
    Differs(Tick, HashCheck),
    /// What the game was told after this tick makes no sense.
    #[error("its log cannot be played after tick {0}: {1}")]
    Playback(Tick, LogError),
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use tickwire_shared::{
        Belongs, Capture, Game, PlayerId, Replicate, SchemaBuilder, Step,
        schema::Schema,
        slotmap::{DefaultKey, SlotMap},
    };

    use super::*;
    use crate::{
        HostedRoom, Restore, Room, RoomConfig,
        log::{Log, keyframe},
    };

    #[derive(Clone, Default, Replicate, Serialize, Deserialize)]
    struct Mark {
        count: u32,
    }

    /// A game that counts.
    #[derive(Serialize, Deserialize)]
    struct Slate {
        marks: SlotMap<DefaultKey, Mark>,
        count: u8,
        is_clean: bool,
    }

    impl Game for Slate {
        const NAME: &'static str = "slate";
        type Config = ();
        type Input = Mark;

        fn schema() -> Schema {
            SchemaBuilder::new::<Self>().kind::<Mark>().build()
        }

        fn init((): &(), _: u64) -> Self {
            let mut marks = SlotMap::new();
            marks.insert(Mark::default());
            Slate { marks, count: 0, is_clean: true }
        }

        fn join(&mut self, _: PlayerId, _: &str) {}
        fn leave(&mut self, _: PlayerId) {}
        fn input(&mut self, _: PlayerId, _: &Mark) {}

        fn step(&mut self, _: &mut Step<'_>) {
            self.count += 1;
        }

        fn replicate(&self, capture: &mut Capture<'_>) {
            let count = self.count.into();
            self.marks.keys().for_each(|key| capture.put(key, Belongs::NOBODY, &Mark { count }));
        }
    }

    /// Why a room cannot be made again that has made some ticks, when its log is changed so. It gets the
    /// chunk, and where in it the world ends.
    fn refused(ticks: u32, change: impl FnOnce(&mut Vec<u8>, usize)) -> String {
        let mut room = Room::<Slate>::new(RoomConfig::new("SLATE", 30, 1), &());
        (0..ticks).for_each(|_| room.tick());
        let (mut chunk, _) = room.log.take_whole();
        let (_, _, records) = keyframe::read(&chunk).expect("it is whole");
        let end = chunk.len() - records.len();
        change(&mut chunk, end);
        room.log.put_back(chunk);
        match room.restore(100) {
            Restore::Impossible(why) => why.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn whatever_makes_a_log_useless_is_said() {
        assert_eq!(
            refused(3, |chunk, _| chunk[0] = 9),
            "its log cannot be read: a chunk of version 9; this is for version 1"
        );
        let unsound = refused(3, |chunk, end| chunk[end - 1] = 2);
        assert!(unsound.starts_with("its saved world cannot be loaded: malformed"), "{unsound}");
        let counts = refused(20, |chunk, end| chunk[end - 2] += 1);
        let differs = "the game does not do again what it did: after tick 8 the world's hash is 0x";
        assert!(counts.starts_with(differs), "{counts}");
        assert_eq!(
            refused(3, |chunk, end| chunk[end + 2] = 8),
            "its log cannot be played after tick 2: record 8 has no meaning here"
        );
    }

    #[test]
    fn a_log_without_anything_says_why_it_is_so() {
        let why = |log: Log| log.lacks().map(|why| why.to_string());
        assert_eq!(why(Log::new(0, 0)).as_deref(), Some("it keeps no log"));
        assert_eq!(why(Log::new(9, 0)).as_deref(), Some("there is nothing in its log"));
        let mut ended = Log::new(9, 0);
        ended.end(Unlogged::TooLarge);
        ended.forget();
        assert_eq!(
            why(ended).as_deref(),
            Some("it keeps no log any more: the world takes more than 8 MiB")
        );
    }
}
