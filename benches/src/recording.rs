//! What a world replicated, tick by tick: the raw material of the codec's benchmarks.

use tickwire_shared::{
    Game,
    codec::Layout,
    rows::Rows,
    schema::{Audience, Schema},
};

use crate::session::Session;

/// The public rows of some consecutive ticks.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The world's name.
    pub name: String,
    /// Its schema.
    pub schema: Schema,
    /// The public part of it.
    pub layout: Layout,
    /// The rows, a tick each.
    pub ticks: Vec<Rows>,
}

impl Recording {
    /// Runs a session and keeps what its first client holds.
    ///
    /// # Panics
    /// When the session has no client.
    #[must_use]
    pub fn of<G: Game>(name: &str, session: &mut Session<G>, ticks: usize) -> Recording {
        let schema = G::schema();
        let layout = Layout::new(&schema, Audience::Public);
        let rows = (0..ticks).map(|_| {
            session.tick();
            public_rows(session).clone()
        });
        Recording { name: name.into(), schema, layout, ticks: rows.collect() }
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
