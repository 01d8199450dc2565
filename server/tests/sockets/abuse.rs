//! What somebody may do who means no good, and what it costs others: nothing.
