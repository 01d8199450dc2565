//! Who comes: a kind of bot, and what one may change of it.

use std::{fmt, time::Duration};

use serde::{Deserialize, Deserializer, de::Error};
use tickwire_shared::link::Mix;

use crate::swarm::{BehaviourKind, Kind, Policy, TransportMix, parse_duration};

/// A kind of bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PersonaKind {
    /// Plays the game.
    Steady,
    /// Changes its input at every tick.
    Masher,
    /// Runs to the centre, where all the others of its kind are.
    Crowd,
    /// Does nothing.
    Idle,
    /// A page that nobody looks at.
    Hidden,
    /// Stops reading now and then.
    Stalled,
    /// Plays on a bad network.
    Lossy,
    /// Loses its connection every few seconds and resumes its session.
    Reconnecter,
    /// Only watches.
    Spectator,
    /// Plays, and talks.
    Chatter,
    /// Sends what is no message, or no WebSocket, or no HTTP.
    Garbage,
    /// Guesses tickets and the codes of rooms.
    Guesser,
    /// Connects, and says nothing, or not enough.
    HalfOpen,
    /// Joins, and sends more than is read.
    Flooder,
}

/// All kinds with their names.
const KINDS: [(&str, PersonaKind); 14] = [
    ("steady", PersonaKind::Steady),
    ("masher", PersonaKind::Masher),
    ("crowd", PersonaKind::Crowd),
    ("idle", PersonaKind::Idle),
    ("hidden", PersonaKind::Hidden),
    ("stalled", PersonaKind::Stalled),
    ("lossy", PersonaKind::Lossy),
    ("reconnecter", PersonaKind::Reconnecter),
    ("spectator", PersonaKind::Spectator),
    ("chatter", PersonaKind::Chatter),
    ("garbage", PersonaKind::Garbage),
    ("guesser", PersonaKind::Guesser),
    ("half-open", PersonaKind::HalfOpen),
    ("flooder", PersonaKind::Flooder),
];

/// What a lossy bot is on unless the scenario says.
const BAD_NETWORKS: &str = "4g=50,transatlantic=25,train=25";
/// How long a chatter is silent on average unless the scenario says.
const SILENCE: Duration = Duration::from_secs(5);
/// How long a stalled bot does not read unless the scenario says.
const STALL: Duration = Duration::from_secs(4);
/// How long a bot that comes and goes is away unless the scenario says.
const AWAY: Duration = Duration::from_secs(1);

impl PersonaKind {
    /// The kind of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<PersonaKind> {
        KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }

    /// Which kinds there are, in words.
    pub(super) fn hint() -> String {
        let names: Vec<_> = KINDS.iter().map(|(name, _)| *name).collect();
        format!("say kind = one of {}", names.join(", "))
    }

    /// Whether it means harm.
    #[must_use]
    pub fn attacks(self) -> bool {
        use PersonaKind::{Flooder, Garbage, Guesser, HalfOpen};
        matches!(self, Garbage | Guesser | HalfOpen | Flooder)
    }
}

/// Bots of one kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Persona {
    /// What they are; as their name says if absent.
    pub(super) kind: Option<PersonaKind>,
    /// Their share of all bots. Shares need not add up to anything.
    pub share: f64,
    /// How long one stays on average before it leaves and comes back; as long as it may if absent.
    #[serde(default, deserialize_with = "duration")]
    pub stay: Option<Duration>,
    /// How long one is away then: half of this to one and a half.
    #[serde(default, deserialize_with = "duration")]
    pub away: Option<Duration>,
    /// The networks that they are on.
    #[serde(default, deserialize_with = "parsed")]
    pub net: Option<Mix>,
    /// How their messages are carried.
    #[serde(default, deserialize_with = "parsed")]
    pub transport: Option<TransportMix>,
    /// How long those who stall do not read.
    #[serde(default, deserialize_with = "duration")]
    pub stall: Option<Duration>,
    /// How long one is silent on average between two chat lines, if it talks.
    #[serde(default, deserialize_with = "duration")]
    pub chat: Option<Duration>,
}

/// A text that is read as something.
fn parsed<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr<Err: fmt::Display>,
{
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(D::Error::custom)
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    super::phase::duration(deserializer).map(Some)
}

impl Persona {
    /// What they are.
    #[must_use]
    pub fn kind(&self) -> PersonaKind {
        self.kind.unwrap_or(PersonaKind::Steady)
    }

    /// Whether one may be the first in a room.
    #[must_use]
    pub fn opens_rooms(&self) -> bool {
        !self.kind().attacks() && self.kind() != PersonaKind::Spectator
    }

    /// Whether their frames are to come in time: nothing holds them up that they brought along.
    #[must_use]
    pub fn keeps_up(&self) -> bool {
        use PersonaKind::{Chatter, Crowd, Idle, Masher, Spectator, Steady};
        let is_usual = self.net.is_none() && self.transport.is_none();
        is_usual && matches!(self.kind(), Steady | Masher | Crowd | Idle | Spectator | Chatter)
    }

    pub(super) fn check(&self) -> Result<(), (String, String)> {
        let problem = |what: &str, hint: &str| Err((what.to_owned(), hint.to_owned()));
        if !(0.0..=1e6).contains(&self.share) {
            return problem("the share is out of range", "give a number from 0 on");
        }
        if self.stall.is_some() && self.kind() != PersonaKind::Stalled {
            return problem("stall is for kind = \"stalled\"", "leave it out");
        }
        let of_players = [self.net.is_some(), self.transport.is_some(), self.chat.is_some()];
        if self.kind().attacks() && of_players.contains(&true) {
            return problem("net, transport and chat are for bots that play", "leave them out");
        }
        Ok(())
    }

    /// What its bot of this number is like. Not for those who mean harm.
    #[must_use]
    pub fn policy(&self, seed: u64, index: u32) -> Policy {
        let kind = self.kind();
        let bad = || BAD_NETWORKS.parse::<Mix>().ok().filter(|_| kind == PersonaKind::Lossy);
        let net = self.net.clone().or_else(bad);
        let usual = Policy::default();
        let away = self.away.unwrap_or(AWAY);
        Policy {
            kind: match kind {
                PersonaKind::Hidden => Kind::Hidden,
                PersonaKind::Stalled => Kind::Stalled,
                _ => Kind::Healthy,
            },
            does: match kind {
                PersonaKind::Masher => BehaviourKind::Masher,
                PersonaKind::Crowd => BehaviourKind::Crowd,
                PersonaKind::Idle | PersonaKind::Hidden | PersonaKind::Spectator => {
                    BehaviourKind::Idle
                }
                _ => BehaviourKind::Auto,
            },
            stall_time: self.stall.unwrap_or(STALL),
            net: net.map(|mix| mix.part(seed, index).conditions).filter(|net| !net.is_none()),
            choice: self.transport.as_ref().map_or(usual.choice, |mix| mix.choice(seed, index)),
            reserves: self.transport.is_some(),
            is_cut: kind == PersonaKind::Reconnecter,
            stay: self.stay,
            pause: (away / 2, away),
            spectates: kind == PersonaKind::Spectator,
            chats: self.chat.or((kind == PersonaKind::Chatter).then_some(SILENCE)),
            persists: true,
            ..usual
        }
    }
}

/// Reads a time such as `30s`.
pub(super) fn read_time(text: &str) -> Result<Duration, String> {
    parse_duration(text).map_err(|error| format!("{text:?} is no time: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn persona(text: &str) -> Persona {
        let table: toml::Table = text.parse().unwrap();
        Persona::deserialize(table).unwrap()
    }

    fn of_kind(name: &str) -> Persona {
        persona(&format!("kind = {name:?}\nshare = 1"))
    }

    #[test]
    fn every_kind_goes_by_its_name() {
        for (name, kind) in KINDS {
            assert_eq!((PersonaKind::named(name), of_kind(name).kind()), (Some(kind), kind));
        }
        assert_eq!(PersonaKind::named("ghost"), None);
    }

    #[test]
    fn bots_are_what_their_kind_says() {
        let policy = |name| of_kind(name).policy(1, 0);
        assert_eq!(policy("hidden").kind, Kind::Hidden);
        assert_eq!(policy("hidden").does, BehaviourKind::Idle);
        assert_eq!(policy("stalled").kind, Kind::Stalled);
        assert_eq!(policy("masher").does, BehaviourKind::Masher);
        assert_eq!(policy("crowd").does, BehaviourKind::Crowd);
        assert!(policy("lossy").net.is_some() && policy("steady").net.is_none());
        assert!(policy("reconnecter").is_cut && policy("spectator").spectates);
        assert!(policy("chatter").chats.is_some() && policy("steady").chats.is_none());
        let told =
            persona("kind = \"stalled\"\nshare = 1\nstall = \"20s\"\naway = \"2s\"").policy(1, 0);
        assert_eq!(
            (told.stall_time, told.pause.1),
            (Duration::from_secs(20), Duration::from_secs(2))
        );
        assert!(told.persists, "a run of hours goes on, whatever befalls one bot");
    }

    #[test]
    fn who_brings_trouble_along_is_not_judged_by_the_age_of_frames() {
        let judged = |name| of_kind(name).keeps_up();
        let (quick, slow): (Vec<_>, Vec<_>) =
            KINDS.iter().map(|(name, _)| *name).partition(|it| judged(it));
        assert_eq!(quick, ["steady", "masher", "crowd", "idle", "spectator", "chatter"]);
        assert_eq!(slow.len(), KINDS.len() - quick.len());
        assert!(!persona("share = 1\nnet = \"4g\"").keeps_up());
        assert!(!persona("share = 1\ntransport = \"poll\"").keeps_up());
    }

    #[test]
    fn rooms_are_opened_by_those_who_play() {
        let others: Vec<_> =
            KINDS.iter().filter(|(name, _)| !of_kind(name).opens_rooms()).collect();
        assert_eq!(others.len(), 5, "spectators, and four kinds that mean harm: {others:?}");
    }
}
