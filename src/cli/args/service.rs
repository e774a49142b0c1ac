//! What can be typed after `run`.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{AwsArguments, shard};

/// Options of `run`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Running it is the consent: changes are made without asking, within spec.guard. SIGTERM ends it: the \
                  passes in hand are finished, and the exit code is 0.",
    // A service is never shared: these are known only to be refused.
    mut_args(|argument| if argument.get_help_heading() == Some(shard::HEADING) { argument.hide(true) } else { argument })
)]
pub struct RunArguments {
    /// What to look at.
    #[command(flatten)]
    pub fleet: AwsArguments,
    /// Look, and never write
    #[arg(long)]
    pub plan_only: bool,
    /// How often every account is looked at, give or take a tenth
    #[arg(long, value_name = "TIME", default_value = "15m", value_parser = parse_interval)]
    pub interval: Duration,
    /// Where /healthz, /readyz, /metrics, /report.json and the status page are served; a port alone is one of 127.0.0.1
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080", value_parser = parse_listen)]
    pub listen: SocketAddr,
    /// How long the end may take after SIGTERM
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = humantime::parse_duration)]
    pub grace: Duration,
    /// A file with the token that POST /reconcile asks for (or FOGHORN_TOKEN); without one only this machine may ask
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
}

/// Shorter intervals would only keep AWS throttling.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);

fn parse_interval(text: &str) -> Result<Duration, String> {
    let interval = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if interval < SHORTEST_INTERVAL { Err("the shortest is 1s".to_owned()) } else { Ok(interval) }
}

/// A port without an address is one of loopback, whatever `:8080` means
/// elsewhere: all interfaces are opened only to those who write them.
fn parse_listen(text: &str) -> Result<SocketAddr, String> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let (host, port) = text.rsplit_once(':').unwrap_or(("", text));
    let is_here = host.is_empty() || host.eq_ignore_ascii_case("localhost");
    match port.parse() {
        Ok(port) if is_here => Ok((Ipv4Addr::LOCALHOST, port).into()),
        _ => {
            Err("write an IP address and a port, 127.0.0.1:8080 say, or a port alone for this machine"
                .to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_as_it_is_written_and_a_port_alone_is_one_of_loopback() {
        for (text, address) in [
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            ("0.0.0.0:8080", "0.0.0.0:8080"),
            ("[::1]:0", "[::1]:0"),
            ("localhost:8080", "127.0.0.1:8080"),
            ("LOCALHOST:9", "127.0.0.1:9"),
            (":8080", "127.0.0.1:8080"),
            ("8080", "127.0.0.1:8080"),
            ("0", "127.0.0.1:0"),
        ] {
            assert_eq!(
                parse_listen(text).map(|address| address.to_string()).as_deref(),
                Ok(address),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_address_is_met_with_one_that_is() {
        for text in [
            "",
            ":",
            "localhost",
            "localhost:",
            "127.0.0.1",
            "::1",
            "foghorn:8080",
            "70000",
            "*:8080",
            "http",
        ] {
            let refused = parse_listen(text).expect_err(text);
            assert!(refused.contains("127.0.0.1:8080 say"), "{refused}");
        }
    }
}
