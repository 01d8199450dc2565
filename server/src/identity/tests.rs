use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::config::Secret;

const NOW: f64 = 1_800_000_000.0;

fn identities(audience: Option<&str>) -> Identities {
    let jwt_key = Some(Secret::new(&[7; 32]).expect("long enough"));
    let jwt_audience = audience.map(str::to_owned);
    Identities::new(&Config { jwt_key, jwt_audience, ..Config::default() }).expect("there is a key")
}

/// A token signed with this key.
fn signed(header: &Value, claims: &Value, key: &[u8]) -> String {
    let encode = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let text = format!("{}.{}", encode(header), encode(claims));
    let mac = keyed(key).chain_update(&text).finalize().into_bytes();
    format!("{text}.{}", BASE64URL_NOPAD.encode(&mac))
}

fn token(claims: &Value) -> String {
    signed(&json!({ "alg": "HS256", "typ": "JWT" }), claims, &[7; 32])
}

fn check(claims: &Value) -> Result<Box<str>, &'static str> {
    identities(None).check_at(&token(claims), NOW)
}

#[test]
fn the_example_of_the_standard_is_understood() {
    // RFC 7515, A.1; it names no subject, so it gets as far as that.
    let key =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
    let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzO\
                 DAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_\
                 wW1gFWFOEjXk";
    let mac = keyed(&BASE64URL_NOPAD.decode(key.as_bytes()).expect("base64"));
    let error = Identities { mac, audience: None }.check_at(token, 1_300_000_000.0);
    assert_eq!(error, Err("the token has to say who it is for (sub) and until when (exp)"));
}

#[test]
fn a_good_token_says_who_it_is() {
    assert_eq!(check(&json!({ "sub": "ada", "exp": NOW + 60.0 })).as_deref(), Ok("ada"));
    assert_eq!(
        check(&json!({ "sub": "ada", "exp": NOW + 0.5, "nbf": NOW, "iss": "x" })).as_deref(),
        Ok("ada")
    );
}

#[test]
fn a_token_is_good_from_its_beginning_to_its_end() {
    let error = |claims: Value| check(&claims).expect_err("it is refused");
    assert!(error(json!({ "sub": "ada", "exp": NOW - 31.0 })).contains("expired"));
    assert!(error(json!({ "sub": "ada", "exp": NOW + 60.0, "nbf": NOW + 31.0 })).contains("yet"));
    for claims in [json!({ "sub": "ada" }), json!({ "exp": NOW + 60.0 }), json!([]), json!(null)] {
        assert!(error(claims).contains("sub"));
    }
}

#[test]
fn no_token_chooses_how_it_is_checked() {
    let claims = json!({ "sub": "ada", "exp": NOW + 60.0 });
    let check = |token: &str| identities(None).check_at(token, NOW);
    for alg in ["none", "None", "HS512", "RS256", "hs256", ""] {
        let token = signed(&json!({ "alg": alg }), &claims, &[7; 32]);
        assert!(check(&token).is_err(), "{alg}");
        let (unsigned, _) = token.rsplit_once('.').expect("three parts");
        assert!(check(&format!("{unsigned}.")).is_err(), "{alg}");
    }
    let critical = signed(&json!({ "alg": "HS256", "crit": ["b64"] }), &claims, &[7; 32]);
    assert!(check(&critical).is_err());
    let other_key = signed(&json!({ "alg": "HS256" }), &claims, &[8; 32]);
    assert!(check(&other_key).expect_err("it is refused").contains("signature"));
    for text in ["", ".", "..", "...", "a.b.c", "a.b.c.d", &"x".repeat(5_000)] {
        assert!(check(text).is_err(), "{text}");
    }
}

#[test]
fn who_somebody_is_is_short_and_plain() {
    let long = "x".repeat(129);
    for subject in ["", " ada", "ada\n", "a\u{0}b", &long] {
        let error = check(&json!({ "sub": subject, "exp": NOW + 60.0 }));
        assert!(error.expect_err("it is refused").contains("sub"), "{subject:?}");
    }
    let longest = "é".repeat(64);
    assert_eq!(check(&json!({ "sub": longest, "exp": NOW + 60.0 })).as_deref(), Ok(&*longest));
}

#[test]
fn a_token_is_for_whom_it_names() {
    let claims = |aud: Value| json!({ "sub": "ada", "exp": NOW + 60.0, "aud": aud });
    let check = |audience, aud: Value| identities(audience).check_at(&token(&claims(aud)), NOW);
    assert!(check(Some("game"), json!("game")).is_ok());
    assert!(check(Some("game"), json!(["shop", "game"])).is_ok());
    assert!(check(Some("game"), json!("shop")).is_err());
    assert!(check(Some("game"), json!(null)).is_err());
    assert!(check(None, json!("shop")).is_err());
    assert!(check(None, json!(null)).is_ok());
}

proptest! {
    #[test]
    fn a_token_with_any_one_character_changed_is_refused(at in 0..200_usize, to in "[A-Za-z0-9_.-]") {
        let good = token(&json!({ "sub": "ada", "exp": NOW + 60.0 }));
        let at = at % good.len();
        let changed = format!("{}{to}{}", &good[..at], &good[at + 1..]);
        prop_assume!(changed != good);
        prop_assert!(identities(None).check_at(&changed, NOW).is_err());
    }

    #[test]
    fn whatever_is_shown_is_refused_without_a_panic(text in "\\PC{0,200}") {
        prop_assert!(identities(None).check_at(&text, NOW).is_err());
    }
}
