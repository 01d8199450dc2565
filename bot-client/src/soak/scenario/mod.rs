//! Scenarios: who comes, when, for how long, and what must hold. A TOML file, checked whole before a run.

mod error;
mod level;
mod limits;
mod persona;
mod phase;
mod shipped;

use std::{collections::BTreeMap, path::Path, time::Duration};

use serde::Deserialize;
use toml::Spanned;

use self::error::Source;
pub use self::{
    error::ScenarioError,
    level::Level,
    limits::Limits,
    persona::{Persona, PersonaKind},
    phase::Phase,
    shipped::{SHIPPED, Shipped, shipped},
};
use crate::swarm::options::parse_word;

/// What happens in a soak.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it is called.
    pub name: String,
    /// What it is for, in one sentence.
    pub about: String,
    /// The games that rooms are of, by turns; the server's own if there is none.
    #[serde(default)]
    pub games: Vec<String>,
    /// The percentage of the run after which growth counts: before that, memory is taken that is kept.
    #[serde(default = "usual_warm_up")]
    pub warm_up: f64,
    /// How many bots set out in a second at most.
    #[serde(default = "usual_ramp")]
    pub ramp: f64,
    /// What must hold.
    #[serde(default)]
    pub limits: Limits,
    personas: BTreeMap<String, Spanned<Persona>>,
    phases: Vec<Spanned<Phase>>,
    /// The whole file.
    #[serde(skip)]
    pub text: String,
}

fn usual_warm_up() -> f64 {
    15.0
}

fn usual_ramp() -> f64 {
    20.0
}

impl Scenario {
    /// The scenario that is shipped under this name, or that is in this file.
    ///
    /// # Errors
    /// When there is neither, or something in the file makes no sense: where, what, and what would.
    pub fn find(name: &str) -> Result<Scenario, ScenarioError> {
        if let Some(shipped) = shipped(name) {
            return Scenario::parse(name, shipped.text);
        }
        if !name.ends_with(".toml") && !name.contains(std::path::is_separator) {
            return Err(ScenarioError::unknown(name));
        }
        let text = std::fs::read_to_string(Path::new(name));
        let text = text.map_err(|error| ScenarioError::unreadable(name, &error))?;
        Scenario::parse(name, &text)
    }

    /// Reads and checks a scenario's text; errors name it so.
    ///
    /// # Errors
    /// See [`Scenario::find`].
    pub fn parse(name: &str, text: &str) -> Result<Scenario, ScenarioError> {
        let source = Source { name, text };
        let scenario: Scenario = toml::from_str(text).map_err(|error| source.syntax(&error))?;
        let mut scenario = Scenario { text: text.to_owned(), ..scenario };
        scenario.name_kinds(&source)?;
        scenario.check(&source)?;
        Ok(scenario)
    }

    /// The personas by name.
    pub fn personas(&self) -> impl Iterator<Item = (&str, &Persona)> {
        self.personas.iter().map(|(name, persona)| (name.as_str(), persona.get_ref()))
    }

    /// The phases, each as often as it comes.
    pub fn phases(&self) -> impl Iterator<Item = &Phase> {
        self.phases.iter().map(Spanned::get_ref)
    }

    /// How long it takes if nothing else is asked for.
    #[must_use]
    pub fn time(&self) -> Duration {
        self.phases().map(|phase| phase.time * phase.times).sum()
    }

    /// The share of bots of a persona in a phase.
    #[must_use]
    pub fn share(&self, phase: &Phase, name: &str) -> f64 {
        let usual = self.personas.get(name).map_or(0.0, |persona| persona.get_ref().share);
        phase.shares.get(name).copied().unwrap_or(usual)
    }

    /// A persona that says no kind is of the kind that is called as it is.
    fn name_kinds(&mut self, source: &Source<'_>) -> Result<(), ScenarioError> {
        for (name, persona) in &mut self.personas {
            let span = persona.span();
            let kind = persona.get_ref().kind.or_else(|| PersonaKind::named(name));
            let Some(kind) = kind else {
                let what = format!("there is no kind of bot called {name:?}");
                return Err(source.at(span, what, PersonaKind::hint()));
            };
            persona.get_mut().kind = Some(kind);
        }
        Ok(())
    }

    fn check(&self, source: &Source<'_>) -> Result<(), ScenarioError> {
        if let Some(key) = self.limits.nonsense() {
            let hint = "limits are numbers from 0 on".to_owned();
            return Err(source.at_key(&key, format!("{key} is out of range"), hint));
        }
        if !(0.0..=90.0).contains(&self.warm_up) {
            let hint = "give a percentage from 0 to 90".to_owned();
            return Err(source.at_key("warm_up", "warm_up is out of range".to_owned(), hint));
        }
        if !(0.1..=10_000.0).contains(&self.ramp) {
            let hint = "give 0.1 to 10000 bots a second".to_owned();
            return Err(source.at_key("ramp", "ramp is out of range".to_owned(), hint));
        }
        if let Some(game) = self.games.iter().find(|game| parse_word(game).is_err()) {
            let hint = "give names such as arena".to_owned();
            return Err(source.at_key("games", format!("{game:?} is no game's name"), hint));
        }
        for (name, persona) in &self.personas {
            let checked = persona.get_ref().check();
            checked.map_err(|(what, hint)| {
                source.at(persona.span(), format!("{name}: {what}"), hint)
            })?;
        }
        if self.phases.is_empty() {
            let hint = "add [[phases]] with name, time and bots".to_owned();
            return Err(source.at_key("phases", "there is no phase".to_owned(), hint));
        }
        for phase in &self.phases {
            let checked = self.check_phase(phase.get_ref());
            checked.map_err(|(what, hint)| source.at(phase.span(), what, hint))?;
        }
        Ok(())
    }

    fn check_phase(&self, phase: &Phase) -> Result<(), (String, String)> {
        phase.check()?;
        let unknown = phase.shares.keys().find(|name| !self.personas.contains_key(*name));
        if let Some(name) = unknown {
            let known: Vec<_> = self.personas.keys().map(String::as_str).collect();
            let hint = format!("the personas of this scenario are {}", known.join(", "));
            return Err((format!("phase {:?} has shares of {name:?}", phase.name), hint));
        }
        let opens = |(name, persona): (&str, &Persona)| {
            persona.opens_rooms() && self.share(phase, name) > 0.0
        };
        if phase.bots.most() > 0.0 && !self.personas().any(opens) {
            let what = format!("nobody in phase {:?} can open a room", phase.name);
            let hint = "give a share to a persona that plays on a good network, such as steady";
            return Err((what, hint.to_owned()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
