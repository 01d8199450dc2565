//! Stands before a server and answers for it when it is asked how it is.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};

/// What is made of the server's own answer, the number of which it is told.
pub type Alter = fn(&mut Value, u64);

/// Starts one before a server; it ends with the test's runtime.
pub async fn before(server: SocketAddr, alter: Alter) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(AtomicU64::new(0));
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(socket, server, alter, asked.clone()));
        }
    });
    address
}

async fn serve(mut socket: TcpStream, server: SocketAddr, alter: Alter, asked: Arc<AtomicU64>) {
    let mut start = [0; 12];
    while let Ok(count) = socket.peek(&mut start).await
        && count < start.len()
    {
        if count == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    if start == *b"GET /status " {
        let told = status(server).await;
        let mut told = told.unwrap_or_else(canned);
        alter(&mut told, asked.fetch_add(1, Ordering::Relaxed));
        let body = told.to_string();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
        let _ = socket.write_all((head + &body).as_bytes()).await;
        let _ = socket.read(&mut start).await;
    } else if let Ok(mut other) = TcpStream::connect(server).await {
        let _ = copy_bidirectional(&mut socket, &mut other).await;
    }
}

/// What the server itself says, if it says anything.
async fn status(server: SocketAddr) -> Option<Value> {
    let mut socket = TcpStream::connect(server).await.ok()?;
    let request = "GET /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    socket.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    let limit = std::time::Duration::from_secs(1);
    tokio::time::timeout(limit, socket.read_to_string(&mut answer)).await.ok()?.ok()?;
    serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()
}

/// What one says for a server that says nothing of itself.
fn canned() -> Value {
    serde_json::json!({
        "version": "0", "rooms": 0, "players": 0, "spectators": 0, "tasks": 5,
        "tick_duration_us": { "buckets": [[99, 10]] },
        "process": { "open_files": 12, "resident_bytes": 1_000_000, "threads": 3 },
    })
}
