//! The little that a shard wants of a socket, so that it can also run on a
//! simulated one, or on another interface to the kernel.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpStream},
};

/// A byte stream that never blocks: it says [`io::ErrorKind::WouldBlock`] instead.
pub trait Socket: Send + 'static {
    /// Reads what is there; no bytes mean that the peer sends no more.
    ///
    /// # Errors
    /// `WouldBlock` when nothing is there; anything else ends the connection.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Takes as many bytes as fit.
    ///
    /// # Errors
    /// `WouldBlock` when none fit; anything else ends the connection.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Says that no more will be written. What the peer still sends can be read.
    fn finish(&mut self);
}

impl Socket for TcpStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Read::read(self, buffer)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Write::write(self, bytes)
    }

    fn finish(&mut self) {
        // An error means that the connection is gone, which the next read says too.
        let _ = self.shutdown(Shutdown::Write);
    }
}
