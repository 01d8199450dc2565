//! Where every bit of a layout's models starts: tables trained on recordings.
//!
//! ```text
//! file   := "TWPR" version:u8 schema_hash:u32 kind_tables:u8 group_tables:u8
//!           once:part kinds:part{kind_tables} groups:part{group_tables} mapping
//! part   := parent:u8 ( skip:count take:count entry:u16{take} )… until the part is full
//! entry  := probability of zero in 4096ths (12 bits), evidence (4 bits)
//! count  := u8, or 255 and u16
//! ```
//! What a part skips is as in its `parent`, an earlier part of the same sort, or even odds without
//! evidence when `parent` is 255. With a schema hash of 0 the file fits any schema: it has one kind
//! table and one group table for each [class](super::layout::CLASSES) of field, and no mapping.
//! Otherwise the mapping names a kind table for each kind of the schema, then a group table for
//! each field of each kind. All numbers are little-endian. The welcome carries the file as it is.

use thiserror::Error;

use super::{
    layout::{CLASSES, Layout},
    model::{Bit, group, kind, once},
};

/// What a file of priors begins with.
pub const MAGIC: [u8; 4] = *b"TWPR";
/// The version of the format.
pub const VERSION: u8 = 1;
/// The largest file that is accepted; it has to fit a welcome, with everything else.
pub const MAX_PRIORS_BYTES: usize = 40 * 1024;
/// An entry of even odds without evidence.
pub const EVEN: u16 = 0x8000;
/// The parent of a part that has none.
const NO_PARENT: u8 = 255;

/// The priors used when a game has none of its own.
pub const BUILTIN: &[u8] = include_bytes!("../../../assets/priors/builtin.bin");

/// Why a file of priors was refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PriorsError {
    /// It does not begin as one.
    #[error("not a file of priors: it does not begin with TWPR")]
    Magic,
    /// Another version of the format.
    #[error("priors of version {0}; this program reads version 1")]
    Version(u8),
    /// It was made for another schema.
    #[error("these priors are for the schema {found:08x}, not for {expected:08x}")]
    OtherSchema {
        /// The hash of the schema at hand.
        expected: u32,
        /// The hash in the file.
        found: u32,
    },
    /// It is longer than a welcome has room for.
    #[error("priors of {0} bytes; at most 40960 are accepted")]
    TooLong(usize),
    /// It ends too early, goes on for too long, or points at what is not there.
    #[error("a file of priors that breaks its format at byte {0}")]
    Format(usize),
}

/// A file of priors, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tables {
    /// The schema that it is for, or 0 for any.
    pub schema_hash: u32,
    /// The entries of what a segment has once.
    pub once: Vec<u16>,
    /// Tables of a kind's entries.
    pub kinds: Vec<Vec<u16>>,
    /// Tables of a group's entries, each with its parent.
    pub groups: Vec<Vec<u16>>,
    /// Which table is for which kind and which field; empty in a file for any schema.
    pub mapping: Vec<u8>,
}

impl Tables {
    /// Takes a file apart.
    ///
    /// # Errors
    /// See [`PriorsError`].
    pub fn read(bytes: &[u8]) -> Result<Tables, PriorsError> {
        if bytes.len() > MAX_PRIORS_BYTES {
            return Err(PriorsError::TooLong(bytes.len()));
        }
        let mut reader = Reader { bytes, at: 0 };
        if !bytes.starts_with(&MAGIC) {
            return Err(PriorsError::Magic);
        }
        reader.at = MAGIC.len();
        match reader.byte()? {
            VERSION => {}
            other => return Err(PriorsError::Version(other)),
        }
        let schema_hash = u32::from(reader.word()?) | u32::from(reader.word()?) << 16;
        let (kinds, groups) = (reader.byte()?, reader.byte()?);
        let once = reader.part(once::BITS, &[])?;
        let kinds = reader.parts(kinds, kind::BITS)?;
        let groups = reader.parts(groups, group::BITS)?;
        if kinds.is_empty() || schema_hash == 0 && (kinds.len(), groups.len()) != (1, CLASSES) {
            return Err(reader.broken());
        }
        let mapping = bytes[reader.at..].to_vec();
        if schema_hash == 0 && !mapping.is_empty() {
            return Err(reader.broken());
        }
        Ok(Tables { schema_hash, once, kinds, groups, mapping })
    }

    /// Puts a file together, as short as parents can make it.
    ///
    /// # Panics
    /// When there are more tables than a byte can count.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        assert!(self.kinds.len() < 255 && self.groups.len() < 255, "too many tables");
        let mut out = MAGIC.to_vec();
        out.push(VERSION);
        out.extend_from_slice(&self.schema_hash.to_le_bytes());
        out.extend_from_slice(&[self.kinds.len() as u8, self.groups.len() as u8]);
        out.extend(write_part(&self.once, None));
        for tables in [&self.kinds, &self.groups] {
            for (index, table) in tables.iter().enumerate() {
                let parents = tables[..index].iter().zip(0..).map(Some);
                let ways = parents.chain([None]).map(|parent| write_part(table, parent));
                out.extend(ways.min_by_key(Vec::len).unwrap_or_default());
            }
        }
        out.extend_from_slice(&self.mapping);
        out
    }

    fn kind_table(&self, kind: usize) -> &[u16] {
        &self.kinds[self.mapping.get(kind).map_or(0, |table| usize::from(*table))]
    }

    fn group_table(&self, kinds: usize, field: usize, class: usize) -> &[u16] {
        &self.groups[self.mapping.get(kinds + field).map_or(class, |table| usize::from(*table))]
    }
}

fn write_part(table: &[u16], parent: Option<(&Vec<u16>, u8)>) -> Vec<u8> {
    let mut out = vec![parent.map_or(NO_PARENT, |(_, index)| index)];
    let differs = |at: usize| table[at] != parent.map_or(EVEN, |(parent, _)| parent[at]);
    // An entry or two that are as in the parent are cheaper told than skipped.
    let told = |at: usize| (at..table.len().min(at + 2)).any(differs);
    let mut at = 0;
    while at < table.len() {
        let from = (at..table.len()).find(|at| differs(*at)).unwrap_or(table.len());
        let to = (from..table.len()).find(|at| !told(*at)).unwrap_or(table.len());
        write_count(from - at, &mut out);
        write_count(to - from, &mut out);
        table[from..to].iter().for_each(|entry| out.extend_from_slice(&entry.to_le_bytes()));
        at = to;
    }
    out
}

fn write_count(count: usize, out: &mut Vec<u8>) {
    match count {
        0..=254 => out.push(count as u8),
        _ => {
            out.push(255);
            out.extend_from_slice(&(count as u16).to_le_bytes());
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn broken(&self) -> PriorsError {
        PriorsError::Format(self.at)
    }

    fn byte(&mut self) -> Result<u8, PriorsError> {
        let byte = *self.bytes.get(self.at).ok_or(self.broken())?;
        self.at += 1;
        Ok(byte)
    }

    fn word(&mut self) -> Result<u16, PriorsError> {
        Ok(u16::from(self.byte()?) | u16::from(self.byte()?) << 8)
    }

    fn count(&mut self) -> Result<usize, PriorsError> {
        match self.byte()? {
            255 => self.word().map(usize::from),
            count => Ok(usize::from(count)),
        }
    }

    fn part(&mut self, length: usize, earlier: &[Vec<u16>]) -> Result<Vec<u16>, PriorsError> {
        let mut table = match self.byte()? {
            NO_PARENT => vec![EVEN; length],
            parent => earlier.get(usize::from(parent)).ok_or(self.broken())?.clone(),
        };
        let mut at = 0;
        while at < length {
            let (skip, take) = (self.count()?, self.count()?);
            if skip + take == 0 || at + skip + take > length {
                return Err(self.broken());
            }
            at += skip;
            for entry in &mut table[at..at + take] {
                *entry = self.word()?;
            }
            at += take;
        }
        Ok(table)
    }

    fn parts(&mut self, count: u8, length: usize) -> Result<Vec<Vec<u16>>, PriorsError> {
        let mut parts = Vec::new();
        for _ in 0..count {
            parts.push(self.part(length, &parts)?);
        }
        Ok(parts)
    }
}

/// Where every bit of a layout's models starts.
#[derive(Clone, Debug)]
pub struct Priors {
    bits: Vec<Bit>,
    kinds: usize,
    fingerprint: u64,
}

impl Priors {
    /// Spreads a file of priors over a layout.
    ///
    /// # Errors
    /// See [`PriorsError`].
    pub fn new(layout: &Layout, file: &[u8]) -> Result<Priors, PriorsError> {
        let tables = Tables::read(file)?;
        check_mapping(layout, &tables, file.len())?;
        let kinds = layout.kinds.len();
        let mut entries = tables.once.clone();
        (0..kinds).for_each(|kind| entries.extend_from_slice(tables.kind_table(kind)));
        let mut groups: Vec<_> = layout.kinds.iter().flat_map(|kind| &kind.groups).collect();
        groups.sort_by_key(|group| group.model);
        for group in groups {
            entries.extend_from_slice(tables.group_table(kinds, group.field, group.class));
        }
        let fingerprint = fingerprint(&entries);
        let bits = entries.into_iter().map(Bit::from_prior).collect();
        Ok(Priors { bits, kinds, fingerprint })
    }

    /// A number that tells these priors from others, by what is in them.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// Where each bit starts.
    #[must_use]
    pub fn bits(&self) -> &[Bit] {
        &self.bits
    }

    /// Where a kind's bits begin.
    #[must_use]
    #[inline]
    pub fn kind_base(&self, kind: usize) -> usize {
        once::BITS + kind * kind::BITS
    }

    /// Where a group's bits begin.
    #[must_use]
    #[inline]
    pub fn group_base(&self, group: usize) -> usize {
        once::BITS + self.kinds * kind::BITS + group * group::BITS
    }
}

/// FNV-1a over entries and their number.
fn fingerprint(entries: &[u16]) -> u64 {
    let words = entries.iter().map(|entry| u64::from(*entry)).chain([entries.len() as u64]);
    words.fold(0xCBF2_9CE4_8422_2325, |hash, word| (hash ^ word).wrapping_mul(0x100_0000_01B3))
}

/// Checks that the tables are for the layout's schema, and all that are named exist.
fn check_mapping(layout: &Layout, tables: &Tables, length: usize) -> Result<(), PriorsError> {
    let (expected, found) = (layout.schema_hash, tables.schema_hash);
    if found == 0 {
        return Ok(());
    }
    if found != expected {
        return Err(PriorsError::OtherSchema { expected, found });
    }
    let kinds = layout.kinds.len();
    let whole = tables.mapping.len() == kinds + layout.fields;
    let exists = |(index, table): (usize, &u8)| {
        let tables = if index < kinds { tables.kinds.len() } else { tables.groups.len() };
        usize::from(*table) < tables
    };
    let all = tables.mapping.iter().enumerate().all(exists);
    if whole && all { Ok(()) } else { Err(PriorsError::Format(length)) }
}
