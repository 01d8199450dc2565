//! Text that people typed, made safe to show to others and cut to a length.
//!
//! What people take for a letter, a *grapheme*, may be several characters: a letter with accents, a
//! family of emoji. Nothing here ever cuts one apart.

use unicode_segmentation::UnicodeSegmentation;

/// The longest beginning of a text with at most so many graphemes and bytes.
///
/// Games whose names are fields of `text = N` bytes cut them with this, because a field that is too
/// long is cut between characters.
#[must_use]
pub fn cut(text: &str, graphemes: usize, bytes: usize) -> &str {
    let ends = text.grapheme_indices(true).map(|(start, grapheme)| start + grapheme.len());
    &text[..ends.take(graphemes).take_while(|end| *end <= bytes).last().unwrap_or(0)]
}

/// A text without what hides or reorders the text around it, with single spaces for all white space,
/// cut to so many graphemes and bytes.
#[must_use]
pub fn clean(text: &str, graphemes: usize, bytes: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(bytes));
    let (mut before, mut characters) = (' ', text.chars().peekable());
    while let Some(c) = characters.next() {
        let after = characters.peek().copied().unwrap_or(' ');
        let is_shown = match c {
            '\u{200C}' | '\u{200D}' => joins(before) && joins(after),
            '\u{FE00}'..='\u{FE0F}' => joins(before),
            _ => !is_hidden(c),
        };
        match (is_shown, c.is_whitespace()) {
            (_, true) if before == ' ' => {}
            (_, true) => (shown, before) = (shown + " ", ' '),
            (true, false) => {
                shown.push(c);
                before = c;
            }
            (false, false) => {}
        }
    }
    cut(&shown, graphemes, bytes).trim_end().to_owned()
}

/// Whether a joiner or a selector next to a character may have a meaning: they do in scripts that join
/// letters and in emoji, and elsewhere would tell apart what looks the same.
fn joins(c: char) -> bool {
    !c.is_ascii() && !c.is_whitespace() && !is_hidden(c)
}

/// Control characters, those that reorder or hide the text around them, and letters that show nothing.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}')
        || matches!(c, '\u{061C}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{180B}'..='\u{180F}')
        || matches!(c, '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}')
        || matches!(c, '\u{2800}' | '\u{3164}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_what_people_take_for_letters() {
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 2, 64), "e\u{301}e\u{301}");
        let family = "👨‍👩‍👧";
        assert_eq!(cut(&family.repeat(3), 2, 64), family.repeat(2));
        assert_eq!(cut(&family.repeat(3), 9, 40), family.repeat(2), "18 bytes each");
        assert_eq!(cut("🇨🇭🇨🇭", 9, 12), "🇨🇭", "half a flag is none");
        assert_eq!(cut("abc", 9, 2), "ab");
        let pile = "\u{301}".repeat(99);
        assert_eq!(cut(&format!("ab{pile}c"), 9, 64), "a", "a pile that does not fit is left out");
    }

    #[test]
    fn what_hides_or_reorders_goes_and_white_space_folds() {
        assert_eq!(clean("  a\u{202E}b \t\u{0007}\r\nc\u{200B} ", 99, 99), "ab c");
        assert_eq!(clean("\u{200F}\u{0000} \u{3164}", 99, 99), "");
        assert_eq!(clean("a b", 2, 99), "a", "no space is left at the end");
    }

    #[test]
    fn joiners_stay_where_they_have_a_meaning() {
        assert_eq!(clean("A\u{200D}nn\u{200D}", 99, 99), "Ann");
        assert_eq!(
            clean("👨\u{200D}👩\u{200D}👧 ❤\u{FE0F}", 99, 99),
            "👨\u{200D}👩\u{200D}👧 ❤\u{FE0F}"
        );
        assert_eq!(clean("می\u{200C}روم", 99, 99), "می\u{200C}روم");
        assert_eq!(clean("1\u{FE0F} \u{200D}👧", 99, 99), "1 👧");
    }
}
