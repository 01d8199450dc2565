//! Records: what a game is told, one thing at a time.

use tickwire_shared::{
    PlayerId,
    frame::{Reader, write_varint},
};

use super::LogError;

const JOIN: u8 = 1;
const LEAVE: u8 = 2;
const REQUEST: u8 = 3;
const INPUT: u8 = 4;
const NEUTRAL: u8 = 5;
const STEP: u8 = 6;
const HASH: u8 = 7;

const SPECTATOR: u8 = 1;
const IDENTITY: u8 = 2;

/// One record; see [the format](super).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Record<'a> {
    /// Somebody comes in.
    Join { player: PlayerId, spectator: bool, name: &'a str, identity: Option<&'a str> },
    /// Somebody has gone.
    Leave(PlayerId),
    /// A player asks for something.
    Request { player: PlayerId, kind: u8, packed: &'a [u8] },
    /// A player does this from now on.
    Input { player: PlayerId, behind: u16, packed: &'a [u8] },
    /// A player does nothing from now on.
    Neutral(PlayerId),
    /// The tick is made.
    Step,
    /// What it then is.
    Hash(u64),
}

impl<'a> Record<'a> {
    /// Appends the record.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let mut begin = |record: u8, player: PlayerId| {
            out.push(record);
            write_varint(player.0, out);
        };
        match *self {
            Record::Join { player, spectator, name, identity } => {
                begin(JOIN, player);
                let flag = |on: bool, flag: u8| if on { flag } else { 0 };
                out.push(flag(spectator, SPECTATOR) | flag(identity.is_some(), IDENTITY));
                write_bytes(name.as_bytes(), out);
                identity.into_iter().for_each(|identity| write_bytes(identity.as_bytes(), out));
            }
            Record::Leave(player) => begin(LEAVE, player),
            Record::Request { player, kind, packed } => {
                begin(REQUEST, player);
                out.push(kind);
                write_bytes(packed, out);
            }
            Record::Input { player, behind, packed } => {
                begin(INPUT, player);
                write_varint(behind.into(), out);
                write_bytes(packed, out);
            }
            Record::Neutral(player) => begin(NEUTRAL, player),
            Record::Step => out.push(STEP),
            Record::Hash(hash) => {
                out.push(HASH);
                out.extend_from_slice(&hash.to_le_bytes());
            }
        }
    }

    /// Reads the next record.
    pub(crate) fn read(reader: &mut Reader<'a>) -> Result<Record<'a>, LogError> {
        let record = reader.byte()?;
        Ok(match record {
            JOIN => return Record::read_join(reader),
            LEAVE => Record::Leave(read_player(reader)?),
            REQUEST => {
                let (player, kind) = (read_player(reader)?, reader.byte()?);
                Record::Request { player, kind, packed: read_bytes(reader)? }
            }
            INPUT => {
                let (player, behind) = (read_player(reader)?, reader.varint()?);
                let behind = u16::try_from(behind).map_err(|_| LogError::Malformed)?;
                Record::Input { player, behind, packed: read_bytes(reader)? }
            }
            NEUTRAL => Record::Neutral(read_player(reader)?),
            STEP => Record::Step,
            HASH => {
                let (low, high) = (reader.u32()?, reader.u32()?);
                Record::Hash(u64::from(high) << 32 | u64::from(low))
            }
            _ => return Err(LogError::Record(record)),
        })
    }

    fn read_join(reader: &mut Reader<'a>) -> Result<Record<'a>, LogError> {
        let (player, flags) = (read_player(reader)?, reader.byte()?);
        if flags & !(SPECTATOR | IDENTITY) != 0 {
            return Err(LogError::Record(JOIN));
        }
        let name = read_text(reader)?;
        let identity = (flags & IDENTITY != 0).then(|| read_text(reader)).transpose()?;
        Ok(Record::Join { player, spectator: flags & SPECTATOR != 0, name, identity })
    }
}

fn write_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    write_varint(bytes.len() as u32, out);
    out.extend_from_slice(bytes);
}

fn read_player(reader: &mut Reader<'_>) -> Result<PlayerId, LogError> {
    Ok(PlayerId(reader.varint()?))
}

fn read_bytes<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], LogError> {
    let length = reader.varint()? as usize;
    Ok(reader.take(length)?)
}

fn read_text<'a>(reader: &mut Reader<'a>) -> Result<&'a str, LogError> {
    std::str::from_utf8(read_bytes(reader)?).map_err(|_| LogError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORDS: [Record<'static>; 9] = [
        Record::Join { player: PlayerId(1), spectator: false, name: "Zoë", identity: None },
        Record::Join { player: PlayerId(200), spectator: true, name: "", identity: Some("u/9") },
        Record::Leave(PlayerId(u32::MAX)),
        Record::Request { player: PlayerId(3), kind: 63, packed: &[1, 2, 3] },
        Record::Input { player: PlayerId(3), behind: u16::MAX, packed: &[] },
        Record::Input { player: PlayerId(0), behind: 0, packed: &[255; 200] },
        Record::Neutral(PlayerId(3)),
        Record::Step,
        Record::Hash(0xFEDC_BA98_7654_3210),
    ];

    #[test]
    fn records_come_back_in_their_order() {
        let mut bytes = Vec::new();
        RECORDS.iter().for_each(|record| record.write(&mut bytes));
        let mut reader = Reader(&bytes);
        for record in RECORDS {
            assert_eq!(Record::read(&mut reader).expect("it was written"), record);
        }
        assert!(reader.0.is_empty());
    }

    #[test]
    fn a_record_that_was_cut_is_refused() {
        for record in RECORDS {
            let mut bytes = Vec::new();
            record.write(&mut bytes);
            for length in 0..bytes.len() {
                let read = Record::read(&mut Reader(&bytes[..length]));
                assert!(matches!(read, Err(LogError::Truncated)), "{record:?} at {length}");
            }
        }
    }

    #[test]
    fn what_has_no_meaning_is_refused() {
        for (bytes, is_it) in [
            (&[9u8][..], "record 9 has no meaning here"),
            (&[JOIN, 1, 4, 0], "record 1 has no meaning here"),
            (&[JOIN, 1, 0, 1, 0xFF], "a malformed number or text"),
            (&[INPUT, 1, 0x80, 0x80, 4, 0], "a malformed number or text"),
            (&[LEAVE, 255, 255, 255, 255, 255, 1], "a malformed number or text"),
        ] {
            let error = Record::read(&mut Reader(bytes)).expect_err("it means nothing");
            assert_eq!(error.to_string(), is_it);
        }
    }
}
