//! Names of files, how many there may be, and how large they may become together.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime},
};

use thiserror::Error;
use tickwire_recording::{Header, Incident, Why};

use crate::metrics::Loss;

/// What files of recordings end in.
const EXTENSION: &str = "twrec";
/// How many files a directory takes, so that looking through it takes no time worth mentioning.
const MOST_FILES: usize = 100_000;
/// How old what is known of a directory that is nearly full becomes: somebody may have taken files away.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// This part of what a directory takes is for recordings that run already.
const LEFT_TO_BEGIN: u64 = 16;
/// Within which so many flights of a kind are kept.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How many flights of a kind are kept in a day. Clients may claim anything, and a busy machine is slow every
/// day, so what is told of either today takes no place from tomorrow's.
fn most_in_a_day(reason: Incident) -> usize {
    match reason {
        Incident::Overrun | Incident::Mismatch => 40,
        Incident::Panic => 20,
    }
}

/// Why a file cannot be had.
#[derive(Debug, Error)]
pub(super) enum Refused {
    /// There is no place for it.
    #[error("{path} has {files} files of {bytes} bytes together; take some away")]
    Full {
        /// The directory.
        path: String,
        /// What is in it.
        files: usize,
        /// And how large that is.
        bytes: u64,
    },
    /// There were enough of its kind.
    #[error("{0} such flights were kept within a day")]
    Often(usize),
    /// The disk does not take it.
    #[error(transparent)]
    Disk(#[from] io::Error),
}

impl Refused {
    /// What this counts as.
    pub(super) fn loss(&self) -> Loss {
        match self {
            Refused::Full { .. } => Loss::Full,
            Refused::Often(_) => Loss::Often,
            Refused::Disk(_) => Loss::Disk,
        }
    }
}

/// A directory of recordings or flights. No file in it is ever overwritten or taken away: whoever opens many rooms
/// would otherwise choose which recordings of others are still there.
pub(super) struct Folder {
    path: PathBuf,
    /// The most bytes that all of its recordings have together.
    most: u64,
    files: usize,
    bytes: u64,
    /// When it was looked through.
    seen: Option<Instant>,
}

impl Folder {
    pub(super) fn new(path: PathBuf, most: u64) -> Self {
        Folder { path, most, files: 0, bytes: 0, seen: None }
    }

    /// Makes the file of a recording.
    pub(super) fn recording(&mut self, header: &Header) -> Result<(PathBuf, File), Refused> {
        self.left();
        if self.is_low() {
            return Err(self.full());
        }
        self.make(format!("{}-{}-{}", header.game, header.room, header.started))
    }

    /// Makes the file of a flight that has no more than so many bytes.
    pub(super) fn flight(
        &mut self,
        header: &Header,
        bytes: u64,
    ) -> Result<(PathBuf, File), Refused> {
        let Why::Flight { reason, tick, .. } = &header.why else {
            return Err(io::Error::other("no flight").into());
        };
        let kind = format!("-{}-", reason.name());
        let (mut lately, now) = (0, SystemTime::now());
        self.look(|name, data| {
            let age = data.modified().ok().and_then(|at| now.duration_since(at).ok());
            lately += usize::from(name.contains(&kind) && age.is_none_or(|age| age < DAY));
        })?;
        if lately >= most_in_a_day(*reason) {
            return Err(Refused::Often(lately));
        }
        // What strangers can bring about leaves room for panics.
        let most = if *reason == Incident::Panic { self.most } else { self.most / 2 };
        if self.files >= MOST_FILES || self.bytes + bytes > most {
            return Err(self.full());
        }
        self.make(format!("{}-{}-{}{kind}{tick}", header.game, header.room, header.started))
    }

    /// How many bytes more its files may have. Where that is little it is looked whether some were taken away.
    pub(super) fn left(&mut self) -> u64 {
        let is_low = self.is_low();
        if self.seen.is_none_or(|seen| is_low && seen.elapsed() >= LOOK_AGAIN) {
            // What cannot be read is as it was.
            let _ = self.look(|_, _| {});
        }
        self.rest()
    }

    fn rest(&self) -> u64 {
        self.most.saturating_sub(self.bytes)
    }

    /// Whether no new recording begins.
    fn is_low(&self) -> bool {
        self.files >= MOST_FILES || self.rest() <= self.most / LEFT_TO_BEGIN
    }

    /// So many bytes were written.
    pub(super) fn grew(&mut self, bytes: u64) {
        self.bytes += bytes;
    }

    fn full(&self) -> Refused {
        let path = self.path.display().to_string();
        Refused::Full { path, files: self.files, bytes: self.bytes }
    }

    /// Looks at each of its recordings, by name.
    fn look(&mut self, mut at: impl FnMut(&str, &Metadata)) -> io::Result<()> {
        let entries = fs::read_dir(&self.path)?;
        (self.files, self.bytes) = (0, 0);
        for entry in entries.flatten() {
            let (name, Ok(data)) = (entry.file_name(), entry.metadata()) else { continue };
            let ours = Path::new(&name).extension().is_some_and(|end| end == EXTENSION);
            if ours && data.is_file() {
                self.files += 1;
                self.bytes += data.len();
                at(&name.to_string_lossy(), &data);
            }
        }
        self.seen = Some(Instant::now());
        Ok(())
    }

    fn make(&mut self, name: String) -> Result<(PathBuf, File), Refused> {
        let path = self.path.join(format!("{name}.{EXTENSION}"));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        // It has names and inputs of players in it.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        self.files += 1;
        Ok((path, file))
    }
}
