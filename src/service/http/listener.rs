//! Connections within limits: so many at a time, each for so long. Whoever
//! sends slowly, or reads slowly, loses the connection and not the service; and
//! whoever comes last is served first, so that a crowd keeps no probe out.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// Connections at a time; one more ends the oldest.
const MOST_CONNECTIONS: usize = 128;

/// How long a connection lives, whatever is done with it.
const LONGEST: Duration = Duration::from_secs(20);

/// A listener whose connections are few and short.
pub(super) struct Limited {
    listener: TcpListener,
    open: Arc<Open>,
}

/// The connections that there are, oldest first.
#[derive(Default)]
struct Open(Mutex<Numbered>);

#[derive(Default)]
struct Numbered {
    next: u64,
    connections: BTreeMap<u64, CancellationToken>,
}

/// Who is at the other end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub SocketAddr);

/// One connection, with its time.
pub(super) struct Connection {
    stream: TcpStream,
    ends: Pin<Box<Sleep>>,
    evicted: Pin<Box<WaitForCancellationFutureOwned>>,
    number: u64,
    open: Arc<Open>,
}

impl Limited {
    /// The same listener within limits.
    pub fn new(listener: TcpListener) -> Self {
        Self { listener, open: Arc::default() }
    }
}

impl Open {
    /// Makes room for one more, and gives its number and what ends it.
    fn enter(&self) -> (u64, CancellationToken) {
        let mut open = self.open();
        let room = MOST_CONNECTIONS.saturating_sub(1);
        while open.connections.len() > room {
            let Some((_, oldest)) = open.connections.pop_first() else { break };
            oldest.cancel();
        }
        let (number, token) = (open.next, CancellationToken::new());
        open.next += 1;
        open.connections.insert(number, token.clone());
        (number, token)
    }

    fn leave(&self, number: u64) {
        self.open().connections.remove(&number);
    }

    fn open(&self) -> MutexGuard<'_, Numbered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener for Limited {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, peer) = Listener::accept(&mut self.listener).await;
        let (number, token) = self.open.enter();
        let connection = Connection {
            stream,
            ends: Box::pin(sleep_until(Instant::now() + LONGEST)),
            evicted: Box::pin(token.cancelled_owned()),
            number,
            open: Arc::clone(&self.open),
        };
        (connection, peer)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl Connected<IncomingStream<'_, Limited>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Limited>) -> Self {
        Self(*stream.remote_addr())
    }
}

impl Connection {
    /// An error once the connection's time is over.
    fn check(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        let is_over = self.ends.as_mut().poll(context).is_ready();
        let is_evicted = self.evicted.as_mut().poll(context).is_ready();
        if is_over || is_evicted { Err(io::ErrorKind::TimedOut.into()) } else { Ok(()) }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.open.leave(self.number);
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check(context)?;
        pin!(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check(context)?;
        pin!(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(context)?;
        pin!(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(context)?;
        pin!(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    async fn limited() -> (Limited, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        (Limited::new(listener), address)
    }

    #[tokio::test]
    async fn whoever_sends_nothing_loses_the_connection() {
        let (mut limited, address) = limited().await;
        let _silent = TcpStream::connect(address).await.expect("a connection");
        let (mut connection, _) = limited.accept().await;
        tokio::time::pause();
        let read = connection.read_u8().await;
        assert_eq!(read.map_err(|error| error.kind()), Err(io::ErrorKind::TimedOut));
    }

    #[tokio::test]
    async fn one_more_than_the_most_ends_the_oldest_and_no_other() {
        let (mut limited, address) = limited().await;
        let mut clients = Vec::new();
        let mut connections = Vec::new();
        for _ in 0..=MOST_CONNECTIONS {
            clients.push(TcpStream::connect(address).await.expect("a connection"));
            connections.push(limited.accept().await.0);
        }
        let read = connections[0].read_u8().await;
        assert_eq!(read.map_err(|error| error.kind()), Err(io::ErrorKind::TimedOut));
        for open in [1, MOST_CONNECTIONS] {
            let read = tokio::time::timeout(Duration::from_millis(20), connections[open].read_u8()).await;
            assert!(read.is_err(), "{open} is still open");
        }
        connections.truncate(10);
        assert_eq!(limited.open.open().connections.len(), 9);
    }
}
