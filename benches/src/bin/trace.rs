//! What it would cost to send a game's state with Tickwire, measured on a trace of that state.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser;
use tickwire_benches::trace::{
    Report, measure,
    progress::{Counted, Progress},
};

const ABOUT: &str = "\
Measure what it would cost to send your game's state with Tickwire.

The input is a trace: JSON lines, of which the first is the schema and each further one
a tick with all entities. Every tick is encoded against the one before, decoded again by
a decoder that saw nothing else, and must come out equal; then it is counted. The same
changes are also sent as JSON, bincode, varint deltas, and those deflated, to compare.

Below the codecs is a table by field: what each costs, and what one bit less of it
would save, which is measured by encoding the trace again with that field half as fine.
It saves less than nothing where the finer values were predicted exactly: rounding is noise.";

const EXAMPLES: &str = r#"THE TRACE
  {"kinds":{"ship":{"pos":{"type":"vec2","min":0,"max":4096,"step":0.0625,"predict":"linear"},
                    "hp":{"type":"int","min":0,"max":100}}},"hz":60}     (on one line)
  {"tick":1,"entities":[[7,"ship",{"pos":[10.5,3.0],"hp":100}]]}
  {"tick":2,"entities":[[7,"ship",{"pos":[10.9,3.1],"hp":100}]]}

  bool             true or false                 int    min, max
  float            min, max, step                vec2   the same: [x,y]
  vec3             the same: [x,y,z]             angle  bits; in radians
  quat             bits; [x,y,z,w]               enum   names: ["idle","run"]
  text             bytes, at most 64

  "predict" is "hold" (it stays, the default) or "linear" (it goes on as it did).
  Ids are whole numbers below 2^64, unique in a tick. Ticks rise; up to 128 may be
  missing between two lines, and after more a tick is sent whole. Numbers are rounded
  to their step and clamped to their range, as the server would.

EXAMPLES
  Your own game:
      cargo run --release -p tickwire-benches --bin trace -- game.jsonl

  From a program that writes it, with the results for a script:
      game --dump | cargo run --release -p tickwire-benches --bin trace -- - --json cost.json

  One of the named worlds:
      cargo run --release -p tickwire-benches --bin record -- arena --out arena.jsonl
      cargo run --release -p tickwire-benches --bin trace -- arena.jsonl

EXIT CODE
  0 measured and proven   1 something is wrong with the trace, and the message says what
  2 the command line makes no sense, or the file for the results cannot be written"#;

/// What the command line says.
#[derive(Debug, Parser)]
#[command(name = "trace", about = "Measure what it would cost to send your game's state")]
#[command(long_about = ABOUT, after_long_help = EXAMPLES)]
#[command(after_help = "See --help for the format of a trace and for examples.")]
struct Options {
    /// The trace; - is standard input, a name that ends in .xz is unpacked
    file: PathBuf,

    /// Also write the results as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Begin from these priors instead of the built-in ones
    #[arg(long, value_name = "FILE")]
    priors: Option<PathBuf>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err((code, message)) => {
            eprintln!("{message}");
            ExitCode::from(code)
        }
    }
}

type Failure = (u8, String);

fn run(options: &Options) -> Result<(), Failure> {
    let priors = options.priors.as_deref().map(read_priors).transpose()?;
    let (reader, mut progress) = open(&options.file).map_err(|error| {
        let file = options.file.display();
        (1, format!("{file} cannot be read: {error}; give the name of a trace, or - for stdin"))
    })?;
    let name = match options.file.as_os_str() == "-" {
        true => "standard input".into(),
        false => options.file.display().to_string(),
    };
    let report = measure(reader, &name, priors.as_deref(), |ticks| progress.tick(ticks));
    drop(progress);
    let report = report.map_err(|error| (1, error.to_string()))?;
    if let Some(file) = &options.json {
        write_json(&report, file)?;
    }
    // Whoever closes the pipe has read enough.
    let _ = io::stdout().write_all(report.to_string().as_bytes());
    Ok(())
}

fn read_priors(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file)
        .map_err(|error| (2, format!("the priors in {} cannot be read: {error}", file.display())))
}

fn open(file: &Path) -> io::Result<(Box<dyn BufRead>, Progress)> {
    if file.as_os_str() == "-" {
        let (reader, read) = Counted::new(io::stdin());
        return Ok((Box::new(BufReader::new(reader)), Progress::new(read, None)));
    }
    let opened = File::open(file)?;
    let meta = opened.metadata()?;
    if meta.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let (reader, read) = Counted::new(opened);
    let progress = Progress::new(read, meta.is_file().then_some(meta.len()));
    let plain: Box<dyn Read> = match file.extension().is_some_and(|end| end == "xz") {
        true => Box::new(lzma_rust2::XzReader::new(BufReader::new(reader), true)),
        false => Box::new(reader),
    };
    Ok((Box::new(BufReader::with_capacity(1 << 16, plain)), progress))
}

fn write_json(report: &Report, file: &Path) -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(report).expect("a report of numbers is JSON");
    std::fs::write(file, json + "\n").map_err(|error| {
        (2, format!("the results cannot be written to {}: {error}", file.display()))
    })
}
