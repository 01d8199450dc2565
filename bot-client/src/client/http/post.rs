//! Requests to one address, over a connection that is kept.

use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    client::conn::http1::SendRequest,
    header::{CONTENT_TYPE, HOST, RETRY_AFTER},
};
use tokio::time::{sleep, timeout};

use super::super::{dial::Dialer, error::ClientError, handshake::words};

/// How often a request is made whose answer does not come. Doing so is harmless: bodies are numbered.
const TRIES: u32 = 3;
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(100);
/// How often a request is made that the server takes only later, when it has said how long to wait.
const PATIENT_TRIES: u32 = 5;
/// As long as that may be.
const MOST_PAUSE: Duration = Duration::from_secs(10);
/// As much of an answer as is read: far more than any frame.
const MOST_BYTES: usize = 4 << 20;

/// What makes requests to one address.
#[derive(Debug)]
pub(super) struct Post {
    dialer: Dialer,
    path: String,
    /// How long an answer may take.
    limit: Duration,
    connection: Option<SendRequest<Full<Bytes>>>,
    /// For how long the server wants to be left alone, as it said last.
    retry_after: Option<Duration>,
}

impl Post {
    pub(super) fn new(dialer: Dialer, path: String, limit: Duration) -> Post {
        Post { dialer, path, limit, connection: None, retry_after: None }
    }

    /// Makes a request until it is answered, and gives the body; nothing when there is none.
    pub(super) async fn ask(&mut self, body: &Bytes) -> Result<Option<Bytes>, ClientError> {
        let mut tries = 0;
        loop {
            tries += 1;
            self.retry_after = None;
            let answer = self.ask_once(body).await;
            let (most, pause) = match self.retry_after {
                Some(wait) => (PATIENT_TRIES, wait.min(MOST_PAUSE)),
                None => (TRIES, PAUSE),
            };
            match answer {
                Err(error) if tries < most && is_passing(&error) => {
                    self.connection = None;
                    sleep(pause).await;
                }
                answer => return answer,
            }
        }
    }

    async fn ask_once(&mut self, body: &Bytes) -> Result<Option<Bytes>, ClientError> {
        let limit = self.limit;
        let all = async {
            let answer = self.begin(body).await?;
            if answer.status() == StatusCode::NO_CONTENT {
                return Ok(None);
            }
            let body = Limited::new(answer.into_body(), MOST_BYTES).collect().await;
            Ok(Some(body.map_err(|_| ClientError::BrokenOff)?.to_bytes()))
        };
        let answer = timeout(limit, all).await;
        answer.unwrap_or(Err(ClientError::TimedOut { what: "an answer", limit }))
    }

    /// Makes a request once; the answer has begun when this returns.
    pub(super) async fn begin(&mut self, body: &Bytes) -> Result<Response<Incoming>, ClientError> {
        let authority = self.dialer.endpoint.authority();
        let request = Request::post(&self.path)
            .header(HOST, authority)
            .header(CONTENT_TYPE, "application/octet-stream")
            .body(Full::new(body.clone()));
        let request = request.map_err(|_| ClientError::Answer("the room's code is no path"))?;
        let kept = self.connection.take().filter(|connection| !connection.is_closed());
        let mut connection = match kept {
            Some(connection) => connection,
            None => self.dialer.open_http().await?,
        };
        connection.ready().await?;
        self.dialer.meter.count_request();
        let answer = connection.send_request(request).await?;
        self.connection = Some(connection);
        match answer.status() {
            StatusCode::OK | StatusCode::NO_CONTENT => Ok(answer),
            status => {
                self.retry_after = retry_after(&answer);
                let (status, wanted) = (status.as_u16(), "taking messages");
                Err(ClientError::Http { wanted, status, body: words(answer).await })
            }
        }
    }
}

/// How long to wait before the same request is made again, if that is said.
fn retry_after<B>(answer: &Response<B>) -> Option<Duration> {
    let seconds = answer.headers().get(RETRY_AFTER)?.to_str().ok()?;
    seconds.trim().parse().ok().map(Duration::from_secs)
}

/// Whether the same request may fare better on another connection, or when the server has read what it
/// was sent before.
fn is_passing(error: &ClientError) -> bool {
    let is_full = matches!(error, ClientError::Http { status: 429, .. });
    is_full || matches!(error, ClientError::Handshake(_) | ClientError::BrokenOff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_says_in_seconds_how_long_to_wait() {
        let said = |value: &str| {
            retry_after(&Response::builder().header(RETRY_AFTER, value).body(()).expect("a value"))
        };
        assert_eq!(said("2"), Some(Duration::from_secs(2)));
        assert_eq!((said("soon"), said("-1"), said("")), (None, None, None));
        assert_eq!(retry_after(&Response::new(())), None);
    }
}
