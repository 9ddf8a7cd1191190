//! Host names under which tenants are reached.

use std::fmt;
use std::str::FromStr;

use crate::TenantName;

/// A fully qualified host name in lower case, without port and trailing dot (RFC 1123 section 2.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostName(String);

impl HostName {
    /// Returns the default host of a tenant: its name under the installation's base domain.
    #[must_use]
    pub fn of_tenant(name: &TenantName, base: &Self) -> Self {
        Self(format!("{name}.{base}"))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not a host name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a host name: labels of a-z, 0-9 and - of at most 63 characters, joined by dots"
)]
pub struct InvalidHost(pub String);

impl FromStr for HostName {
    type Err = InvalidHost;

    /// Reads a host name; capital letters become small ones and one trailing dot is dropped.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidHost(text.chars().take(60).collect());
        let lower = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        };
        if lower.is_empty() || lower.len() > 253 || !lower.split('.').all(label) {
            return Err(invalid());
        }
        Ok(Self(lower))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenants_default_host_is_its_name_under_the_base_domain() {
        let name: TenantName = "acme".parse().unwrap();
        let base: HostName = "LocalHost.".parse().unwrap();

        assert_eq!(HostName::of_tenant(&name, &base).as_str(), "acme.localhost");
    }

    #[test]
    fn what_could_break_a_header_or_a_path_is_refused() {
        for text in ["", ".", "a..b", "-a.b", "a b", "a\r\nb", "a/b", "a:80", "ä.de", "a_b.c", "*"]
        {
            assert!(text.parse::<HostName>().is_err(), "{text:?}");
        }
    }
}
