//! A dump of the control database, made before its schema changes.
//!
//! # Invariants
//!
//! * The dump is made by a `pg_dump` of the server's own major: an older one refuses, a newer one
//!   may write what the older server cannot restore.
//! * The password reaches `pg_dump` in a file that only its owner reads, never in arguments or
//!   environment.
//! * A dump has its final name only when it is complete and on the disk.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::PgPool;
use url::Url;

use crate::StoreError;

/// Why no dump was made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DumpError {
    #[error("no `pg_dump` of PostgreSQL {major} is installed")]
    NoTool { major: i64 },
    #[error("`pg_dump` failed: {0}")]
    Failed(String),
}

/// Dumps the whole database into `folder` and returns the file's path.
pub(crate) async fn make(
    pool: &PgPool,
    url: &SecretString,
    folder: &Path,
    schema: i64,
) -> Result<Result<PathBuf, DumpError>, StoreError> {
    let version: i64 = sqlx::query_scalar("SELECT current_setting('server_version_num')::bigint")
        .fetch_one(pool)
        .await
        .map_err(StoreError::query)?;
    let major = version / 10_000;
    let Some(tool) = find_tool(major).await else { return Ok(Err(DumpError::NoTool { major })) };
    let (address, password) = split(url)?;
    let io = |source| StoreError::Io { path: folder.to_owned(), source };
    let dump = folder.join(format!("control-schema-{schema}.dump"));
    let partial = folder.join(format!("control-schema-{schema}.dump.partial"));
    let pass = folder.join(".pgpass.partial");

    write_private(&partial, "").map_err(io)?;
    write_private(&pass, &pass_line(&password)).map_err(io)?;
    let ran = run(&tool, &address, &partial, &pass).await;
    fs::remove_file(&pass).map_err(io)?;
    if let Err(why) = ran.map_err(io)? {
        fs::remove_file(&partial).map_err(io)?;
        return Ok(Err(DumpError::Failed(why)));
    }
    fs::File::open(&partial).and_then(|file| file.sync_all()).map_err(io)?;
    fs::rename(&partial, &dump).map_err(io)?;
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(io)?;
    Ok(Ok(dump))
}

/// Takes the password out of the URL, so that what is left may stand in an argument list.
fn split(url: &SecretString) -> Result<(String, SecretString), StoreError> {
    let mut address = Url::parse(url.expose_secret()).map_err(StoreError::Url)?;
    let mut password =
        address.password().map(|text| percent_decode_str(text).decode_utf8_lossy().into_owned());
    // A URL without a host has no place for a password, and needs none taken away.
    let _ = address.set_password(None);
    let pairs: Vec<(String, String)> = address.query_pairs().into_owned().collect();
    if pairs.iter().any(|(name, _)| name == "password") {
        let mut query = address.query_pairs_mut();
        query.clear();
        for (name, value) in pairs {
            if name == "password" {
                password = Some(value);
            } else {
                query.append_pair(&name, &value);
            }
        }
    }
    Ok((address.into(), SecretString::from(password.unwrap_or_default())))
}

/// One line for every server and user, as PostgreSQL's manual describes "The Password File".
fn pass_line(password: &SecretString) -> String {
    let escaped = password.expose_secret().replace('\\', "\\\\").replace(':', "\\:");
    format!("*:*:*:*:{escaped}\n")
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

async fn run(
    tool: &Path,
    address: &str,
    file: &Path,
    pass: &Path,
) -> io::Result<Result<(), String>> {
    let output = command(tool)
        .args(["--format=custom", "--no-password", "--file"])
        .arg(file)
        .arg(format!("--dbname={address}"))
        .env("PGPASSFILE", pass)
        .output()
        .await?;
    if output.status.success() {
        return Ok(Ok(()));
    }
    Ok(Err(String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ")))
}

/// Looks where Debian, Red Hat and everybody else install it.
async fn find_tool(major: i64) -> Option<PathBuf> {
    let places = [
        format!("/usr/lib/postgresql/{major}/bin/pg_dump"),
        format!("/usr/pgsql-{major}/bin/pg_dump"),
        "pg_dump".to_owned(),
    ];
    for place in places.map(PathBuf::from) {
        let Ok(output) = command(&place).arg("--version").output().await else { continue };
        if reads_as_major(&String::from_utf8_lossy(&output.stdout), major) {
            return Some(place);
        }
    }
    None
}

/// `pg_dump (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)` is major 15.
fn reads_as_major(version: &str, major: i64) -> bool {
    let number = version.split_whitespace().nth(2).unwrap_or_default();
    number.split('.').next() == Some(major.to_string().as_str())
}

fn command(tool: &Path) -> tokio::process::Command {
    #[expect(clippy::disallowed_methods, reason = "the one process this crate starts: `pg_dump`")]
    let mut command = tokio::process::Command::new(tool);
    command.stdin(std::process::Stdio::null()).kill_on_drop(true);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_leaves_the_address_wherever_it_stood() {
        for url in [
            "postgres://u:p%3Aw%5C@h:5432/db?sslmode=disable",
            "postgres://u@h:5432/db?password=p%3Aw%5C&sslmode=disable",
        ] {
            let (address, password) = split(&SecretString::from(url)).unwrap();

            assert_eq!(address, "postgres://u@h:5432/db?sslmode=disable");
            assert_eq!(password.expose_secret(), "p:w\\");
            assert_eq!(pass_line(&password), "*:*:*:*:p\\:w\\\\\n");
        }
    }

    #[test]
    fn only_the_same_major_may_dump() {
        assert!(reads_as_major("pg_dump (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)", 15));
        assert!(!reads_as_major("pg_dump (PostgreSQL) 18beta1", 15));
        assert!(!reads_as_major("pg_dump (PostgreSQL) 16.1", 15));
        assert!(!reads_as_major("", 15));
    }
}
