use std::{fs, path::Path, sync::mpsc};

use tickwire_recording::{End, Incident, MAX_TIMINGS, Recording, Why};

use super::{files::Folder, *};

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("tickwire-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn header(room: &str, why: Why) -> Header {
    Header {
        server: "0".to_owned(),
        game: "restless".to_owned(),
        schema_hash: 1,
        room: room.to_owned(),
        tick_hz: 60,
        seed: 1,
        hash_interval: 8,
        rewind: 0,
        max_players: 8,
        started: 5,
        why,
    }
}

fn room(number: u64) -> Arc<Progress> {
    Arc::new(Progress::of(number))
}

fn chunk(number: u32, bytes: usize) -> Chunk {
    // Nothing that packs well, so that the file grows by as much.
    let noise = |at: usize| (at * at * 31 + at / 7 * number as usize) as u8 ^ (at >> 5) as u8;
    let bytes = (0..bytes).map(noise).collect();
    Chunk { first: Tick(number * 300), last: Tick(number * 300 + 300), bytes }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

fn open(path: &Path) -> Recording<fs::File> {
    Recording::open(fs::File::open(path).unwrap()).unwrap()
}

fn start(folder: &Path, limit: u64) -> (Recorder, JoinHandle<()>) {
    let (record, flight) = (Some(folder.to_owned()), Some(folder.join("flights")));
    let what = Recordings { record, limit, total: u64::MAX, flight };
    let (recorder, thread) = Recorder::start(&what).unwrap();
    (recorder, thread.unwrap())
}

#[test]
fn each_room_has_a_file_of_its_own_which_ends_with_it_or_with_the_server() {
    let folder = folder("recorder-files");
    let (recorder, thread) = start(&folder, u64::MAX);
    let (seven, eight) = (room(7), room(8));
    for (room, code) in [(&seven, "SEVEN"), (&eight, "EIGHT")] {
        recorder.begin(room, header(code, Why::Recording)).unwrap();
        recorder.go(room, chunk(0, 100)).unwrap();
    }
    recorder.begin(&seven, header("SEVEN", Why::Recording)).unwrap();
    recorder.go(&seven, chunk(1, 100)).unwrap();
    recorder.end(&seven, Tick(600), Ending::Closed);
    let metrics = Arc::clone(recorder.metrics());
    drop(recorder);
    thread.join().unwrap();
    assert_eq!((metrics.recordings.get(), metrics.cut_short.all()), (0, 1), "one was not ended");
    assert_eq!(metrics.waiting_bytes(), 0);
    assert!(metrics.written_bytes.get() > 0);
    let recordings: Vec<_> =
        files(&folder).iter().filter(|path| path.is_file()).map(|path| open(path)).collect();
    let [eight, seven] = &recordings[..] else { panic!("{} files", recordings.len()) };
    assert_eq!((seven.header().room.as_str(), seven.chunks().len()), ("SEVEN", 2));
    assert_eq!((eight.header().room.as_str(), eight.chunks().len()), ("EIGHT", 1));
    assert!(matches!(seven.end(), End::Whole(Ending::Closed)));
    assert!(matches!(eight.end(), End::Whole(Ending::Behind)), "its shard said nothing of an end");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_file_ends_at_its_limit_and_the_room_is_not_begun_anew() {
    let folder = folder("recorder-limit");
    let (recorder, thread) = start(&folder, 5_000);
    let room = room(1);
    for number in 0..10 {
        recorder.begin(&room, header("LIMIT", Why::Recording)).unwrap();
        recorder.go(&room, chunk(number, 2_000)).unwrap();
    }
    recorder.end(&room, Tick(3000), Ending::Closed);
    let metrics = Arc::clone(recorder.metrics());
    drop(recorder);
    thread.join().unwrap();
    assert_eq!((metrics.recordings.get(), metrics.cut_short.all()), (0, 1));
    let files: Vec<_> = files(&folder).into_iter().filter(|path| path.is_file()).collect();
    let [file] = &files[..] else { panic!("{files:?}") };
    let recording = open(file);
    assert!(matches!(recording.end(), End::Whole(Ending::Limit)));
    assert!((2..9).contains(&recording.chunks().len()), "{}", recording.chunks().len());
    assert!(fs::metadata(file).unwrap().len() <= 5_000);
    let lost: Vec<_> = metrics.cut_short.by(&[Loss::Limit]).collect();
    assert_eq!(lost, [("limit", 1)]);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_flight_is_one_file_and_no_second_one_takes_its_place() {
    let folder = folder("recorder-flight");
    let (recorder, thread) = start(&folder, u64::MAX);
    for detail in ["first", "second"] {
        let why = Why::Flight { reason: Incident::Panic, tick: Tick(9), detail: detail.to_owned() };
        let (header, timings) = (Box::new(header("PANIC", why)), vec![Timing::default(); 9]);
        let chunks = vec![chunk(0, 500), chunk(1, 500)];
        let flight = Flight { header, chunks, timings: (Tick(1), timings) };
        recorder.flight(1000, || flight).unwrap();
    }
    let metrics = Arc::clone(recorder.metrics());
    drop(recorder);
    thread.join().unwrap();
    assert_eq!((metrics.flights.get(), metrics.lost_flights.all()), (1, 1));
    let [file] = &files(&folder.join("flights"))[..] else { panic!("one file") };
    let mut recording = open(file);
    assert!(matches!(&recording.header().why, Why::Flight { detail, .. } if detail == "first"));
    assert_eq!(recording.chunks().len(), 2);
    assert_eq!(recording.read_timings().unwrap().unwrap().1.len(), 9);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_cannot_be_written_costs_its_own_file_only() {
    let folder = folder("recorder-bad-order");
    let (recorder, thread) = start(&folder, u64::MAX);
    let flight = |room: &str, detail: &str, timings: usize| {
        let detail = detail.to_owned();
        let why = Why::Flight { reason: Incident::Panic, tick: Tick(9), detail };
        let timings = (Tick(1), vec![Timing::default(); timings]);
        Flight { header: Box::new(header(room, why)), chunks: vec![chunk(0, 500)], timings }
    };
    recorder.flight(500, || flight("LONG", &"x".repeat(100_000), 9)).unwrap();
    // Which the writer of files takes for a mistake in the program.
    recorder.flight(500, || flight("MANY", "", MAX_TIMINGS + 1)).unwrap();
    recorder.flight(500, || flight("GOOD", "", 9)).unwrap();
    let metrics = Arc::clone(recorder.metrics());
    drop(recorder);
    thread.join().unwrap();
    assert_eq!((metrics.flights.get(), metrics.lost_flights.all()), (1, 2));
    assert_eq!(metrics.waiting_bytes(), 0);
    fs::remove_dir_all(folder).unwrap();
}

fn flight_of(reason: Incident, tick: u32) -> Header {
    header("ROOM", Why::Flight { reason, tick: Tick(tick), detail: String::new() })
}

#[test]
fn a_day_takes_only_so_many_flights_of_a_kind_and_the_next_one_as_many_again() {
    let folder = folder("recorder-many");
    fs::create_dir_all(&folder).unwrap();
    let mut made = Folder::new(folder.clone(), u64::MAX);
    for number in 0..45 {
        let flight = made.flight(&flight_of(Incident::Mismatch, number), 9);
        assert_eq!(flight.is_ok(), number < 40, "{number}");
        assert!(flight.err().is_none_or(|why| why.loss() == Loss::Often));
    }
    made.flight(&flight_of(Incident::Panic, 1), 9).expect("clients' claims leave room for it");
    let yesterday = std::time::SystemTime::now() - Duration::from_secs(25 * 60 * 60);
    for path in files(&folder) {
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(yesterday).unwrap();
    }
    made.flight(&flight_of(Incident::Mismatch, 50), 9).expect("they were yesterday's");
    fs::remove_dir_all(folder).unwrap();
}

#[cfg(unix)]
#[test]
fn nobody_else_reads_a_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder("recorder-private");
    fs::create_dir_all(&folder).unwrap();
    let made = Folder::new(folder.clone(), u64::MAX).recording(&header("ROOM", Why::Recording));
    let mode = fs::metadata(made.unwrap().0).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn flights_that_strangers_can_bring_about_take_half_of_a_directory_and_panics_all_of_it() {
    let folder = folder("recorder-half");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("old.twrec"), [0; 500]).unwrap();
    fs::write(folder.join("other.txt"), [0; 5_000]).unwrap();
    let mut made = Folder::new(folder.clone(), 2_000);
    let full = made.flight(&flight_of(Incident::Mismatch, 1), 501).expect_err("too much");
    assert_eq!(full.loss(), Loss::Full);
    made.flight(&flight_of(Incident::Mismatch, 1), 500).expect("as much as there may be");
    made.flight(&flight_of(Incident::Panic, 1), 1_500).expect("all of it");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn all_recordings_together_have_a_limit_at_which_they_end_and_none_begins_or_is_taken_away() {
    let folder = folder("recorder-total");
    let (record, total) = (Some(folder.clone()), 20_000);
    let what = Recordings { record, limit: u64::MAX, total, flight: None };
    let (recorder, thread) = Recorder::start(&what).unwrap();
    fs::write(folder.join("old.twrec"), [0; 9_000]).unwrap();
    let rooms: Vec<_> = (0..3).map(room).collect();
    for number in 0..12 {
        for (room, code) in rooms[..2].iter().zip(["ONE", "TWO"]) {
            let _ = recorder.begin(room, header(code, Why::Recording));
            recorder.go(room, chunk(number, 1_000)).unwrap();
        }
    }
    recorder.begin(&rooms[2], header("THREE", Why::Recording)).unwrap();
    let metrics = Arc::clone(recorder.metrics());
    drop(recorder);
    thread.unwrap().join().unwrap();
    let lost: Vec<_> = metrics.cut_short.by(&[Loss::Full, Loss::Behind]).collect();
    assert_eq!(lost, [("full", 3), ("behind", 0)]);
    let files = files(&folder);
    assert_eq!(files.len(), 3, "the third one has none: {files:?}");
    let bytes: u64 = files.iter().map(|path| fs::metadata(path).unwrap().len()).sum();
    assert!((18_000..20_100).contains(&bytes), "{bytes}");
    for path in files.iter().filter(|path| !path.ends_with("old.twrec")) {
        let recording = open(path);
        assert!(matches!(recording.end(), End::Whole(Ending::Limit)));
        assert!(!recording.chunks().is_empty());
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_a_failed_write_left_behind_is_cut_off() {
    use std::io::Write;
    let folder = folder("recorder-cut");
    fs::create_dir_all(&folder).unwrap();
    let header = header("CUT", Why::Recording);
    let (path, mut file) = Folder::new(folder.clone(), u64::MAX).recording(&header).unwrap();
    let mut writer = tickwire_recording::Writer::new(file.try_clone().unwrap(), &header).unwrap();
    writer.chunk(Tick(0), Tick(300), &[7; 500]).unwrap();
    file.write_all(&[1; 30]).unwrap();
    assert!(matches!(open(&path).end(), End::Damaged { .. }));
    writer::cut_off(writer.get_ref(), writer.written());
    assert!(matches!(open(&path).end(), End::Open));
    assert_eq!(open(&path).chunks().len(), 1);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn who_may_wait_finds_a_place_for_everything() {
    let folder = folder("recorder-waits");
    let (mut recorder, thread) = start(&folder, u64::MAX);
    recorder.be_patient();
    let room = room(1);
    recorder.begin(&room, header("WAITS", Why::Recording)).unwrap();
    for number in 0..80 {
        let bytes = vec![0; MOST_OF_RECORDINGS.bytes / 20];
        recorder.go(&room, Chunk { bytes, ..chunk(number, 0) }).unwrap();
    }
    recorder.end(&room, Tick(1), Ending::Closed);
    let metrics = Arc::clone(recorder.metrics());
    drop(recorder);
    thread.join().unwrap();
    assert_eq!((metrics.recordings.get(), metrics.cut_short.all()), (0, 0));
    fs::remove_dir_all(folder).unwrap();
}

/// A recorder whose writer never gets to it.
fn stuck() -> (Recorder, mpsc::Receiver<Placed>) {
    let (orders, inbox) = mpsc::channel();
    let (orders, metrics) = (Some(orders), Arc::default());
    let recorder =
        Recorder { orders, metrics, waits_until: None, records: true, keeps_flights: true };
    (recorder, inbox)
}

fn no_flight() -> Flight {
    unreachable!("nothing is copied without a place for it")
}

#[test]
fn a_room_whose_beginning_found_no_place_counts_as_cut_short_and_is_not_begun_later() {
    let (recorder, inbox) = stuck();
    let rooms: Vec<_> = (0..MOST_OF_RECORDINGS.orders as u64 + 1).map(room).collect();
    let (late, early) = rooms.split_last().unwrap();
    for room in early {
        recorder.begin(room, header("EARLY", Why::Recording)).unwrap();
    }
    assert_eq!(recorder.begin(late, header("LATE", Why::Recording)), Err(Full));
    assert_eq!(recorder.metrics.cut_short.all(), 1);
    assert!(late.is_over(), "its shard hears of it wherever it has moved");
    inbox.try_iter().for_each(drop);
    recorder.begin(late, header("LATE", Why::Recording)).unwrap();
    recorder.end(late, Tick(1), Ending::Closed);
    assert_eq!(inbox.try_iter().count(), 0, "nobody is told of a room that never began");
}

#[test]
fn who_finds_no_place_is_told_at_once_and_what_waits_is_bounded() {
    let (recorder, inbox) = stuck();
    let (room, other) = (room(1), room(2));
    recorder.begin(&room, header("ONE", Why::Recording)).unwrap();
    recorder.begin(&other, header("TWO", Why::Recording)).unwrap();
    let big = MOST_OF_RECORDINGS.bytes / 2 - 1;
    for number in 0..2 {
        let chunk = Chunk { bytes: vec![0; big], ..chunk(number, 0) };
        assert_eq!(recorder.go(&room, chunk), Ok(()));
    }
    assert_eq!(recorder.go(&room, chunk(2, 3)), Err(Full), "too many bytes");
    assert!(room.is_over());
    assert!(other.goes_on(), "which asked for none");
    assert_eq!(
        recorder.go(&other, chunk(0, 1)),
        Ok(()),
        "nothing was taken by what found no place"
    );
    // Those that begin, and those that go on.
    for number in 5..MOST_OF_RECORDINGS.orders as u32 {
        assert_eq!(recorder.go(&other, chunk(number, 0)), Ok(()));
    }
    assert_eq!(recorder.go(&other, chunk(0, 0)), Err(Full), "too many orders");
    drop(inbox);
    assert_eq!(recorder.metrics.waiting_bytes(), 0, "what nobody will ever write does not wait");
    assert_eq!(recorder.begin(&self::room(3), header("NOBODY", Why::Recording)), Err(Full));
}

#[test]
fn an_end_reaches_the_writer_however_much_waits_and_once_only() {
    let (recorder, inbox) = stuck();
    let room = room(1);
    recorder.begin(&room, header("ENDS", Why::Recording)).unwrap();
    while recorder.metrics.waiting.take(0, MOST_OF_RECORDINGS).map(std::mem::forget).is_some() {}
    assert_eq!(recorder.go(&room, chunk(3, 9)), Err(Full));
    recorder.end(&room, Tick(1200), Ending::Closed);
    let ends = inbox.try_iter().filter_map(|(order, _)| match order {
        Order::End(room, at, why) => Some((room, at, why)),
        _ => None,
    });
    assert_eq!(ends.collect::<Vec<_>>(), [(1, Tick(900), Ending::Behind)]);
}

#[test]
fn flights_take_no_place_from_recordings_and_are_not_even_copied_without_one() {
    let (recorder, _inbox) = stuck();
    let room = room(1);
    recorder.begin(&room, header("ONE", Why::Recording)).unwrap();
    let why = Why::Flight { reason: Incident::Mismatch, tick: Tick(9), detail: String::new() };
    let flight = || Flight {
        header: Box::new(header("CLAIMS", why.clone())),
        chunks: Vec::new(),
        timings: (Tick(1), Vec::new()),
    };
    assert_eq!(recorder.flight(MOST_OF_FLIGHTS.bytes, flight), Ok(()));
    assert_eq!(recorder.flight(1, no_flight), Err(Full), "too many bytes");
    for _ in 1..MOST_OF_FLIGHTS.orders {
        assert_eq!(recorder.flight(0, flight), Ok(()));
    }
    assert_eq!(recorder.flight(0, no_flight), Err(Full), "too many of them");
    assert_eq!(recorder.metrics.lost_flights.all(), 2);
    assert_eq!(recorder.go(&room, chunk(0, 1_000_000)), Ok(()));
}
