//! What the operator sees of a room, and does to it.

use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use serde::Serialize;
use tickwire_room::{AdminAction, PlayerInfo, RoomCounters};
use tickwire_shared::{PlayerId, message::CloseCode};

use self::ledger::LedgerReport;
use super::{Broken, RoomHost};
use crate::{
    directory::RoomEntry,
    metrics::{Histogram, Summary, summary},
    shard::{
        Arrival, Context, Said, Wish,
        connection::{Connection, End},
        socket::Socket,
    },
    ws::close::CloseReason,
};

mod ledger;

/// After so long without a question nobody looks any more.
const LOOKS_AWAY: Duration = Duration::from_secs(10);

/// How long a room's ticks take, while the operator looks.
#[derive(Default)]
pub(super) struct Watched {
    ticks: Histogram,
    asked: Option<Instant>,
}

/// How a room is.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// Everybody who is in, in order of joining.
    players: Vec<PlayerLine>,
    /// How many connections of the operator look on.
    observers: usize,
    /// How long ticks took since the operator began to look, in microseconds.
    ticks: Summary,
    /// Where bytes went, if that was counted.
    ledger: Option<LedgerReport>,
    #[serde(skip)]
    pub(crate) counters: RoomCounters,
}

/// A player, for people to read.
#[derive(Debug, Serialize)]
struct PlayerLine {
    id: u32,
    /// It may be anything, and is never markup.
    name: String,
    spectator: bool,
    host: bool,
    /// For how long its connection has been lost.
    away_ms: Option<u64>,
    address: Option<IpAddr>,
    /// It gets one frame in so many ticks.
    period: u32,
    /// Frames that it has not acknowledged.
    under_way: u32,
    /// How long its last acknowledgement took.
    round_trip_ms: Option<u64>,
    /// How old what it was sent last is.
    age_ms: Option<u64>,
}

impl PlayerLine {
    fn new(info: &PlayerInfo<'_>, address: Option<IpAddr>, tick_hz: u32) -> Self {
        let millis = |ticks: u32| u64::from(ticks) * 1000 / u64::from(tick_hz);
        PlayerLine {
            id: info.id.0,
            name: info.name.to_owned(),
            spectator: info.spectator,
            host: info.host,
            away_ms: info.away.map(millis),
            address,
            period: info.period,
            under_way: info.under_way,
            round_trip_ms: info.round_trip.map(millis),
            age_ms: info.age.map(millis),
        }
    }
}

impl<S: Socket> RoomHost<S> {
    /// Does what the operator wishes.
    pub(crate) fn obey_operator(
        &mut self,
        wish: Wish,
        now: Instant,
        cx: &mut Context,
    ) -> Result<Said, Broken> {
        match wish {
            // A game that has panicked is left alone until it has been made again.
            Wish::Report | Wish::Meter(_) | Wish::Moderate(_) if self.health.is_mending() => {
                return Ok(Said::NotNow);
            }
            Wish::Report => return Ok(Said::Report(Box::new(self.report(now)))),
            Wish::Meter(ticks) => self.room.meter(ticks),
            Wish::Drain => {
                self.entry.drain();
                self.drain();
            }
            Wish::Moderate(action) => return self.moderate(action, now, cx),
        }
        Ok(Said::Done)
    }

    fn moderate(
        &mut self,
        action: AdminAction,
        now: Instant,
        cx: &mut Context,
    ) -> Result<Said, Broken> {
        let mut found = false;
        // The game hears of who is thrown out.
        let whole = self.guarded(now, cx, |host, cx| {
            let game = host.entry.game;
            host.room.lend(cx.work(game));
            found = host.room.handle_moderate(action);
            host.obey_room();
            host.room.lend(cx.work(game));
        })?;
        Ok(match (whole, found) {
            (false, _) => Said::NotNow,
            (true, false) => Said::NoSuchPlayer,
            (true, true) => Said::Done,
        })
    }

    fn report(&mut self, now: Instant) -> Report {
        let (hz, mut players) = (self.room.tick_hz(), Vec::with_capacity(self.room.player_count()));
        let sessions = &self.sessions;
        self.room.players(&mut |info| {
            players.push(PlayerLine::new(&info, sessions.address(info.id), hz));
        });
        if !self.asleep() {
            self.watched.get_or_insert_default().asked = Some(now);
        }
        Report {
            players,
            observers: self.connections.iter().filter(|one| one.observes).count(),
            ticks: summary(self.watched.iter().map(|watched| &watched.ticks)),
            ledger: self.room.ledger().map(|ledger| LedgerReport::new(ledger, self.room.now())),
            counters: self.room.counters(),
        }
    }

    /// Counts a tick, as long as the operator looks.
    pub(super) fn watch(&mut self, now: Instant, took: Duration) {
        let Some(watched) = &self.watched else { return };
        watched.ticks.record(took);
        let asked = watched.asked.map(|asked| now.saturating_duration_since(asked));
        if asked.is_none_or(|time| time >= LOOKS_AWAY) {
            self.watched = None;
        }
    }

    /// Whether the game is being made again, and nobody may look on meanwhile.
    pub(crate) fn is_mending(&self) -> bool {
        self.health.is_mending()
    }

    /// Lets the operator look on, as this player sees the room or as a spectator does. Not while the
    /// game is being made again.
    pub(crate) fn open_window(
        &mut self,
        arrival: Arrival<S>,
        entry: Arc<RoomEntry>,
        like: Option<PlayerId>,
        now: Instant,
        cx: &mut Context,
    ) -> Result<(), Broken> {
        self.arrivals += 1;
        let number = self.arrivals;
        self.connections.push(Connection::observer(number, arrival, entry, now, cx));
        // The welcome has the game's setup in it: who makes the game panic by looking is let go.
        self.at_hand = Some(number);
        self.guarded(now, cx, |host, cx| {
            let game = host.entry.game;
            host.room.lend(cx.work(game));
            if let Some(observer) = host.connections.last_mut() {
                observer.look_on(like, host.room.as_mut());
            }
            host.room.lend(cx.work(game));
            host.at_hand = None;
        })?;
        Ok(())
    }

    /// Ends the connections of observers: nobody keeps a room awake by looking at it.
    pub(super) fn end_observers(&mut self) {
        for observer in self.connections.iter_mut().filter(|one| one.observes) {
            let why = "nobody is in the room any more, and it sleeps";
            observer.end(End::Close(CloseReason::new(CloseCode::NoSession, why)));
        }
    }
}
