//! One look at everything that could grow.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::WITNESS;
use super::worker::Tally;
use crate::home::Home;

/// Something that is measured, and by how much it may grow over a soak of any length.
#[derive(Debug)]
pub(super) struct Gauge {
    pub(super) name: &'static str,
    /// In the gauge's own unit. What one operation has under way comes and goes; nothing adds up.
    pub(super) bound: f64,
}

/// In the order of [`Sample::values`].
pub(super) const GAUGES: [Gauge; 12] = [
    Gauge { name: "open files", bound: 6.0 },
    Gauge { name: "sockets", bound: 6.0 },
    Gauge { name: "threads", bound: 4.0 },
    Gauge { name: "memory, MiB", bound: 24.0 },
    Gauge { name: "containers", bound: 2.0 },
    Gauge { name: "networks", bound: 2.0 },
    Gauge { name: "databases", bound: 2.0 },
    Gauge { name: "roles", bound: 2.0 },
    Gauge { name: "sessions in PostgreSQL", bound: 6.0 },
    Gauge { name: "folders of tenants", bound: 2.0 },
    Gauge { name: "temporary files", bound: 2.0 },
    Gauge { name: "zombies", bound: 0.5 },
];

/// What was seen at one moment.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    /// Since the beginning.
    pub(super) at: Duration,
    /// Operations that had ended by then.
    pub(super) operations: u32,
    pub(super) values: [f64; GAUGES.len()],
    /// The control database with its log, in bytes. It keeps a history, so it is judged by operation.
    pub(super) database: u64,
}

impl Sample {
    /// One line for whoever watches.
    pub(super) fn line(&self, tally: &Tally) -> String {
        let [files, _, threads, memory, containers, ..] = self.values;
        format!(
            "{} operations, {} failed; {files} files, {threads} threads, {memory:.1} MiB, {containers} containers",
            self.operations,
            tally.failures().len()
        )
    }
}

/// Looks.
///
/// # Panics
///
/// When Berth is gone, or the engine or PostgreSQL do not answer.
pub(super) async fn take(home: &Home, at: Duration, operations: u32) -> Sample {
    let process = process(home.pid());
    let containers = home.engine().containers(home.id()).await.len();
    let networks = home.engine().networks(home.id()).await.len();
    let witness = home.object(WITNESS).await;
    let query = "SELECT (SELECT count(*) FROM pg_database), (SELECT count(*) FROM pg_roles), \
                 (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')";
    let row = home.sql(&witness, query).await.concat();
    let counts: Vec<usize> = row.split('|').map(|count| count.parse().unwrap_or(0)).collect();
    let [databases, roles, sessions] = counts[..] else { panic!("three counts, not `{row}`") };
    let values = [
        process.files,
        process.sockets,
        process.threads,
        process.memory,
        count(containers),
        count(networks),
        count(databases),
        count(roles),
        count(sessions),
        count(entries(&home.path().join("tenants")).len()),
        count(temporary(home.path())),
        process.zombies,
    ];
    Sample { at, operations, values, database: database(home.path()) }
}

/// What the kernel says of the server (proc(5)).
struct Process {
    files: f64,
    sockets: f64,
    threads: f64,
    /// Resident, in MiB.
    memory: f64,
    /// Children that ended and that nobody waited for.
    zombies: f64,
}

fn process(pid: u32) -> Process {
    let folder = format!("/proc/{pid}");
    let files = entries(Path::new(&format!("{folder}/fd")));
    let is_socket = |path: &&PathBuf| {
        fs::read_link(path).is_ok_and(|target| target.to_string_lossy().starts_with("socket:"))
    };
    let status = fs::read_to_string(format!("{folder}/status")).expect("berth runs");
    let field = |name: &str| -> f64 {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        number.unwrap_or_else(|| panic!("no `{name}` in the status of a process"))
    };
    let threads = entries(Path::new(&format!("{folder}/task")));
    let children = |thread: &PathBuf| fs::read_to_string(thread.join("children")).ok();
    let children: String = threads.iter().filter_map(children).collect();
    let is_zombie = |pid: &&str| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        status.lines().any(|line| line.starts_with("State:\tZ"))
    };
    Process {
        files: count(files.len()),
        sockets: count(files.iter().filter(is_socket).count()),
        threads: field("Threads:"),
        memory: field("VmRSS:") / 1024.0,
        zombies: count(children.split_whitespace().filter(is_zombie).count()),
    }
}

/// Files that should be gone when what made them has ended: everything in the program's own folder for
/// such files, and what is written beside a file before it replaces it.
fn temporary(home: &Path) -> usize {
    let is_beside = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with('.') || [".new", ".part", ".partial"].iter().any(|end| name.ends_with(end))
    };
    let tenants = entries(&home.join("tenants"));
    let configurations = tenants.iter().flat_map(|tenant| entries(&tenant.join("conf")));
    let all = entries(home).into_iter().chain(tenants.clone()).chain(configurations);
    entries(&home.join("tmp")).len() + all.filter(is_beside).count()
}

fn database(home: &Path) -> u64 {
    let size = |name| fs::metadata(home.join(name)).map_or(0, |metadata| metadata.len());
    size("berth.db") + size("berth.db-wal")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

#[expect(clippy::cast_precision_loss, reason = "these are hundreds")]
fn count(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_tells_about_this_process() {
        let _listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();

        let seen = process(std::process::id());

        assert!(seen.files >= seen.sockets && seen.sockets >= 1.0);
        assert!(seen.threads >= 1.0 && seen.memory > 1.0);
    }

    #[test]
    fn files_beside_others_and_those_of_the_temporary_folder_are_counted() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join("tenants/t_1/conf")).unwrap();
        fs::create_dir(home.path().join("tmp")).unwrap();
        for name in ["berth.db", "routes.json.new", "tenants/t_1/conf/odoo.conf", "tmp/any"] {
            fs::write(home.path().join(name), "").unwrap();
        }

        assert_eq!(temporary(home.path()), 2);
    }
}
