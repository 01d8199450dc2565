//! Players' names, made safe to show.

/// To be replaced by a length in graphemes.
const MAX_PLAYER_NAME_BYTES: usize = 16;

/// Drops control and direction-changing characters, folds white space, and cuts
/// to [`MAX_PLAYER_NAME_BYTES`] at a character's boundary. Nothing left gives `player`.
#[must_use]
pub fn clean_name(name: &str) -> String {
    let shown = name.chars().filter(|c| c.is_whitespace() || !is_hidden(*c)).collect::<String>();
    let mut clean = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    clean.truncate(clean.floor_char_boundary(MAX_PLAYER_NAME_BYTES));
    match clean.trim() {
        "" => "player".to_owned(),
        trimmed => trimmed.to_owned(),
    }
}

/// Control characters, and those that reorder or hide the text around them.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}')
        || matches!(c, '\u{061C}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_go_and_white_space_folds() {
        assert_eq!(clean_name("  a\u{202E}b \t\u{0007}c\u{200B} "), "ab c");
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        assert_eq!(clean_name("ééééééééé"), "éééééééé");
        assert_eq!(clean_name("0123456789abcdeé x"), "0123456789abcde");
    }

    #[test]
    fn nothing_left_gives_a_stand_in() {
        assert_eq!(clean_name("\u{200F}\u{0000} "), "player");
    }
}
