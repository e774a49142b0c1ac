//! Scripted trouble with a room's service.

use std::collections::VecDeque;

use serde::Deserialize;

use super::{Reply, Response};

/// What the service does instead of taking a message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Fault {
    /// It answers with a status.
    Status {
        /// The HTTP status.
        code: u16,
        /// The `Retry-After` header, in seconds.
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// It answers with status 200 and a page, as a proxy or a login does.
    Html,
    /// It never answers.
    Hang,
}

impl Fault {
    pub(in crate::sim::rooms) fn reply(self) -> Reply {
        match self {
            Self::Status { code, retry_after } => {
                Reply::Answer(Response { retry_after, ..Response::text(code, "scripted by the test") })
            }
            Self::Html => {
                let page = "<!doctype html>\n<title>Sign in</title>\n<p>Please sign in.</p>\n";
                let content_type = "text/html; charset=utf-8";
                Reply::Answer(Response { content_type, ..Response::text(200, page) })
            }
            Self::Hang => Reply::Silence,
        }
    }
}

/// The trouble that a room still has before it, in order.
#[derive(Debug, Default)]
pub(in crate::sim::rooms) struct Script(VecDeque<(Fault, u32)>);

impl Script {
    pub(in crate::sim::rooms) fn add(&mut self, fault: Fault, times: u32) {
        if times > 0 {
            self.0.push_back((fault, times));
        }
    }

    pub(in crate::sim::rooms) fn next(&mut self) -> Option<Fault> {
        let (fault, left) = self.0.front_mut()?;
        let fault = fault.clone();
        *left -= 1;
        if *left == 0 {
            self.0.pop_front();
        }
        Some(fault)
    }
}
