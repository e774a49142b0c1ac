//! One request: who calls what, what is scripted for it, and its reply.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use futures::stream;
use serde_json::Value;
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use super::authorization::authorizations;
use super::call::{Answer, ApiError, Call};
use super::clock;
use super::faults::{Effect, Killed, Manner, Target, Verdict};
use super::identity::{Caller, Kind, partition};
use super::lambda;
use super::record::Arrival;
use super::service::{self, Service};
use super::signature::{self, Signature};
use super::simulator::Simulator;
use super::wire::{self, Protocol, Reply};

/// A decoded request.
struct Request {
    service: Service,
    protocol: Protocol,
    signature: Signature,
    operation: String,
    input: Value,
}

/// How a request ends.
enum Outcome {
    Reply(Reply),
    /// The connection closes in the middle of this reply.
    Cut(Reply),
    /// The connection closes without a reply.
    Silence,
}

/// Answers one request to an AWS API. A request that is to hang ends when
/// `stopping` is cancelled.
pub async fn answer(
    simulator: Arc<Simulator>,
    stopping: CancellationToken,
    parts: Parts,
    body: Bytes,
) -> Response<Body> {
    let request_id = simulator.next_request_id();
    let outcome = match read(&parts, &body) {
        Ok(request) => perform(&simulator, &stopping, &request, &request_id).await,
        Err((protocol, service, refusal)) => {
            Outcome::Reply(wire::render(protocol, service, "", &request_id, &Err(refusal)))
        }
    };
    respond(outcome, simulator.clock.now())
}

/// Decodes a request, or says how to refuse it.
fn read(parts: &Parts, body: &[u8]) -> Result<Request, (Protocol, Service, ApiError)> {
    let Some(signature) = Signature::read(&parts.headers) else {
        // Without a signature nobody knows the service; the headers at least
        // tell the protocol.
        let protocol = wire::protocol(Service::Sts, &parts.headers);
        return Err((protocol, Service::Sts, signature::missing(protocol)));
    };
    let Some(service) = Service::from_signing_name(&signature.service) else {
        let protocol = wire::protocol(Service::Sts, &parts.headers);
        let message = format!("the simulator has no service {}", signature.service);
        return Err((protocol, Service::Sts, ApiError::new("UnknownService", message)));
    };
    let protocol = wire::protocol(service, &parts.headers);
    let (operation, input) =
        wire::read(protocol, service, parts, body).map_err(|refusal| (protocol, service, refusal))?;
    Ok(Request { service, protocol, signature, operation, input })
}

async fn perform(
    simulator: &Simulator,
    stopping: &CancellationToken,
    request: &Request,
    request_id: &str,
) -> Outcome {
    let caller = authenticate(simulator, request);
    let target = Target {
        account: caller.as_ref().map_or("", |caller| caller.account.as_str()),
        region: &request.signature.region,
        service: request.service.action_prefix(),
        operation: &request.operation,
        is_write: service::is_write(&request.operation),
    };
    let arrival = simulator.record.arrived(&target);
    if let Ok(caller) = &caller
        && simulator.record.keeps_calls()
    {
        note_authorizations(simulator, request, caller, &arrival);
    }
    let verdict = match caller {
        Ok(_) => simulator.faults.judge(&target),
        Err(_) => Verdict::default(),
    };
    if !verdict.latency.is_zero() {
        tokio::select! {
            () = tokio::time::sleep(verdict.latency) => {}
            () = stopping.cancelled() => return Outcome::Silence,
        }
    }
    let exchange = Exchange { simulator, request, request_id, target, arrival };
    match &caller {
        Ok(caller) => exchange.follow(verdict, caller, stopping).await,
        Err(refusal) => exchange.reply(&Err(refusal.clone())),
    }
}

fn note_authorizations(simulator: &Simulator, request: &Request, caller: &Caller, arrival: &Arrival<'_>) {
    let region = &request.signature.region;
    let principal = caller.arn(region);
    let call = Call {
        account: &caller.account,
        region,
        principal: &principal,
        operation: &request.operation,
        input: &request.input,
        now: simulator.clock.now(),
    };
    let asked = simulator.with_world(|world| authorizations(world, request.service, &call));
    arrival.authorised_as(principal, asked);
}

/// One call from arrival to reply.
struct Exchange<'a> {
    simulator: &'a Simulator,
    request: &'a Request,
    request_id: &'a str,
    target: Target<'a>,
    arrival: Arrival<'a>,
}

impl Exchange<'_> {
    /// Does what the script says, or else what the service does.
    async fn follow(&self, verdict: Verdict, caller: &Caller, stopping: &CancellationToken) -> Outcome {
        if let Some(killed) = verdict.killed {
            return self.die(killed, caller, stopping).await;
        }
        let service = self.request.service;
        match verdict.effect {
            None => self.reply(&self.finished(self.serve(caller), stopping).await),
            // Latencies are summed up before, and never an effect of their own.
            Some(Effect::Latency(_)) => self.reply(&self.serve(caller)),
            Some(Effect::Throttle) => self.reply(&Err(service.throttled())),
            Some(Effect::Deny(denial)) => {
                let action = format!("{}:{}", self.target.service, self.target.operation);
                let message = denial.message(&caller.arn(self.target.region), &action);
                self.reply(&Err(service.denied(message)))
            }
            Some(Effect::ServerError(status)) => self.reply(&Err(service.broken(status))),
            Some(Effect::Error { code, status }) => {
                let message = "scripted by the test";
                self.reply(&Err(ApiError::new(&code, message).with_status(status)))
            }
            Some(Effect::Hang) => hang(stopping).await,
            Some(Effect::Reset) => Outcome::Cut(self.render(&Ok(Value::Null))),
            Some(Effect::LoseAnswer) => Outcome::Cut(self.render(&self.serve(caller))),
            Some(Effect::Malformed) => self.malformed(),
        }
    }

    async fn die(&self, killed: Killed, caller: &Caller, stopping: &CancellationToken) -> Outcome {
        if killed.done {
            // The answer of a killed controller's last write is never read.
            let _lost = self.serve(caller);
        }
        match killed.manner {
            Manner::Hang => hang(stopping).await,
            Manner::Refuse => {
                self.reply(&Err(ApiError::new("Killed", "the controller was killed by the test")))
            }
        }
    }

    /// Lets the service answer.
    fn serve(&self, caller: &Caller) -> Answer {
        let target = &self.target;
        let now = tokio::time::Instant::now();
        let throttle = &self.simulator.throttle;
        if !throttle.take(target.account, target.region, target.service, target.operation, now) {
            return Err(self.request.service.throttled());
        }
        let principal = caller.arn(target.region);
        let call = Call {
            account: &caller.account,
            region: target.region,
            principal: &principal,
            operation: target.operation,
            input: &self.request.input,
            now: self.simulator.clock.now(),
        };
        self.simulator.with_world(|world| self.request.service.answer(world, &call))
    }

    /// The answer, once the function has ended that it waits for.
    async fn finished(&self, answer: Answer, stopping: &CancellationToken) -> Answer {
        let Some(invocation) = lambda::pending(&answer) else { return answer };
        tokio::select! {
            answer = lambda::result(self.simulator, invocation) => answer,
            () = stopping.cancelled() => Err(self.request.service.broken(500)),
        }
    }

    fn reply(&self, answer: &Answer) -> Outcome {
        let reply = self.render(answer);
        let code = answer.as_ref().err().map(|refusal| refusal.code.as_str());
        self.arrival.answered(reply.status, code);
        Outcome::Reply(reply)
    }

    fn malformed(&self) -> Outcome {
        let mut reply = self.render(&Ok(Value::Null));
        reply.status = 200;
        reply.body = b"{<garbage".to_vec();
        self.arrival.answered(200, None);
        Outcome::Reply(reply)
    }

    fn render(&self, answer: &Answer) -> Reply {
        let Request { protocol, service, operation, .. } = self.request;
        wire::render(*protocol, *service, operation, self.request_id, answer)
    }
}

/// Who signed a request, unless the service refuses to believe it.
fn authenticate(simulator: &Simulator, request: &Request) -> Result<Arc<Caller>, ApiError> {
    let Request { signature, protocol, service, .. } = request;
    let now = simulator.clock.now();
    signature.check_time(*protocol, now)?;
    let unknown = || signature::unknown_credentials(*protocol);
    let (caller, region_disabled) = simulator
        .with_world(|world| {
            let caller = world.identity.find(&signature.access_key)?;
            let disabled = world.region_disabled(&caller.account, &signature.region);
            Some((caller, disabled))
        })
        .ok_or_else(unknown)?;
    if let Kind::Session { token, expires, partition: made_in, .. } = &caller.kind {
        let fits = signature.session_token.as_deref() == Some(token.as_str())
            && partition(&signature.region) == *made_in;
        if !fits {
            return Err(unknown());
        }
        if *expires <= now {
            return Err(signature::expired_credentials(*protocol));
        }
    }
    // STS has words of its own for a Region that is off; to every other
    // service its credentials are as good as unknown.
    if region_disabled && *service != Service::Sts {
        return Err(unknown());
    }
    Ok(caller)
}

async fn hang(stopping: &CancellationToken) -> Outcome {
    stopping.cancelled().await;
    Outcome::Silence
}

fn respond(outcome: Outcome, now: OffsetDateTime) -> Response<Body> {
    match outcome {
        Outcome::Reply(reply) => {
            let length = reply.body.len();
            let body = Body::from(reply.body);
            response(reply.status, &reply.headers, length, body, now)
        }
        Outcome::Cut(mut reply) => {
            let length = reply.body.len().max(2);
            reply.body.truncate(length / 2);
            let body = broken_after(reply.body);
            response(reply.status, &reply.headers, length, body, now)
        }
        Outcome::Silence => response(200, &[], 1, broken_after(Vec::new()), now),
    }
}

/// A body that breaks off after some bytes, which closes the connection.
fn broken_after(bytes: Vec<u8>) -> Body {
    let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    Body::from_stream(stream::iter([Ok(Bytes::from(bytes)), Err(broken)]))
}

fn response(
    status: u16,
    headers: &[(&'static str, String)],
    length: usize,
    body: Body,
    now: OffsetDateTime,
) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let date = ("date", clock::text(now, clock::HTTP_DATE));
    let content_length = ("content-length", length.to_string());
    let no_content = status == 204;
    for (name, text) in headers.iter().chain([&date, &content_length]) {
        if no_content && *name == "content-length" {
            continue;
        }
        if let Ok(value) = HeaderValue::from_str(text) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}
