//! AWS Lambda: functions with their permissions.

mod permissions;
mod read;
mod write;

pub(crate) use read::{function_tags, observe_functions};
pub(crate) use write::{apply_function, delete_function};
