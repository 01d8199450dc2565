//! The file for the results, which is opened before the run.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;

/// A file that can be written to. What was in it stays until there are results.
#[derive(Debug)]
pub struct ResultFile {
    path: PathBuf,
    file: File,
    /// Whether it was not there before.
    is_new: bool,
}

impl ResultFile {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// Why it cannot be written, in words.
    pub fn open(path: &Path) -> Result<ResultFile, String> {
        let new = OpenOptions::new().write(true).create_new(true).open(path);
        let is_new = new.is_ok();
        let file =
            new.or_else(|_| OpenOptions::new().write(true).create(true).truncate(false).open(path));
        let file = file.map_err(|error| problem(path, &error))?;
        Ok(ResultFile { path: path.to_owned(), file, is_new })
    }

    /// Replaces what is in the file by the results.
    ///
    /// # Errors
    /// Why they could not be written, in words.
    pub fn write(mut self, results: &impl Serialize) -> Result<(), String> {
        let written = self.replace(results);
        written.map_err(|error| problem(&self.path, &error))
    }

    /// Replaces what is in the file by a text.
    ///
    /// # Errors
    /// Why it could not be written, in words.
    pub fn write_text(mut self, text: &str) -> Result<(), String> {
        let written = self.replace_text(text);
        written.map_err(|error| problem(&self.path, &error))
    }

    fn replace(&mut self, results: &impl Serialize) -> io::Result<()> {
        let mut text = serde_json::to_string_pretty(results)?;
        text.push('\n');
        self.replace_text(&text)
    }

    fn replace_text(&mut self, text: &str) -> io::Result<()> {
        // A pipe or a terminal has no length.
        if self.file.metadata()?.is_file() {
            self.file.set_len(0)?;
        }
        self.file.write_all(text.as_bytes())
    }

    /// There are no results, so there should be no empty file either.
    pub fn give_up(self) {
        if self.is_new {
            // It is only untidy if it stays.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn problem(path: &Path, error: &io::Error) -> String {
    format!("the results cannot be written to {}: {error}", path.display())
}
