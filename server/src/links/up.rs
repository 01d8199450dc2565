//! What a client sent over a link: batches, put in order, that wait to be read.

use tickwire_shared::batch::MAX_REQUEST_BYTES;

/// How many batches may come before the one that is next.
const EARLY: u32 = 4;
/// How many bytes may wait to be read, and as many in batches that came early. When the one that they
/// wait for has come, both kinds wait to be read, and together they are never more than twice as many.
const MOST_WAITING: usize = 2 * MAX_REQUEST_BYTES;

/// Why a batch was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotTaken {
    /// Too many before it are missing.
    Ahead,
    /// Too much waits to be read; it may come again.
    Full,
    /// Nobody will read it: the link is over.
    Over,
}

/// Batches that wait. Beyond [`MOST_WAITING`] bytes none is taken until some were read.
#[derive(Debug, Default)]
pub(super) struct Up {
    /// The number of the last one in order.
    last: u32,
    /// Their messages, each with its length.
    waiting: Vec<u8>,
    early: Vec<(u32, Box<[u8]>)>,
}

impl Up {
    /// Takes a batch, once: one that came before is forgotten.
    pub(super) fn take(&mut self, number: u32, batch: &[u8]) -> Result<(), NotTaken> {
        if self.has(number) {
            return Ok(());
        }
        match number - self.last {
            1 => self.take_next(batch),
            2.. if number - self.last <= 1 + EARLY => self.keep(number, batch),
            _ => Err(NotTaken::Ahead),
        }
    }

    /// Whether a batch has come already.
    pub(super) fn has(&self, number: u32) -> bool {
        number <= self.last || self.early.iter().any(|(early, _)| *early == number)
    }

    fn take_next(&mut self, batch: &[u8]) -> Result<(), NotTaken> {
        if self.waiting.len() + batch.len() > MOST_WAITING {
            return Err(NotTaken::Full);
        }
        self.append(batch);
        while let Some(next) = self.early.iter().position(|(early, _)| *early == self.last + 1) {
            let (_, batch) = self.early.swap_remove(next);
            self.append(&batch);
        }
        Ok(())
    }

    fn append(&mut self, batch: &[u8]) {
        self.last += 1;
        self.waiting.extend_from_slice(batch);
    }

    fn keep(&mut self, number: u32, batch: &[u8]) -> Result<(), NotTaken> {
        let kept: usize = self.early.iter().map(|(_, batch)| batch.len()).sum();
        let kept = kept + batch.len();
        if kept > MOST_WAITING || self.waiting.len() + kept > 2 * MOST_WAITING {
            return Err(NotTaken::Full);
        }
        self.early.push((number, batch.into()));
        Ok(())
    }

    /// How many bytes wait.
    pub(super) fn waiting(&self) -> usize {
        let early = self.early.iter().map(|(_, batch)| batch.len());
        self.waiting.len() + early.sum::<usize>()
    }

    /// Moves as much as fits of what waits.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> usize {
        let count = self.waiting.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.waiting[..count]);
        self.waiting.drain(..count);
        if self.waiting.is_empty() && self.waiting.capacity() > 1024 {
            self.waiting = Vec::new();
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(up: &mut Up) -> Vec<u8> {
        let mut buffer = [0; 64];
        let count = up.read(&mut buffer);
        buffer[..count].to_vec()
    }

    #[test]
    fn batches_are_read_in_their_order_and_once() {
        let mut up = Up::default();
        for number in [3, 1, 1, 5, 3, 2, 2] {
            assert_eq!(up.take(number, &[number as u8]), Ok(()));
        }
        assert_eq!(read(&mut up), [1, 2, 3]);
        assert_eq!(up.take(4, &[4]), Ok(()));
        assert_eq!(read(&mut up), [4, 5]);
        assert_eq!(up.take(5, &[5]), Ok(()));
        assert!(read(&mut up).is_empty());
    }

    #[test]
    fn four_may_come_early_and_no_more() {
        let mut up = Up::default();
        assert_eq!(up.take(6, &[6]), Err(NotTaken::Ahead));
        assert_eq!(up.take(u32::MAX, &[6]), Err(NotTaken::Ahead));
        for number in 2..=5 {
            assert_eq!(up.take(number, &[number as u8]), Ok(()));
        }
        assert_eq!(up.take(1, &[1]), Ok(()));
        assert_eq!(read(&mut up), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn what_waits_is_bounded_and_the_missing_one_is_taken_whatever_came_early() {
        let mut up = Up::default();
        let large = [0; MAX_REQUEST_BYTES];
        assert_eq!([up.take(2, &large), up.take(3, &large)], [Ok(()); 2]);
        assert_eq!(up.take(4, &large), Err(NotTaken::Full));
        assert_eq!(up.take(1, &large), Ok(()));
        assert_eq!(up.take(4, &large), Err(NotTaken::Full), "until some of it was read");
        assert_eq!(up.take(5, &large), Ok(()));
        assert_eq!(up.take(6, &large), Err(NotTaken::Full), "no more than four in all");
        assert_eq!(up.read(&mut [0; 3 * MAX_REQUEST_BYTES]), 3 * MAX_REQUEST_BYTES);
        assert_eq!(up.take(4, &large), Ok(()));
    }
}
