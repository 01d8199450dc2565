//! The page around what is shown: its head, its style, its scripts and its way in.

use std::{
    fmt::{self, Display},
    sync::LazyLock,
};

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use super::escape::Text;

const STYLE: &str =
    concat!(include_str!("vendor/uPlot.min.css"), "\n", include_str!("page/page.css"));
/// The licence goes where the library goes.
const PLOT: &str = concat!(
    "/*\n",
    include_str!("vendor/LICENSE"),
    "\n*/\n",
    include_str!("vendor/uPlot.iife.min.js")
);
/// Our own script. Its files are modules, for those who check and test them; a page that fetches
/// nothing can have one only, so they are joined: what they import stands above.
static SCRIPT: LazyLock<String> = LazyLock::new(|| {
    let files = [
        include_str!("page/words.js"),
        include_str!("page/chart.js"),
        include_str!("page/main.js"),
    ];
    let lines = files.iter().flat_map(|file| file.lines());
    let lines = lines.filter(|line| !line.starts_with("import "));
    lines.flat_map(|line| [line.strip_prefix("export ").unwrap_or(line), "\n"]).collect()
});

/// A page.
#[derive(Debug)]
pub struct Page<'a> {
    /// Its title, as text.
    pub title: &'a str,
    /// What stands above all, as HTML.
    pub banner: &'a str,
    /// The parts to go to: their ids, and their names as text.
    pub links: &'a [(&'a str, &'a str)],
    /// Its parts, as HTML.
    pub body: &'a str,
    /// Ids, and JSON that no markup can be read into.
    pub data: &'a [(&'a str, String)],
    /// Whether there are curves to draw.
    pub has_charts: bool,
}

impl Page<'_> {
    /// The scripts that run, with their types; they are named to the browser by their hashes, and no
    /// other runs.
    fn scripts(&self) -> Vec<(&'static str, &'static str)> {
        let own = ("module", SCRIPT.as_str());
        // The library puts its name where modules find it, which no module does.
        if self.has_charts { vec![("text/javascript", PLOT), own] } else { vec![own] }
    }

    fn policy(&self) -> String {
        let scripts: Vec<_> =
            self.scripts().into_iter().map(|(_, script)| source(script)).collect();
        let (scripts, style) = (scripts.join(" "), source(STYLE));
        format!(
            "default-src 'none'; script-src {scripts}; style-src {style}; img-src data:; \
             base-uri 'none'; form-action 'none'"
        )
    }
}

/// How a policy names what stands in the page itself.
fn source(text: &str) -> String {
    format!("'sha256-{}'", BASE64.encode(&Sha256::digest(text.as_bytes())))
}

impl Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (title, policy) = (Text(self.title), self.policy());
        write!(
            f,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <title>{title}</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>{STYLE}</style>\n\
             </head>\n<body>\n<a class=\"skip\" href=\"#main\">To the results</a>\n{}\n",
            self.banner
        )?;
        self.write_links(f)?;
        write!(f, "<main id=\"main\">\n{}</main>\n", self.body)?;
        writeln!(
            f,
            "<footer><div class=\"wrap\">Made by tickwire-bots {}. This file holds all that it shows, its figures \
             as JSON included; it asks no network for anything.</div></footer>",
            crate::build()
        )?;
        for (id, json) in self.data {
            writeln!(f, "<script type=\"application/json\" id=\"{id}\">{json}</script>")?;
        }
        for (kind, script) in self.scripts() {
            writeln!(f, "<script type=\"{kind}\">{script}</script>")?;
        }
        f.write_str("</body>\n</html>\n")
    }
}

impl Page<'_> {
    fn write_links(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<nav aria-label=\"Parts\"><div class=\"wrap\">")?;
        for (id, name) in self.links {
            write!(f, "<a href=\"#{id}\">{}</a>", Text(name))?;
        }
        f.write_str(
            "<span class=\"right\"><button id=\"whole\" hidden>the whole run</button>\
             <button id=\"save\">save as JSON</button></span></div></nav>\n",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_embedded_cannot_end_its_own_element() {
        for script in [PLOT, &SCRIPT] {
            let small = script.to_ascii_lowercase();
            assert!(!small.contains("</script") && !small.contains("<!--"));
        }
        assert!(!STYLE.contains("</"));
        assert_eq!(PLOT.matches("*/").count(), PLOT.matches("/*").count());
        // The empty text, as everybody's tools have it.
        assert_eq!(source(""), "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
    }
}
