//! Pages, the browser SDK and maps: from the binary, or from disk while someone works on them.

use std::{
    borrow::Cow,
    path::{Path, PathBuf},
};

use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../assets/pages"]
#[allow_missing = true]
struct Pages;

#[derive(RustEmbed)]
#[folder = "../assets/sdk"]
#[allow_missing = true]
struct Sdk;

#[derive(RustEmbed)]
#[folder = "../assets/maps"]
#[allow_missing = true]
struct Maps;

/// What is for the operator only.
const OPERATORS: &str = "pages/monitor/";

/// Where files come from.
#[derive(Debug)]
pub(crate) struct Assets {
    disk: Option<PathBuf>,
}

/// A file.
pub(crate) struct Asset {
    pub(crate) bytes: Cow<'static, [u8]>,
    pub(crate) content_type: &'static str,
    /// Names these bytes; absent for files on disk, which are never kept by browsers.
    pub(crate) etag: Option<String>,
}

impl Assets {
    /// The files in the binary, or those in `disk`.
    pub(crate) fn new(disk: Option<PathBuf>) -> Self {
        Assets { disk }
    }

    /// The file at a path such as `pages/arena/index.html`, for players.
    pub(crate) fn get(&self, path: &str) -> Option<Asset> {
        let shown = !path.starts_with(OPERATORS);
        shown.then(|| self.any(path)).flatten()
    }

    /// The file at a path, also if it is the operator's.
    pub(crate) fn any(&self, path: &str) -> Option<Asset> {
        // Only plain names, so no path can lead out of its folder, on any system.
        if !path.split('/').all(is_plain_name) {
            return None;
        }
        let content_type = content_type(path);
        let (folder, rest) = path.split_once('/')?;
        if let Some(disk) = &self.disk {
            let known = matches!(folder, "pages" | "sdk" | "maps");
            // What the directory lacks, such as the SDK beside a page of one's own, is in the binary.
            if let Some(bytes) = known.then(|| read_within(disk, path)).flatten() {
                return Some(Asset { bytes: bytes.into(), content_type, etag: None });
            }
        }
        let EmbeddedFile { data, metadata } = match folder {
            "pages" => Pages::get(rest),
            "sdk" => Sdk::get(rest),
            "maps" => Maps::get(rest),
            _ => None,
        }?;
        let hash = metadata.sha256_hash();
        let etag = hash[..8].iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        Some(Asset { bytes: data, content_type, etag: Some(format!("\"{etag}\"")) })
    }

    /// Whether a game has a page of its own.
    pub(crate) fn has_page(&self, game: &str) -> bool {
        self.get(&own_page(game)).is_some()
    }

    /// The page of a game, or the one that shows any game.
    pub(crate) fn page(&self, game: &str) -> Option<Asset> {
        let own = self.get(&own_page(game));
        own.or_else(|| self.get("pages/generic/index.html"))
    }
}

fn own_page(game: &str) -> String {
    format!("pages/{game}/index.html")
}

/// Letters, digits, and `-`, `_`, `.` but not in front.
fn is_plain_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty() && !name.starts_with('.') && name.chars().all(plain)
}

/// Reads a file that lies within `root`, also when it is reached by links.
fn read_within(root: &Path, path: &str) -> Option<Vec<u8>> {
    let root = root.canonicalize().ok()?;
    let file = root.join(path).canonicalize().ok()?;
    (file.starts_with(&root) && file.is_file()).then(|| std::fs::read(file).ok())?
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("txt" | "md" | "ts") => "text/plain; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_are_looked_up() {
        for good in ["index.html", "a-b_c.js", "x"] {
            assert!(is_plain_name(good), "{good}");
        }
        for bad in ["", ".", "..", ".env", "a b", "a\\b", "%2e%2e", "c:", "é", "a\0b"] {
            assert!(!is_plain_name(bad), "{bad}");
        }
    }

    #[test]
    fn the_operators_page_is_not_for_players() {
        let assets = Assets::new(None);
        assert!(assets.any("pages/monitor/index.html").is_some());
        assert!(assets.get("pages/monitor/index.html").is_none());
        assert!(!assets.has_page("monitor"));
    }

    #[test]
    fn nothing_outside_the_folders_is_found_on_disk() {
        let assets = Assets::new(Some(PathBuf::from(env!("CARGO_MANIFEST_DIR"))));
        for path in ["Cargo.toml", "src/lib.rs", "pages/../Cargo.toml", "/etc/passwd"] {
            assert!(assets.get(path).is_none(), "{path}");
        }
    }
}
