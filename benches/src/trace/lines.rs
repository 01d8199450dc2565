//! A trace's lines, one at a time: at most one is in memory, and none is longer than a limit.

use std::io::{BufRead, Read};

use super::{error::Problem, json::Json};

/// The longest line, in bytes: some hundred thousand entities.
pub const MOST_LINE_BYTES: usize = 64 << 20;

/// Reads lines as JSON.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    /// The number of the line read last, from 1.
    pub number: u64,
    limit: usize,
}

impl<R: BufRead> Lines<R> {
    /// Begins before the first line, none of which may be longer than `limit` bytes.
    pub fn new(reader: R, limit: usize) -> Lines<R> {
        Lines { reader, buffer: Vec::new(), number: 0, limit }
    }

    /// The next line that is not blank, or nothing at the end.
    ///
    /// # Errors
    /// When it cannot be read, is too long, or is not JSON.
    pub fn next_json(&mut self) -> Result<Option<Json>, Problem> {
        loop {
            self.buffer.clear();
            self.number += 1;
            let mut line = Read::take(&mut self.reader, self.limit as u64 + 1);
            if line.read_until(b'\n', &mut self.buffer)? == 0 {
                return Ok(None);
            }
            if self.buffer.len() > self.limit {
                return Err(Problem::TooLong(self.limit));
            }
            // Some editors begin a file with a mark that is no part of it.
            let line = self.buffer.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(&self.buffer);
            if !line.trim_ascii().is_empty() {
                return parse(line).map(Some);
            }
        }
    }
}

fn parse(line: &[u8]) -> Result<Json, Problem> {
    serde_json::from_slice(line).map_err(|error| {
        let column = error.column();
        let message = error.to_string();
        let what = message.split(" at line ").next().unwrap_or(&message).to_owned();
        let rest = line.get(column.saturating_sub(2)..).unwrap_or_default();
        let not_finite = |word: &[u8]| rest.windows(word.len()).take(3).any(|part| part == word);
        let advice = if not_finite(b"NaN") || not_finite(b"Inf") || what.contains("out of range") {
            "JSON has no NaN or infinity, so write a finite number"
        } else if error.is_eof() {
            "the line ends too early, so write each tick whole and on one line"
        } else {
            "write one JSON object a line"
        };
        Problem::NotJson { column, what, advice }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_count_but_say_nothing() {
        let mut lines = Lines::new("\u{FEFF}1\n\n  \r\n2".as_bytes(), 100);
        assert_eq!(lines.next_json().expect("it is JSON"), Some(Json::Whole(1)));
        assert_eq!(lines.next_json().expect("it is JSON"), Some(Json::Whole(2)));
        assert_eq!(lines.number, 4);
        assert_eq!(lines.next_json().expect("it has ended"), None);
    }

    #[test]
    fn a_line_beyond_the_limit_is_refused_before_it_is_read_whole() {
        let mut lines = Lines::new(std::io::BufReader::new(std::io::repeat(b'1')), 100);
        assert!(matches!(lines.next_json(), Err(Problem::TooLong(100))));
        assert_eq!(lines.buffer.len(), 101);
    }

    #[test]
    fn numbers_that_are_not_finite_are_called_that() {
        for text in ["[NaN]", "[1,-Infinity]", "[Infinity]", "[1e999]"] {
            let error = Lines::new(text.as_bytes(), 100).next_json().expect_err(text).to_string();
            assert!(error.contains("no NaN or infinity"), "{text}: {error}");
        }
    }
}
