//! One table: what each named world costs in bytes and in CPU.
//!
//! `cargo run --release -p tickwire-benches --bin table [-- --json FILE]`

use std::process::ExitCode;

use serde::Serialize;
use tickwire_benches::{
    clock::timed,
    recording::Recording,
    session::Session,
    worlds::{arena, field, record_all},
};
use tickwire_shared::{
    Game,
    codec::{Decoder, Encoder, Priors, model},
    rows::Rows,
};

const HELP: &str = "\
Print what each named world costs: bytes a tick and CPU for its codec, and for whole rooms.

usage: table [--json FILE]

  --json FILE   also write the results as JSON
  -h, --help    print this

All worlds are made from fixed seeds, so that bytes repeat exactly. It takes some minutes.";

/// Long enough for all of the recorded cubes.
const TICKS: usize = 2838;
/// Sizes of the arena that are measured.
const ARENAS: [usize; 4] = [8, 16, 64, 200];
/// Players in a field of ten thousand things that are measured, and for how many ticks.
const FIELDS: [(usize, usize); 3] = [(16, 300), (100, 300), (1000, 120)];

/// What the codec makes of a world, for one viewer at the baseline of the tick before.
#[derive(Serialize)]
struct CodecRow {
    world: String,
    rows: usize,
    updates_a_tick: f64,
    bytes_a_tick: f64,
    bytes_an_update: f64,
    encode_us_a_tick: f64,
    decode_us_a_tick: f64,
}

/// What a room of a game takes, without sockets.
#[derive(Serialize)]
struct RoomRow {
    world: &'static str,
    players: usize,
    rows_held: f64,
    kilobytes_a_client_second: f64,
    bytes_a_frame: f64,
    bytes_an_update: f64,
    cpu_us_a_tick: f64,
    cpu_us_a_client_tick: f64,
    updates_a_core_second: f64,
}

#[derive(Serialize)]
struct Table {
    codec: Vec<CodecRow>,
    room: Vec<RoomRow>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let file = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => None,
        ["--json", file] => Some(file.to_owned()),
        ["--help" | "-h"] => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("usage: table [--json FILE]");
            return ExitCode::from(2);
        }
    };
    let table = Table { codec: codec_rows(), room: room_rows() };
    let Some(file) = file else { return ExitCode::SUCCESS };
    let json = serde_json::to_string_pretty(&table).expect("a table of numbers is JSON");
    match std::fs::write(&file, json + "\n") {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{file} cannot be written: {error}");
            ExitCode::FAILURE
        }
    }
}

fn codec_rows() -> Vec<CodecRow> {
    println!("codec, one viewer, previous-tick baseline");
    println!(
        "{:<8} {:>8} {:>10} {:>12} {:>12} {:>12} {:>10}",
        "world", "rows", "updates", "bytes/tick", "bytes/update", "encode µs", "decode µs"
    );
    let print = |row: &CodecRow| {
        println!(
            "{:<8} {:>8} {:>10.1} {:>12.1} {:>12.2} {:>12.1} {:>10.1}",
            row.world,
            row.rows,
            row.updates_a_tick,
            row.bytes_a_tick,
            row.bytes_an_update,
            row.encode_us_a_tick,
            row.decode_us_a_tick,
        );
    };
    record_all(TICKS).iter().map(codec_row).inspect(print).collect()
}

fn codec_row(recording: &Recording) -> CodecRow {
    let layout = &recording.layout;
    let priors = Priors::new(layout, model::BUILTIN).expect("the built-in table fits");
    let mut encoder = Encoder::default();
    let (mut bytes, mut ends, mut updates) = (Vec::new(), Vec::new(), 0u64);
    let pairs = || recording.ticks.windows(2);
    let ((), encode) = timed(|| {
        for pair in pairs() {
            let encoded = encoder.encode(layout, &priors, (&pair[0], 1), &pair[1], &mut bytes);
            updates += u64::from(encoded.updates);
            ends.push((bytes.len(), encoded.as_predicted));
        }
    });
    let (mut decoder, mut rows) = (Decoder::default(), Rows::default());
    let ((), decode) = timed(|| {
        let mut start = 0;
        for (pair, (end, as_predicted)) in pairs().zip(&ends) {
            if *as_predicted {
                decoder.advance(layout, (&pair[0], 1), &mut rows);
            } else {
                decoder
                    .decode(layout, &priors, (&pair[0], 1), &bytes[start..*end], &mut rows)
                    .expect("what was encoded can be decoded");
            }
            assert_eq!(rows, pair[1]);
            start = *end;
        }
    });
    let (ticks, size) = (ends.len() as f64, bytes.len() as f64);
    CodecRow {
        world: recording.name.clone(),
        rows: recording.ticks[0].len(),
        updates_a_tick: updates as f64 / ticks,
        bytes_a_tick: size / ticks,
        bytes_an_update: size / updates as f64,
        encode_us_a_tick: encode.as_secs_f64() * 1e6 / ticks,
        decode_us_a_tick: decode.as_secs_f64() * 1e6 / ticks,
    }
}

fn room_rows() -> Vec<RoomRow> {
    println!("\nrooms, everything but the sockets; in the field each player sees what is near");
    println!(
        "{:<6} {:>7} {:>10} {:>8} {:>12} {:>8} {:>10} {:>14} {:>15}",
        "world",
        "players",
        "rows held",
        "frame B",
        "bytes/update",
        "kB/s",
        "tick µs",
        "µs/client-tick",
        "updates/core-s"
    );
    let print = |row: &RoomRow| {
        println!(
            "{:<6} {:>7} {:>10.0} {:>8.1} {:>12.2} {:>8.2} {:>10.1} {:>14.2} {:>15.0}",
            row.world,
            row.players,
            row.rows_held,
            row.bytes_a_frame,
            row.bytes_an_update,
            row.kilobytes_a_client_second,
            row.cpu_us_a_tick,
            row.cpu_us_a_client_tick,
            row.updates_a_core_second,
        );
    };
    let arenas = ARENAS.into_iter().map(|players| room_row(arena::session(players, 2), 600));
    let fields = FIELDS
        .into_iter()
        .map(|(players, ticks)| room_row(field::session(&field::CROWDED, players, 2), ticks));
    arenas.chain(fields).inspect(print).collect()
}

fn room_row<G: Game>(mut session: Session<G>, ticks: usize) -> RoomRow {
    (0..150).for_each(|_| session.tick());
    session.reset();
    (0..ticks).for_each(|_| session.tick());
    let players = session.clients.len();
    let held = session.clients.iter().flat_map(|client| client.replica.segments());
    let rows_held = held.map(|held| held.rows.len()).sum::<usize>() as f64 / players as f64;
    let tally = session.tally;
    let cpu = tally.server_cpu.as_secs_f64();
    let (bytes, updates) = (tally.payload_bytes as f64, tally.updates as f64);
    let bytes_a_frame = bytes / tally.frames as f64;
    RoomRow {
        world: G::NAME,
        players,
        rows_held,
        kilobytes_a_client_second: bytes_a_frame * f64::from(G::TICK_HZ) / 1e3,
        bytes_a_frame,
        bytes_an_update: bytes / updates,
        cpu_us_a_tick: cpu * 1e6 / tally.ticks as f64,
        cpu_us_a_client_tick: cpu * 1e6 / tally.frames as f64,
        updates_a_core_second: updates / cpu,
    }
}
