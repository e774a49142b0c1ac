//! The simulator: an AWS organisation and its chat rooms on loopback.
//!
//! It speaks the wire protocols that the AWS SDKs speak, refuses what the real
//! services refuse, and carries an ECS event through rule, transformer, topic
//! and AWS Chatbot to a room. It shares no code with `aws`, so that it cannot
//! share that module's mistakes.
//!
//! A request passes through these modules, in this order: [`server`] accepts
//! it, [`gateway`] finds out who calls what, [`wire`] decodes it, [`faults`]
//! may spoil it, a [`service`] answers it from the [`world`], [`wire`] writes
//! the answer, and [`record`] remembers it, with what IAM would have been asked
//! about it ([`authorization`]).

mod arn;
pub mod authorization;
mod base64;
pub mod bootstrapped;
pub mod call;
pub mod chatbot;
pub mod clock;
pub mod cloudwatch;
pub mod controls;
pub mod demonstration;
pub mod ecs;
pub mod events;
pub mod faults;
mod gateway;
pub mod identity;
mod ids;
pub mod lambda;
mod members;
pub mod organizations;
pub mod pages;
mod paging;
mod policy;
pub mod record;
pub mod rooms;
pub mod routing;
pub mod secretsmanager;
pub mod seed;
pub mod serve;
pub mod server;
pub mod service;
mod signature;
pub mod simulator;
pub mod sns;
pub mod sqs;
pub mod sts;
mod tag_list;
pub mod tagging;
#[cfg(test)]
mod testing;
pub mod throttle;
pub mod wire;
pub mod world;

pub use server::{Server, start};
pub use simulator::Simulator;
