//! Connections within limits: so many at a time, each for so long. Whoever
//! sends slowly, or reads slowly, loses the connection and not the service.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep_until};

/// Connections at a time; whoever comes later waits for one to end.
const MOST_CONNECTIONS: usize = 128;

/// How long a connection lives, whatever is done with it.
const LONGEST: Duration = Duration::from_secs(20);

/// A listener whose connections are few and short.
pub(super) struct Limited {
    listener: TcpListener,
    places: Arc<Semaphore>,
}

/// Who is at the other end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub SocketAddr);

/// One connection, with its place and its time.
pub(super) struct Connection {
    stream: TcpStream,
    ends: Pin<Box<Sleep>>,
    _place: Option<OwnedSemaphorePermit>,
}

impl Limited {
    /// The same listener within limits.
    pub fn new(listener: TcpListener) -> Self {
        Self { listener, places: Arc::new(Semaphore::new(MOST_CONNECTIONS)) }
    }
}

impl Listener for Limited {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        // The semaphore is never closed, so that there always is a place in the end.
        let place = Arc::clone(&self.places).acquire_owned().await.ok();
        let (stream, peer) = Listener::accept(&mut self.listener).await;
        (Connection { stream, ends: Box::pin(sleep_until(Instant::now() + LONGEST)), _place: place }, peer)
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
        match self.ends.as_mut().poll(context) {
            Poll::Ready(()) => Err(io::ErrorKind::TimedOut.into()),
            Poll::Pending => Ok(()),
        }
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
    async fn one_more_than_the_most_waits_until_one_has_ended() {
        let (mut limited, address) = limited().await;
        let mut clients = Vec::new();
        let mut connections = Vec::new();
        for _ in 0..MOST_CONNECTIONS {
            clients.push(TcpStream::connect(address).await.expect("a connection"));
            connections.push(limited.accept().await);
        }
        clients.push(TcpStream::connect(address).await.expect("a connection"));
        let waited = tokio::time::timeout(Duration::from_millis(50), limited.accept()).await;
        assert!(waited.is_err());
        connections.pop();
        limited.accept().await;
    }
}
