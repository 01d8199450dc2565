//! The configuration file.

use super::{flags::Settings, resolve::ConfigError};
use crate::games::Games;

/// Takes the settings from a file's text, and gives the games theirs.
///
/// # Errors
/// When the text is not TOML, a key is unknown, or a value does not fit.
pub(crate) fn read(text: &str, games: &mut Games) -> Result<Settings, ConfigError> {
    let table: toml::Table =
        text.parse().map_err(|error: toml::de::Error| ConfigError::Syntax(error.to_string()))?;
    let mut settings = Settings::default();
    for (key, value) in table {
        match (games.get_mut(&key), value) {
            (Some(game), toml::Value::Table(table)) => {
                game.configure(table).map_err(|error| bad(&key, &error))?;
            }
            (Some(_), _) => return Err(ConfigError::NoTable(key)),
            (None, toml::Value::Table(_)) => {
                return Err(ConfigError::NoSuchGame(key, games.list()));
            }
            (None, value) => {
                // One key at a time, so that an error can say which.
                let one = toml::Table::from_iter([(key.clone(), value)]);
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
