//! What becomes of a statement of somebody else's dump.
//!
//! A dump runs as the role that owns the database, so nothing here protects other tenants: the rights
//! of that role do. What is decided here is what a dump may reasonably ask for. Statements about
//! owners and rights are left out, because both follow from where the dump is restored (as with
//! `pg_restore --no-owner --no-privileges`); those about the whole server are refused before anything
//! is made, because they would fail anyway.

use std::fmt;

/// What is done with a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Run,
    /// Left out.
    Skip(Skipped),
    /// `CREATE EXTENSION` of this name: left out when it is there.
    Extension(String),
    /// `SET`: a setting that this server does not know is left out.
    Setting,
    /// Nothing that a dump of one database holds; why, in words.
    Refuse(&'static str),
}

/// Why a statement is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skipped {
    /// Everything belongs to the role that restores.
    Owner,
    Privilege,
    /// Extensions belong to the administrator.
    Extension,
    /// `public` is there.
    PublicSchema,
    /// A setting that the server does not have.
    Setting,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Owner => "about owners",
            Self::Privilege => "about rights",
            Self::Extension => "about extensions that are there",
            Self::PublicSchema => "about the schema `public`, which is there",
            Self::Setting => "about settings that this server does not have",
        })
    }
}

const SERVER: &str = "it concerns the whole server: dump one database, without `--create`";

/// Judges a statement without comments.
#[must_use]
pub fn judge(text: &str) -> Verdict {
    let first: Vec<String> = tokens(text).take(8).map(str::to_ascii_uppercase).collect();
    let first: Vec<&str> = first.iter().map(String::as_str).collect();
    match first.as_slice() {
        ["GRANT" | "REVOKE", ..] | ["ALTER", "DEFAULT", "PRIVILEGES", ..] => {
            Verdict::Skip(Skipped::Privilege)
        }
        ["SET" | "RESET", "SESSION", "AUTHORIZATION", ..]
        | ["SET" | "RESET", "ROLE", ..]
        | ["SET", "SESSION" | "LOCAL", "ROLE", ..] => Verdict::Skip(Skipped::Owner),
        ["CREATE", "EXTENSION", "IF", "NOT", "EXISTS", ..] => extension(text, 5),
        ["CREATE", "EXTENSION", ..] => extension(text, 2),
        ["COMMENT", "ON", "EXTENSION" | "DATABASE", ..] | ["DROP" | "ALTER", "EXTENSION", ..] => {
            Verdict::Skip(Skipped::Extension)
        }
        ["CREATE" | "DROP", "SCHEMA", "PUBLIC" | "\"PUBLIC\"", ..]
        | ["CREATE", "SCHEMA", "IF", "NOT", "EXISTS", "PUBLIC" | "\"PUBLIC\"", ..]
        | ["DROP", "SCHEMA", "IF", "EXISTS", "PUBLIC" | "\"PUBLIC\"", ..] => {
            Verdict::Skip(Skipped::PublicSchema)
        }
        [
            "SET",
            ..,
            "STANDARD_CONFORMING_STRINGS",
            "=" | "TO",
            "OFF" | "'OFF'" | "FALSE" | "'FALSE'" | "0",
        ] => Verdict::Refuse("backslashes in its texts would mean something else"),
        ["SET", ..] => Verdict::Setting,
        ["CREATE" | "ALTER" | "DROP", "USER", "MAPPING", ..] => Verdict::Run,
        ["CREATE" | "ALTER" | "DROP", what, ..] if is_server_wide(what) => Verdict::Refuse(SERVER),
        ["ALTER", ..] if ends_with_owner(text) => Verdict::Skip(Skipped::Owner),
        ["PREPARE", "TRANSACTION", ..] => {
            Verdict::Refuse("a prepared transaction outlives the restoration")
        }
        ["LOAD", ..] => Verdict::Refuse("it loads a library into the server"),
        ["COPY", ..] => Verdict::Refuse(
            "it reads or writes a file of the server, starts a program there, or reads back",
        ),
        _ => Verdict::Run,
    }
}

fn is_server_wide(what: &str) -> bool {
    matches!(
        what,
        "DATABASE" | "ROLE" | "USER" | "GROUP" | "TABLESPACE" | "SYSTEM" | "SUBSCRIPTION"
    )
}

/// Whether a statement is a `COPY` whose data follows in the dump.
#[must_use]
pub fn copies_from_client(text: &str) -> bool {
    let mut depth = 0_u32;
    let mut previous = "";
    for (index, token) in tokens(text).enumerate() {
        match token {
            _ if index == 0 && !token.eq_ignore_ascii_case("COPY") => return false,
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ if depth == 0
                && previous.eq_ignore_ascii_case("FROM")
                && token.eq_ignore_ascii_case("STDIN") =>
            {
                return true;
            }
            _ => {}
        }
        previous = token;
    }
    false
}

fn extension(text: &str, index: usize) -> Verdict {
    let name = tokens(text).nth(index).unwrap_or_default();
    Verdict::Extension(match name.strip_prefix('"') {
        Some(quoted) => quoted.trim_end_matches('"').to_owned(),
        None => name.to_ascii_lowercase(),
    })
}

/// `ALTER … OWNER TO name`, of whatever.
fn ends_with_owner(text: &str) -> bool {
    let mut last = ["", "", ""];
    for token in tokens(text) {
        last = [last[1], last[2], token];
    }
    last[0].eq_ignore_ascii_case("OWNER") && last[1].eq_ignore_ascii_case("TO")
}

/// Words, quoted names, constants and signs, as far as the judgement needs them.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let first = rest.chars().next()?;
        let length = match first {
            '"' | '\'' => rest[1..].find(first).map_or(rest.len(), |end| end + 2),
            c if is_word(c) => rest.find(|c: char| !is_word(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        Some(token)
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_rights_and_what_is_there_are_left_out() {
        let of = |text| match judge(text) {
            Verdict::Skip(why) => why,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(of("ALTER TABLE public.res_users OWNER TO odoo"), Skipped::Owner);
        assert_eq!(of("ALTER FUNCTION f(a integer, b text) OWNER TO \"a b\""), Skipped::Owner);
        assert_eq!(of("ALTER LARGE OBJECT 12 OWNER TO odoo"), Skipped::Owner);
        assert_eq!(of("SET SESSION AUTHORIZATION 'odoo'"), Skipped::Owner);
        assert_eq!(of("SET ROLE postgres"), Skipped::Owner);
        assert_eq!(of("GRANT ALL ON SCHEMA public TO PUBLIC"), Skipped::Privilege);
        assert_eq!(of("revoke usage on schema public from public"), Skipped::Privilege);
        assert_eq!(
            of("ALTER DEFAULT PRIVILEGES FOR ROLE x GRANT SELECT ON TABLES TO y"),
            Skipped::Privilege
        );
        assert_eq!(of("COMMENT ON EXTENSION pg_trgm IS 'x'"), Skipped::Extension);
        assert_eq!(of("COMMENT ON DATABASE x IS 'berth: complete'"), Skipped::Extension);
        assert_eq!(of("CREATE SCHEMA public"), Skipped::PublicSchema);
    }

    #[test]
    fn what_concerns_the_whole_server_is_refused() {
        let refused = [
            "CREATE DATABASE x",
            "ALTER DATABASE x SET search_path TO y",
            "DROP DATABASE x",
            "CREATE ROLE x SUPERUSER",
            "ALTER USER x WITH PASSWORD 'y'",
            "ALTER SYSTEM SET x = 'y'",
            "CREATE TABLESPACE x LOCATION '/'",
            "COPY t FROM PROGRAM 'id'",
            "COPY t FROM '/etc/passwd'",
            "COPY t TO STDOUT",
            "copy (select 1) to program 'sh'",
            "PREPARE TRANSACTION 'x'",
            "LOAD '/tmp/evil.so'",
            "SET standard_conforming_strings = off",
            "SET SESSION standard_conforming_strings TO 'off'",
        ];
        for text in refused {
            assert!(matches!(judge(text), Verdict::Refuse(_)), "{text}");
        }
    }

    #[test]
    fn everything_else_runs() {
        let texts = [
            "CREATE TABLE public.owner_to (id integer)",
            "SELECT pg_catalog.set_config('search_path', '', false)",
            "CREATE USER MAPPING FOR CURRENT_USER SERVER s",
            "COMMENT ON TABLE t IS 'OWNER TO x'",
            "ALTER TABLE ONLY t ADD CONSTRAINT c PRIMARY KEY (id)",
            "PREPARE x AS SELECT 1",
        ];
        for text in texts {
            assert_eq!(judge(text), Verdict::Run, "{text}");
        }
        assert_eq!(judge("SET transaction_timeout = 0"), Verdict::Setting);
        assert_eq!(
            judge("CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public"),
            Verdict::Extension("pg_trgm".to_owned())
        );
        assert_eq!(
            judge("CREATE EXTENSION \"uuid-ossp\""),
            Verdict::Extension("uuid-ossp".to_owned())
        );
    }

    #[test]
    fn only_a_copy_from_the_client_has_data() {
        for text in [
            "COPY public.t (id, \"from\", stdin) FROM stdin",
            "copy t from STDIN with (format csv)",
            "COPY t(a)FROM stdin",
        ] {
            assert!(copies_from_client(text), "{text}");
        }
        for text in [
            "COPY t (\"from stdin\") TO stdout",
            "COPY (SELECT 1 FROM stdin) TO STDOUT",
            "SELECT 'COPY t FROM stdin'",
            "COPY t FROM 'stdin'",
        ] {
            assert!(!copies_from_client(text), "{text}");
        }
    }
}
