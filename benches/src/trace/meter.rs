//! What a trace costs: each tick through the codec and back, through its rivals, and what if.

use std::io::BufRead;

use tickwire_shared::codec::PriorsError;

use super::{
    error::{Problem, TraceError},
    header::Header,
    reader::{Tick, TraceReader},
    report::{Report, Totals},
    rivals::{Changes, Rivals},
    what_if::WhatIf,
    wire::{Lane, Ledger, Proof},
};

/// Measures a trace from its first line to its last.
///
/// `priors` is a file for the codec to start from, in place of the built-in one. `each_tick` is
/// told how many ticks have been read.
///
/// # Errors
/// What is wrong with the trace, or a tick that did not survive the codec.
pub fn measure<R: BufRead>(
    reader: R,
    file: &str,
    priors: Option<&[u8]>,
    mut each_tick: impl FnMut(u64),
) -> Result<Report, TraceError> {
    let mut trace = TraceReader::new(reader, file)?;
    let meter = Meter::new(trace.header(), priors);
    let mut meter = meter.map_err(|error| trace.blame(error.into()))?;
    while let Some(tick) = trace.next_tick()? {
        let measured = meter.tick(tick);
        measured.map_err(|problem| trace.blame(problem))?;
        each_tick(meter.totals.ticks);
    }
    if meter.totals.ticks == 0 {
        return Err(trace.blame(Problem::NoTicks));
    }
    Ok(meter.report(file, trace.clamped()))
}

/// Measures tick after tick. It holds the rows of two ticks for each field, and sums.
#[derive(Debug)]
pub struct Meter {
    header: Header,
    lane: Lane,
    proof: Proof,
    ledger: Ledger,
    rivals: Rivals,
    what_ifs: Vec<WhatIf>,
    totals: Totals,
}

impl Meter {
    /// A meter for traces of this schema.
    ///
    /// # Errors
    /// When the priors do not fit.
    pub fn new(header: &Header, priors: Option<&[u8]>) -> Result<Meter, PriorsError> {
        let lane = Lane::new(header, priors)?;
        Ok(Meter {
            header: header.clone(),
            proof: Proof::default(),
            ledger: Ledger::new(&lane),
            rivals: Rivals::default(),
            what_ifs: WhatIf::all(header, priors),
            totals: Totals::new(header.schema.kinds.len()),
            lane,
        })
    }

    /// Measures the next tick.
    ///
    /// # Errors
    /// When what was decoded is not what was encoded.
    pub fn tick(&mut self, tick: &Tick) -> Result<(), Problem> {
        let encoded = self.lane.encode(tick, &tick.values);
        let proven = self.proof.check(&self.lane, encoded);
        let proven = proven.map_err(|error| Problem::Undecodable { tick: tick.number, error })?;
        if let Some((kind, field)) = proven {
            return Err(Problem::Differs { tick: tick.number, what: self.name(kind, field) });
        }
        let changes = Changes::between(&self.lane.layout, &self.lane.before, &self.lane.now);
        let rivals =
            self.rivals.tick(&self.header.schema, &self.lane.layout, tick.number, &changes);
        self.totals.add(tick, encoded.updates, &changes, self.lane.bytes.len(), rivals);
        self.what_ifs.iter_mut().for_each(|what_if| what_if.tick(tick));
        if tick.gap.is_some() && !encoded.as_predicted {
            self.ledger.add(&mut self.lane);
        }
        Ok(())
    }

    fn name(&self, kind: usize, field: usize) -> String {
        match self.header.schema.kinds.get(kind) {
            Some(kind) => match kind.fields.get(field) {
                Some(field) => format!("{}.{}", kind.name, field.name),
                None => format!("which entities of kind {} there are, or their motion", kind.name),
            },
            None => "the number of entities".into(),
        }
    }

    /// What was measured so far.
    #[must_use]
    pub fn report(&self, file: &str, clamped: &[Vec<u64>]) -> Report {
        let costs = (&self.ledger.costs, self.what_ifs.as_slice());
        Report::new(file, &self.header, &self.totals, costs, clamped)
    }
}
