//! Whether a failure would be heard: every way from an event to a room, every
//! hop of it broken by hand, and what the walk says of it held against what
//! arrives.

mod breaks;
mod chatbot;
mod destination;
mod function;
mod hands;
mod hub;
mod others;
mod property;
mod table;
mod way;
