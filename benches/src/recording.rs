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
            let held = session.clients[0].replica.segments();
            let public = held.iter().find(|held| held.audience == Audience::Public);
            public.expect("everybody holds the public segment").rows.clone()
        });
        Recording { name: name.into(), schema, layout, ticks: rows.collect() }
    }
}
