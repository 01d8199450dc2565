//! A shard as other threads see it.

use std::{
    io,
    net::TcpStream,
    sync::{Arc, OnceLock, mpsc},
    thread::{self, JoinHandle, Thread},
    time::{Duration, Instant},
};

use super::{Command, Post, run::Shard};
use crate::{config::Config, directory::Directory, metrics::ShardMetrics, recorder::Recorder};

/// Where a shard takes commands.
#[derive(Clone)]
pub(crate) struct ShardHandle {
    inbox: mpsc::Sender<Command<TcpStream>>,
    thread: Thread,
    epoch: Instant,
    pub(crate) metrics: Arc<ShardMetrics>,
}

impl ShardHandle {
    /// Starts all shards, each on a thread of its own.
    pub(crate) fn start_all(
        directory: &Arc<Directory>,
        config: &Config,
        recorder: &Recorder,
    ) -> io::Result<(Vec<Self>, Vec<JoinHandle<()>>)> {
        // Known before the first room is opened, so before any shard has something to say.
        let peers = Arc::new(OnceLock::new());
        let start =
            |index| Self::start(index, directory, config, (Arc::clone(&peers), recorder.clone()));
        let started: io::Result<Vec<_>> = (0..config.shard_count()).map(start).collect();
        let (shards, threads): (Vec<Self>, _) = started?.into_iter().unzip();
        let _ = peers.set(shards.clone());
        Ok((shards, threads))
    }

    fn start(
        index: usize,
        directory: &Arc<Directory>,
        config: &Config,
        (peers, recorder): (Arc<OnceLock<Vec<Self>>>, Recorder),
    ) -> io::Result<(Self, JoinHandle<()>)> {
        let metrics = Arc::new(ShardMetrics::default());
        let (inbox, commands) = mpsc::channel();
        let epoch = Instant::now();
        let post: Post<TcpStream> = Box::new(move |shard, command| {
            if let Some(peer) = peers.get().and_then(|peers| peers.get(shard)) {
                peer.send(command);
            }
        });
        let (directory, shown) = (Arc::clone(directory), Arc::clone(&metrics));
        let shard = Shard::new(index, (commands, post), directory, config, shown, epoch)
            .recorded_by(recorder);
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
        self.metrics.commands[0].add(1);
        let _ = self.inbox.send(command);
        self.thread.unpark();
    }
}
