//! What was last rendered: the same report is not rendered for each who asks,
//! and never on the threads that everything else runs on.

use std::sync::Arc;

use axum::body::Bytes;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use crate::model::Report;
use crate::report::json;
use crate::service::live::{Live, Shown, Status};
use crate::service::page;

/// What was last rendered, and of what.
#[derive(Default)]
pub struct Rendered {
    page: Mutex<Option<Page>>,
    json: Mutex<Option<(Arc<Report>, Bytes)>>,
}

struct Page {
    status: Status,
    report: Option<Arc<Report>>,
    html: Bytes,
}

impl Page {
    fn is_of(&self, status: &Status, report: Option<&Arc<Report>>) -> bool {
        let is_same = match (&self.report, report) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        };
        is_same && self.status == *status
    }
}

impl Rendered {
    /// The status page; `None` if it could not be made. Whoever comes meanwhile
    /// waits for this one rendering.
    pub(super) async fn page(&self, live: &Live) -> Option<Bytes> {
        let mut last = self.page.lock().await;
        let Shown { status, report, history } = live.shown();
        if let Some(page) = last.as_ref().filter(|page| page.is_of(&status, report.as_ref())) {
            return Some(page.html.clone());
        }
        let (shown, of) = (status.clone(), report.clone());
        let html = spawn_blocking(move || page::render(of.as_deref(), &history, &shown)).await.ok()?;
        let html = Bytes::from(html.ok()?);
        *last = Some(Page { status, report, html: html.clone() });
        Some(html)
    }

    /// The report as JSON; `None` if it could not be written.
    pub(super) async fn json(&self, report: Arc<Report>) -> Option<Bytes> {
        let mut last = self.json.lock().await;
        if let Some((_, json)) = last.as_ref().filter(|(of, _)| Arc::ptr_eq(of, &report)) {
            return Some(json.clone());
        }
        let of = Arc::clone(&report);
        let json = Bytes::from(spawn_blocking(move || json::render(&*of)).await.ok()?.ok()?);
        *last = Some((report, json.clone()));
        Some(json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures::mixed;
    use std::time::Duration;
    use tokio::time::Instant;

    #[tokio::test]
    async fn the_page_follows_the_report_and_how_the_service_stands() {
        let live = Live::new(Duration::ZERO, Instant::now());
        let rendered = Rendered::default();
        let page = async || {
            let page = rendered.page(&live).await.expect("a page");
            String::from_utf8(page.to_vec()).expect("text")
        };
        assert!(page().await.contains("The first sweep is not over yet."));
        live.publish(Arc::new(mixed()), |_| {});
        assert!(page().await.contains("111111111111"));
        live.tell(|status| status.is_ending = true);
        assert!(page().await.contains("The service is ending"));
    }
}
