//! What holds for every room's message, and posting to a room on loopback.

mod messages;
mod posting;
