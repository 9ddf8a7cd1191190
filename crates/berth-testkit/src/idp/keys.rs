//! Keys that are made while the tests run, and what can be done with them.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// A pair of keys with its name.
#[derive(Debug, Clone)]
pub struct Key {
    kid: String,
    pair: Pair,
}

#[derive(Debug, Clone)]
enum Pair {
    Rsa(Arc<RsaKeyPair>),
    P256(Arc<EcdsaKeyPair>),
}

/// How tokens are signed.
#[derive(Debug, Clone)]
pub enum Signing {
    With(Key),
    /// With one key, under the name of another.
    As(Key, String),
    /// Not at all: `none`.
    Not,
    /// With HMAC and these bytes as the secret, under the name of a key.
    Hmac(Vec<u8>, String),
    /// No token at all.
    NoToken,
}

/// An RSA key takes a while to find, so tests share as many as one of them needs.
static RSA: LazyLock<Mutex<BTreeMap<String, Arc<RsaKeyPair>>>> = LazyLock::new(Mutex::default);

impl Key {
    /// The RSA key of that name: made once.
    ///
    /// # Panics
    ///
    /// When there are no random numbers.
    #[must_use]
    pub fn rsa(kid: &str) -> Self {
        let mut made = RSA.lock().expect("nobody panics while making a key");
        let pair = made.entry(kid.to_owned()).or_insert_with(|| {
            Arc::new(RsaKeyPair::generate(KeySize::Rsa2048).expect("there are random numbers"))
        });
        Self { kid: kid.to_owned(), pair: Pair::Rsa(Arc::clone(pair)) }
    }

    /// A key on an elliptic curve.
    ///
    /// # Panics
    ///
    /// When there are no random numbers.
    #[must_use]
    pub fn p256(kid: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
            .expect("there are random numbers");
        Self { kid: kid.to_owned(), pair: Pair::P256(Arc::new(pair)) }
    }

    /// What everybody may know of it.
    #[must_use]
    pub fn jwk(&self) -> Value {
        let base64 = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match &self.pair {
            Pair::Rsa(pair) => {
                let [n, e] = numbers(pair.public_key().as_ref()).map(base64);
                json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": n, "e": e})
            }
            Pair::P256(pair) => {
                let point = pair.public_key().as_ref();
                let (x, y) = (base64(&point[1..33]), base64(&point[33..65]));
                json!({"kty": "EC", "use": "sig", "crv": "P-256", "kid": self.kid, "x": x, "y": y})
            }
        }
    }

    /// The public half as bytes, as an attacker would take it for a secret.
    #[must_use]
    pub fn public_bytes(&self) -> Vec<u8> {
        match &self.pair {
            Pair::Rsa(pair) => pair.public_key().as_ref().to_vec(),
            Pair::P256(pair) => pair.public_key().as_ref().to_vec(),
        }
    }

    fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::Rsa(_) => "RS256",
            Pair::P256(_) => "ES256",
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let signed = pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature);
                signed.expect("the signature has the length of the key");
                signature
            }
            Pair::P256(pair) => {
                pair.sign(&random, message).expect("there are random numbers").as_ref().to_vec()
            }
        }
    }
}

impl Signing {
    /// A token with these claims, if there is to be one.
    pub(super) fn token(&self, claims: &Value) -> Option<String> {
        let (algorithm, kid) = match self {
            Self::With(key) => (key.algorithm(), Some(key.kid.clone())),
            Self::As(key, kid) => (key.algorithm(), Some(kid.clone())),
            Self::Not => ("none", None),
            Self::Hmac(_, kid) => ("HS256", Some(kid.clone())),
            Self::NoToken => return None,
        };
        let mut header = json!({"typ": "JWT", "alg": algorithm});
        if let Some(kid) = kid {
            header["kid"] = kid.into();
        }
        let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encoded(&header), encoded(claims));
        let signature = match self {
            Self::With(key) | Self::As(key, _) => key.sign(message.as_bytes()),
            Self::Hmac(secret, _) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
                hmac::sign(&key, message.as_bytes()).as_ref().to_vec()
            }
            Self::Not | Self::NoToken => Vec::new(),
        };
        Some(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// The modulus and exponent of an RSA public key: a sequence of two numbers in DER.
fn numbers(der: &[u8]) -> [&[u8]; 2] {
    let (sequence, _) = element(der);
    let (modulus, rest) = element(sequence);
    let (exponent, _) = element(rest);
    // A number that begins with a one has a zero before it, so that it is positive.
    [modulus.strip_prefix(&[0]).unwrap_or(modulus), exponent]
}

/// The content of an element in DER, and what follows it.
fn element(der: &[u8]) -> (&[u8], &[u8]) {
    let (length, start) = match der[1] {
        short @ 0..0x80 => (usize::from(short), 2),
        long => {
            let digits = usize::from(long & 0x7f);
            let value = |all, byte: &u8| all << 8 | usize::from(*byte);
            (der[2..2 + digits].iter().fold(0, value), 2 + digits)
        }
    };
    der[start..].split_at(length)
}
