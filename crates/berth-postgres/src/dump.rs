//! Dumping one database with `pg_dump`, run inside the cluster's container; and reading dumps of
//! somebody else ([`script`], [`verdict`], [`header`]).
//!
//! # Invariants
//!
//! * It signs in as the role that owns the database, never as the administrator (see the crate's
//!   invariants).
//! * The password is in a file of mode 0600 that `PGPASSFILE` names (libpq, "The Password File"); it
//!   is in no argument and in no environment.

pub mod header;
pub mod portable;
pub mod script;
pub mod verdict;

use berth_domain::ObjectName;
use secrecy::{ExposeSecret, SecretString};

use crate::managed::{PASS_TARGET, SOCKET_TARGET};

/// What kind of dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// For `pg_restore`: compressed, selective.
    Custom,
    /// SQL text without owners, as in Odoo's own backups.
    Plain,
}

/// Returns the argument list; the dump arrives on standard output.
#[must_use]
pub fn argv(database: &ObjectName, format: Format) -> Vec<String> {
    let format = match format {
        Format::Custom => "--format=custom",
        Format::Plain => "--format=plain",
    };
    // Owners and rights are decided where the dump is restored. `--no-password` fails instead of
    // asking a terminal that is not there.
    let arguments = ["pg_dump", format, "--no-owner", "--no-privileges", "--no-password"];
    let connection = [
        format!("--host={SOCKET_TARGET}"),
        format!("--username={database}"),
        format!("--dbname={database}"),
    ];
    arguments.into_iter().map(str::to_owned).chain(connection).collect()
}

/// Returns the environment that goes with [`argv`].
#[must_use]
pub fn environment(database: &ObjectName) -> Vec<(String, String)> {
    vec![("PGPASSFILE".to_owned(), format!("{PASS_TARGET}/{}", pass_file_name(database)))]
}

/// The name of the password file in the cluster's pass folder.
#[must_use]
pub fn pass_file_name(database: &ObjectName) -> String {
    format!("{database}.pgpass")
}

/// Returns what the password file holds: one line of `host:port:database:user:password`, in which a
/// backslash escapes `:` and `\`.
#[must_use]
pub fn pass_file(database: &ObjectName, password: &SecretString) -> SecretString {
    let password = password.expose_secret().replace('\\', "\\\\").replace(':', "\\:");
    SecretString::from(format!("*:*:{database}:{database}:{password}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_arguments_nor_environment_hold_the_password() {
        let database: ObjectName = "t_00000000aa".parse().unwrap();

        assert_eq!(
            argv(&database, Format::Plain).join(" "),
            "pg_dump --format=plain --no-owner --no-privileges --no-password --host=/run/postgresql \
             --username=t_00000000aa --dbname=t_00000000aa"
        );
        assert_eq!(
            environment(&database),
            [("PGPASSFILE".to_owned(), "/berth/pass/t_00000000aa.pgpass".to_owned())]
        );
        assert_eq!(
            pass_file(&database, &SecretString::from("a:b\\c")).expose_secret(),
            "*:*:t_00000000aa:t_00000000aa:a\\:b\\\\c\n"
        );
    }
}
