//! Who hosts the world, and how each is started and asked.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;
use tickwire_bots::status::Status;

use crate::load::{Child, child::CORES, http};

/// Set for the children of this program: which server they are.
pub const ROLE: &str = "TICKWIRE_PEERS_ROLE";

/// How a host speaks, if not as Tickwire does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// States in bincode.
    Bincode,
    /// States in MessagePack.
    MessagePack,
    /// Events in JSON.
    SocketIo,
    /// Patches of a schema.
    Colyseus,
}

/// A host.
#[derive(Clone, Copy, Debug)]
pub struct Host {
    /// What it is called on the command line and in the table.
    pub name: &'static str,
    /// What it is, in words.
    pub about: &'static str,
    /// How it speaks; Tickwire as Tickwire.
    pub dialect: Option<Dialect>,
    /// The Node program, and what it is told beside the world.
    script: Option<(&'static str, &'static [&'static str])>,
    /// The npm packages whose versions count.
    packages: &'static [&'static str],
}

/// All hosts.
pub const HOSTS: [Host; 6] = [
    Host { name: "tickwire", about: "this server", dialect: None, script: None, packages: &[] },
    Host {
        name: "tungstenite",
        about: "tokio-tungstenite, whole states in bincode",
        dialect: Some(Dialect::Bincode),
        script: None,
        packages: &[],
    },
    Host {
        name: "ws",
        about: "ws, whole states in MessagePack",
        dialect: Some(Dialect::MessagePack),
        script: Some(("ws.js", &[])),
        packages: &["ws", "msgpackr"],
    },
    Host {
        name: "socketio",
        about: "socket.io, whole states in JSON",
        dialect: Some(Dialect::SocketIo),
        script: Some(("socketio.js", &[])),
        packages: &["socket.io"],
    },
    Host {
        name: "colyseus",
        about: "Colyseus, patches of float fields",
        dialect: Some(Dialect::Colyseus),
        script: Some(("colyseus.js", &[])),
        packages: &["@colyseus/core", "@colyseus/schema"],
    },
    Host {
        name: "colyseus-quantised",
        about: "Colyseus, patches of whole numbers",
        dialect: Some(Dialect::Colyseus),
        script: Some(("colyseus.js", &["quantised"])),
        packages: &["@colyseus/core", "@colyseus/schema"],
    },
];

impl Host {
    /// Whether it needs Node and npm packages.
    #[must_use]
    pub fn needs_node(&self) -> bool {
        self.script.is_some()
    }

    /// Starts it with the world `near`, or `everyone`, on the hosts' core.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(&self, near: bool) -> Result<Child, String> {
        let world = if near { "near" } else { "everyone" };
        let mut command = Command::new("taskset");
        command
            .args(["-c", &CORES.0.to_string()])
            .stderr(Stdio::null())
            .env("NODE_ENV", "production");
        match self.script {
            Some((script, more)) => {
                command.arg(node()).arg(root().join("servers").join(script)).arg(world).args(more);
            }
            None => {
                let program = std::env::current_exe().map_err(|error| error.to_string())?;
                command.arg(program).env(ROLE, format!("{} {world}", self.name));
            }
        }
        if self.dialect.is_none() {
            command.args([
                "--listen",
                "127.0.0.1:0",
                "--seed",
                "1",
                "--shards",
                "1",
                "--log",
                "error",
            ]);
            command.args(["--game", world, "--tick-hz", "30", "--max-players", "4000"]);
        }
        Child::start(&mut command)
    }

    /// Its own account of its ticks since it was last asked, in milliseconds, p50 and p99, and how many
    /// entities it showed a client on average. Tickwire has no such average, and tells of its ticks since its
    /// start: what it had told when it was last asked is `seen`.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn ticks(
        &self,
        address: SocketAddr,
        seen: &mut Status,
    ) -> Result<(f64, f64, Option<f64>), String> {
        let path = if self.dialect.is_none() { "/status" } else { "/stats" };
        let told = http::ask(address, "GET", path).map_err(|error| error.to_string())?;
        let number = |value: &Value| value.as_f64().unwrap_or_default();
        if self.dialect.is_none() {
            let now = Status::parse(&told).ok_or("the server tells no tick times")?;
            let before = std::mem::replace(seen, now);
            let of = |share| seen.ticks.quantile(&before.ticks, share).unwrap_or_default() / 1e3;
            return Ok((of(0.5), of(0.99), None));
        }
        Ok((number(&told["p50_ms"]), number(&told["p99_ms"]), told["shown"].as_f64()))
    }

    /// Its version, as installed.
    #[must_use]
    pub fn version(&self) -> String {
        let versions = self.packages.iter().map(|package| {
            let path = root().join("node_modules").join(package).join("package.json");
            let text = fs::read_to_string(path).unwrap_or_default();
            let told: Value = serde_json::from_str(&text).unwrap_or_default();
            format!("{package} {}", told["version"].as_str().unwrap_or("?"))
        });
        match (self.dialect, self.packages) {
            (None, _) => format!("tickwire {}", env!("CARGO_PKG_VERSION")),
            (_, []) => "tokio-tungstenite 0.30, bincode 2.0".to_owned(),
            _ => versions.collect::<Vec<_>>().join(", "),
        }
    }
}

/// Where the Node programs are.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

/// The Node program that npm brought, which is as new as the packages want it.
#[must_use]
pub fn node() -> PathBuf {
    root().join("node_modules/node/bin/node")
}

/// Installs the npm packages, unless they are there.
///
/// # Errors
/// A sentence that says what is needed.
pub fn install() -> Result<(), String> {
    if node().exists() {
        return Ok(());
    }
    eprintln!("  npm ci in {} ...", root().display());
    let needed =
        "the Node hosts need Node 20 or newer with npm, and a package registry that can be reached";
    let status =
        Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(root()).status();
    match status {
        Ok(status) if status.success() && node().exists() => Ok(()),
        Ok(status) => Err(format!("{needed}; npm ci ended with {status}")),
        Err(error) => Err(format!("{needed}; npm: {error}")),
    }
}

/// What the Node program says that it is.
#[must_use]
pub fn node_version() -> String {
    let told = Command::new(node()).arg("--version").output();
    told.map_or_else(
        |_| "?".to_owned(),
        |told| String::from_utf8_lossy(&told.stdout).trim().to_owned(),
    )
}
