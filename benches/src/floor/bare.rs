//! A server that does nothing: it reads what has come and writes bytes that were made beforehand.

use std::{
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use socket2::SockRef;

/// What a bare server is to do.
#[derive(Clone, Copy, Debug)]
pub struct Bare {
    /// How many clients it waits for before its first tick.
    pub clients: usize,
    /// The payload of what it sends, in bytes.
    pub payload: usize,
    /// Ticks a second.
    pub hz: u32,
    /// Its connections take turns in so many groups, spread over the tick, as rooms do.
    pub groups: usize,
    /// The kernel's buffers for each connection, send and receive, in bytes.
    pub buffers: (usize, usize),
}

impl Bare {
    /// Its command line.
    #[must_use]
    pub fn arguments(&self) -> Vec<String> {
        let Bare { clients, payload, hz, groups, buffers } = *self;
        let numbers = [clients, payload, hz as usize, groups, buffers.0, buffers.1];
        numbers.iter().map(ToString::to_string).collect()
    }

    /// Reads its command line.
    #[must_use]
    pub fn from_arguments(arguments: &[String]) -> Option<Bare> {
        let numbers: Option<Vec<usize>> = arguments.iter().map(|one| one.parse().ok()).collect();
        let [clients, payload, hz, groups, send, receive] = numbers?.try_into().ok()?;
        let hz = u32::try_from(hz).ok()?;
        Some(Bare { clients, payload, hz, groups, buffers: (send, receive) })
    }

    /// Serves until the process is ended.
    ///
    /// # Errors
    /// When it cannot listen.
    pub fn serve(self) -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        println!("http://{}", listener.local_addr()?);
        let streams: io::Result<Vec<_>> =
            (0..self.clients).map(|_| self.accept(&listener)).collect();
        let (mut streams, message, start) = (streams?, message(self.payload), Instant::now());
        let mut scratch = vec![0; 1 << 16];
        for turn in 0_u64.. {
            let group = turn as usize % self.groups;
            let due = Duration::from_secs(turn) / (self.hz * self.groups as u32);
            thread::sleep((start + due).saturating_duration_since(Instant::now()));
            let of_group = streams.len() * group / self.groups;
            let before_next = streams.len() * (group + 1) / self.groups;
            let turns = &mut streams[of_group..before_next];
            // First all reads, then all writes, as a tick lies between the two.
            for stream in turns.iter_mut() {
                let _ = stream.read(&mut scratch);
            }
            for stream in turns.iter_mut() {
                let _ = stream.write(&message);
            }
        }
        Ok(())
    }

    fn accept(self, listener: &TcpListener) -> io::Result<TcpStream> {
        let (mut stream, _) = listener.accept()?;
        stream.set_nodelay(true)?;
        let kernel = SockRef::from(&stream);
        kernel.set_send_buffer_size(self.buffers.0)?;
        kernel.set_recv_buffer_size(self.buffers.1)?;
        let mut request = [0; 2048];
        let _ = stream.read(&mut request)?;
        stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")?;
        stream.set_nonblocking(true)?;
        Ok(stream)
    }
}

/// A WebSocket message with so much payload.
fn message(payload: usize) -> Vec<u8> {
    let mut bytes = match payload {
        short @ ..=125 => vec![0x82, short as u8],
        long => {
            let length = u16::try_from(long).expect("frames are shorter than 64 KiB on average");
            let [high, low] = length.to_be_bytes();
            vec![0x82, 126, high, low]
        }
    };
    bytes.resize(bytes.len() + payload, 0);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_command_line_comes_back() {
        let bare = Bare { clients: 5, payload: 700, hz: 30, groups: 4, buffers: (9, 8) };
        let read = Bare::from_arguments(&bare.arguments()).expect("it is complete");
        assert_eq!(read.arguments(), ["5", "700", "30", "4", "9", "8"]);
        assert!(Bare::from_arguments(&["1".to_owned()]).is_none());
    }

    #[test]
    fn a_message_has_the_header_that_its_length_needs() {
        assert_eq!(message(3), [0x82, 3, 0, 0, 0]);
        assert_eq!(message(700)[..4], [0x82, 126, 2, 188]);
        assert_eq!(message(700).len(), 704);
    }
}
