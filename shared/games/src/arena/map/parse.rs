//! Reading a map's text, and saying what is wrong with it.

use std::sync::Arc;

use glam::Vec2;
use thiserror::Error;

use super::{
    super::{
        pickup::Sort,
        tuning::{TILE, TILES_MAX},
    },
    Drawn, Map,
};

/// What is wrong with a map. Lines and columns count from 1, comments included.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum MapError {
    /// There are no rows.
    #[error("the map has no rows; is it the name of a map that does not exist?")]
    Empty,
    /// A row or the map is too long.
    #[error("line {line}: a map has at most {TILES_MAX} tiles along a side")]
    TooLarge {
        /// The line at fault.
        line: usize,
    },
    /// A row is not as long as the first one.
    #[error("line {line}: {got} tiles where the first row has {want}")]
    Ragged {
        /// The line at fault.
        line: usize,
        /// Its length.
        got: usize,
        /// The first row's length.
        want: usize,
    },
    /// A character that means nothing.
    #[error("line {line}, column {column}: {found:?} is none of # . S H A O")]
    UnknownTile {
        /// The line at fault.
        line: usize,
        /// The column at fault.
        column: usize,
        /// What stands there.
        found: char,
    },
    /// The border has a gap.
    #[error("line {line}, column {column}: the outermost tiles must be walls")]
    OpenBorder {
        /// The line of the gap.
        line: usize,
        /// The column of the gap.
        column: usize,
    },
    /// Nobody could come in.
    #[error("the map has no spawn (S)")]
    NoSpawn,
}

impl Map {
    /// Reads a map from its text.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(text: &str) -> Result<Map, MapError> {
        let lines = text.lines().enumerate().map(|(index, row)| (index + 1, row.trim_end()));
        let rows: Vec<_> =
            lines.filter(|(_, row)| !row.is_empty() && !row.starts_with(';')).collect();
        let columns = rows.first().ok_or(MapError::Empty)?.1.chars().count();
        let texts = rows.iter().map(|(_, row)| (*row).to_owned()).collect();
        let mut map = Drawn { rows: texts, columns, ..Drawn::default() };
        for (index, (line, row)) in rows.iter().enumerate() {
            map.read_row(*line, index, row)?;
        }
        map.check_border(&rows)?;
        if map.spawns.is_empty() { Err(MapError::NoSpawn) } else { Ok(Map(Arc::new(map))) }
    }
}

impl Drawn {
    fn read_row(&mut self, line: usize, index: usize, row: &str) -> Result<(), MapError> {
        let got = row.chars().count();
        if got > TILES_MAX || index >= TILES_MAX {
            return Err(MapError::TooLarge { line });
        }
        if got != self.columns {
            return Err(MapError::Ragged { line, got, want: self.columns });
        }
        for (column, found) in row.chars().enumerate() {
            let centre = (Vec2::new(column as f32, index as f32) + 0.5) * TILE;
            match found {
                '#' | '.' => {}
                'S' => self.spawns.push(centre),
                'H' => self.pickups.push((Sort::Health, centre)),
                'A' => self.pickups.push((Sort::Ammo, centre)),
                'O' => self.pickups.push((Sort::Overdrive, centre)),
                _ => return Err(MapError::UnknownTile { line, column: column + 1, found }),
            }
            self.walls.push(found == '#');
        }
        Ok(())
    }

    fn check_border(&self, rows: &[(usize, &str)]) -> Result<(), MapError> {
        for (row, (line, _)) in rows.iter().enumerate() {
            for column in 0..self.columns {
                let inside = (1..self.rows.len() - 1).contains(&row)
                    && (1..self.columns - 1).contains(&column);
                if !inside && !self.walls[row * self.columns + column] {
                    return Err(MapError::OpenBorder { line: *line, column: column + 1 });
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_line_of_the_file() {
        let error = |text: &str| Map::parse(text).expect_err("the map is broken");
        assert_eq!(error("; nothing\n\n"), MapError::Empty);
        assert_eq!(error("; x\n###\n#S#\n####\n"), MapError::Ragged { line: 4, got: 4, want: 3 });
        let unknown = MapError::UnknownTile { line: 2, column: 2, found: '?' };
        assert_eq!(error("###\n#?#\n###"), unknown);
        assert_eq!(error("###\n#S.\n###"), MapError::OpenBorder { line: 2, column: 3 });
        assert_eq!(error("###\n#S#\n#.#"), MapError::OpenBorder { line: 3, column: 2 });
        assert_eq!(error("###\n#.#\n###"), MapError::NoSpawn);
        assert_eq!(error(&"#".repeat(65)), MapError::TooLarge { line: 1 });
        assert_eq!(error(&"#\n".repeat(65)), MapError::TooLarge { line: 65 });
    }
}
