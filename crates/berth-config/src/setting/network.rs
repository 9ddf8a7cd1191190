//! Addresses, and URLs of things that Berth talks to.

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

words!(
    /// How the way to a mail server is kept from others.
    MailTls {
        StartTls = "starttls",
        Implicit = "implicit",
        None = "none",
    }
);

/// Where something listens that need not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listen {
    Off,
    At(SocketAddr),
}

/// A mail server, by name or address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailHost(String);

/// Whom mail is from or goes to: `name@example.com` or `Name <name@example.com>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox(String);

impl Listen {
    /// `None`: nowhere.
    #[must_use]
    pub fn address(self) -> Option<SocketAddr> {
        match self {
            Self::Off => None,
            Self::At(address) => Some(address),
        }
    }
}

impl Setting for Listen {
    const WRITTEN: Written = Written::Text;

    fn from_text(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(Self::Off),
            text => SocketAddr::from_text(text).map(Self::At),
        }
    }
}

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

/// Where browsers reach something: `https://berth.example.com`, without a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// Without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for PublicUrl {
    const WRITTEN: Written = Written::Text;

    /// In the open only on this very machine: what is typed there is a password.
    fn from_text(text: &str) -> Result<Self, String> {
        let wanted = "write an address like `https://berth.example.com`, without a path; http only for this \
                      machine, as in `http://localhost:8070`";
        let url = url::Url::parse(text).map_err(|_| wanted.to_owned())?;
        let host = url.host_str().unwrap_or_default();
        let is_local =
            matches!(host, "127.0.0.1" | "[::1]" | "localhost") || host.ends_with(".localhost");
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_local);
        let is_bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if is_safe && is_bare && !host.is_empty() {
            Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
        } else {
            Err(wanted.to_owned())
        }
    }
}

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
    fn an_address_for_browsers_is_safe_and_has_no_path() {
        for (text, kept) in [
            ("https://berth.example.com", "https://berth.example.com"),
            ("https://Berth.example.com:8443/", "https://berth.example.com:8443"),
            ("http://localhost:8070", "http://localhost:8070"),
        ] {
            assert_eq!(PublicUrl::from_text(text).unwrap().as_str(), kept);
        }
        for text in [
            "",
            "berth.example.com",
            "http://berth.example.com",
            "https://a.example/console",
            "https://a.example?x",
            "https://a.example#x",
            "https://jo@a.example",
            "ftp://localhost",
        ] {
            assert!(PublicUrl::from_text(text).is_err(), "{text}");
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
