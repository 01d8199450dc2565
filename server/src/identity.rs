//! Who somebody is, as a JSON Web Token says that the operator's own login has signed.
//!
//! Only HS256 is taken, whatever a token says of itself, and all that is needed for it is there
//! anyway: a library for all kinds of tokens would bring RSA, elliptic curves and their parsers along.

use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, Mac};
use serde::Deserialize;
use sha2::Sha256;

use crate::{config::Config, tickets::keyed};

/// The longest token that is looked at, in bytes.
const MOST_TOKEN_BYTES: usize = 4096;
/// The longest name of somebody, in bytes.
const MOST_SUBJECT_BYTES: usize = 128;
/// By how many seconds clocks may differ.
const LEEWAY: f64 = 30.0;

/// What a token's header has to say.
#[derive(Deserialize)]
struct Header {
    alg: String,
    /// What one has to understand to take it. Nothing of that is understood.
    crit: Option<serde_json::Value>,
}

/// What a token says.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: f64,
    nbf: Option<f64>,
    aud: Option<Audience>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Checks tokens.
pub(crate) struct Identities {
    mac: Hmac<Sha256>,
    audience: Option<String>,
}

impl Identities {
    /// For the tokens that the operator wants, if any.
    pub(crate) fn new(config: &Config) -> Option<Self> {
        let mac = keyed(config.jwt_key.as_ref()?.bytes());
        Some(Identities { mac, audience: config.jwt_audience.clone() })
    }

    /// Who shows this token, now.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn check(&self, token: &str) -> Result<Box<str>, &'static str> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.check_at(token, since.as_secs_f64())
    }

    fn check_at(&self, token: &str, now: f64) -> Result<Box<str>, &'static str> {
        const NONE: &str = "this is no JSON Web Token";
        if token.len() > MOST_TOKEN_BYTES {
            return Err("the token is too long");
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(NONE)?;
        let (header, claims) = signed.split_once('.').ok_or(NONE)?;
        let decode = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| NONE);
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| NONE)?;
        if header.alg != "HS256" || header.crit.is_some() {
            return Err("the token has to be signed by HS256, without anything critical");
        }
        let signature = decode(signature)?;
        let mac = self.mac.clone().chain_update(signed);
        mac.verify_slice(&signature).map_err(|_| "the token's signature does not match")?;
        let claims: Claims = serde_json::from_slice(&decode(claims)?)
            .map_err(|_| "the token has to say who it is for (sub) and until when (exp)")?;
        self.judge(claims, now)
    }

    /// Whether what is signed by the right key also holds here and now.
    fn judge(&self, claims: Claims, now: f64) -> Result<Box<str>, &'static str> {
        if now >= claims.exp + LEEWAY {
            return Err("the token has expired; log in again");
        }
        if claims.nbf.is_some_and(|from| now < from - LEEWAY) {
            return Err("the token is not good yet");
        }
        let named = |name: &str| match &claims.aud {
            Some(Audience::One(one)) => one == name,
            Some(Audience::Many(many)) => many.iter().any(|one| one == name),
            None => false,
        };
        match &self.audience {
            Some(audience) if !named(audience) => return Err("the token is for somebody else"),
            None if claims.aud.is_some() => {
                return Err("the token is for somebody (aud), and this server is nobody; its \
                            --jwt-audience says who it is");
            }
            _ => {}
        }
        let subject = claims.sub;
        let plain = !subject.chars().any(char::is_control) && subject.trim() == subject;
        // Nothing is cut or cleaned, for then two might become the same.
        if subject.is_empty() || subject.len() > MOST_SUBJECT_BYTES || !plain {
            return Err("the token's sub has to be 1 to 128 bytes of plain text");
        }
        Ok(subject.into())
    }
}

#[cfg(test)]
mod tests;
