//! Stands before a server and lets connections break off.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// How long a connection of this number lives that is for a game; all that it may if nothing is said.
pub type Lives = fn(u32) -> Option<Duration>;

/// Starts one before a server; it ends with the test's runtime.
pub async fn before(server: SocketAddr, lives: Lives) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicU32::new(0));
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            tokio::spawn(pass(socket, server, lives, count.clone()));
        }
    });
    address
}

async fn pass(mut socket: TcpStream, server: SocketAddr, lives: Lives, count: Arc<AtomicU32>) {
    let mut start = [0; 8];
    if socket.read_exact(&mut start).await.is_err() {
        return;
    }
    let Ok(mut other) = TcpStream::connect(server).await else { return };
    if other.write_all(&start).await.is_err() {
        return;
    }
    let is_for_a_game = start.starts_with(b"GET /ws") || start.starts_with(b"GET /roo");
    let life = is_for_a_game.then(|| lives(count.fetch_add(1, Ordering::Relaxed))).flatten();
    let passing = copy_bidirectional(&mut socket, &mut other);
    let _ = timeout(life.unwrap_or(Duration::MAX), passing).await;
}
