//! Scenarios: the real binary against the simulated organisation, with what
//! can go wrong scripted.
#![cfg(feature = "demo")]

mod accounts;
mod alarm_ways;
mod bad_input;
mod breakers;
mod collector;
mod coverage;
mod drift;
mod examples;
mod hostile;
mod hub;
mod inventory;
mod kill;
mod ownership;
mod paths;
mod permissions;
mod pipeline;
mod removal;
mod report_rooms;
mod served;
mod service;
mod shards;
mod sound;
mod store;
mod support;
mod telemetry;
