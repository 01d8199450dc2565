//! Foreign text in a page: it is shown, and never obeyed.

use std::fmt::{self, Display, Write};

use serde::Serialize;

/// Text that means itself wherever HTML has text or a quoted attribute.
///
/// What has no shape, or turns the direction of what follows, is shown by its number: such
/// letters can make one name look like another.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a>(pub &'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' | '\t' => f.write_char(letter)?,
                _ if is_hidden(letter) => write!(f, "\u{27e8}U+{:04X}\u{27e9}", u32::from(letter))?,
                _ => f.write_char(letter)?,
            }
        }
        Ok(())
    }
}

fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
        )
}

/// JSON that no end of a script, comment or entity can be read into.
pub fn json(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).expect("what a report is made of becomes JSON");
    let mut safe = String::with_capacity(text.len() + 64);
    for letter in text.chars() {
        match letter {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let code = u32::from(letter);
                write!(safe, "\\u{code:04x}").expect("a string takes all that is written to it");
            }
            _ => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_text() {
        let hostile = "<img src=x onerror='alert(1)'> & \"quoted\"";
        let shown = "&lt;img src=x onerror=&#39;alert(1)&#39;&gt; &amp; &quot;quoted&quot;";
        assert_eq!(Text(hostile).to_string(), shown);
        assert_eq!(Text("a\u{202e}b\0\n").to_string(), "a⟨U+202E⟩b⟨U+0000⟩\n");
        assert_eq!(Text("Grüße, 世界 🚀").to_string(), "Grüße, 世界 🚀");
    }

    #[test]
    fn json_cannot_end_the_script_it_is_in_and_stays_the_same() {
        let hostile = "</script><!-- & \u{2028} ü".to_owned();
        let text = json(&hostile);
        assert!(!text.contains(['<', '>', '&', '\u{2028}']), "{text}");
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), hostile);
    }
}
