//! A network between a client and a host that can stop delivering.
//!
//! It reads nothing from the host while it stalls. Its own receive buffer is small and its segments are as
//! short as on the internet, so that the kernels hold about 128 KiB between them, and not the megabytes
//! that loopback would.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use socket2::{Domain, Socket, Type};

/// The receive buffer that is asked for, of which the kernel makes twice as much.
const RECEIVE_BUFFER: usize = 32 * 1024;
/// The most payload of a segment.
const SEGMENT: u32 = 1400;

/// The network.
#[derive(Debug)]
pub struct Relay {
    /// Where clients connect.
    pub address: SocketAddr,
    stalled: Arc<AtomicBool>,
}

impl Relay {
    /// A network to `host`.
    ///
    /// # Errors
    /// When it cannot listen.
    pub fn to(host: SocketAddr) -> io::Result<Relay> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let relay = Relay { address: listener.local_addr()?, stalled: Arc::default() };
        let stalled = Arc::clone(&relay.stalled);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let _ = connect(client, host, &stalled);
            }
        });
        Ok(relay)
    }

    /// Stops delivering what the host sends, or delivers again.
    pub fn stall(&self, stalled: bool) {
        self.stalled.store(stalled, Relaxed);
    }
}

fn connect(client: TcpStream, host: SocketAddr, stalled: &Arc<AtomicBool>) -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    socket.set_tcp_mss(SEGMENT)?;
    socket.connect(&host.into())?;
    let host = TcpStream::from(socket);
    client.set_nodelay(true)?;
    host.set_nodelay(true)?;
    let (up, down) = ((client.try_clone()?, host.try_clone()?), (host, client));
    thread::spawn(move || pass(up.0, up.1, &AtomicBool::new(false)));
    let stalled = Arc::clone(stalled);
    thread::spawn(move || pass(down.0, down.1, &stalled));
    Ok(())
}

/// Passes bytes on until either end closes.
fn pass(mut from: TcpStream, mut to: TcpStream, stalled: &AtomicBool) {
    let mut buffer = [0; 16 * 1024];
    let wait = || {
        while stalled.load(Relaxed) {
            thread::sleep(Duration::from_millis(5));
        }
    };
    loop {
        wait();
        let Ok(count @ 1..) = from.read(&mut buffer) else { break };
        // What was waited for when the stall began is held, too.
        wait();
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Both);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_pass_and_none_do_while_it_stalls() -> io::Result<()> {
        let host = TcpListener::bind("127.0.0.1:0")?;
        let relay = Relay::to(host.local_addr()?)?;
        let mut client = TcpStream::connect(relay.address)?;
        let (mut served, _) = host.accept()?;
        let mut buffer = [0; 4];
        client.write_all(b"ping")?;
        served.read_exact(&mut buffer)?;
        served.write_all(b"pong")?;
        client.read_exact(&mut buffer)?;
        assert_eq!(&buffer, b"pong");
        relay.stall(true);
        served.write_all(b"late")?;
        client.set_read_timeout(Some(Duration::from_millis(200)))?;
        assert!(client.read(&mut buffer).is_err());
        relay.stall(false);
        client.read_exact(&mut buffer)?;
        assert_eq!(&buffer, b"late");
        Ok(())
    }
}
