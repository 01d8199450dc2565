//! A complete game in eighty lines.
