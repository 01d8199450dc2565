//! What `#[derive(Replicate)]` tells the author of a type that cannot be replicated.
//!
//! The compiler's own words are part of what is compared. After a change of
//! toolchain, `TRYBUILD=overwrite` writes them anew.

#[test]
fn mistakes_are_explained_where_they_are() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
