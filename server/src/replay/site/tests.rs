use std::{fs, future::Future, path::PathBuf};

use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    runtime::{Builder, Runtime},
    time::{sleep, timeout},
};

use super::{
    super::tests::{Recorded, games},
    *,
};

/// Long enough for anything that ends at all.
const PATIENCE: Duration = Duration::from_secs(30);

/// A site, whose file is gone at the end of the test.
struct Shown(Arc<Site>, PathBuf);

impl Shown {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("tickwire-{name}-{}", std::process::id()));
        fs::write(&path, Recorded::new(100).recording()).expect("a file");
        let player = open(&path, &games()).expect("it can be played");
        let site = Site {
            projector: Mutex::new(Projector::new(player)),
            making: Arc::new(Semaphore::new(MOST_MAKING)),
            known: Arc::default(),
            assets: Assets::new(None),
            about: Value::Null,
        };
        Shown(Arc::new(site), path)
    }

    fn ask(&self) -> impl Future<Output = Answer> {
        let site = Arc::clone(&self.0);
        async move {
            let make: Make = |projector, asked, wanted| {
                projector.frames((asked.from, asked.ticks), asked.eyes, asked.on, wanted)
            };
            bytes(&site, "ticks=9".to_owned(), make).await
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.1);
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Ends when the test does, or when it takes too long.
fn run(runtime: &Runtime, test: impl Future<Output = ()>) {
    runtime.block_on(async { timeout(PATIENCE, test).await.expect("it ends") });
}

#[test]
fn who_asks_and_goes_away_takes_a_place_for_as_long_as_the_work_waits() {
    let (shown, runtime) = (Shown::new("site-places"), runtime());
    let busy = shown.0.projector.lock();
    run(&runtime, async {
        for _ in 0..MOST_MAKING {
            let gone = timeout(Duration::from_millis(1), shown.ask()).await;
            assert!(gone.is_err(), "it waits for whoever is before it");
        }
        assert_eq!(shown.ask().await.status(), StatusCode::SERVICE_UNAVAILABLE);
    });
    drop(busy);
    run(&runtime, async {
        while shown.0.making.available_permits() < MOST_MAKING {
            sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(shown.ask().await.status(), StatusCode::OK);
    });
}

#[test]
fn nothing_is_made_for_who_has_gone_before_it_began() {
    let shown = Shown::new("site-gone");
    let make: Make = |_, _, _| unreachable!("nobody waits for it");
    assert!(shown.0.make("ticks=9", make, &|| false).is_err());
}

/// A client that has asked for frames, and the server's end of its socket.
async fn asking() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("it has one");
    let mut client = TcpStream::connect(address).await.expect("it listens");
    let request = b"GET /replay/frames?ticks=9 HTTP/1.1\r\nHost: localhost\r\n\r\n";
    client.write_all(request).await.expect("it reads");
    (client, listener.accept().await.expect("a socket").0)
}

#[test]
fn a_socket_ends_in_time_whatever_it_waits_for() {
    // In this order: the runtime's end waits for what waits for the lock.
    let (shown, runtime) = (Shown::new("site-lifetime"), runtime());
    let _busy = shown.0.projector.lock();
    run(&runtime, async {
        let (_client, stream) = asking().await;
        converse(stream, Arc::clone(&shown.0), Duration::from_millis(20)).await;
    });
}

#[test]
fn a_socket_ends_when_who_asked_goes_away_though_the_answer_is_still_made() {
    // In this order: the runtime's end waits for what waits for the lock.
    let (shown, runtime) = (Shown::new("site-away"), runtime());
    let _busy = shown.0.projector.lock();
    run(&runtime, async {
        let (client, stream) = asking().await;
        let talk = tokio::spawn(converse(stream, Arc::clone(&shown.0), PATIENCE * 2));
        while shown.0.making.available_permits() == MOST_MAKING {
            sleep(Duration::from_millis(1)).await;
        }
        assert!(!talk.is_finished());
        drop(client);
        talk.await.expect("it ends");
        assert_eq!(shown.0.making.available_permits(), MOST_MAKING - 1, "the work has its place");
    });
}
