//! States as the plain hosts send them, read back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tickwire_shared::control;

/// Numbers that a ship has: x, y, heading, hp and score.
pub type Line = [u32; 5];

/// What a client holds of one tick.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// The tick.
    pub tick: u32,
    /// The ships by slot.
    pub ships: BTreeMap<u32, Line>,
}

impl Picture {
    /// Reads the tick, then slot and [`Line`] of each ship.
    #[must_use]
    pub fn of_numbers(numbers: &[u32]) -> Option<Picture> {
        let (&tick, rest) = numbers.split_first()?;
        let ships = rest
            .chunks_exact(6)
            .map(|ship| (ship[0], [ship[1], ship[2], ship[3], ship[4], ship[5]]));
        Some(Picture { tick, ships: ships.collect() })
    }

    /// How many ships are missing, too many or different in another picture of the same tick.
    #[must_use]
    pub fn differences(&self, other: &Picture) -> usize {
        let changed = self.ships.iter().filter(|(slot, ship)| other.ships.get(slot) != Some(ship));
        let added = other.ships.keys().filter(|slot| !self.ships.contains_key(slot));
        changed.count() + added.count()
    }
}

/// A state as the broadcast in Rust sends it.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct State {
    /// The tick.
    pub tick: u32,
    /// Slot, x, y, heading, hp, score.
    pub ships: Vec<(u16, u16, u16, u16, u8, u16)>,
}

impl State {
    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        control::encode(self)
    }

    /// Reads it back.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Picture> {
        let state: State = control::decode(bytes).ok()?;
        let ships = state.ships.into_iter().map(|(slot, x, y, heading, hp, score)| {
            (slot.into(), [x.into(), y.into(), heading.into(), hp.into(), score.into()])
        });
        Some(Picture { tick: state.tick, ships: ships.collect() })
    }
}

/// An array of whole numbers in MessagePack.
#[must_use]
pub fn msgpack(bytes: &[u8]) -> Option<Vec<u32>> {
    let (count, mut rest) = match *bytes {
        [first @ 0x90..=0x9F, ref rest @ ..] => (u32::from(first & 15), rest),
        [0xDC, a, b, ref rest @ ..] => (u16::from_be_bytes([a, b]).into(), rest),
        [0xDD, a, b, c, d, ref rest @ ..] => (u32::from_be_bytes([a, b, c, d]), rest),
        _ => return None,
    };
    let mut numbers = Vec::new();
    for _ in 0..count {
        let number;
        (number, rest) = match *rest {
            [small @ 0..=0x7F, ref rest @ ..] => (small.into(), rest),
            [0xCC, byte, ref rest @ ..] => (byte.into(), rest),
            [0xCD, a, b, ref rest @ ..] => (u16::from_be_bytes([a, b]).into(), rest),
            [0xCE, a, b, c, d, ref rest @ ..] => (u32::from_be_bytes([a, b, c, d]), rest),
            _ => return None,
        };
        numbers.push(number);
    }
    Some(numbers)
}

/// The argument of a socket.io event, such as `5` of `42["w",5]`.
#[must_use]
pub fn socket_io<'a, T: Deserialize<'a>>(text: &'a [u8], event: &str) -> Option<T> {
    let (name, argument): (&str, T) = serde_json::from_slice(text.strip_prefix(b"42")?).ok()?;
    (name == event).then_some(argument)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_size_are_read_from_messagepack() {
        let bytes = [0x94, 5, 0xCC, 200, 0xCD, 1, 0, 0xCE, 0, 1, 0, 0];
        assert_eq!(msgpack(&bytes), Some(vec![5, 200, 256, 65_536]));
        assert_eq!(msgpack(&bytes[..6]), None);
        assert_eq!(msgpack(&[0xDC, 0, 1, 7]), Some(vec![7]));
        assert_eq!(msgpack(&[0xC0]), None);
    }

    #[test]
    fn an_event_is_read_only_by_its_name() {
        assert_eq!(socket_io::<u32>(br#"42["w",5]"#, "w"), Some(5));
        assert_eq!(socket_io::<u32>(br#"42["s",5]"#, "w"), None);
        assert_eq!(socket_io::<Vec<u32>>(br#"42["s",[1,2]]"#, "s"), Some(vec![1, 2]));
        assert_eq!(socket_io::<u32>(b"40{}", "w"), None);
    }

    #[test]
    fn a_state_comes_back_from_bincode_and_garbage_does_not() {
        let state = State { tick: 9, ships: vec![(3, 60_000, 2, 1023, 100, 7)] };
        let picture = State::decode(&state.encode()).expect("it was just encoded");
        assert_eq!(
            picture,
            Picture::of_numbers(&[9, 3, 60_000, 2, 1023, 100, 7]).expect("complete")
        );
        assert_eq!(State::decode(&[255; 9]), None);
    }

    #[test]
    fn differences_are_ships_that_are_missing_added_or_changed() {
        let one = Picture::of_numbers(&[1, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0]).expect("complete");
        let other =
            Picture::of_numbers(&[1, 2, 0, 0, 0, 0, 1, 3, 0, 0, 0, 0, 0]).expect("complete");
        assert_eq!(one.differences(&one), 0);
        assert_eq!(one.differences(&other), 3);
        assert_eq!(other.differences(&one), 3);
    }
}
