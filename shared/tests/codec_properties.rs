//! The segment codec over random schemas and random histories: what goes in comes out, over
//! every gap, and bytes that nobody encoded are refused without harm.

use proptest::prelude::*;
use tickwire_shared::{
    EntityId,
    codec::{Decoder, Encoder, Layout, Priors, model},
    rows::Rows,
    schema::{Audience, Field, FieldType, Kind, Predict, Schema},
};

fn field_type() -> impl Strategy<Value = FieldType> {
    prop_oneof![
        Just(FieldType::Bool),
        (any::<i32>(), 0..=u32::MAX).prop_map(|(min, span)| FieldType::Int {
            min: i64::from(min),
            max: i64::from(min) + i64::from(span),
        }),
        (1u32..100_000).prop_map(|steps| FieldType::Float {
            min: -4.0,
            max: -4.0 + steps as f32 / 16.0,
            step: 1.0 / 16.0,
        }),
        Just(FieldType::Vec2 { min: 0.0, max: 4096.0, step: 0.0625 }),
        Just(FieldType::Vec3 { min: -256.0, max: 256.0, step: 0.002 }),
        (2u8..=16).prop_map(|bits| FieldType::Angle { bits }),
        (4u8..=16).prop_map(|bits| FieldType::Quat { bits }),
        (1usize..=256).prop_map(|count| FieldType::Enum {
            names: (0..count).map(|name| format!("v{name}")).collect()
        }),
        (1u8..=16).prop_map(|words| FieldType::Text { bytes: words * 4 }),
    ]
}

fn schema() -> impl Strategy<Value = Schema> {
    let fields = prop::collection::vec((field_type(), 0u8..4), 0..5);
    prop::collection::vec(fields, 1..4).prop_map(|kinds| {
        let kind = |(index, fields): (usize, Vec<(FieldType, u8)>)| Kind {
            name: format!("kind{index}"),
            fields: fields.into_iter().enumerate().flat_map(field).collect(),
        };
        let input = Kind { name: "input".into(), fields: Vec::new() };
        let kinds = kinds.into_iter().enumerate().map(kind).collect();
        Schema { game: "random".into(), kinds, input, messages: Vec::new(), requests: Vec::new() }
    })
}

/// A field; what does not wrap is linear, and what is to follow a velocity gets one of its own.
fn field((index, (ty, predict)): (usize, (FieldType, u8))) -> Vec<Field> {
    let is = |predict, ty| Field {
        name: format!("field{index}"),
        ty,
        predict,
        audience: Audience::Public,
    };
    let wraps = match &ty {
        FieldType::Int { min, max } => max > min,
        FieldType::Float { min, max, step } => (max - min) / step > 2.0,
        FieldType::Vec2 { .. } | FieldType::Vec3 { .. } => true,
        _ => false,
    };
    match (predict, &ty) {
        (0, _) => vec![is(Predict::Hold, ty)],
        (1, _) if wraps => vec![is(Predict::Wrap, ty)],
        (2, FieldType::Int { .. } | FieldType::Vec2 { .. } | FieldType::Vec3 { .. }) => {
            let name = format!("speed{index}");
            let speed = Field { name: name.clone(), ..is(Predict::Linear, ty.clone()) };
            vec![is(Predict::By(name), ty), speed]
        }
        _ => vec![is(Predict::Linear, ty)],
    }
}

/// A world that moves as worlds do: most things keep going, some change, a few come and go.
struct World {
    layout: Layout,
    entities: Vec<(EntityId, Vec<u32>)>,
    random: u64,
    generation: u8,
}

impl World {
    fn new(layout: Layout, seed: u64) -> Self {
        World { layout, entities: Vec::new(), random: seed | 1, generation: 0 }
    }

    fn next(&mut self, below: u32) -> u32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 32) as u32 % below.max(1)
    }

    fn any_value(&mut self, kind: usize, column: usize) -> u32 {
        let max = self.layout.kinds[kind].columns[column].max;
        let raw = self.random as u32 ^ self.next(u32::MAX);
        if max == u32::MAX { raw } else { raw % (max + 1) }
    }

    /// Text columns hold no byte after a NUL, as capture sees to; everything else is free.
    fn row(&mut self, kind: usize) -> Vec<u32> {
        let columns = self.layout.kinds[kind].columns.len();
        let mut row: Vec<u32> = (0..columns).map(|column| self.any_value(kind, column)).collect();
        self.tidy_texts(kind, &mut row);
        row
    }

    fn tidy_texts(&self, kind: usize, row: &mut [u32]) {
        use tickwire_shared::{codec::layout::Coding, field::text_to_columns};
        let groups = self.layout.kinds[kind].groups.iter();
        for group in groups.filter(|group| group.coding == Coding::Text) {
            let columns = &mut row[group.start..group.start + group.len];
            let text: String = columns.iter().map(|c| char::from(b'a' + (c % 26) as u8)).collect();
            text_to_columns(&text[..text.len() / 2], columns);
        }
    }

    fn step(&mut self) {
        self.generation = self.generation.wrapping_add(1);
        self.entities.retain(|_| !self.random.is_multiple_of(13));
        for _ in 0..self.next(4) {
            let kind = self.next(self.layout.kinds.len() as u32) as usize;
            let id = EntityId::new(kind as u8, self.next(40) as u16, self.generation);
            let row = self.row(kind);
            self.entities.push((id, row));
        }
        self.entities.sort_unstable();
        self.entities.dedup_by_key(|entity| entity.0);
        for index in 0..self.entities.len() {
            self.change(index);
        }
    }

    fn change(&mut self, index: usize) {
        let kind = self.entities[index].0.kind();
        for column in 0..self.entities[index].1.len() {
            let max = self.layout.kinds[kind].columns[column].max;
            let new = match self.next(5) {
                0 => self.any_value(kind, column),
                1 | 2 => self.entities[index].1[column].saturating_add(3).min(max),
                _ => continue,
            };
            self.entities[index].1[column] = new;
        }
        let mut row = std::mem::take(&mut self.entities[index].1);
        self.tidy_texts(kind, &mut row);
        self.entities[index].1 = row;
    }

    fn rows(&self, before: Option<&Rows>) -> Rows {
        let mut rows = Rows::default();
        for (id, values) in &self.entities {
            rows.push_still(*id, values, self.layout.kinds[id.kind()].motions);
        }
        if let Some(before) = before {
            rows.derive_motion(&self.layout, before);
        }
        rows
    }
}

fn history(schema: &Schema, seed: u64, ticks: usize) -> (Layout, Vec<Rows>) {
    let layout = Layout::new(schema, Audience::Public, 30);
    let mut world = World::new(layout.clone(), seed);
    let mut history: Vec<Rows> = Vec::new();
    for _ in 0..ticks {
        world.step();
        history.push(world.rows(history.last()));
    }
    (layout, history)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_tick_is_reached_from_every_baseline(schema in schema(), seed: u64) {
        prop_assert!(schema.validate().is_ok());
        let (layout, history) = history(&schema, seed, 12);
        let priors = Priors::new(&layout, model::BUILTIN).unwrap();
        let (mut encoder, mut decoder) = (Encoder::default(), Decoder::default());
        let (mut bytes, mut decoded) = (Vec::new(), Rows::default());
        for (tick, now) in history.iter().enumerate() {
            let older = history[..tick].iter().enumerate();
            let baselines = older.map(|(old, rows)| (rows, (tick - old) as u32));
            for baseline in baselines.chain([(Rows::EMPTY, 0)]) {
                bytes.clear();
                let encoded = encoder.encode(&layout, &priors, baseline, now, &mut bytes);
                if encoded.as_predicted {
                    prop_assert!(bytes.is_empty());
                    decoder.advance(&layout, baseline, &mut decoded);
                } else {
                    decoder.decode(&layout, &priors, baseline, &bytes, &mut decoded).unwrap();
                }
                prop_assert_eq!(&decoded, now);
                prop_assert_eq!(decoded.hash(), now.hash());
            }
        }
    }

    #[test]
    fn hostile_bytes_are_refused_or_decoded_but_never_panic(
        schema in schema(), seed: u64, bytes in prop::collection::vec(any::<u8>(), 0..200), gap in 0u32..130,
    ) {
        let (layout, history) = history(&schema, seed, 4);
        let priors = Priors::new(&layout, model::BUILTIN).unwrap();
        let mut decoded = Rows::default();
        let baseline = if gap == 0 { Rows::EMPTY } else { &history[3] };
        let _ = Decoder::default().decode(&layout, &priors, (baseline, gap), &bytes, &mut decoded);
        prop_assert!(decoded.len() <= tickwire_shared::rows::MAX_ROWS + baseline.len());
    }

    #[test]
    fn a_cut_or_padded_segment_never_passes_for_the_whole(schema in schema(), seed: u64) {
        let (layout, history) = history(&schema, seed, 4);
        let priors = Priors::new(&layout, model::BUILTIN).unwrap();
        let mut bytes = Vec::new();
        Encoder::default().encode(&layout, &priors, (Rows::EMPTY, 0), &history[3], &mut bytes);
        let decode = |bytes: &[u8]| {
            let mut rows = Rows::default();
            let baseline = (Rows::EMPTY, 0);
            Decoder::default().decode(&layout, &priors, baseline, bytes, &mut rows).map(|()| rows)
        };
        let mut padded = bytes.clone();
        padded.extend_from_slice(&[0; 5]);
        prop_assert!(decode(&padded).is_err(), "five bytes more than any encoder writes");
        if bytes.len() > 5 {
            let cut = decode(&bytes[..bytes.len() - 5]);
            prop_assert_ne!(cut.as_ref(), Ok(&history[3]));
        }
    }
}

/// A frame that claims ever more tiny segments, each as large as one may be.
#[test]
fn many_small_keyframes_cannot_fill_the_memory() {
    use tickwire_shared::{
        frame::{Cadence, FrameError, FrameHeader, FrameTick, SegmentBody, write_segment},
        replica::Replica,
        rows::MAX_HELD_ROWS,
    };
    let kind = Kind { name: "mark".into(), fields: Vec::new() };
    let input = Kind { name: "input".into(), fields: Vec::new() };
    let schema = Schema {
        game: "g".into(),
        kinds: vec![kind],
        input,
        messages: Vec::new(),
        requests: Vec::new(),
    };
    let layout = Layout::new(&schema, Audience::Public, 30);
    let priors = Priors::new(&layout, model::BUILTIN).unwrap();
    let mut full = Rows::default();
    (0..=u16::MAX).for_each(|slot| full.push_still(EntityId::new(0, slot, 0), &[], 0));
    let mut bytes = Vec::new();
    Encoder::default().encode(&layout, &priors, (Rows::EMPTY, 0), &full, &mut bytes);
    let frame = |segments: u32| {
        let mut frame = Vec::new();
        let tick = FrameTick::Full(tickwire_shared::Tick(1));
        FrameHeader { tick, ..FrameHeader::default() }.write(&mut frame);
        for handle in 0..segments {
            write_segment(
                handle,
                SegmentBody::Keyframe(Cadence::Live, Audience::Public, &bytes),
                &mut frame,
            );
        }
        frame
    };
    let mut replica = Replica::new(schema.clone(), model::BUILTIN, 30).unwrap();
    let most = (MAX_HELD_ROWS / full.len()) as u32;
    assert_eq!(replica.apply(&frame(most + 1)), Err(FrameError::TooManyRows));
    assert!(replica.segments().is_empty(), "and nothing was applied");
    assert!(replica.apply(&frame(most)).is_ok());
}
