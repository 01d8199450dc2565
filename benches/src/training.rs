//! Training: which priors would have made recordings smallest.
//!
//! Every bit that the encoder sends is noted under the table entry that its model
//! starts from, segment by segment. An entry then becomes the start (a probability and how
//! far it is to be trusted) from which all those segments would have cost least.

use tickwire_shared::{
    codec::{
        Encoder, Layout, Priors,
        encode::BitSink,
        layout::CLASSES,
        model::{Bit, EVIDENCE, group, kind, once},
        priors::{EVEN, Tables},
    },
    rows::Rows,
    schema::Schema,
};

use crate::recording::Recording;

/// Gaps that are trained besides the keyframe: most frames follow on the one before.
const GAPS: [(usize, f32); 4] = [(1, 1.0), (2, 0.05), (4, 0.05), (8, 0.05)];
/// The weight of a keyframe, and one of how many ticks is taken for one.
const KEYFRAME: (usize, f32) = (10, 0.2);
/// An entry stays as it was unless a change saves this many bits.
const LEAST_GAIN: f32 = 12.0;
/// An entry is judged by about this many bits of a recording.
const ENOUGH: usize = 50_000;
/// Hardly ever are columns better sent as they are; but where they are, that is soon learnt.
const RARELY_RAW: u16 = 4091 << 4 | 1;
/// The last of so many parts of a recording is held out.
pub const HELD_OUT: usize = 5;

/// The ticks of a recording that are trained on, or those that are held out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// Those before.
    Trained,
    /// The last part.
    HeldOut,
}

impl Share {
    fn of(self, ticks: &[Rows]) -> &[Rows] {
        let cut = ticks.len() - ticks.len() / HELD_OUT;
        match self {
            Share::Trained => &ticks[..cut],
            Share::HeldOut => &ticks[cut..],
        }
    }
}

/// All strands of a recording, each with its layout.
fn strands(recording: &Recording) -> impl Iterator<Item = (&Layout, &[Rows])> {
    let further = recording.further.iter().map(|strand| (&strand.layout, &strand.ticks[..]));
    [(&recording.layout, &recording.ticks[..])].into_iter().chain(further)
}

/// What some priors make of a share of a recording, in bytes, at the baseline of the tick before.
///
/// # Panics
/// When the priors are for another schema.
#[must_use]
pub fn bytes(recording: &Recording, priors: &[u8], share: Share) -> usize {
    let (mut encoder, mut out) = (Encoder::default(), Vec::new());
    for (layout, ticks) in strands(recording) {
        let priors = Priors::new(layout, priors).expect("the priors fit the recording");
        for pair in share.of(ticks).windows(2) {
            encoder.encode(layout, &priors, (&pair[0], 1), &pair[1], &mut out);
        }
    }
    out.len()
}

/// Priors for any schema, by the class of field.
#[must_use]
pub fn builtin(recordings: &[Recording]) -> Tables {
    let blank = Tables {
        schema_hash: 0,
        once: vec![EVEN; once::BITS],
        kinds: vec![vec![EVEN; kind::BITS]],
        groups: vec![vec![EVEN; group::BITS]; CLASSES],
        mapping: Vec::new(),
    };
    let plan = |layout: &Layout| {
        let kinds = vec![0; layout.kinds.len()];
        let mut groups = vec![0; layout.groups];
        for group in layout.kinds.iter().flat_map(|kind| &kind.groups) {
            groups[group.model] = group.class;
        }
        (kinds, groups)
    };
    let mut tables = train(recordings, blank, &plan);
    share_between_classes(&mut tables);
    tables
}

/// What no field of a class ever did is taken to be as with the class that did it first.
fn share_between_classes(tables: &mut Tables) {
    for at in 0..group::BITS {
        let known = [5, 4, 6, 8, 1, 3, 7].map(|class: usize| tables.groups[class][at]);
        let Some(known) = known.into_iter().find(|entry| *entry != EVEN) else { continue };
        let unknown = tables.groups.iter_mut().filter(|table| table[at] == EVEN);
        unknown.for_each(|table| table[at] = known);
    }
}

/// Priors for one schema, with a table for each of its kinds and fields, starting from `builtin`.
#[must_use]
pub fn for_schema(schema: &Schema, recordings: &[Recording], builtin: &Tables) -> Tables {
    let layouts = tickwire_shared::schema::AUDIENCES.map(|part| Layout::new(schema, part, 1));
    let mut classes = vec![0; layouts[0].fields];
    for group in layouts.iter().flat_map(|l| &l.kinds).flat_map(|kind| &kind.groups) {
        classes[group.field] = group.class;
    }
    let kinds = schema.kinds.len();
    let blank = Tables {
        schema_hash: schema.hash(),
        once: builtin.once.clone(),
        kinds: vec![builtin.kinds[0].clone(); kinds],
        groups: classes.iter().map(|class| builtin.groups[*class].clone()).collect(),
        mapping: (0..kinds).chain(0..classes.len()).map(|table| table as u8).collect(),
    };
    let plan = |layout: &Layout| {
        let mut groups = vec![0; layout.groups];
        for group in layout.kinds.iter().flat_map(|kind| &kind.groups) {
            groups[group.model] = group.field;
        }
        ((0..layout.kinds.len()).collect(), groups)
    };
    train(recordings, blank, &plan)
}

/// Which kind table each kind, and which group table each group of a layout starts from.
type Plan<'a> = &'a dyn Fn(&Layout) -> (Vec<usize>, Vec<usize>);

/// Trains twice: what is sent depends a little on the priors, by what is better sent as it is.
fn train(recordings: &[Recording], blank: Tables, plan: Plan<'_>) -> Tables {
    let mut tables = blank.clone();
    for _ in 0..2 {
        let mut notes = Notes::new(&blank);
        for recording in recordings {
            notes.begin_recording();
            note(recording, &tables, plan, &mut notes);
        }
        tables = notes.fit(&blank);
        tables.groups.iter_mut().for_each(|table| table[group::RAW] = RARELY_RAW);
    }
    tables
}

fn note(recording: &Recording, tables: &Tables, plan: Plan<'_>, notes: &mut Notes) {
    let file = tables.write();
    let mut encoder = Encoder::default();
    for (layout, ticks) in strands(recording) {
        let priors = Priors::new(layout, &file).expect("the tables fit the recording");
        let (kinds, groups) = plan(layout);
        let mut sink =
            Noting { entries: entries(&kinds, &groups, notes), models: Vec::new(), notes };
        let ticks = Share::Trained.of(ticks);
        for (gap, weight) in GAPS {
            for pair in ticks.windows(gap + 1) {
                sink.begin(&priors, weight);
                let baseline = (&pair[0], gap as u32);
                encoder.encode_into(layout, &priors, baseline, &pair[gap], &mut sink);
            }
        }
        for rows in ticks.iter().step_by(KEYFRAME.0) {
            sink.begin(&priors, KEYFRAME.1);
            encoder.encode_into(layout, &priors, (Rows::EMPTY, 0), rows, &mut sink);
        }
    }
}

/// The entry from which each model of a layout starts.
fn entries(kinds: &[usize], groups: &[usize], notes: &Notes) -> Vec<u32> {
    let mut entries: Vec<usize> = (0..once::BITS).collect();
    let first_group = once::BITS + notes.kinds * kind::BITS;
    for table in kinds {
        entries.extend((0..kind::BITS).map(|at| once::BITS + table * kind::BITS + at));
    }
    for table in groups {
        entries.extend((0..group::BITS).map(|at| first_group + table * group::BITS + at));
    }
    entries.into_iter().map(|entry| entry as u32).collect()
}

/// Notes the bits of one strand.
struct Noting<'a> {
    entries: Vec<u32>,
    models: Vec<Bit>,
    notes: &'a mut Notes,
}

impl Noting<'_> {
    fn begin(&mut self, priors: &Priors, weight: f32) {
        self.models.clear();
        self.models.extend_from_slice(priors.bits());
        self.notes.segment += 1;
        self.notes.weight = weight;
    }
}

impl BitSink for Noting<'_> {
    fn bit(&mut self, model: usize, bit: bool) {
        self.notes.note(self.entries[model] as usize, bit);
        self.models[model].learn(bit);
    }

    fn raw(&mut self, _value: u32, _count: u32) {}

    fn model(&self, model: usize) -> Bit {
        self.models[model]
    }
}

/// A run of bits that one entry's models saw in one segment.
#[derive(Clone, Copy, Debug)]
struct Run {
    first: usize,
    weight: f32,
    recording: usize,
}

/// What one entry's models saw.
#[derive(Clone, Debug, Default)]
struct Seen {
    bits: Vec<bool>,
    runs: Vec<Run>,
    segment: u64,
}

/// All that was seen.
struct Notes {
    seen: Vec<Seen>,
    kinds: usize,
    segment: u64,
    weight: f32,
    /// Each recording's bits, by weight.
    totals: Vec<f32>,
}

impl Notes {
    fn new(tables: &Tables) -> Notes {
        let (kinds, groups) = (tables.kinds.len(), tables.groups.len());
        let entries = once::BITS + kinds * kind::BITS + groups * group::BITS;
        let seen = vec![Seen::default(); entries];
        Notes { seen, kinds, segment: 0, weight: 1.0, totals: Vec::new() }
    }

    fn begin_recording(&mut self) {
        self.totals.push(0.0);
    }

    fn note(&mut self, entry: usize, bit: bool) {
        let recording = self.totals.len() - 1;
        let seen = &mut self.seen[entry];
        if seen.segment != self.segment {
            seen.segment = self.segment;
            seen.runs.push(Run { first: seen.bits.len(), weight: self.weight, recording });
        }
        seen.bits.push(bit);
        self.totals[recording] += self.weight;
    }

    /// The entries that fit best, in the shape of `blank`, whose entries are kept where nothing is known.
    fn fit(&self, blank: &Tables) -> Tables {
        let costs = costs();
        // Every recording counts alike, however much happens in it.
        let mean = self.totals.iter().sum::<f32>() / self.totals.len() as f32;
        let scale: Vec<f32> = self.totals.iter().map(|total| mean / total.max(1.0)).collect();
        let mut tables = blank.clone();
        let all = [&mut tables.once].into_iter().chain(&mut tables.kinds).chain(&mut tables.groups);
        for (entry, seen) in all.flatten().zip(&self.seen) {
            *entry = seen.fit(*entry, &scale, &costs);
        }
        tables
    }
}

/// What a bit costs, by its probability in 2^15ths.
fn costs() -> Vec<f32> {
    (0..=1 << 15).map(|p| 15.0 - (p.max(1) as f32).log2()).collect()
}

impl Seen {
    fn fit(&self, blank: u16, scale: &[f32], costs: &[f32]) -> u16 {
        if self.bits.is_empty() {
            return blank;
        }
        let stride = (self.bits.len() / ENOUGH).max(1);
        let cost = |entry: u16| self.cost(entry, stride, scale, costs);
        let mut best = (blank, cost(blank) - LEAST_GAIN / stride as f32);
        let trusted = EVIDENCE.iter().filter(|seen| **seen as usize * 2 <= self.bits.len());
        let most = trusted.count() as u16;
        for p0 in self.guesses(scale) {
            for evidence in 0..most {
                let entry = ((p0 * 4096.0) as u16).clamp(4, 4091) << 4 | evidence;
                let cost = cost(entry);
                if cost < best.1 {
                    best = (entry, cost);
                }
            }
        }
        best.0
    }

    /// Probabilities of zero to try: over all bits, over all segments, over the first bits, and between.
    fn guesses(&self, scale: &[f32]) -> [f32; 4] {
        let (mut bits, mut segments, mut firsts) = ([0.4f32; 2], [0.4f32; 2], [0.4f32; 2]);
        for (index, run) in self.runs.iter().enumerate() {
            let weight = run.weight * scale[run.recording];
            let run_bits = self.run(index);
            let ones = run_bits.iter().filter(|bit| **bit).count() as f32;
            let zeros = run_bits.len() as f32 - ones;
            bits[0] += zeros * weight;
            bits[1] += ones * weight;
            segments[0] += zeros / run_bits.len() as f32 * weight;
            segments[1] += ones / run_bits.len() as f32 * weight;
            firsts[usize::from(run_bits[0])] += weight;
        }
        let [bits, segments, firsts] =
            [bits, segments, firsts].map(|[zeros, ones]| zeros / (zeros + ones));
        [bits, segments, firsts, (bits + segments) / 2.0]
    }

    fn run(&self, index: usize) -> &[bool] {
        let end = self.runs.get(index + 1).map_or(self.bits.len(), |next| next.first);
        &self.bits[self.runs[index].first..end]
    }

    fn cost(&self, entry: u16, stride: usize, scale: &[f32], costs: &[f32]) -> f32 {
        let start = Bit::from_prior(entry);
        let mut total = 0.0;
        for index in (0..self.runs.len()).step_by(stride) {
            let (mut model, mut cost) = (start, 0.0);
            for bit in self.run(index) {
                let p0 = model.p0() as usize;
                cost += costs[if *bit { (1 << 15) - p0 } else { p0 }];
                model.learn(*bit);
            }
            let run = self.runs[index];
            total += cost * run.weight * scale[run.recording];
        }
        total
    }
}
