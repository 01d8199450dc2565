//! Names of files, and how many there may be.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use tickwire_recording::{Header, Incident, Why};

/// What files of recordings end in.
const EXTENSION: &str = "twrec";
/// How many recordings a directory takes; then no further room is recorded until some are taken away.
const MOST_RECORDINGS: usize = 1_000;

/// How many flights of a kind it takes. What clients claim, and what a busy machine brings, leaves room for
/// panics.
fn most_flights(reason: Incident) -> usize {
    match reason {
        Incident::Overrun | Incident::Mismatch => 40,
        Incident::Panic => 20,
    }
}

/// Makes a new file for what this header says, unless the directory has as many such as it takes. No file is
/// ever overwritten or taken away.
pub(super) fn create(folder: &Path, header: &Header) -> io::Result<(PathBuf, File)> {
    let (name, kind, most) = match &header.why {
        Why::Recording => {
            let name = format!("{}-{}-{}", header.game, header.room, header.started);
            (name, String::new(), MOST_RECORDINGS)
        }
        Why::Flight { reason, tick, .. } => {
            let (kind, started) = (format!("-{}-", reason.name()), header.started);
            let name = format!("{}-{}-{started}{kind}{tick}", header.game, header.room);
            (name, kind, most_flights(*reason))
        }
    };
    let is_such = |path: &Path| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let ours = path.extension().is_some_and(|end| end == EXTENSION);
        ours && name.is_some_and(|name| name.contains(&kind))
    };
    let there = fs::read_dir(folder)?.flatten().filter(|entry| is_such(&entry.path())).count();
    if there >= most {
        let why = format!("{} has {there} such files already; take some away", folder.display());
        return Err(io::Error::other(why));
    }
    let path = folder.join(format!("{name}.{EXTENSION}"));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    // It has names and inputs of players in it.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path)?;
    Ok((path, file))
}
