//! Files that come back as they were written, and files to which something was done.

use std::{
    fs,
    io::{self, Cursor},
    path::Path,
};

use proptest::prelude::*;
use tickwire_recording::{
    Damage, End, Ending, Header, Incident, Recording, RecordingError, Timing, Why, Writer,
};
use tickwire_shared::Tick;

fn header(why: Why) -> Header {
    Header {
        server: "0.1.0".to_owned(),
        game: "arena".to_owned(),
        schema_hash: 0xDEAD_BEEF,
        room: "ABCDE".to_owned(),
        tick_hz: 30,
        seed: u64::MAX,
        hash_interval: 8,
        rewind: 1920,
        max_players: 16,
        started: 1_796_000_000,
        why,
    }
}

/// A chunk's bytes, which are whatever a room says they are.
fn chunk(number: u32) -> Vec<u8> {
    (0..400 + number * 7).map(|at| (at * at / 5 + number) as u8).collect()
}

/// The ticks of a chunk, across the wrap of their numbers.
fn span(number: u32) -> (Tick, Tick) {
    let first = Tick(u32::MAX - 200).offset(number as i32 * 150);
    (first, first.offset(150))
}

fn recording(chunks: u32, ending: Option<Ending>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&mut bytes, &header(Why::Recording)).unwrap();
    for number in 0..chunks {
        let (first, last) = span(number);
        writer.chunk(first, last, &chunk(number)).unwrap();
    }
    if let Some(ending) = ending {
        writer.end(span(chunks).0, ending).unwrap();
    }
    bytes
}

fn open(bytes: &[u8]) -> Result<Recording<Cursor<&[u8]>>, RecordingError> {
    Recording::open(Cursor::new(bytes))
}

/// Reads whatever can be read: the chunks that are there, by number, and none that was not written.
fn salvage(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut recording = open(bytes).ok()?;
    let found = recording.chunks().len();
    let mut whole = 0;
    for index in 0..found {
        let Ok(read) = recording.read_chunk(index) else { continue };
        let number = (0..).find(|number| span(*number).0 == recording.chunks()[index].first);
        assert_eq!(read, chunk(number.unwrap()), "what is read is what was written");
        whole += 1;
    }
    Some((found, whole))
}

#[test]
fn a_recording_comes_back_and_any_of_its_ticks_is_found() {
    let bytes = recording(5, Some(Ending::Limit));
    let mut recording = open(&bytes).unwrap();
    assert_eq!(*recording.header(), header(Why::Recording));
    assert!(matches!(recording.end(), End::Whole(Ending::Limit)));
    for number in 0..5 {
        let block = recording.chunks()[number as usize];
        assert_eq!((block.first, block.last, block.ticks()), (span(number).0, span(number).1, 150));
        assert_eq!(recording.read_chunk(number as usize).unwrap(), chunk(number));
        for tick in [span(number).0, span(number).0.offset(149)] {
            assert_eq!(recording.chunk_of(tick), Some(number as usize));
        }
    }
    // The last tick of a chunk is the next one's keyframe, if there is a next one.
    assert_eq!(recording.chunk_of(span(4).1), Some(4));
    assert_eq!(recording.chunk_of(span(0).0.offset(-1)), None);
    assert_eq!(recording.chunk_of(span(5).1), None);
    assert_eq!(recording.read_timings().unwrap(), None);
}

#[test]
fn a_flight_tells_why_it_is_there_and_how_long_its_ticks_took() {
    let why = Why::Flight {
        reason: Incident::Panic,
        tick: Tick(9),
        detail: "index out of bounds".to_owned(),
    };
    let timing = |n| Timing { lateness: n, receive: n + 1, step: u32::MAX - n, send: n * 1000 };
    let timings: Vec<Timing> = (0..90).map(timing).collect();
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&mut bytes, &header(why.clone())).unwrap();
    writer.chunk(Tick(0), Tick(90), &chunk(0)).unwrap();
    writer.timings(Tick(1), &timings).unwrap();
    assert!(writer.written() > 400);
    writer.end(Tick(90), Ending::Closed).unwrap();
    let mut recording = open(&bytes).unwrap();
    assert_eq!(recording.header().why, why);
    assert_eq!(recording.read_timings().unwrap(), Some((Tick(1), timings)));
}

#[test]
fn a_file_that_was_cut_anywhere_gives_all_that_is_whole_before() {
    let bytes = recording(4, Some(Ending::Closed));
    let header_bytes = recording(0, None).len();
    let ends: Vec<usize> = (1..=4).map(|chunks| recording(chunks, None).len()).collect();
    for length in 0..bytes.len() {
        let expected = ends.iter().filter(|end| **end <= length).count();
        match salvage(&bytes[..length]) {
            None => assert!(length < header_bytes, "{length}"),
            Some(found) => assert_eq!(found, (expected, expected), "{length}"),
        }
    }
    let cut = open(&bytes[..ends[1] + 30]).unwrap();
    let (at, damage) = (ends[1] as u64, Damage::Cut);
    assert!(matches!(cut.end(), End::Damaged { at: a, damage: d } if (*a, *d) == (at, damage)));
    assert!(matches!(open(&bytes[..ends[2]]).unwrap().end(), End::Open), "no word at its end");
}

#[test]
fn a_flipped_bit_is_never_played_and_costs_no_more_than_its_block() {
    let bytes = recording(4, Some(Ending::Closed));
    let start = recording(0, None).len();
    let ends: Vec<usize> = (1..=4).map(|chunks| recording(chunks, None).len()).collect();
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        let Some((_, whole)) = salvage(&damaged) else {
            assert!(at < start, "{at}: only the header is needed for all the rest");
            continue;
        };
        let block = ends.iter().filter(|end| **end <= at).count();
        assert!(whole >= block.min(4), "{at}: {whole} chunks of the {block} before it");
        let in_payload = block < 4 && at >= [&[start], &ends[..]].concat()[block] + 25;
        assert!(!in_payload || whole == 3, "{at}: those behind it are whole too");
    }
}

#[test]
fn a_chunk_that_would_make_a_file_too_large_leaves_it_as_it_was() {
    let whole = recording(2, Some(Ending::Limit)).len() as u64;
    for most in [whole - 1, whole + 64] {
        let mut bytes = Vec::new();
        let mut writer = Writer::new(&mut bytes, &header(Why::Recording)).unwrap();
        writer.chunk(span(0).0, span(0).1, &chunk(0)).unwrap();
        assert_eq!(writer.chunk_within(most, span(1), &chunk(1)).unwrap(), most > whole);
        writer.end(span(1).0, Ending::Limit).unwrap();
        assert!(bytes.len() as u64 <= most);
        let chunks = if most > whole { 2 } else { 1 };
        assert_eq!(salvage(&bytes), Some((chunks, chunks)), "and what follows is whole");
    }
}

/// Takes so many bytes.
struct Small(Vec<u8>, usize);

impl io::Write for Small {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(self.1 - self.0.len());
        self.0.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_was_handed_on_of_a_block_before_an_error_does_not_count_as_written() {
    let whole = recording(1, None);
    let out = Small(Vec::new(), whole.len() + 40);
    let mut writer = Writer::new(out, &header(Why::Recording)).unwrap();
    writer.chunk(span(0).0, span(0).1, &chunk(0)).unwrap();
    writer.chunk(span(1).0, span(1).1, &chunk(1)).unwrap_err();
    assert_eq!(
        (writer.written(), writer.get_ref().0.len()),
        (whole.len() as u64, whole.len() + 40)
    );
}

#[test]
fn other_files_are_told_apart() {
    assert!(matches!(open(b""), Err(RecordingError::NotOne)));
    assert!(matches!(open(&[7; 5000]), Err(RecordingError::NotOne)));
    let mut newer = recording(1, None);
    newer[6] = b'2';
    assert!(matches!(open(&newer), Err(RecordingError::Format('2'))));
    let mut huge = recording(1, None);
    huge[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(matches!(open(&huge), Err(RecordingError::Header(_))));
}

#[test]
fn a_header_that_no_room_can_have_is_refused() {
    for header in [
        Header { tick_hz: 0, ..header(Why::Recording) },
        Header { tick_hz: 241, ..header(Why::Recording) },
        Header { hash_interval: 0, ..header(Why::Recording) },
    ] {
        let mut bytes = Vec::new();
        drop(Writer::new(&mut bytes, &header).unwrap());
        assert!(matches!(open(&bytes), Err(RecordingError::Header(_))), "{header:?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..600), keep in 0usize..600) {
        let real = recording(2, Some(Ending::Closed));
        let keep = keep.min(real.len());
        bytes.splice(0..0, real[..keep].iter().copied());
        salvage(&bytes);
    }

    #[test]
    fn any_chunks_come_back(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..2000), 0..6)) {
        let mut bytes = Vec::new();
        let mut writer = Writer::new(&mut bytes, &header(Why::Recording)).unwrap();
        for (number, chunk) in chunks.iter().enumerate() {
            let (first, last) = span(number as u32);
            writer.chunk(first, last, chunk).unwrap();
        }
        writer.end(Tick(0), Ending::Behind).unwrap();
        let mut recording = open(&bytes).unwrap();
        let read: Vec<_> = (0..chunks.len()).map(|index| recording.read_chunk(index).unwrap()).collect();
        prop_assert_eq!(read, chunks);
    }
}

/// A file that an earlier build wrote is read by every later one. Packing may change with zstd, so the
/// bytes are not compared; `TICKWIRE_BLESS=1` writes it anew.
#[test]
fn a_file_of_an_earlier_build_is_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden.twrec");
    if std::env::var_os("TICKWIRE_BLESS").is_some() {
        fs::write(&path, recording(3, Some(Ending::Closed))).unwrap();
    }
    let bytes = fs::read(path).unwrap();
    assert_eq!(salvage(&bytes), Some((3, 3)));
    let recording = open(&bytes).unwrap();
    assert_eq!(*recording.header(), header(Why::Recording));
    assert!(matches!(recording.end(), End::Whole(Ending::Closed)));
}
