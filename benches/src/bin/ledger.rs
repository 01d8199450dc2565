//! Where the bytes of the games that ship go, by field and by cause.
//!
//! `cargo run --release -p tickwire-benches --bin ledger`

use tickwire_benches::{
    session::Session,
    worlds::{arena, field},
};
use tickwire_room::{Bytes, CAUSES, HostedRoom, Ledger, Line, Part};
use tickwire_shared::Game;

/// Joiners are in it.
const TICKS: u32 = 600;
/// Players in the arena and in the field.
const PLAYERS: usize = 16;

fn main() {
    println!("{TICKS} ticks from the first on, {PLAYERS} players; bytes a second and player");
    account(arena::session(PLAYERS, 2));
    account(field::session(&field::CROWDED, PLAYERS, 2));
}

/// Meters a session and prints its ledger, the most expensive first.
fn account<G: Game>(mut session: Session<G>) {
    session.room.meter(TICKS);
    (0..TICKS).for_each(|_| session.tick());
    let ledger = session.room.ledger().expect("it was metered");
    let sent = session.tally.payload_bytes as f64;
    assert!((ledger.total() - sent).abs() < 1e-6 * sent, "all bytes are accounted for");
    let causes = CAUSES.map(|cause| format!("{cause:?}"));
    println!("\n{}\n{:<30} {:>8} {:>9}", G::NAME, "", "share", "all");
    print!("{:<49}", "");
    causes.iter().for_each(|cause| print!(" {cause:>9}"));
    println!();
    let per_second = f64::from(G::TICK_HZ) / f64::from(TICKS) / PLAYERS as f64;
    for (name, bytes, all) in rows(ledger) {
        print!("{name:<30} {:>7.2} % {:>9.1}", all / sent * 100.0, all * per_second);
        let bytes = bytes.into_iter().flatten();
        bytes.for_each(|bytes| print!(" {:>9.1}", bytes * per_second));
        println!();
    }
}

/// Names with bytes by cause, where that is known, and all of them.
fn rows(ledger: &Ledger) -> Vec<(String, Option<Bytes>, f64)> {
    let row = |name: String, bytes: Bytes| (name, Some(bytes), bytes.iter().sum());
    let mut rows: Vec<_> = ledger.lines().map(|line| row(name(&line), line.bytes)).collect();
    rows.push(row("heads of segments".into(), ledger.heads()));
    rows.push(("headers of frames".into(), None, ledger.header() as f64));
    rows.push(("messages".into(), None, ledger.messages() as f64));
    rows.sort_by(|one, other| other.2.total_cmp(&one.2));
    rows
}

fn name(line: &Line<'_>) -> String {
    let whose = format!("{:?}", line.audience).to_lowercase();
    match line.part {
        Part::Ids => format!("who is new, {whose}"),
        Part::Rows { kind } => format!("which {kind} differ, {whose}"),
        Part::Field { kind, field } => format!("{kind}.{field}, {whose}"),
    }
}
