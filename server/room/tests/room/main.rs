//! Rooms without sockets, in one thread and virtual time.

mod hostile;
mod interest;
mod sessions;
mod sim;
mod simulation;
mod slow;
mod viewers;
