//! Behind a real nginx: one that lets everything through, and one that lets through next to nothing.
//!
//! Without an nginx on this machine the tests pass and print a line that begins with SKIPPED.

use std::{
    io::Write,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use clap::Parser;
use tickwire_bots::{
    client::{self, Choice, ClientError, Endpoint, Event, Options, Transport},
    swarm::{self, Cli, Report},
};
use tickwire_games::arena::Arena;
use tickwire_server::{Config, Games, Running, Server};

/// How the proxy treats what goes through it.
const OPEN: &str = "
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_upgrade;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_read_timeout 60s;
";
/// As one that nobody set up for this: it upgrades nothing, and keeps an answer back until that has
/// ended, whatever the answer says about it.
const NARROW: &str = "
    proxy_http_version 1.0;
    proxy_set_header Host $http_host;
    proxy_buffering on;
    proxy_buffer_size 64k;
    proxy_buffers 64 64k;
    proxy_busy_buffers_size 256k;
    proxy_ignore_headers X-Accel-Buffering;
";
/// One that says of everybody that they come from the same place.
const FORWARDS: &str = "
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_upgrade;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For 203.0.113.7;
";

/// An nginx of our own, with nothing of the machine's.
struct Proxy {
    process: Child,
    folder: PathBuf,
    address: SocketAddr,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // It has no workers that would outlive it.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Where nginx is, if it is anywhere; else a line says that the test proved nothing.
fn nginx() -> Option<&'static str> {
    let places = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"];
    let found = places.into_iter().find(|place| std::path::Path::new(place).exists());
    if found.is_none() {
        // Written to the stream itself, because what tests print is shown only when they fail.
        let _ = writeln!(std::io::stderr(), "SKIPPED: there is no nginx on this machine");
    }
    found
}

impl Proxy {
    /// A proxy before a server; nothing when there is no nginx.
    fn before(server: SocketAddr, treatment: &str) -> Option<Proxy> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let program = nginx()?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("tickwire-nginx-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = config(port, server, treatment);
        std::fs::write(folder.join("nginx.conf"), config).unwrap();
        let process = Command::new(program)
            .arg("-p")
            .arg(&folder)
            .args(["-c", "nginx.conf", "-e", "error.log"])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let proxy = Proxy { process, folder, address };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(10), "{}", proxy.errors());
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(proxy)
    }

    fn errors(&self) -> String {
        std::fs::read_to_string(self.folder.join("error.log")).unwrap_or_default()
    }
}

fn config(port: u16, server: SocketAddr, treatment: &str) -> String {
    format!(
        "daemon off;
master_process off;
pid nginx.pid;
error_log error.log warn;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://{server};
      {treatment}
    }}
  }}
}}
"
    )
}

async fn start(config: Config) -> Running {
    let listen = ([127, 0, 0, 1], 0).into();
    let config = Config { listen, seed: 4, ..config };
    Server::start(config, Games::new().with::<Arena>()).await.unwrap()
}

async fn swarm(proxy: &Proxy, args: &str) -> Report {
    let url = format!("http://{}", proxy.address);
    let words = ["tickwire-bots", "swarm", "--quiet", "--url", &url];
    let cli = Cli::try_parse_from(words.into_iter().chain(args.split_whitespace())).unwrap();
    let swarm::Command::Swarm(options) = cli.command else { unreachable!("it says swarm") };
    swarm::run(&options).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_that_buffers_and_upgrades_nothing_long_polling_is_found_and_plays() {
    let server = start(Config::default()).await;
    let Some(proxy) = Proxy::before(server.local_addr(), NARROW) else { return };
    let endpoint = Endpoint::parse(&format!("http://{}", proxy.address)).unwrap();
    // Neither of those that one would rather have gets through.
    let impatient = Options { patience: Duration::from_secs(3), ..Options::default() };
    for transport in [Transport::WebSocket, Transport::Stream] {
        let options = Options { reserves: true, ..impatient.clone() };
        let choice = Choice::Only(transport);
        let refused = client::join(proxy.address, &endpoint, &options, choice).await;
        let why = refused.expect_err("it does not get through");
        let is_known = matches!(why, ClientError::Http { .. } | ClientError::TimedOut { .. });
        assert!(is_known, "{transport}: {why}");
    }
    let report = swarm(&proxy, "-n 3 --for 15s --transport auto").await;
    assert!(report.passed(), "{:?} {}", report.reasons, proxy.errors());
    let [told] = report.transports[..] else { panic!("{:?}", report.transports) };
    assert_eq!((told.transport, told.bots), ("long-poll", 3));
    assert!(report.hashes_verified > 3 * 8, "{} hashes", report.hashes_verified);
    assert!(told.requests > 3 * 10, "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_that_is_set_up_for_it_everything_gets_through() {
    let server = start(Config::default()).await;
    let Some(proxy) = Proxy::before(server.local_addr(), OPEN) else { return };
    for transport in ["auto", "ws", "stream", "long-poll", "poll"] {
        let report = swarm(&proxy, &format!("-n 3 --for 4s --transport {transport}")).await;
        assert!(report.passed(), "{transport}: {:?} {}", report.reasons, proxy.errors());
        let [told] = report.transports[..] else { panic!("{:?}", report.transports) };
        let expected = if transport == "auto" { "ws" } else { transport };
        assert_eq!((told.transport, told.bots), (expected, 3));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_resumed_through_a_proxy() {
    let server = start(Config::default()).await;
    let Some(proxy) = Proxy::before(server.local_addr(), OPEN) else { return };
    let mix = "ws=1,stream=1,long-poll=1,poll=1";
    let report = swarm(&proxy, &format!("-n 8 --for 8s --transport {mix} --drop 50")).await;
    assert!(report.passed(), "{:?} {}", report.reasons, proxy.errors());
    assert!(report.resumes.cuts > 0 && report.resumes.resumes_failed == 0, "{:?}", report.resumes);
}

/// How many of three get in whom the proxy says to come from one address, of which two may.
async fn admitted(config: Config) -> usize {
    let config = Config { max_connections_per_address: 2, ..config };
    let server = start(config).await;
    let Some(proxy) = Proxy::before(server.local_addr(), FORWARDS) else { return usize::MAX };
    let endpoint = Endpoint::parse(&format!("http://{}", proxy.address)).unwrap();
    let mut inside = Vec::new();
    for _ in 0..3 {
        let choice = Choice::Only(Transport::WebSocket);
        let options = Options::default();
        if let Ok(mut client) = client::join(proxy.address, &endpoint, &options, choice).await {
            while !matches!(client.next().await.unwrap(), Event::Frame(_)) {}
            inside.push(client);
        }
    }
    inside.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_proxy_speaks_for_counts_only_when_it_is_trusted() {
    if nginx().is_none() {
        return;
    }
    let stranger = admitted(Config::default()).await;
    assert_eq!(stranger, 3, "what it says is nothing, and this machine may have more");
    let trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    let trusted = admitted(Config { trusted_proxies, ..Config::default() }).await;
    assert_eq!(trusted, 2, "it speaks for one address");
}
