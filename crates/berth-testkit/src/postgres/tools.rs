//! PostgreSQL's programs, run with argument lists as somebody who is not root.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::folder::Folder;
use super::{SUPERUSER, ServerError};

const DEBIAN: &str = "/usr/lib/postgresql";

/// Whom root becomes.
#[derive(Debug, Clone, Copy)]
pub(super) struct User {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

#[derive(Debug)]
pub(super) struct Tools {
    folder: PathBuf,
    /// `None` when we are not root and run everything as ourselves.
    user: Option<User>,
}

impl Tools {
    pub(super) fn find() -> Result<Self, ServerError> {
        let folder = in_path().or_else(newest_of_debian).ok_or(ServerError::NotInstalled)?;
        let user = rustix::process::geteuid().is_root().then(unprivileged);
        Ok(Self { folder, user })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) const fn user(&self) -> Option<User> {
        self.user
    }

    /// Makes the data folder.
    pub(super) fn init(&self, folder: &Folder, password: &str) -> Result<(), ServerError> {
        let file = folder.path().join("password");
        self.write_private(&file, password).map_err(ServerError::Folder)?;
        let mut command = self.as_user("initdb");
        command
            .args(["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"])
            .args(["--auth=scram-sha-256", "--username", SUPERUSER, "--pwfile"])
            .arg(&file)
            .arg("--pgdata")
            .arg(folder.data());
        run("initdb", command).map(drop)
    }

    /// Runs one statement and returns what it printed.
    pub(super) fn psql(&self, url: &str, sql: &str) -> Result<String, ServerError> {
        let mut command = command(&self.folder.join("psql"));
        command
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--no-password"])
            .args(["--set", "ON_ERROR_STOP=1", "--dbname", url, "--command", sql]);
        run("psql", command)
    }

    /// Returns a command that runs one of the programs as the user who may.
    pub(super) fn as_user(&self, program: &str) -> Command {
        self.wrapped(program, &[])
    }

    /// Like [`Tools::as_user`], and the kernel ends the program when the *thread* that spawns it
    /// ends (prctl(2), `PR_SET_PDEATHSIG`). With SIGQUIT, an immediate shutdown: after SIGKILL a
    /// server leaves its shared memory segment behind.
    pub(super) fn bound_to_thread(&self, program: &str) -> Command {
        self.wrapped(program, &["--pdeathsig", "QUIT"])
    }

    fn wrapped(&self, program: &str, options: &[&str]) -> Command {
        let mut command = command(Path::new("setpriv"));
        if let Some(User { uid, gid }) = self.user {
            command.arg(format!("--reuid={uid}")).arg(format!("--regid={gid}"));
            command.arg("--clear-groups");
        } else {
            command.arg("--no-new-privs");
        }
        // The folder we are in may be closed to that user, and PostgreSQL wants to stand somewhere.
        command.args(options).arg("--").arg(self.folder.join(program)).current_dir("/");
        command
    }

    fn write_private(&self, path: &Path, text: &str) -> std::io::Result<()> {
        let mut file =
            fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(text.as_bytes())?;
        if let Some(User { uid, gid }) = self.user {
            chown(path, Some(uid), Some(gid))?;
        }
        Ok(())
    }
}

/// Runs a command to its end and returns its output.
pub(super) fn run(program: &str, mut command: Command) -> Result<String, ServerError> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| ServerError::Run { program: program.to_owned(), source })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
    }
    let output = String::from_utf8_lossy(&output.stderr).trim_end().to_owned();
    Err(ServerError::Failed { program: program.to_owned(), output })
}

#[expect(clippy::disallowed_methods, reason = "PostgreSQL's programs, for tests")]
fn command(program: &Path) -> Command {
    Command::new(program)
}

fn in_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let has_all = |folder: &PathBuf| {
        ["initdb", "postgres", "psql"].iter().all(|program| folder.join(program).is_file())
    };
    std::env::split_paths(&path).find(has_all)
}

/// Debian keeps the programs of each major in a folder of its own.
fn newest_of_debian() -> Option<PathBuf> {
    let majors = fs::read_dir(DEBIAN)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let folder = |major: u32| Path::new(DEBIAN).join(major.to_string()).join("bin");
    let installed = majors.filter(|major| folder(*major).join("initdb").is_file());
    installed.max().map(folder)
}

/// `postgres` where it exists, else `nobody`, else the number that `nobody` has everywhere.
fn unprivileged() -> User {
    let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let find = |name: &str| {
        let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut ids = line.split(':').skip(2).map(str::parse);
        Some(User { uid: ids.next()?.ok()?, gid: ids.next()?.ok()? })
    };
    find("postgres").or_else(|| find("nobody")).unwrap_or(User { uid: 65534, gid: 65534 })
}
