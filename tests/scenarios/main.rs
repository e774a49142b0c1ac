//! Scenarios: the real binary against the simulated organisation, with what
//! can go wrong scripted.
#![cfg(feature = "demo")]

mod accounts;
mod breakers;
mod coverage;
mod drift;
mod inventory;
mod kill;
mod ownership;
mod paths;
mod pipeline;
mod removal;
mod support;
