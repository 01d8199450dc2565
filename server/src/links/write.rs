//! Messages over HTTP, written straight into a send buffer.

use tickwire_shared::frame::write_varint;

/// Appends a message that `fill` appends, with its length before it.
///
/// If `fill` says that there is none, nothing stays in `out`.
pub(crate) fn message_with(out: &mut Vec<u8>, fill: impl FnOnce(&mut Vec<u8>) -> bool) -> bool {
    let start = out.len();
    let filled = fill(out);
    if filled {
        let end = out.len();
        write_varint((end - start) as u32, out);
        let header = out.len() - end;
        out[start..].rotate_right(header);
    } else {
        out.truncate(start);
    }
    filled
}

#[cfg(test)]
mod tests {
    use tickwire_shared::batch::write_message;

    use super::*;

    #[test]
    fn a_message_is_written_as_the_other_end_reads_it() {
        for length in [0, 1, 127, 128, 70_000] {
            let message: Vec<u8> = (0..length).map(|n| n as u8).collect();
            let (mut expected, mut out) = (vec![1, 2], vec![1, 2]);
            write_message(&message, &mut expected);
            assert!(message_with(&mut out, |out| {
                out.extend_from_slice(&message);
                true
            }));
            assert!(out == expected, "{length}");
        }
    }

    #[test]
    fn a_message_that_is_not_filled_leaves_nothing() {
        let mut out = vec![1];
        assert!(!message_with(&mut out, |out| {
            out.push(9);
            false
        }));
        assert_eq!(out, [1]);
    }
}
