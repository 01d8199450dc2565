//! What a welcome fixes for all who were welcomed alike: how their frames are read.

use super::ReplicaError;
use crate::{
    codec::{Layout, Priors},
    record::RecordLayout,
    schema::{AUDIENCES, Schema},
};

/// A schema, priors and tick rate, made ready for decoding.
#[derive(Debug)]
pub struct Dialect {
    pub(super) schema: Schema,
    pub(super) layouts: [Layout; 3],
    pub(super) priors: [Priors; 3],
    pub(super) records: Vec<RecordLayout>,
    /// The file of priors and the tick rate that it was made of.
    source: (Vec<u8>, u32),
}

impl Dialect {
    /// The dialect of a schema, priors and tick rate, as a welcome brings them.
    ///
    /// # Errors
    /// When the schema or the table is not valid.
    pub fn new(schema: Schema, priors: &[u8], tick_hz: u32) -> Result<Dialect, ReplicaError> {
        schema.validate()?;
        let layouts = AUDIENCES.map(|audience| Layout::new(&schema, audience, tick_hz));
        let spread = |layout| Priors::new(layout, priors);
        let [public, team, owner] = &layouts;
        let spread = [spread(public)?, spread(team)?, spread(owner)?];
        let records = schema.messages.iter().map(RecordLayout::new).collect();
        Ok(Dialect { schema, layouts, priors: spread, records, source: (priors.to_vec(), tick_hz) })
    }

    /// Whether a welcome with these would make the same.
    pub(super) fn is_of(&self, schema: &Schema, priors: &[u8], tick_hz: u32) -> bool {
        self.source.1 == tick_hz && self.source.0 == priors && self.schema == *schema
    }
}
