//! How long the parts of a tick took.

use crate::Damage;

/// How many bytes one has in a file.
pub const TIMING_BYTES: usize = 16;
/// The most of them in one block.
pub const MAX_TIMINGS: usize = 64 * 1024;

/// How long the parts of one tick took, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    /// How late it began.
    pub lateness: u32,
    /// Reading what came.
    pub receive: u32,
    /// Making the tick.
    pub step: u32,
    /// Writing frames.
    pub send: u32,
}

impl Timing {
    pub(crate) fn write(self, out: &mut Vec<u8>) {
        for number in [self.lateness, self.receive, self.step, self.send] {
            out.extend_from_slice(&number.to_le_bytes());
        }
    }

    pub(crate) fn read_all(bytes: &[u8], count: usize) -> Result<Vec<Timing>, Damage> {
        if count > MAX_TIMINGS || bytes.len() != count * TIMING_BYTES {
            return Err(Damage::Senseless);
        }
        let (timings, _) = bytes.as_chunks::<TIMING_BYTES>();
        Ok(timings.iter().map(Self::read).collect())
    }

    fn read(bytes: &[u8; TIMING_BYTES]) -> Timing {
        let (numbers, _) = bytes.as_chunks::<4>();
        let [lateness, receive, step, send] =
            [0, 1, 2, 3].map(|place| u32::from_le_bytes(numbers[place]));
        Timing { lateness, receive, step, send }
    }
}
