//! What a world replicated, tick by tick: the raw material of the codec's benchmarks.

use std::collections::BTreeMap;

use tickwire_shared::{
    Game,
    codec::Layout,
    rows::Rows,
    schema::{Audience, Schema},
};

use crate::session::{Client, Session};

/// Of how many clients the private segments are kept.
const PRIVATE: usize = 8;

/// The rows of some consecutive ticks.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The world's name.
    pub name: String,
    /// Its schema.
    pub schema: Schema,
    /// The public part of it.
    pub layout: Layout,
    /// The public rows, a tick each.
    pub ticks: Vec<Rows>,
    /// Further segments: what only some were sent, or all that one client was.
    pub further: Vec<Strand>,
}

/// One segment over consecutive ticks.
#[derive(Clone, Debug)]
pub struct Strand {
    /// Its part of the schema.
    pub layout: Layout,
    /// Its rows, a tick each.
    pub ticks: Vec<Rows>,
}

impl Recording {
    /// Public rows only.
    #[must_use]
    pub fn public(name: &str, schema: Schema, layout: Layout, ticks: Vec<Rows>) -> Recording {
        Recording { name: name.into(), schema, layout, ticks, further: Vec::new() }
    }

    /// Runs a session and keeps what its first client holds of the public segment, and the
    /// private ones of the first few clients.
    ///
    /// # Panics
    /// When the session has no client.
    #[must_use]
    pub fn of<G: Game>(name: &str, session: &mut Session<G>, ticks: usize) -> Recording {
        let schema = G::schema();
        let layout = Layout::new(&schema, Audience::Public, G::TICK_HZ);
        let mut private = BTreeMap::new();
        let rows = (0..ticks).map(|_| {
            session.tick();
            let few = session.clients.iter().take(PRIVATE).enumerate();
            few.for_each(|(index, client)| keep_private(index, client, &mut private));
            public_rows(session).clone()
        });
        let mut recording = Recording::public(name, schema.clone(), layout, rows.collect());
        let strands = private.into_iter().map(|((_, _, audience), ticks)| Strand {
            layout: Layout::new(&schema, audience, G::TICK_HZ),
            ticks,
        });
        recording.further = strands.collect();
        recording
    }
}

type Private = BTreeMap<(usize, u32, Audience), Vec<Rows>>;

fn keep_private<I>(index: usize, client: &Client<I>, private: &mut Private) {
    let held = client.replica.segments().iter();
    for held in held.filter(|held| held.audience != Audience::Public) {
        let strand = private.entry((index, held.handle, held.audience)).or_default();
        strand.push(Rows::clone(&held.rows));
    }
}

/// What a session's first client holds of what everybody may see.
///
/// # Panics
/// When the session has no client, or that one has had no frame yet.
#[must_use]
pub fn public_rows<G: Game>(session: &Session<G>) -> &Rows {
    let held = session.clients[0].replica.segments();
    let public = held.iter().find(|held| held.audience == Audience::Public);
    &public.expect("everybody holds the public segment").rows
}
