//! Which build of a program it is.
//!
//! A version stays the same for months of work. So whoever builds may say which source it is made of, in the
//! variable `TICKWIRE_REVISION`, such as by what `git describe --always --dirty` prints. Nothing is looked
//! up meanwhile: the same source with the same variable is the same program, and cargo builds anew
//! only those few crates that ask, when it has changed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a revision ends with whose source was changed and not committed, so that it is not all there is to
/// know.
const DIRTY: &str = "-dirty";

/// Which build of a program it is, as far as that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// The version of its package.
    pub version: String,
    /// The revision of its source, if whoever built it said so.
    pub revision: Option<String>,
    /// `debug` or `release`.
    pub profile: Option<String>,
}

impl Build {
    /// A build of this version, from this revision if it is known and not empty. See
    /// [`this_build!`](crate::this_build).
    #[must_use]
    pub fn new(version: &str, revision: Option<&str>, is_debug: bool) -> Build {
        Build {
            version: version.to_owned(),
            revision: revision.filter(|revision| !revision.is_empty()).map(str::to_owned),
            profile: Some(if is_debug { "debug" } else { "release" }.to_owned()),
        }
    }

    /// Whether its checks are in, and it was not made to be quick.
    #[must_use]
    pub fn is_debug(&self) -> bool {
        self.profile.as_deref() == Some("debug")
    }

    /// Whether both are the same program; nothing where that cannot be told.
    #[must_use]
    pub fn is_same(&self, other: &Build) -> Option<bool> {
        if self != other {
            return Some(false);
        }
        let revision = self.revision.as_ref()?;
        (!revision.ends_with(DIRTY)).then_some(true)
    }
}

impl fmt::Display for Build {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.version)?;
        let more: Vec<&str> =
            [&self.revision, &self.profile].into_iter().flatten().map(String::as_str).collect();
        if more.is_empty() { Ok(()) } else { write!(f, " ({})", more.join(", ")) }
    }
}

/// The [`Build`](crate::build::Build) that the crate at hand is part of.
#[macro_export]
macro_rules! this_build {
    () => {
        $crate::build::Build::new(
            env!("CARGO_PKG_VERSION"),
            option_env!("TICKWIRE_REVISION"),
            cfg!(debug_assertions),
        )
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_is_told_by_as_much_as_is_known() {
        assert_eq!(
            Build::new("1.2.3", Some("abc1234"), false).to_string(),
            "1.2.3 (abc1234, release)"
        );
        assert_eq!(Build::new("1.2.3", Some(""), true).to_string(), "1.2.3 (debug)");
        let old = Build { version: "1.2.3".to_owned(), ..Build::default() };
        assert_eq!(old.to_string(), "1.2.3");
    }

    #[test]
    fn only_a_revision_tells_that_two_builds_are_the_same() {
        let build = |revision, is_debug| Build::new("1", revision, is_debug);
        let same = |a: Build, b: Build| a.is_same(&b);
        assert_eq!(same(build(Some("a"), false), build(Some("a"), false)), Some(true));
        assert_eq!(same(build(Some("a"), false), build(Some("b"), false)), Some(false));
        assert_eq!(same(build(Some("a"), false), build(Some("a"), true)), Some(false));
        assert_eq!(same(build(None, false), build(None, false)), None);
        assert_eq!(same(build(Some("a-dirty"), false), build(Some("a-dirty"), false)), None);
    }
}
