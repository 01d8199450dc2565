//! What a room shows of itself: its figures, who came and went, and ticks that took too long.

use std::time::{Duration, Instant};

use tickwire_recording::Incident;

use super::RoomHost;
use crate::{
    metrics::RoomGauges,
    shard::{
        Context,
        socket::Socket,
        transport::{Carrier, Transport},
    },
};

/// At most one slow tick of a room is logged in this time.
const LOG_SLOW_EVERY: Duration = Duration::from_secs(5);
/// At most one line about who came and went is logged in this time.
const LOG_PLAYERS_EVERY: Duration = Duration::from_secs(1);

/// A time as it is logged, to a hundredth of a millisecond.
fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e5).round() / 100.0
}

impl<S: Socket> RoomHost<S> {
    /// Shows what the room counted and costs.
    pub(super) fn publish(&mut self, now: Instant, cx: &Context) {
        let counters = self.room.counters();
        if counters.mismatches > 0 {
            let what = (Incident::Mismatch, "a client held something else than the server");
            self.tape.fly(what, self.room.as_ref(), &self.entry, &cx.recorder);
        }
        self.entry.publish_counters(&counters);
        self.entry.publish_gauges(&self.gauges());
        self.entry.publish_cost(self.cost.of_second(self.room.tick_hz()));
        self.slow_viewers.note(&self.entry.code, &counters, now);
    }

    /// What goes up and down.
    fn gauges(&self) -> RoomGauges {
        let (sessions, away) = self.sessions.count();
        let mut gauges = RoomGauges {
            sessions: sessions as u64,
            away: away as u64,
            rates: self.room.rates().map(u64::from),
            ..RoomGauges::default()
        };
        for connection in &self.connections {
            match &connection.carrier {
                Carrier::Socket(socket) => gauges.unsent_bytes += socket.unsent().len() as u64,
                Carrier::Link(link) => gauges.link_bytes += link.waiting() as u64,
            }
        }
        gauges
    }

    /// The bytes that wait for each connection.
    #[cfg(test)]
    pub(crate) fn unsent(&self) -> impl Iterator<Item = usize> {
        self.connections.iter().map(|one| one.carrier.unsent().len())
    }

    /// Shows what the room counted.
    pub(crate) fn publish_counters(&self) {
        self.entry.publish_counters(&self.room.counters());
    }

    /// Sums up who came and went; each of them is a line of its own only for who debugs.
    pub(super) fn note_players(&mut self, now: Instant) {
        let (players, (before, at)) = (self.room.player_count(), self.players_logged);
        let soon = at.is_some_and(|at| now.saturating_duration_since(at) < LOG_PLAYERS_EVERY);
        if players == before || soon {
            return;
        }
        self.players_logged = (players, Some(now));
        tracing::info!(room = self.entry.code, players, before, "players came or went");
    }

    pub(super) fn note_duration(
        &mut self,
        now: Instant,
        took: Duration,
        period: Duration,
        cx: &Context,
    ) {
        cx.metrics.ticks.add(1);
        cx.metrics.duration.record(took);
        self.watch(now, took);
        if took <= period {
            return;
        }
        cx.metrics.overruns.add(1);
        let logged = |at: Instant| now.saturating_duration_since(at) < LOG_SLOW_EVERY;
        if !self.slow_logged.is_some_and(logged) {
            self.slow_logged = Some(now);
            let (room, players) = (&self.entry.code, self.room.player_count());
            let [took_ms, may_take_ms] = [took, period].map(millis);
            tracing::warn!(room, players, took_ms, may_take_ms, "slow tick");
        }
        let what = format!("a tick took {} ms of {}", millis(took), millis(period));
        self.tape.fly((Incident::Overrun, &what), self.room.as_ref(), &self.entry, &cx.recorder);
    }
}
