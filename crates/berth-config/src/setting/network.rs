//! Addresses, and URLs of things that Berth talks to.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use super::kinds::words;
use super::{Setting, Written};

words!(
    /// What a browser types before a host.
    Scheme {
        Http = "http",
        Https = "https",
    }
);

/// A range of addresses (RFC 4632): `10.0.0.0/8`, `fd00::/8`. A single address is a range of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRange {
    network: IpAddr,
    /// Bits of `network` that count; the others are 0.
    prefix: u8,
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.prefix)
    }
}

words!(
    /// How the way to a mail server is kept from others.
    MailTls {
        StartTls = "starttls",
        Implicit = "implicit",
        None = "none",
    }
);

/// A mail server, by name or address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailHost(String);

/// Whom mail is from or goes to: `name@example.com` or `Name <name@example.com>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox(String);

impl MailHost {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is this host itself, whatever its name resolves to elsewhere.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.0 == "localhost" || self.0.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

impl Mailbox {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AddressRange {
    #[must_use]
    pub fn has(&self, address: IpAddr) -> bool {
        let distance = match (self.network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                (u32::from(network) ^ u32::from(address)).leading_zeros()
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                (u128::from(network) ^ u128::from(address)).leading_zeros()
            }
            _ => return false,
        };
        distance >= u32::from(self.prefix)
    }
}

impl Setting for MailHost {
    const WRITTEN: Written = Written::Text;

    fn from_text(text: &str) -> Result<Self, String> {
        let is_host = (1..=253).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:".contains(&b));
        if is_host {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err("this is not a server: write its name alone, as in `mail.example.com`".to_owned())
        }
    }
}

impl Setting for Mailbox {
    const WRITTEN: Written = Written::Text;

    fn from_text(text: &str) -> Result<Self, String> {
        let address = match text.rsplit_once('<') {
            Some((_, rest)) => rest.strip_suffix('>').unwrap_or_default(),
            None => text,
        };
        let is_address = address.split_once('@').is_some_and(|(who, domain)| {
            !who.is_empty() && !domain.is_empty() && !domain.contains('@')
        });
        if is_address && !text.chars().any(char::is_control) && !address.contains(' ') {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!(
                "`{}` is not an address of mail: write `name@example.com` or \
                 `Name <name@example.com>`",
                text.escape_debug()
            ))
        }
    }
}

/// A container engine's socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineHost(PathBuf);

/// Where the control database is. It holds no password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreUrl(String);

impl EngineHost {
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.0
    }

    /// `unix:///var/run/docker.sock`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("unix://{}", self.0.display())
    }
}

impl StoreUrl {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for SocketAddr {
    const WRITTEN: Written = Written::Text;

    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| {
            format!(
                "`{text}` is not an address: write an IP address and a port, as in `0.0.0.0:80`"
            )
        })
    }
}

impl Setting for AddressRange {
    const WRITTEN: Written = Written::Text;

    fn from_text(text: &str) -> Result<Self, String> {
        let invalid =
            || format!("`{text}` is not a range of addresses: write it like `10.0.0.0/8` or `::1`");
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let network: IpAddr = address.parse().map_err(|_| invalid())?;
        let bits: u8 = if network.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(bits), str::parse).map_err(|_| invalid())?;
        // `10.1.2.3/8` is more often a typing error than a wish.
        let rest = bits.checked_sub(prefix).ok_or_else(invalid)?;
        if trailing_zeros(network) < u32::from(rest) {
            return Err(invalid());
        }
        Ok(Self { network, prefix })
    }
}

fn trailing_zeros(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(address) => u32::from(address).trailing_zeros(),
        IpAddr::V6(address) => u128::from(address).trailing_zeros(),
    }
}

impl Setting for EngineHost {
    const WRITTEN: Written = Written::Text;

    fn from_text(text: &str) -> Result<Self, String> {
        match text.strip_prefix("unix://").map(PathBuf::from) {
            Some(socket) if socket.is_absolute() => Ok(Self(socket)),
            _ => Err(format!(
                "`{text}` is not an engine's socket: write it like `unix:///var/run/docker.sock`"
            )),
        }
    }
}

impl Setting for StoreUrl {
    const WRITTEN: Written = Written::Text;

    /// The error never repeats the text: it may hold a password.
    fn from_text(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            return if Path::new(path).is_absolute() {
                Ok(Self(text.to_owned()))
            } else {
                Err("an SQLite database needs an absolute path: `sqlite:/path/to/berth.db`"
                    .to_owned())
            };
        }
        let wanted = "this is not the URL of a control database: write `sqlite:/path/to/berth.db` \
                      or `postgres://user@host/database`";
        let url = url::Url::parse(text).map_err(|_| wanted.to_owned())?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(wanted.to_owned());
        }
        if url.password().is_some() || url.query_pairs().any(|(key, _)| key == "password") {
            return Err("a password has no place here: put the URL into a file and name it in \
                        `store.url_file`"
                .to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_addresses_are_read_with_and_without_a_prefix() {
        for (text, range) in [
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("127.0.0.1", "127.0.0.1/32"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("::1", "::1/128"),
            ("fd00::/8", "fd00::/8"),
        ] {
            assert_eq!(AddressRange::from_text(text).unwrap().to_string(), range);
        }
        for text in ["", "10.0.0.0/33", "10.0.0.1/8", "10/8", "example.org", "10.0.0.0/-1"] {
            assert!(AddressRange::from_text(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_password_in_a_url_is_refused_and_not_repeated() {
        for text in
            ["postgres://a:canary@h/d", "postgres://a@h/d?password=canary", "mysql://a:canary@h/d"]
        {
            let error = StoreUrl::from_text(text).unwrap_err();

            assert!(!error.contains("canary"), "{error}");
        }
        assert!(StoreUrl::from_text("postgres://berth@db.example/berth").is_ok());
        assert!(StoreUrl::from_text("sqlite:/var/lib/berth/berth.db").is_ok());
    }
}
