//! Names on the wire.

use syn::{Ident, ext::IdentExt};

use crate::mistakes::Mistakes;

/// The longest name of a kind or field, in bytes; as in `tickwire_shared::schema`.
const MAX_NAME_BYTES: usize = 64;

/// An identifier in snake case: `HTTPServer2Go` becomes `http_server2_go`.
pub fn snake_case(ident: &Ident) -> String {
    let letters: Vec<char> = ident.unraw().to_string().chars().collect();
    let mut snake = String::new();
    for (index, letter) in letters.iter().enumerate() {
        if starts_word(&letters, index) {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// Whether a new word starts here: `xY` has one at `Y`, and `XYz` also has one at `Y`.
fn starts_word(letters: &[char], index: usize) -> bool {
    let Some(before) = index.checked_sub(1).map(|index| letters[index]) else {
        return false;
    };
    let before_lowercase = letters.get(index + 1).is_some_and(|letter| letter.is_lowercase());
    letters[index].is_uppercase() && before != '_' && (!before.is_uppercase() || before_lowercase)
}

/// Notes names that are empty, too long or taken by an earlier one; each comes with its bearer.
pub fn check(names: &[(&str, &Ident)], mistakes: &mut Mistakes) {
    for (index, (name, bearer)) in names.iter().enumerate() {
        if name.is_empty() || name.len() > MAX_NAME_BYTES {
            mistakes.add(bearer, format!("a name on the wire has 1 to {MAX_NAME_BYTES} bytes"));
        }
        if names[..index].iter().any(|(earlier, _)| earlier == name) {
            mistakes.add(bearer, format!("the name `{name}` is already taken on the wire"));
        }
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    #[test]
    fn words_are_told_apart_by_their_capitals() {
        let cases = [
            ("Ship", "ship"),
            ("PlayerShip", "player_ship"),
            ("HTTPServer2Go", "http_server2_go"),
            ("Vec2", "vec2"),
            ("ABC", "abc"),
            ("already_snake", "already_snake"),
            ("Half_Way", "half_way"),
        ];
        for (ident, snake) in cases {
            assert_eq!(snake_case(&Ident::new(ident, Span::call_site())), snake);
        }
    }

    #[test]
    fn a_raw_identifier_loses_its_prefix() {
        assert_eq!(snake_case(&Ident::new_raw("Type", Span::call_site())), "type");
    }
}
