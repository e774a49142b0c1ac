//! What the environment says about OpenTelemetry, by the names of its
//! specification ("OpenTelemetry Environment Variable Specification", "OpenTelemetry
//! Protocol Exporter"). Endpoints, headers, time limits, the sampler and the
//! resource are read by the SDK itself, by the same specification.

/// What is told about a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Spans.
    Traces,
    /// Figures.
    Metrics,
}

impl Signal {
    fn name(self) -> &'static str {
        match self {
            Self::Traces => "TRACES",
            Self::Metrics => "METRICS",
        }
    }
}

/// How it is written on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `http/protobuf`.
    Protobuf,
    /// `http/json`.
    Json,
}

/// What is exported, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exports {
    /// How spans are exported, if at all.
    pub traces: Option<Encoding>,
    /// How metrics are exported, if at all.
    pub metrics: Option<Encoding>,
    /// What was asked for and can't be had.
    pub problems: Vec<String>,
}

/// What these variables ask for. An empty variable counts as none.
pub fn exports(variable: impl Fn(&str) -> Option<String>) -> Exports {
    let variable =
        |name: &str| variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let mut exports = Exports::default();
    if variable("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return exports;
    }
    let mut of = |signal| match encoding(signal, &variable) {
        Ok(encoding) => encoding,
        Err(problem) => {
            exports.problems.push(problem);
            None
        }
    };
    let (traces, metrics) = (of(Signal::Traces), of(Signal::Metrics));
    exports.problems.dedup();
    Exports { traces, metrics, ..exports }
}

/// How a signal is exported; `None` where it is off.
fn encoding(signal: Signal, variable: &impl Fn(&str) -> Option<String>) -> Result<Option<Encoding>, String> {
    let own = |what: &str| format!("OTEL_EXPORTER_OTLP_{}_{what}", signal.name());
    let either = |what: &str| {
        let general = format!("OTEL_EXPORTER_OTLP_{what}");
        let own = own(what);
        variable(&own).map(|value| (own, value)).or_else(|| variable(&general).map(|value| (general, value)))
    };
    if either("ENDPOINT").is_none() || !is_chosen(signal, variable)? {
        return Ok(None);
    }
    match either("PROTOCOL") {
        None => Ok(Some(Encoding::Protobuf)),
        Some((_, protocol)) if protocol == "http/protobuf" => Ok(Some(Encoding::Protobuf)),
        Some((_, protocol)) if protocol == "http/json" => Ok(Some(Encoding::Json)),
        Some((name, protocol)) => Err(format!(
            "{name}={protocol} is not built in, so that nothing is exported: choose http/protobuf, which collectors \
             take on port 4318, or http/json"
        )),
    }
}

fn is_chosen(signal: Signal, variable: &impl Fn(&str) -> Option<String>) -> Result<bool, String> {
    let name = format!("OTEL_{}_EXPORTER", signal.name());
    match variable(&name).as_deref() {
        None | Some("otlp") => Ok(true),
        Some("none") => Ok(false),
        Some(other) => Err(format!("{name}={other} is not built in: choose otlp or none")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Exports {
        exports(|name| variables.iter().find(|(one, _)| *one == name).map(|(_, value)| (*value).to_owned()))
    }

    const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318");

    #[test]
    fn without_an_endpoint_nothing_is_exported() {
        assert_eq!(read(&[]), Exports::default());
        assert_eq!(read(&[("OTEL_EXPORTER_OTLP_ENDPOINT", " ")]), Exports::default());
        assert_eq!(read(&[("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]), Exports::default());
    }

    #[test]
    fn an_endpoint_switches_on_both_signals_or_its_own() {
        let both = read(&[ENDPOINT]);
        assert_eq!((both.traces, both.metrics), (Some(Encoding::Protobuf), Some(Encoding::Protobuf)));
        let traces = read(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://localhost:4318/v1/traces")]);
        assert_eq!((traces.traces, traces.metrics), (Some(Encoding::Protobuf), None));
    }

    #[test]
    fn a_signal_s_own_protocol_wins() {
        let read = read(&[
            ENDPOINT,
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
            ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/protobuf"),
        ]);
        assert_eq!((read.traces, read.metrics), (Some(Encoding::Json), Some(Encoding::Protobuf)));
    }

    #[test]
    fn what_is_switched_off_stays_off() {
        assert_eq!(read(&[ENDPOINT, ("OTEL_SDK_DISABLED", "TRUE")]), Exports::default());
        let traces = read(&[ENDPOINT, ("OTEL_METRICS_EXPORTER", "none")]);
        assert_eq!((traces.traces, traces.metrics), (Some(Encoding::Protobuf), None));
    }

    #[test]
    fn what_is_not_built_in_is_said_once_and_nothing_is_exported() {
        let grpc = read(&[ENDPOINT, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]);
        assert_eq!((grpc.traces, grpc.metrics), (None, None));
        assert_eq!(grpc.problems.len(), 1);
        assert!(grpc.problems[0].contains("http/protobuf"), "{:?}", grpc.problems);
        let zipkin = read(&[ENDPOINT, ("OTEL_TRACES_EXPORTER", "zipkin")]);
        assert_eq!((zipkin.traces, zipkin.metrics), (None, Some(Encoding::Protobuf)));
        assert!(zipkin.problems[0].contains("OTEL_TRACES_EXPORTER=zipkin"), "{:?}", zipkin.problems);
    }
}
