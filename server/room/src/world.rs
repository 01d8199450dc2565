//! A copy of all that a game replicates, to be compared with another one.

use std::collections::BTreeMap;

use tickwire_shared::{
    Game,
    game::{Belongs, Capture, CaptureSink},
    schema::{Kind, Schema},
};

/// All that a game replicates at one moment.
#[derive(Clone, Debug, Default)]
pub struct World(BTreeMap<(usize, u16), Entity>);

#[derive(Clone, Debug)]
struct Entity {
    version: u32,
    belongs: Belongs,
    columns: Vec<u32>,
}

/// Where two worlds differ: one entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlike {
    /// The name of its kind.
    pub kind: String,
    /// Its slot among those of its kind.
    pub slot: u16,
    /// What is unlike, as words.
    pub what: String,
}

impl CaptureSink for World {
    fn put(&mut self, kind: usize, slot: u16, version: u32, belongs: Belongs, columns: &[u32]) {
        self.0.insert((kind, slot), Entity { version, belongs, columns: columns.to_vec() });
    }
}

impl World {
    pub(crate) fn of<G: Game>(game: &G, schema: &Schema) -> World {
        let mut world = World::default();
        game.replicate(&mut Capture::new(schema, &mut world));
        world
    }

    /// The kind, the slot and the slot's version of each entity.
    pub(crate) fn ids(&self) -> impl Iterator<Item = (usize, u16, u32)> {
        self.0.iter().map(|(&(kind, slot), entity)| (kind, slot, entity.version))
    }

    /// The entities that `other` has otherwise, in order.
    pub(crate) fn unlike(&self, other: &World, schema: &Schema) -> Vec<Unlike> {
        let missing = other.0.keys().filter(|place| !self.0.contains_key(place));
        let mut places: Vec<_> = self.0.keys().chain(missing).copied().collect();
        places.sort_unstable();
        let unlike = |(kind, slot)| {
            let place = (kind, slot);
            let kind = &schema.kinds[kind];
            let what = match (self.0.get(&place), other.0.get(&place)) {
                (Some(own), Some(other)) => own.unlike(other, kind)?,
                (Some(_), None) => "is not there".to_owned(),
                _ => "is there, and was not".to_owned(),
            };
            Some(Unlike { kind: kind.name.clone(), slot, what })
        };
        places.into_iter().filter_map(unlike).collect()
    }
}

impl Entity {
    /// What is unlike about the `other` one, if anything is. Values are those that are sent.
    fn unlike(&self, other: &Entity, kind: &Kind) -> Option<String> {
        if self.version != other.version {
            return Some("is another one".to_owned());
        }
        let mut at = 0;
        let mut fields = Vec::new();
        for field in &kind.fields {
            let columns = at..at + field.columns().len();
            at = columns.end;
            let (was, is) = (&self.columns[columns.clone()], &other.columns[columns]);
            if was != is {
                fields.push(format!("{} is {is:?}, and was {was:?}", field.name));
            }
        }
        if fields.is_empty() && self.belongs != other.belongs {
            fields.push("whose or where it is".to_owned());
        }
        (!fields.is_empty()).then(|| fields.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use tickwire_shared::schema::{Audience, Field, FieldType, Predict};

    use super::*;

    fn schema() -> Schema {
        let field = |name: &str| Field {
            name: name.to_owned(),
            ty: FieldType::Bool,
            predict: Predict::Hold,
            audience: Audience::Public,
        };
        let kind = Kind { name: "ship".to_owned(), fields: vec![field("armed"), field("alive")] };
        Schema {
            game: "test".to_owned(),
            kinds: vec![kind],
            input: Kind { name: "input".to_owned(), fields: Vec::new() },
            messages: Vec::new(),
            requests: Vec::new(),
        }
    }

    fn world(entities: &[(u16, u32, [u32; 2])]) -> World {
        let mut world = World::default();
        for (slot, version, columns) in entities {
            world.put(0, *slot, *version, Belongs::NOBODY, columns);
        }
        world
    }

    #[test]
    fn what_is_unlike_is_named_by_its_kind_slot_and_field() {
        let was = world(&[(1, 1, [0, 1]), (2, 1, [0, 0]), (3, 1, [0, 0]), (4, 1, [1, 1])]);
        let is = world(&[(1, 1, [0, 0]), (2, 3, [0, 0]), (4, 1, [1, 1]), (5, 1, [0, 0])]);
        let unlike = was.unlike(&is, &schema());
        let unlike: Vec<_> = unlike.iter().map(|it| (it.slot, it.what.as_str())).collect();
        let expected = [
            (1, "alive is [0], and was [1]"),
            (2, "is another one"),
            (3, "is not there"),
            (5, "is there, and was not"),
        ];
        assert_eq!(unlike, expected);
        assert_eq!(was.unlike(&was, &schema()), []);
    }
}
