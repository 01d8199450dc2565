//! What replicas side by side need to decode only once.
//!
//! Viewers who are up to date get the same bytes for what all of them see, from the same
//! baseline. Decoding is a function of the dialect, the baseline's rows, the gap and the bytes. So when
//! a replica holds the *very same* rows in memory and its bytes are *equal*, the rows that
//! came out for another are what would come out for it. Nothing is taken on trust: each
//! replica's bytes are compared in full, and its hash is checked against the server's.
//!
//! Whoever came in later, or was sent two ticks at once, got to the same rows in another way.
//! Rows that turn out equal become the very same, so that from then on they go together.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use super::{ReplicaError, dialect::Dialect, held::HeldRows};
use crate::{
    codec::Decoder,
    schema::{Audience, Schema},
    tick::Tick,
};

/// At most this many rows are kept for others, over all segments; the oldest give way.
const MOST_ROWS: usize = 1 << 17;
/// And at most this many segments.
const MOST_SEGMENTS: usize = 1 << 12;
/// And for at most this many ticks: few viewers are further behind than that.
const MOST_TICKS: i32 = 32;
/// A room has one dialect; somebody who shares more widely has few.
const MOST_DIALECTS: usize = 4;

/// What a segment's rows are a function of, but for the bytes themselves.
#[derive(Clone, Debug)]
pub(super) struct Source<'a> {
    /// When it is of; it says only for how long it is worth keeping.
    pub tick: Tick,
    pub audience: Audience,
    /// The rows that it builds upon, and how many ticks it is beyond them; nothing for a keyframe.
    pub baseline: Option<(&'a HeldRows, u32)>,
    /// Nothing for a segment that is as predicted.
    pub bytes: Option<&'a [u8]>,
}

/// Decoded segments that replicas may share, and the memory to decode with.
///
/// Give it to [`super::Replica::apply_with`] for all the viewers of one room.
#[derive(Debug, Default)]
pub struct Memo {
    dialects: Vec<Arc<Dialect>>,
    pub(super) decoded: Decoded,
    pub(super) decoder: Decoder,
}

/// What was decoded lately, by what it was decoded from.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    known: BTreeMap<Key, Known>,
    /// The rows of `known` by dialect, audience and hash, to find equal ones.
    contents: BTreeMap<(usize, Audience, u32), HeldRows>,
    order: VecDeque<(Key, Tick)>,
    rows: usize,
}

/// Where to look. What is found there is compared in full.
type Key = (usize, usize, Audience, u32, Option<usize>);

#[derive(Debug)]
struct Known {
    dialect: Arc<Dialect>,
    /// Held, so that no other rows can come to stand at its address.
    baseline: Option<HeldRows>,
    bytes: Vec<u8>,
    rows: HeldRows,
}

impl Memo {
    /// The dialect of a welcome, which all who were welcomed alike share.
    ///
    /// # Errors
    /// When the schema or the table is not valid.
    pub fn dialect(
        &mut self,
        schema: Schema,
        priors: &[u8],
        tick_hz: u32,
    ) -> Result<Arc<Dialect>, ReplicaError> {
        let known = self.dialects.iter().find(|known| known.is_of(&schema, priors, tick_hz));
        if let Some(known) = known {
            return Ok(known.clone());
        }
        let made = Arc::new(Dialect::new(schema, priors, tick_hz)?);
        self.dialects.truncate(MOST_DIALECTS - 1);
        self.dialects.insert(0, made.clone());
        Ok(made)
    }
}

impl Decoded {
    /// What came out for another of the same source.
    pub(super) fn find(&self, dialect: &Arc<Dialect>, source: &Source<'_>) -> Option<HeldRows> {
        let known = self.known.get(&key(dialect, source))?;
        let same_baseline = match (&known.baseline, source.baseline) {
            (Some(known), Some((held, _))) => known.is(held),
            (None, None) => true,
            _ => false,
        };
        let same = same_baseline
            && Arc::ptr_eq(&known.dialect, dialect)
            && known.bytes == source.bytes.unwrap_or_default();
        same.then(|| known.rows.clone())
    }

    /// Keeps what came out, for others; the oldest give way to it.
    pub(super) fn keep(
        &mut self,
        dialect: &Arc<Dialect>,
        source: &Source<'_>,
        rows: &mut HeldRows,
    ) {
        if rows.len() > MOST_ROWS {
            return;
        }
        let content = (Arc::as_ptr(dialect).addr(), source.audience, rows.hash());
        match self.contents.get(&content) {
            Some(known) if known == rows => rows.unite(known),
            _ => drop(self.contents.insert(content, rows.clone())),
        }
        let key = key(dialect, source);
        let known = Known {
            dialect: dialect.clone(),
            baseline: source.baseline.map(|(held, _)| held.clone()),
            bytes: source.bytes.unwrap_or_default().to_vec(),
            rows: rows.clone(),
        };
        self.rows += rows.len();
        match self.known.insert(key, known) {
            Some(old) => self.forget(key, &old),
            None => self.order.push_back((key, source.tick)),
        }
        while let Some((key, tick)) = self.order.front().copied()
            && (self.is_full() || source.tick.since(tick) > MOST_TICKS)
        {
            self.order.pop_front();
            if let Some(old) = self.known.remove(&key) {
                self.forget(key, &old);
            }
        }
    }

    fn is_full(&self) -> bool {
        self.rows > MOST_ROWS || self.order.len() > MOST_SEGMENTS
    }

    /// Forgets the rows of what is no longer known.
    fn forget(&mut self, (dialect, _, audience, ..): Key, old: &Known) {
        self.rows -= old.rows.len();
        let content = (dialect, audience, old.rows.hash());
        if self.contents.get(&content).is_some_and(|rows| rows.is(&old.rows)) {
            self.contents.remove(&content);
        }
    }
}

fn key(dialect: &Arc<Dialect>, source: &Source<'_>) -> Key {
    let (held, gap) = source.baseline.map_or((0, 0), |(held, gap)| (held.address(), gap));
    let length = source.bytes.map(<[u8]>::len);
    (Arc::as_ptr(dialect).addr(), held, source.audience, gap, length)
}
