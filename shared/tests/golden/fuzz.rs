//! Frames with a few bytes changed, and what becomes of each.

use serde_json::{Value, json};
use tickwire_shared::replica::Replica;

use crate::{
    sessions::{self, Session},
    store::hex,
    verdict,
    world::Rng,
};

const CASES: usize = 600;

/// Mutations of the sessions' frames: which session, which of its frames, and the verdict.
pub fn cases() -> Vec<Value> {
    let mut sessions = sessions::all();
    // The last session has a frame that is refused as it is.
    sessions.pop();
    let mut rng = Rng::new(2024);
    (0..CASES).map(|_| case(&sessions, &mut rng)).collect()
}

fn case(sessions: &[Session], rng: &mut Rng) -> Value {
    let index = rng.below(sessions.len());
    let session = &sessions[index];
    let step = rng.below(session.frames.len());
    let mut bytes = session.frames[step].clone();
    for _ in 0..=rng.below(2) {
        mutate(&mut bytes, rng);
    }
    let mut replica =
        Replica::new(session.schema.clone(), &session.table, sessions::HZ).expect("it is valid");
    for frame in &session.frames[..step] {
        replica.apply(frame).expect("the session is fine");
    }
    let mut case = match replica.apply(&bytes) {
        Ok(applied) => json!({ "tick": applied.tick.0, "updates": applied.updates }),
        Err(error) => json!({ "refused": verdict::frame(&error), "says": error.to_string() }),
    };
    case["session"] = json!(index);
    case["step"] = json!(step);
    case["hex"] = json!(hex(&bytes));
    case["held"] = json!(replica.hash());
    case
}

fn mutate(bytes: &mut Vec<u8>, rng: &mut Rng) {
    let at = rng.below(bytes.len());
    match rng.below(8) {
        0 => bytes.truncate(at),
        1 => bytes.insert(at, rng.next() as u8),
        2 => drop(bytes.remove(at)),
        3 => bytes[at] = rng.next() as u8,
        4 => bytes.push(rng.next() as u8),
        // Near the front stand lengths, handles and audiences.
        5 => {
            let near = at.min(11);
            bytes[near] ^= 1 << rng.below(8);
        }
        _ => bytes[at] ^= 1 << rng.below(8),
    }
    if bytes.is_empty() {
        bytes.push(0x82);
    }
}
