//! ECS: clusters, services and their circuit breakers.

mod breaker;
mod describe;
mod members;
mod services;

pub(super) use breaker::apply_breaker;
pub(super) use services::observe_services;
