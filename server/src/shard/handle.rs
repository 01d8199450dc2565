//! A shard as other threads see it.

use std::{
    io,
    net::TcpStream,
    sync::{Arc, mpsc},
    thread::{self, JoinHandle, Thread},
    time::{Duration, Instant},
};

use super::{Command, run::Shard};
use crate::{config::Config, directory::Directory, metrics::ShardMetrics};

/// Where a shard takes commands.
#[derive(Clone)]
pub(crate) struct ShardHandle {
    inbox: mpsc::Sender<Command<TcpStream>>,
    thread: Thread,
    epoch: Instant,
    pub(crate) metrics: Arc<ShardMetrics>,
}

impl ShardHandle {
    /// Starts the `index`-th shard on a thread of its own.
    pub(crate) fn start(
        index: usize,
        directory: &Arc<Directory>,
        config: &Config,
    ) -> io::Result<(Self, JoinHandle<()>)> {
        let metrics = Arc::new(ShardMetrics::default());
        let (inbox, commands) = mpsc::channel();
        let epoch = Instant::now();
        let shard =
            Shard::new(commands, Arc::clone(directory), config, Arc::clone(&metrics), epoch);
        let name = format!("shard-{index}");
        let thread = thread::Builder::new().name(name).spawn(move || shard.run())?;
        Ok((ShardHandle { inbox, thread: thread.thread().clone(), epoch, metrics }, thread))
    }

    /// For how long it has been at the turn that it is in.
    pub(crate) fn busy(&self) -> Duration {
        self.metrics.heartbeat.busy(self.epoch.elapsed())
    }

    /// Gives a command and wakes the shard. After its end commands are dropped, and sockets with them.
    pub(crate) fn send(&self, command: Command<TcpStream>) {
        let _ = self.inbox.send(command);
        self.thread.unpark();
    }
}
