//! How a seat is reserved before a connection is made.

use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, StatusCode,
    body::Bytes,
    header::{AUTHORIZATION, CONTENT_TYPE, HOST},
};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::super::{dial::Dialer, endpoint::Endpoint, error::ClientError, handshake::words};

/// A reservation is a few hundred bytes.
const MOST_BYTES: usize = 64 * 1024;

/// Which seat is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seat {
    /// In any room of a game, or of the one that the server is for; in a new one if there is none.
    Match(Option<String>),
    /// In a new room.
    Create(Option<String>),
    /// In the room of this code.
    Room(String),
}

/// A seat that is kept for a few seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::client) struct Reservation {
    /// The room's code.
    pub(in crate::client) room: String,
    /// What is taken along to the room; good once.
    pub(in crate::client) ticket: String,
}

impl Seat {
    /// What the query of an address such as `/ws?game=arena` asks for.
    #[must_use]
    pub fn of(endpoint: &Endpoint) -> Seat {
        let query = endpoint.path.split_once('?').map_or("", |(_, query)| query);
        let value = |wanted: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == wanted).map(|(_, value)| value.to_owned())
        };
        let in_path = endpoint.path.strip_prefix("/rooms/").and_then(|path| path.split('/').next());
        match (value("room").or(in_path.map(str::to_owned)), value("create")) {
            (Some(code), _) => Seat::Room(code),
            (None, Some(_)) => Seat::Create(value("game")),
            (None, None) => Seat::Match(value("game")),
        }
    }

    fn request(&self, spectate: bool) -> (String, Value) {
        let of_game = |game: &Option<String>| match game {
            Some(game) => json!({ "game": game }),
            None => json!({}),
        };
        match self {
            Seat::Match(game) => ("/match".to_owned(), of_game(game)),
            Seat::Create(game) => ("/rooms".to_owned(), of_game(game)),
            Seat::Room(code) => {
                let body = if spectate { json!({ "spectate": true }) } else { json!({}) };
                (format!("/rooms/{code}/seats"), body)
            }
        }
    }
}

/// Reserves a seat.
pub(in crate::client) async fn reserve(
    dialer: &Dialer,
    seat: &Seat,
    (spectate, identity): (bool, Option<&str>),
) -> Result<Reservation, ClientError> {
    let limit = dialer.patience;
    let reserved = timeout(limit, ask(dialer, seat, (spectate, identity))).await;
    reserved.unwrap_or(Err(ClientError::TimedOut { what: "reserving a seat", limit }))
}

async fn ask(
    dialer: &Dialer,
    seat: &Seat,
    (spectate, identity): (bool, Option<&str>),
) -> Result<Reservation, ClientError> {
    let (path, body) = seat.request(spectate);
    let mut request = Request::post(path)
        .header(HOST, dialer.endpoint.authority())
        .header(CONTENT_TYPE, "application/json");
    if let Some(identity) = identity {
        request = request.header(AUTHORIZATION, format!("Bearer {identity}"));
    }
    let request = request.body(Full::new(Bytes::from(body.to_string())));
    let request = request.map_err(|_| ClientError::Answer("the room's code is no path"))?;
    let mut connection = dialer.open_http().await?;
    dialer.meter.count_request();
    let answer = connection.send_request(request).await?;
    let status = answer.status();
    if !matches!(status, StatusCode::OK | StatusCode::CREATED) {
        let (status, wanted) = (status.as_u16(), "reserving a seat");
        return Err(ClientError::Http { wanted, status, body: words(answer).await });
    }
    let body = Limited::new(answer.into_body(), MOST_BYTES).collect().await;
    let body = body.map_err(|_| ClientError::BrokenOff)?.to_bytes();
    read(&body).ok_or(ClientError::Answer("it is no reservation"))
}

fn read(body: &[u8]) -> Option<Reservation> {
    let told: Value = serde_json::from_slice(body).ok()?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let room = text(&told["room"]["code"])?;
    // It becomes part of a path.
    let is_code = !room.is_empty() && room.bytes().all(|byte| byte.is_ascii_alphanumeric());
    Some(Reservation { room, ticket: text(&told["ticket"])? }).filter(|_| is_code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_which_seat_is_wanted() {
        let seat = |url| Seat::of(&Endpoint::parse(url).unwrap());
        assert_eq!(seat("ws://a:1"), Seat::Match(None));
        assert_eq!(seat("ws://a:1/ws?game=arena"), Seat::Match(Some("arena".to_owned())));
        assert_eq!(seat("ws://a:1/ws?create=1"), Seat::Create(None));
        assert_eq!(seat("ws://a:1/ws?room=ABCD"), Seat::Room("ABCD".to_owned()));
        assert_eq!(seat("ws://a:1/rooms/ABCD/ws"), Seat::Room("ABCD".to_owned()));
    }

    #[test]
    fn what_is_no_reservation_is_none() {
        let good = r#"{"room":{"code":"ABCD"},"ticket":"t","expires_ms":1}"#;
        let (room, ticket) = ("ABCD".to_owned(), "t".to_owned());
        assert_eq!(read(good.as_bytes()), Some(Reservation { room, ticket }));
        for bad in ["", "{}", r#"{"room":{"code":"../x"},"ticket":"t"}"#, r#"{"room":"ABCD"}"#] {
            assert_eq!(read(bad.as_bytes()), None, "{bad}");
        }
    }
}
