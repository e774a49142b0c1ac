//! The one HTTP client of the process.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// Connect and read timeouts, which are a connector's own.
type Timeouts = (Option<Duration>, Option<Duration>);

/// One pool of connections and one TLS configuration for all clients with the
/// same timeouts.
///
/// The SDK's own client is not used, because it builds a whole TLS
/// configuration, certificates and all, for each service client that is made,
/// only to see whether that would work.
#[derive(Debug, Default)]
struct Pools(Mutex<HashMap<Timeouts, SharedHttpConnector>>);

/// The client.
pub(super) fn client() -> SharedHttpClient {
    SharedHttpClient::new(Pools::default())
}

impl HttpClient for Pools {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let timeouts = (settings.connect_timeout(), settings.read_timeout());
        let mut pools = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pools.entry(timeouts).or_insert_with(|| connector(settings, components)).clone()
    }
}

/// A connector that speaks HTTP/2 where the service does, and that goes
/// through the proxy of the environment, if there is one.
fn connector(settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
    let mut builder = Connector::builder().connector_settings(settings.clone());
    builder.set_sleep_impl(components.sleep_impl());
    let connector = builder
        .proxy_config(ProxyConfig::from_env())
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .build();
    SharedHttpConnector::new(connector)
}
