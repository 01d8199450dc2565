//! The configuration file.

use std::collections::BTreeSet;

use super::{error::ConfigError, flags::Settings};
use crate::games::Games;

/// Takes the settings from a file's text, and gives the games theirs.
///
/// # Errors
/// When the text is not TOML, a key is unknown, or a value does not fit.
pub(crate) fn read(text: &str, games: &mut Games) -> Result<Settings, ConfigError> {
    let table: toml::Table =
        text.parse().map_err(|error: toml::de::Error| ConfigError::Syntax(error.to_string()))?;
    let mut settings = Settings::default();
    let mut seen = BTreeSet::new();
    for (key, value) in table {
        match (games.get_mut(&key), value) {
            (Some(game), toml::Value::Table(table)) => {
                game.configure(table).map_err(|error| bad_table(&key, &error))?;
            }
            (Some(_), _) => return Err(ConfigError::NoTable(key)),
            (None, toml::Value::Table(_)) => {
                return Err(ConfigError::NoSuchGame(key, games.list()));
            }
            (None, value) => {
                let name = key.replace('_', "-");
                if !seen.insert(name.clone()) {
                    return Err(ConfigError::Twice(key));
                }
                // One key at a time, so that an error can say which.
                let one = toml::Table::from_iter([(name, value)]);
                let one: Settings = one.try_into().map_err(|error| bad(&key, &error))?;
                settings = one.over(settings);
            }
        }
    }
    Ok(settings)
}

fn bad(key: &str, error: &toml::de::Error) -> ConfigError {
    ConfigError::Key(key.to_owned(), error.message().to_owned())
}

/// The same within a game's table, with the path to the key where it is known.
fn bad_table(game: &str, error: &toml::de::Error) -> ConfigError {
    let shown = error.to_string();
    // The error keeps the path to itself, but shows it as its last line.
    let path = shown.lines().last().and_then(|line| line.strip_prefix("in `")?.strip_suffix('`'));
    let key = path.map_or_else(|| game.to_owned(), |path| format!("{game}.{path}"));
    bad(&key, error)
}
