//! What kind of system this is, and where its packages come from.
//!
//! # Invariants
//!
//! * Package mirrors are read from the machine; none is written down here but
//!   the distribution's own public default.

use std::path::{Path, PathBuf};

use anyhow::Result;

/// Where a machine that is not Debian gets Debian packages from.
pub(crate) const DEFAULT_MIRROR: &str = "http://deb.debian.org/debian";

/// A family of systems, as far as set-up cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Debian,
    /// Has apt, but another archive than Debian's.
    Ubuntu,
    Unknown,
}

/// Reads the family from the usual place.
pub(crate) fn family() -> Family {
    family_in(&std::fs::read_to_string("/etc/os-release").unwrap_or_default())
}

fn family_in(os_release: &str) -> Family {
    let words = |key: &str| -> Vec<String> {
        let lines = os_release.lines().filter_map(|line| line.split_once('='));
        let value =
            lines.filter(|(name, _)| *name == key).map(|(_, value)| value.trim_matches('"'));
        value.flat_map(str::split_whitespace).map(str::to_owned).collect()
    };
    let ids = [words("ID"), words("ID_LIKE")].concat();
    let is = |wanted: &str| ids.iter().any(|id| id == wanted);
    if is("ubuntu") {
        Family::Ubuntu
    } else if is("debian") {
        Family::Debian
    } else {
        Family::Unknown
    }
}

/// The archive from which this machine would install Debian packages.
pub(crate) fn debian_mirror() -> Result<String> {
    if family() != Family::Debian {
        return Ok(DEFAULT_MIRROR.to_owned());
    }
    let mut uris = Vec::new();
    for file in source_files()? {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        let is_deb822 = file.extension().is_some_and(|extension| extension == "sources");
        uris.extend(if is_deb822 { uris_in_deb822(&text) } else { uris_in_list(&text) });
    }
    Ok(choose(&uris).unwrap_or_else(|| DEFAULT_MIRROR.to_owned()))
}

fn source_files() -> Result<Vec<PathBuf>> {
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    let directory = Path::new("/etc/apt/sources.list.d");
    if directory.is_dir() {
        let mut more = Vec::new();
        for entry in std::fs::read_dir(directory)? {
            let path = entry?.path();
            let is_source = path.extension().is_some_and(|ext| ext == "list" || ext == "sources");
            more.extend(is_source.then_some(path));
        }
        more.sort();
        files.extend(more);
    }
    Ok(files)
}

/// URIs of one-line entries: `deb [options] URI suite components`.
fn uris_in_list(text: &str) -> Vec<String> {
    let entries = text.lines().map(str::trim).filter_map(|line| line.strip_prefix("deb "));
    let uri = |entry: &str| {
        let rest = entry.trim_start();
        let rest =
            rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(rest, |p| p.1);
        rest.split_whitespace().next().map(str::to_owned)
    };
    entries.filter_map(uri).collect()
}

/// URIs of deb822 stanzas that are enabled and hold binary packages.
fn uris_in_deb822(text: &str) -> Vec<String> {
    let mut uris = Vec::new();
    for stanza in text.split("\n\n") {
        let field = |name: &str| {
            let fields = stanza.lines().filter_map(|line| line.split_once(':'));
            fields.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v.trim()).next()
        };
        let is_disabled = field("Enabled").is_some_and(|value| value.eq_ignore_ascii_case("no"));
        let is_binary =
            field("Types").is_none_or(|types| types.split_whitespace().any(|t| t == "deb"));
        if is_binary && !is_disabled {
            let named = field("URIs").unwrap_or_default().split_whitespace();
            uris.extend(named.map(str::to_owned));
        }
    }
    uris
}

/// The main archive among `uris`: its path ends in `/debian`, a security or third-party one does not.
fn choose(uris: &[String]) -> Option<String> {
    let trimmed = uris.iter().map(|uri| uri.trim_end_matches('/'));
    let mut usable = trimmed.filter(|uri| uri.starts_with("http") && uri.ends_with("/debian"));
    usable.next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_recognised() {
        assert_eq!(family_in("ID=debian\n"), Family::Debian);
        assert_eq!(family_in("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"), Family::Ubuntu);
        assert_eq!(family_in("ID=raspbian\nID_LIKE=debian\n"), Family::Debian);
        assert_eq!(family_in("ID=fedora\n"), Family::Unknown);
    }

    #[test]
    fn the_mirror_comes_from_either_kind_of_sources_file() {
        let list = "# deb http://old.invalid/debian x main\n\
                    deb [arch=amd64 signed-by=/k] http://a.invalid/debian/ trixie main\n";
        let deb822 = "Types: deb\nURIs: http://b.invalid/debian\nSuites: trixie\n\n\
                      Enabled: no\nTypes: deb\nURIs: http://c.invalid/debian\n\n\
                      Types: deb-src\nURIs: http://d.invalid/debian\n";

        assert_eq!(uris_in_list(list), ["http://a.invalid/debian/"]);
        assert_eq!(uris_in_deb822(deb822), ["http://b.invalid/debian"]);
    }

    #[test]
    fn the_main_archive_is_chosen_among_others() {
        let uris = [
            "http://x.invalid/debian-security".to_owned(),
            "cdrom:[disc]/".to_owned(),
            "http://y.invalid/debian/".to_owned(),
        ];

        assert_eq!(choose(&uris).as_deref(), Some("http://y.invalid/debian"));
        assert_eq!(choose(&uris[..2]), None);
    }
}
