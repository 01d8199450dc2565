//! Players' names, made safe to show and told apart.

use tickwire_shared::{
    message::{MAX_NAME_BYTES, MAX_NAME_GRAPHEMES},
    text,
};

/// Players of one name are numbered up to this; who comes then gets the number of its id.
const MOST_OF_A_NAME: u32 = 99;

/// Drops what hides or reorders text, folds white space, and cuts to
/// [`MAX_NAME_GRAPHEMES`] and [`MAX_NAME_BYTES`]. Nothing left gives `player`.
#[must_use]
pub fn clean_name(name: &str) -> String {
    match text::clean(name, MAX_NAME_GRAPHEMES, MAX_NAME_BYTES) {
        nothing if nothing.is_empty() => "player".to_owned(),
        clean => clean,
    }
}

/// A clean name as it is if nobody of `others` has it, and else with a number: `Ann (2)`. Upper and lower case
/// make no difference between letters of ASCII.
pub(crate) fn distinct_name<'a>(
    name: String,
    others: impl Iterator<Item = &'a str>,
    id: u32,
) -> String {
    let longest = MAX_NAME_GRAPHEMES - " (99)".len();
    let stem = text::cut(&name, longest, MAX_NAME_BYTES - " (99)".len()).trim_end();
    let mut taken = 0u128;
    for other in others {
        let numbered = strip_stem(other, stem).and_then(|rest| rest.strip_prefix(" ("));
        let number = numbered.and_then(|rest| rest.strip_suffix(')')?.parse().ok());
        taken |= u128::from(other.eq_ignore_ascii_case(&name)) << 1;
        taken |= number.filter(|it| (2..=MOST_OF_A_NAME).contains(it)).map_or(0, |it| 1u128 << it);
    }
    if taken & 2 == 0 {
        return name;
    }
    let free = (2..=MOST_OF_A_NAME).find(|number| taken & 1 << number == 0);
    let suffix = format!(" ({})", free.unwrap_or(id));
    let room = (MAX_NAME_GRAPHEMES - suffix.len(), MAX_NAME_BYTES - suffix.len());
    text::cut(stem, room.0, room.1).trim_end().to_owned() + &suffix
}

/// What follows the stem in a name.
fn strip_stem<'a>(name: &'a str, stem: &str) -> Option<&'a str> {
    let (start, rest) = name.split_at_checked(stem.len())?;
    start.eq_ignore_ascii_case(stem).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_between_letters() {
        assert_eq!(clean_name(&"é".repeat(40)), "é".repeat(16));
        assert_eq!(clean_name("0123456789abcde fgh"), "0123456789abcde");
        assert_eq!(clean_name("👨\u{200D}👩\u{200D}👧".repeat(9).as_str()).chars().count(), 15);
    }

    #[test]
    fn nothing_left_gives_a_stand_in() {
        assert_eq!(clean_name("\u{200F}\u{0000} "), "player");
        assert_eq!(clean_name(&format!("a{}", "\u{301}".repeat(99))), "player");
    }

    #[test]
    fn players_of_one_name_are_told_apart() {
        let mut names: Vec<String> = Vec::new();
        for id in 1..=200 {
            let name = distinct_name("Ann".to_owned(), names.iter().map(String::as_str), id);
            names.push(name);
        }
        assert_eq!((names[0].as_str(), names[1].as_str()), ("Ann", "Ann (2)"));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 200);
        let others = ["ann", "Ann (3)", "Anna", "Ann (x)", "Ann (7"];
        assert_eq!(distinct_name("Ann".to_owned(), others.into_iter(), 9), "Ann (2)");
        assert_eq!(distinct_name("Ann".to_owned(), ["Ann (2)"].into_iter(), 9), "Ann");
    }

    #[test]
    fn a_number_fits_the_limits() {
        for name in ["0123456789abcdef", &"é".repeat(16), &"👩‍🚀".repeat(5)] {
            for id in [9, u32::MAX] {
                let twice = [name; 2];
                let name = distinct_name(name.to_owned(), twice.into_iter(), id);
                assert!(name.ends_with(" (2)"), "{name}");
                assert_eq!(clean_name(&name), name);
            }
        }
    }
}
