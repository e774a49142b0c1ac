//! The simulator: an AWS organisation and its chat rooms on loopback.
//!
//! It speaks the wire protocols that the AWS SDKs speak, refuses what the real
//! services refuse, and carries an ECS event through rule, transformer, topic
//! and AWS Chatbot to a room. It shares no code with `aws`, so that it cannot
//! share that module's mistakes.

mod arn;
pub mod call;
pub mod chatbot;
mod clock;
pub mod cloudwatch;
pub mod ecs;
pub mod events;
mod ids;
mod members;
pub mod organizations;
mod paging;
mod policy;
pub mod rooms;
pub mod routing;
pub mod sns;
pub mod sqs;
pub mod sts;
mod tag_list;
pub mod world;
