//! How the game feels on bad networks, in virtual time: a room, players and links, and no sockets.
//! A failing run prints its seed, and repeats.

mod blackout;
mod cheats;
mod networks;
mod player;
mod shots;
mod sim;
