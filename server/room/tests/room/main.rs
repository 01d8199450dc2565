//! Rooms without sockets, in one thread and virtual time.

mod hostile;
mod interest;
mod ledger;
mod log;
mod log_games;
mod log_limits;
mod observers;
mod operator;
mod party;
mod people;
mod polled;
mod requests;
mod restore;
mod sessions;
mod sim;
mod simulation;
mod slow;
mod viewers;
