//! A server that runs within a program: the whole of it, without flags or signals.

use std::{
    io,
    net::SocketAddr,
    sync::Arc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::{sync::watch, task};

use crate::{
    admin::{self, Admin},
    admission::Admission,
    bind::bind,
    config::Config,
    directory::{Directory, RoomEntry},
    games::Games,
    http::{self, Assets, Site},
    identity::Identities,
    knocks::Knocks,
    links::Links,
    recorder::Recorder,
    shard::{Command, ShardHandle},
    status, watchdog,
};

/// How often seats are given back that nobody came for.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// Starts servers.
///
/// ```
/// use tickwire_games::arena::Arena;
/// use tickwire_server::{Config, Games, Server};
///
/// # fn main() -> std::io::Result<()> {
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let listen = ([127, 0, 0, 1], 0).into(); // any free port
/// let config = Config { listen, seed: 7, ..Config::default() };
/// let running = Server::start(config, Games::new().with::<Arena>()).await?;
/// println!("ws://{}/ws", running.local_addr());
/// running.shutdown().await;
/// # Ok(())
/// # })
/// # }
/// ```
#[derive(Debug)]
pub struct Server;

/// A server that runs. Dropping it ends it without waiting.
pub struct Running {
    site: Arc<Site>,
    stop: watch::Sender<bool>,
    tasks: Vec<task::JoinHandle<()>>,
    threads: Vec<JoinHandle<()>>,
}

impl Server {
    /// Listens and hosts `games`; the first one is what a client gets that names none.
    ///
    /// Call it within a tokio runtime. Rooms run on threads of their own.
    ///
    /// # Errors
    /// When an address cannot be listened on, with what to do, no thread can be started, or a game does
    /// not start.
    pub async fn start(mut config: Config, games: Games) -> io::Result<Running> {
        // Pages from where the server is reached are its own, also when a proxy renames it.
        config.allow_origin.extend(config.public_origin());
        let listener = bind(config.listen, "--listen").await?;
        let local_addr = listener.local_addr()?;
        let shard_count = config.shard_count();
        let (admin, admin_listener) = match &config.admin {
            Some(admin) => {
                let listener = bind(admin.listen, "--admin-listen").await?;
                let admin = Admin::new(admin, listener.local_addr()?, shard_count);
                (Some(admin), Some(listener))
            }
            None => (None, None),
        };
        let directory = Arc::new(Directory::new(games, config.clone(), shard_count));
        directory.try_games().map_err(io::Error::other)?;
        let metrics = Arc::clone(directory.metrics());
        // It ends when the last shard has, so it comes behind them.
        let (recorder, writer) = Recorder::start(&config.recordings)?;
        let (shards, mut threads) = ShardHandle::start_all(&directory, &config, &recorder)?;
        threads.extend(writer);
        let site = Arc::new(Site {
            admission: Admission::new(
                config.max_connections,
                config.max_connections_per_address,
                Arc::clone(&metrics),
            ),
            knocks: Knocks::new(
                config.limits.knocks_a_second,
                config.limits.knocks_at_once,
                Instant::now(),
            ),
            identities: Identities::new(&config),
            local_addr,
            assets: Assets::new(config.assets.clone()),
            links: Links::new(Arc::clone(&metrics)),
            config,
            directory,
            shards,
            metrics,
            recorder: Arc::clone(recorder.metrics()),
            admin,
            started: Instant::now(),
        });
        let (stop, stopped) = watch::channel(false);
        let mut tasks = vec![
            tokio::spawn(sweep(Arc::clone(&site), stopped.clone())),
            tokio::spawn(watchdog::watch(Arc::clone(&site), stopped.clone())),
        ];
        if let Some(listener) = admin_listener {
            tasks.push(tokio::spawn(admin::serve(listener, Arc::clone(&site), stopped.clone())));
        }
        tasks.push(tokio::spawn(http::serve(listener, Arc::clone(&site), stopped)));
        Ok(Running { site, stop, tasks, threads })
    }
}

/// Gives seats back that were reserved and not taken, until told to stop. Whoever asks for a seat does
/// so as well, but then nobody may ask.
async fn sweep(site: Arc<Site>, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(SWEEP_EVERY) => site.directory.sweep(Instant::now()),
            _ = stop.changed() => return,
        }
    }
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.site.local_addr
    }

    /// Where it listens for the operator, if it does.
    #[must_use]
    pub fn admin_addr(&self) -> Option<SocketAddr> {
        self.site.admin.as_ref().map(Admin::local_addr)
    }

    /// Where the operator's browser goes; with the token, if that was made up by the server.
    #[must_use]
    pub fn admin_url(&self) -> Option<String> {
        self.site.admin.as_ref().map(Admin::url)
    }

    /// The rooms, in order of opening.
    #[must_use]
    pub fn rooms(&self) -> Vec<Arc<RoomEntry>> {
        self.site.directory.rooms()
    }

    /// What `/status` shows.
    #[must_use]
    pub fn status(&self) -> Value {
        status::status(&self.site)
    }

    /// Lets nobody in any more, but lets those who are in play on: `/readyz` says so.
    pub fn drain(&self) {
        self.site.directory.drain();
        self.site.shards.iter().for_each(|shard| shard.send(Command::Drain));
    }

    /// Tells all players that it is over, waits for them for a moment, and ends.
    pub async fn shutdown(self) {
        self.end().await;
    }

    /// The same, and says whether all rooms ended in time.
    pub(crate) async fn end(mut self) -> bool {
        self.order_shutdown();
        let threads = std::mem::take(&mut self.threads);
        let ended = task::spawn_blocking(move || {
            // A shard that panicked has said so already.
            threads.into_iter().for_each(|thread| drop(thread.join()));
        });
        // Shards keep a deadline of their own; this one is for a game that never returns.
        let most = self.site.config.limits.shutdown_wait + Duration::from_secs(1);
        let in_time = tokio::time::timeout(most, ended).await.is_ok();
        if !in_time {
            tracing::error!("a room did not end in time; the players of its shard were not told");
        }
        // Each socket that still speaks HTTP listens to this: its last answer may be on the way.
        let _ =
            tokio::time::timeout(self.site.config.limits.shutdown_wait, self.stop.closed()).await;
        in_time
    }

    fn order_shutdown(&self) {
        self.site.directory.drain();
        let _ = self.stop.send(true);
        self.site.shards.iter().for_each(|shard| shard.send(Command::Shutdown));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.order_shutdown();
        self.tasks.iter().for_each(task::JoinHandle::abort);
    }
}
