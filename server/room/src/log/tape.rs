//! The chunks that are kept, and the one that is being written.

use tickwire_shared::{
    Game, PlayerId, Replicate, Tick, control::SaveError, record::RecordLayout, schema::MAX_COLUMNS,
};

use super::{
    RecentLog, Record, RestoreError, Unlogged,
    keyframe::{self, Head},
    trial::Finding,
};

/// A chunk ends early after a tick with which it has more bytes of records than this.
pub(crate) const MAX_RECORD_BYTES: usize = 1 << 20;

/// The log of a room.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// For how many ticks a chunk goes on; 0 where none is kept, or not any more.
    interval: u32,
    /// Why none is kept any more.
    ended: Option<Unlogged>,
    /// How many trials may still be made of whether the game can do without what is not saved.
    trials: u8,
    older: Vec<u8>,
    /// Empty until there is something to be written; then it begins with a keyframe.
    newer: Vec<u8>,
    /// The older chunk was not taken yet.
    is_fresh: bool,
    /// The tick of the newer chunk's keyframe, and where its records begin.
    begun: Tick,
    records: usize,
    /// The last whole tick, and where its records end.
    whole: (Tick, usize),
    /// What each player did last, in the order of the players: 0 when it did nothing, or else one more than
    /// how far behind it was, and then the columns.
    held: Vec<u32>,
    packed: Vec<u8>,
}

impl Log {
    /// A log whose chunks are made of so many ticks; 0 for none. At its first keyframes so many trials are made at
    /// most.
    pub(crate) fn new(interval: u32, trials: u8) -> Log {
        Log { interval, trials, ..Log::default() }
    }

    /// Whether one is kept.
    pub(crate) fn is_on(&self) -> bool {
        self.interval > 0
    }

    /// Whether a keyframe has to be written before anything else.
    pub(crate) fn wants_keyframe(&self) -> bool {
        self.is_on() && self.newer.is_empty()
    }

    /// Whether the chunk ends with the tick that was just made.
    pub(crate) fn is_full(&self) -> bool {
        let ticks = self.whole.0.since(self.begun);
        self.is_on()
            && (ticks >= self.interval as i32 || self.newer.len() - self.records > MAX_RECORD_BYTES)
    }

    /// Whether the next keyframe is to be tried out; one less is to be tried then.
    pub(crate) fn wants_trial(&mut self) -> bool {
        let left = self.trials;
        self.trials = left.saturating_sub(1);
        left > 0
    }

    /// What came of a trial.
    pub(crate) fn note_trial(&mut self, finding: Finding) -> Result<(), Unlogged> {
        match finding {
            Finding::Unclear => {}
            Finding::Alike => self.trials = 0,
            Finding::Differs { what, ticks } => return Err(Unlogged::Strays { what, ticks }),
        }
        Ok(())
    }

    /// Begins a chunk in a room with so many players, and gives the world in it as it was saved.
    pub(crate) fn begin<G: Game>(
        &mut self,
        head: &Head,
        game: &G,
        players: usize,
    ) -> Result<&[u8], SaveError> {
        self.end_chunk();
        self.held.clear();
        self.held.resize(players * Self::stride::<G::Input>(), 0);
        let world = keyframe::write(head, game, &mut self.newer)?;
        (self.begun, self.records) = (head.tick, self.newer.len());
        self.whole = (head.tick, self.records);
        Ok(&self.newer[world..])
    }

    /// The chunk that is being written is whole.
    fn end_chunk(&mut self) {
        if !self.newer.is_empty() {
            std::mem::swap(&mut self.older, &mut self.newer);
            self.newer.clear();
            self.is_fresh = true;
        }
    }

    /// Keeps none from now on, but what was whole already, for this reason.
    pub(crate) fn end(&mut self, why: Unlogged) {
        self.stop();
        self.ended = Some(why);
    }

    /// Keeps none from now on, but what was whole already.
    pub(crate) fn stop(&mut self) {
        let (older, is_fresh) = (std::mem::take(&mut self.older), self.is_fresh);
        *self = Log { older, is_fresh, ..Log::default() };
    }

    /// Gives back memory, and begins anew with the next record.
    pub(crate) fn forget(&mut self) {
        let ended = self.ended.take();
        *self = Log { ended, ..Log::new(self.interval, self.trials) };
    }

    /// The chunks.
    pub(crate) fn recent(&self) -> RecentLog<'_> {
        let whole = &self.newer[..self.whole.1.min(self.newer.len())];
        RecentLog { older: &self.older, newer: &self.newer, whole }
    }

    /// The older chunk, if it was not taken yet.
    pub(crate) fn take_fresh(&mut self) -> Option<&[u8]> {
        std::mem::take(&mut self.is_fresh).then_some(&*self.older)
    }

    /// Takes out the chunk that is being written, up to its last whole tick, and what comes after that.
    pub(crate) fn take_whole(&mut self) -> (Vec<u8>, Vec<u8>) {
        let mut chunk = std::mem::take(&mut self.newer);
        let rest = chunk.split_off(self.whole.1.min(chunk.len()));
        (chunk, rest)
    }

    /// Why there is nothing in it to go on from.
    pub(crate) fn lacks(&self) -> Option<RestoreError> {
        if !self.newer.is_empty() {
            return None;
        }
        Some(match &self.ended {
            Some(why) => RestoreError::Unlogged(why.clone()),
            None if self.is_on() => RestoreError::Empty,
            None => RestoreError::Off,
        })
    }

    /// Puts back what was taken.
    pub(crate) fn put_back(&mut self, chunk: Vec<u8>) {
        self.newer = chunk;
    }

    /// All that was written so far led to a whole tick.
    pub(crate) fn note_whole(&mut self, tick: Tick) {
        self.whole = (tick, self.newer.len());
    }

    /// Appends a record.
    pub(crate) fn write(&mut self, record: &Record<'_>) {
        record.write(&mut self.newer);
    }

    /// Appends a request.
    pub(crate) fn write_request(
        &mut self,
        (player, kind): (PlayerId, u8),
        layout: &RecordLayout,
        columns: &[u32],
    ) {
        self.packed.clear();
        layout.pack(columns, &mut self.packed);
        Record::Request { player, kind, packed: &self.packed }.write(&mut self.newer);
    }

    fn stride<I: Replicate>() -> usize {
        1 + I::COLUMNS
    }

    /// There is one more player, the last of all.
    pub(crate) fn add_player<I: Replicate>(&mut self) {
        if self.is_on() {
            self.held.resize(self.held.len() + Self::stride::<I>(), 0);
        }
    }

    /// There is one less.
    pub(crate) fn remove_player<I: Replicate>(&mut self, index: usize) {
        let (start, stride) = (index * Self::stride::<I>(), Self::stride::<I>());
        if start < self.held.len() {
            self.held.drain(start..start + stride);
        }
    }

    /// Appends what a player does, and how far behind it was, if that is not what it did before.
    pub(crate) fn write_input<I: Replicate>(
        &mut self,
        (index, player): (usize, PlayerId),
        taken: Option<(&I, u16)>,
        layout: &RecordLayout,
    ) {
        let stride = Self::stride::<I>();
        let held = &mut self.held[index * stride..(index + 1) * stride];
        let Some((input, behind)) = taken else {
            if std::mem::take(&mut held[0]) != 0 {
                Record::Neutral(player).write(&mut self.newer);
            }
            return;
        };
        let mut columns = [0; MAX_COLUMNS];
        let columns = &mut columns[..I::COLUMNS];
        input.quantise(columns);
        let head = 1 + u32::from(behind);
        if held[0] != head || held[1..] != *columns {
            held[0] = head;
            held[1..].copy_from_slice(columns);
            self.packed.clear();
            layout.pack(columns, &mut self.packed);
            let input = Record::Input { player, behind, packed: &self.packed };
            input.write(&mut self.newer);
        }
    }

    /// What a player does, as it will be read again.
    pub(crate) fn held_input<I: Replicate + Default>(&self, index: usize) -> I {
        let stride = Self::stride::<I>();
        let held = &self.held[index * stride..(index + 1) * stride];
        if held[0] == 0 { I::default() } else { I::restore(&held[1..]) }
    }
}
