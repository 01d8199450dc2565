//! The wire, frozen: what the codec writes and refuses, against files that are checked in.
//!
//! The browser SDK reads the same files (`assets/tests/golden.test.js`), so the two
//! implementations agree byte for byte, refusals included. After a deliberate
//! change of the wire, `TICKWIRE_BLESS=1 cargo test -p tickwire-shared --test golden`
//! writes the files anew.

#[path = "golden/clocks.rs"]
mod clocks;
#[path = "golden/control.rs"]
mod control;
#[path = "golden/crafted.rs"]
mod crafted;
#[path = "golden/document.rs"]
mod document;
#[path = "golden/fields.rs"]
mod fields;
#[path = "golden/fuzz.rs"]
mod fuzz;
#[path = "golden/memo.rs"]
mod memo;
#[path = "golden/messages.rs"]
mod messages;
#[path = "golden/refusals.rs"]
mod refusals;
#[path = "golden/room_messages.rs"]
mod room_messages;
#[path = "golden/schemas.rs"]
mod schemas;
#[path = "golden/sessions.rs"]
mod sessions;
#[path = "golden/store.rs"]
mod store;
#[path = "golden/verdict.rs"]
mod verdict;
#[path = "golden/world.rs"]
mod world;

#[test]
fn fields_become_the_same_columns_and_values() {
    store::check("fields", &fields::cases());
}

#[test]
fn schemas_have_the_same_bytes_and_hash() {
    store::check("schemas", &control::schema_cases());
}

#[test]
fn welcomes_have_the_same_bytes() {
    store::check("welcomes", &control::welcome_cases());
}

#[test]
fn messages_have_the_same_bytes() {
    store::check("messages", &messages::cases());
}

#[test]
fn what_a_room_tells_has_the_same_bytes_alone_and_in_frames() {
    store::check("room_messages", &room_messages::cases());
}

#[test]
fn records_have_the_same_bytes() {
    store::check("records", &messages::record_cases());
}

#[test]
fn sessions_have_the_same_bytes_and_lead_to_the_same_state() {
    store::check("sessions", &sessions::cases());
}

#[test]
fn replicas_that_share_a_memo_hold_what_one_alone_holds() {
    memo::check();
}

#[test]
fn broken_frames_are_refused_for_the_same_reason() {
    store::check("refusals", &refusals::cases());
}

#[test]
fn mutated_frames_meet_the_same_verdict() {
    store::check("fuzz", &fuzz::cases());
}

#[test]
fn clocks_read_the_same() {
    store::check("input_clock", &clocks::cases());
    store::check("render_clock", &clocks::render_cases());
}

#[test]
fn networks_of_a_name_are_the_same() {
    store::check("profiles", &messages::profile_cases());
}

#[test]
fn the_session_in_the_document_is_a_real_one() {
    store::check("document", &document::cases());
}
