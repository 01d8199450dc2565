//! The scenarios that are in the program.

/// A scenario that is in the program.
#[derive(Clone, Copy, Debug)]
pub struct Shipped {
    /// What it is called.
    pub name: &'static str,
    /// The whole file.
    pub text: &'static str,
}

macro_rules! shipped {
    ($($name:literal),*) => {
        /// The scenarios that are in the program, in the order in which one would try them.
        pub const SHIPPED: &[Shipped] = &[$(
            Shipped { name: $name, text: include_str!(concat!("../../../scenarios/", $name, ".toml")) }
        ),*];
    };
}

shipped!(
    "steady",
    "join-storm",
    "churn",
    "hidden-tabs",
    "bad-networks",
    "attack-mild",
    "week-in-an-hour"
);

/// The scenario of this name, if there is one.
#[must_use]
pub fn shipped(name: &str) -> Option<&'static Shipped> {
    SHIPPED.iter().find(|shipped| shipped.name == name)
}
