use clap::Parser;
use tickwire_games::{arena::Arena, field::Field};

use super::{super::DEFAULT_ADMIN_LISTEN, *};
use crate::test_game::Restless;

fn resolved(args: &[&str]) -> Result<Resolved, ConfigError> {
    let flags = Flags::parse_from(["tickwire-server"].iter().chain(args));
    resolve(flags, &mut Games::new().with::<Arena>())
}

#[test]
fn without_any_settings_the_defaults_hold() {
    let Resolved { config, log_format, .. } = resolved(&[]).expect("it is fine");
    assert_eq!(config.listen.to_string(), DEFAULT_LISTEN);
    assert_eq!((config.tick_hz, config.max_players, config.start_tick), (None, None, 0));
    assert_eq!((config.linger, log_format), (Duration::from_secs(30), LogFormat::Text));
}

#[test]
fn the_help_and_the_version_speak_of_the_program_at_hand() {
    let shown = |flag| {
        let args = ["/somewhere/tag", flag].map(Into::into);
        Flags::read(&args, "minimal").expect_err("it is only shown").to_string()
    };
    let help = shown("--help");
    assert!(help.contains("  tag --seed 7") && help.contains("[minimal]"), "{help}");
    assert!(help.contains("name none [default: minimal]"), "{help}");
    assert!(!help.contains("tickwire-server") && !help.contains("arena"), "{help}");
    assert_eq!(shown("-V"), format!("tag (tickwire {})\n", crate::build()));
}

#[test]
fn a_log_filter_is_a_level_or_names_a_part_with_one() {
    for good in ["info", "WARN", "off", "info,tickwire_server=debug", "[span]=trace", "a::b=1"] {
        assert!(log(good).is_ok(), "{good}");
    }
    for bad in ["wrn", "info,debgu", "tickwire_server"] {
        assert!(matches!(log(bad), Err(ConfigError::LogLevel(_))), "{bad}");
    }
}

#[test]
fn settings_given_above_hide_those_below_one_by_one() {
    let above = Settings { seed: Some(1), ..Settings::default() };
    let below = Settings { seed: Some(2), shards: Some(3), ..Settings::default() };
    let both = above.over(below);
    assert_eq!((both.seed, both.shards, both.game), (Some(1), Some(3), None));
}

#[test]
fn every_setting_may_stand_in_the_file() {
    let text = "
        listen = '127.0.0.1:9'
        game = 'arena'
        tick-hz = 20
        seed = 5
        start-tick = 4294967290
        max-players = 6
        bytes-a-second = 50000
        shards = 2
        assets = '../assets'
        allow-origin = ['https://a.example', 'https://b.example']
        hash-interval = 3
        max-spectators = 0
        public-url = 'https://play.example.com'
        trusted-proxy = ['10.0.0.0/8', '::1']
        jwt-key = 'players.key'
        jwt-audience = 'my-game'
        max-connections = 10
        max-connections-per-address = 3
        joins-per-address = 2
        rooms-per-address = 1
        max-rooms = 4
        linger = 5
        grace = 0
        net = 'wifi'
        net-control = true
        admin-listen = '127.0.0.1:10'
        admin-allow-remote = false
        admin-host = ['admin.example']
        record = 'recordings'
        record-limit = 9
        record-total = 99
        flight = 'flights'
        log-format = 'json'
        log = 'debug'
        [arena]
        damage = 10
    ";
    let settings = file::read(text, &mut Games::new().with::<Arena>()).expect("it is fine");
    let given = format!("{settings:?}");
    assert!(!given.contains("None"), "{given}");
}

#[test]
fn numbers_out_of_range_are_refused() {
    for args in [["--tick-hz", "0"], ["--hash-interval", "0"], ["--shards", "0"]] {
        assert!(matches!(resolved(&args), Err(ConfigError::Range { .. })), "{args:?}");
    }
}

#[test]
fn a_network_is_named_or_described_and_clients_choose_theirs_only_at_home() {
    let config = |args: &[&str]| resolved(args).expect("it is fine").config;
    assert_eq!((config(&[]).net, config(&["--net", "none"]).net), (None, None));
    let wifi = config(&["--net", "wifi,loss=0%"]).net.expect("a network");
    assert_eq!((wifi.latency_us, wifi.loss_ppm), (20_000, 0));
    let error = resolved(&["--net", "wify"]).expect_err("there is none").to_string();
    assert!(error.starts_with("there is no network \"wify\"; write one of"), "{error}");

    assert!(config(&[]).allows_net_control());
    assert!(!config(&["--net-control=false"]).allows_net_control());
    let open = ["--listen", "0.0.0.0:2567"];
    assert!(!config(&open).allows_net_control());
    assert!(config(&[&open[..], &["--net-control"]].concat()).allows_net_control());
}

#[test]
fn the_admin_listener_is_for_this_machine_unless_that_was_said() {
    assert!(resolved(&[]).expect("it is fine").config.admin.is_none());
    let admin = |args: &[&str]| resolved(args).map(|resolved| resolved.config.admin);
    for address in [DEFAULT_ADMIN_LISTEN, "[::1]:0", "localhost:2568"] {
        let admin = admin(&["--admin-listen", address]).expect("it is fine").expect("it is on");
        assert!(admin.listen.ip().is_loopback(), "{address}");
    }
    let open = ["--admin-listen", "0.0.0.0:2568"];
    let error = admin(&open).expect_err("anybody could come").to_string();
    assert!(error.contains("--admin-allow-remote"), "{error}");
    assert!(admin(&[&open[..], &["--admin-allow-remote=false"]].concat()).is_err());
    assert!(admin(&[&open[..], &["--admin-allow-remote"]].concat()).is_ok());
    let error = admin(&["--admin-listen", "nowhere"]).expect_err("there is none").to_string();
    assert!(error.contains(DEFAULT_ADMIN_LISTEN), "{error}");
}

#[test]
fn names_of_the_admin_listener_are_names_alone() {
    let with = |name| resolved(&["--admin-listen", DEFAULT_ADMIN_LISTEN, "--admin-host", name]);
    let admin = with("Admin.Example,tickwire").expect("they are fine").config.admin;
    assert_eq!(admin.expect("it is on").hosts, ["admin.example", "tickwire"]);
    for bad in ["", "admin.example:2568", "http://admin.example", "*"] {
        assert!(matches!(with(bad), Err(ConfigError::AdminHost(_))), "{bad}");
    }
}

#[test]
fn origins_may_be_repeated_and_must_be_origins() {
    let args = ["--allow-origin", "https://a.example", "--allow-origin", "http://b.example:80"];
    assert_eq!(resolved(&args).expect("it is fine").config.allow_origin.len(), 2);
    for bad in ["a.example", "https://a.example/", "https://"] {
        assert!(matches!(resolved(&["--allow-origin", bad]), Err(ConfigError::Origin(_))));
    }
}

#[test]
fn the_example_file_shows_the_defaults() {
    let text = include_str!("../../../tickwire.example.toml");
    // What it has of the games that ship with Tickwire is fine too, and in nobody else's way.
    let (general, tables) = text.split_once("# [arena]").expect("it shows a game's table");
    let tables: String =
        tables.lines().map(|line| format!("{}\n", line.trim_start_matches("# "))).collect();
    let mut games = Games::new().with::<Arena>().with::<Field>();
    file::read(&format!("{general}[arena]{tables}"), &mut games).expect("the tables are fine");
    let mut games = Games::new().with::<Restless>();
    let settings = file::read(text, &mut games).expect("the example is fine");
    let shown =
        check(settings, Secrets::default(), &mut games).expect("the example is fine").config;
    let usual = Config { seed: shown.seed, ..Config::default() };
    assert_eq!(format!("{shown:?}"), format!("{usual:?}"));
}

#[test]
fn one_address_may_do_as_much_as_is_said() {
    let limits = |args: &[&str]| resolved(args).expect("it is fine").config.limits;
    let shown =
        |limits: Limits| (limits.knocks_a_second, limits.knocks_at_once, limits.rooms_per_address);
    assert_eq!(shown(limits(&[])), (20, 100, 8));
    let args = ["--joins-per-address", "300", "--rooms-per-address", "50"];
    assert_eq!(shown(limits(&args)), (300, 1500, 50));
}

#[test]
fn proxies_are_addresses_or_networks() {
    let args = ["--trusted-proxy", "10.0.0.0/8", "--trusted-proxy", "::1"];
    assert_eq!(resolved(&args).expect("it is fine").config.trusted_proxies.len(), 2);
    let error = resolved(&["--trusted-proxy", "proxy"]).expect_err("it is none").to_string();
    assert!(error.contains("10.0.0.0/8"), "{error}");
}

#[test]
fn the_public_address_is_one_for_browsers() {
    let url = |url| resolved(&["--public-url", url]).map(|resolved| resolved.config.public_url);
    assert_eq!(
        url("https://a.example/").expect("it is fine").as_deref(),
        Some("https://a.example")
    );
    assert_eq!(
        url("http://a.example:80/play").expect("it is fine").as_deref(),
        Some("http://a.example:80/play")
    );
    for bad in
        ["a.example", "ftp://a.example", "https://", "https:///x", "https://a b", "http://a?x"]
    {
        assert!(matches!(url(bad), Err(ConfigError::PublicUrl(_))), "{bad}");
    }
}

/// What holds with these keys in the environment.
fn with_keys(args: &[&str], jwt_key: Option<&str>, secret: Option<&str>) -> Result<Config, String> {
    let mut flags = Flags::parse_from(["tickwire"].iter().chain(args));
    let owned = |key: Option<&str>| key.map(str::to_owned);
    flags.secrets =
        Secrets { jwt_key: owned(jwt_key), secret: owned(secret), ..Secrets::default() };
    let mut games = Games::new().with::<Arena>();
    let resolved = resolve(flags, &mut games);
    resolved.map(|resolved| resolved.config).map_err(|error| error.to_string())
}

#[test]
fn keys_come_from_a_file_or_the_environment_and_are_long_enough() {
    let path = std::env::temp_dir().join(format!("tickwire-key-{}", std::process::id()));
    std::fs::write(&path, "f".repeat(32) + "\n").expect("a file");
    let toml = path.with_extension("toml");
    std::fs::write(&toml, format!("jwt-key = {path:?}")).expect("a file");
    let (key, toml_path) = (path.to_str().expect("text"), toml.to_str().expect("text"));
    let (long, short) = ("e".repeat(32), "too short");
    let jwt = |args: &[&str], key| {
        let config = with_keys(args, key, None)?;
        Ok::<_, String>(config.jwt_key.map(|key| key.bytes()[0]))
    };
    assert_eq!(jwt(&[], None), Ok(None));
    assert_eq!(jwt(&[], Some(&long)), Ok(Some(b'e')));
    assert_eq!(jwt(&["--jwt-key", key], Some(&long)), Ok(Some(b'f')));
    assert_eq!(jwt(&["--config", toml_path], None), Ok(Some(b'f')));
    assert_eq!(jwt(&["--config", toml_path], Some(&long)), Ok(Some(b'e')));
    let error = jwt(&[], Some(short)).expect_err("it is too short");
    assert!(error.contains("TICKWIRE_JWT_KEY") && error.contains("openssl"), "{error}");
    let error = jwt(&["--jwt-key", "/nowhere"], None).expect_err("there is none");
    assert!(error.contains("/nowhere"), "{error}");
    let error = with_keys(&[], None, Some(short)).expect_err("it is too short");
    assert!(error.contains("TICKWIRE_SECRET"), "{error}");
    assert!(with_keys(&[], None, Some(&long)).expect("it is fine").secret.is_some());
    for path in [path, toml] {
        let _ = std::fs::remove_file(path);
    }
}
