//! Names of files, and how many there may be.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use tickwire_recording::{Header, Why};

/// What files of recordings end in.
const EXTENSION: &str = "twrec";
/// How many recordings a directory takes; then no further room is recorded until some are taken away.
pub(super) const MOST_RECORDINGS: usize = 1_000;
/// How many flights.
pub(super) const MOST_FLIGHTS: usize = 100;

/// Makes a new file for what this header says, unless the directory has as many as it takes. No file is ever
/// overwritten or taken away.
pub(super) fn create(folder: &Path, header: &Header, most: usize) -> io::Result<(PathBuf, File)> {
    let is_ours = |path: &Path| path.extension().is_some_and(|end| end == EXTENSION);
    let there = fs::read_dir(folder)?.flatten().filter(|entry| is_ours(&entry.path())).count();
    if there >= most {
        let why = format!("{} has {there} files already; take some away", folder.display());
        return Err(io::Error::other(why));
    }
    let name = match &header.why {
        Why::Recording => format!("{}-{}-{}", header.game, header.room, header.started),
        Why::Flight { reason, tick, .. } => {
            let (reason, started) = (reason.name(), header.started);
            format!("{}-{}-{started}-{reason}-{tick}", header.game, header.room)
        }
    };
    let path = folder.join(format!("{name}.{EXTENSION}"));
    let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
    Ok((path, file))
}
