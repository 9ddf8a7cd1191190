//! What a tenant's people put in, and whether it is still there: a digest of its database and its files.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use berth_domain::ObjectName;

use super::Home;
use crate::engine::Ran;

/// Tables that Odoo writes to by itself: jobs, sessions, signals between processes, logs.
const VOLATILE: [&str; 9] = [
    "bus_*",
    "ir_cron*",
    "ir_logging",
    "ir_profile",
    "res_users_log",
    "res_device*",
    "orm_signaling*",
    "base_registry_signaling*",
    "base_cache_signaling*",
];
/// Something that only we put there.
const MARKER: &str = "CREATE TABLE berth_marker AS \
    SELECT number, md5(number::text) AS text FROM generate_series(1, 500) AS number";
/// A stored file, called by its SHA-1 as Odoo calls them (`ir_attachment._get_path`): nothing else may be in a backup.
const STORED: (&str, &str) = ("dd/dd65b9df569ba51313356526b981cfa9c600c1a9", "a scanned invoice");

/// The files that attachments refer to.
const STORED_NAMES: &str =
    "SELECT DISTINCT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL ORDER BY 1";

/// How a line of a dump begins that says how far a sequence has counted.
const SETVAL: &str = "SELECT pg_catalog.setval(";
/// What in a dump is of no table's rows.
const REST: &str = "(definitions)";

/// What a tenant has.
#[derive(Debug, Clone)]
pub struct Contents {
    /// Of a dump, table by table, without what changes by itself. How far sequences have counted is not
    /// in it: what is rolled back keeps its numbers, a server that was killed skips up to 32 of them
    /// (PostgreSQL: `SEQ_LOG_VALS` in `sequence.c`), or forgets those that nothing committed was given.
    pub database: BTreeMap<String, u64>,
    /// Of names and contents of the files that attachments refer to, and of the one that we put there.
    /// What nobody refers to Odoo removes by itself (`ir_attachment._gc_file_store`), with its notes of
    /// what to look at, which lie among the files.
    pub files: u64,
}

impl Contents {
    /// What is not the same in what was found later: names of tables, and `(files)`.
    #[must_use]
    pub fn differences(&self, later: &Self) -> Vec<String> {
        let tables = self.database.keys().chain(later.database.keys());
        let tables = tables.filter(|name| self.database.get(*name) != later.database.get(*name));
        let mut names: Vec<String> = tables.cloned().collect();
        names.sort_unstable();
        names.dedup();
        if self.files != later.files {
            names.push("(files)".to_owned());
        }
        names
    }
}

impl Home {
    /// Puts something into a tenant's database and among its files.
    ///
    /// # Panics
    ///
    /// When it cannot be put there.
    pub async fn mark(&self, object: &ObjectName) {
        self.sql(object, MARKER).await;
        let (name, content) = STORED;
        let path = self.filestore(object).join(name);
        let folder = path.parent().expect("it is in a folder");
        fs::create_dir_all(folder).expect("the filestore can be written");
        fs::write(path, content).expect("the filestore is writable");
    }

    /// Whether the file is there that was put among a tenant's files, or into the backup of which the
    /// tenant was made.
    #[must_use]
    pub fn has_marked_file(&self, object: &ObjectName) -> bool {
        let (name, content) = STORED;
        fs::read_to_string(self.filestore(object).join(name)).is_ok_and(|found| found == content)
    }

    /// What a tenant has, running or not.
    ///
    /// # Panics
    ///
    /// When its database cannot be read or dumped, or its files cannot be read.
    pub async fn contents(&self, object: &ObjectName) -> Contents {
        let ran = self.psql_beside(object, STORED_NAMES).await;
        assert_eq!(ran.code, 0, "the attachments of {object}: {}", ran.stderr);
        let names = ran.stdout.lines().chain([STORED.0]);
        let files = digest_of_files(&self.filestore(object), names);
        let dump = self.dump(object).await;
        Contents { database: digests_of_dump(&dump), files: files.expect("files can be read") }
    }

    fn filestore(&self, object: &ObjectName) -> PathBuf {
        self.path().join(format!("tenants/{object}/data/filestore/{object}"))
    }

    /// Asks a tenant's database something as its own role, in the server's own container: the tenant
    /// need not run.
    ///
    /// # Panics
    ///
    /// When the tenant has no password file.
    pub async fn psql_beside(&self, object: &ObjectName, query: &str) -> Ran {
        let (user, database) = (format!("--username={object}"), format!("--dbname={object}"));
        let mut argv =
            vec!["psql", "--no-psqlrc", "--no-password", "-qAt", "-v", "ON_ERROR_STOP=1"];
        argv.extend(["--host=/run/postgresql", &user, &database, "-c", query]);
        self.engine().exec(&self.cluster().await, &argv, &[&self.password(object)]).await
    }

    /// The container of the PostgreSQL server that tenants share.
    async fn cluster(&self) -> String {
        let name = format!("pg-main-{}", self.id());
        let container = self.engine().container(&name).await.expect("the cluster has a container");
        container["Id"].as_str().expect("a container has an id").to_owned()
    }

    /// The password of a tenant's role, for the environment.
    fn password(&self, object: &ObjectName) -> String {
        let file = self.path().join(format!("tenants/{object}/conf/pgpass"));
        let file = fs::read_to_string(file).expect("a tenant has a password file");
        let password = file.trim_end().rsplit_once(':').expect("the file has five columns").1;
        format!("PGPASSWORD={password}")
    }

    /// A dump, made in the server's own container: that tool always fits.
    async fn dump(&self, object: &ObjectName) -> String {
        let password = self.password(object);
        let options = VOLATILE.map(|table| format!("--exclude-table-data={table}"));
        let (user, database) = (format!("--username={object}"), format!("--dbname={object}"));
        let mut argv = vec!["pg_dump", "--host=/run/postgresql", "--no-password", &user, &database];
        argv.extend(options.iter().map(String::as_str));
        let ran = self.engine().exec(&self.cluster().await, &argv, &[&password]).await;
        assert_eq!(ran.code, 0, "pg_dump of {object}: {}", ran.stderr);
        ran.stdout
    }
}

/// Rows have no order, and neither have these.
fn digests_of_dump(dump: &str) -> BTreeMap<String, u64> {
    let mut tables: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut table = REST;
    for line in dump.lines().filter(|line| is_lasting(line)) {
        if let Some(begin) = line.strip_prefix("COPY ") {
            table = begin.split(' ').next().unwrap_or(REST);
        }
        tables.entry(table).or_default().push(line);
        if line == "\\." {
            table = REST;
        }
    }
    let digest = |(table, mut lines): (&str, Vec<&str>)| {
        lines.sort_unstable();
        (table.to_owned(), hash(|hasher| lines.hash(hasher)))
    };
    tables.into_iter().map(digest).collect()
}

/// Whether a line of a dump says something of the data that stays the same: not a random word of the dump
/// itself (`\restrict`), and not how far a sequence has counted.
fn is_lasting(line: &str) -> bool {
    !line.starts_with("\\restrict")
        && !line.starts_with("\\unrestrict")
        && !line.starts_with(SETVAL)
}

/// Of names and contents of these files. One that is missing counts as that.
fn digest_of_files<'a>(
    folder: &Path,
    names: impl Iterator<Item = &'a str>,
) -> std::io::Result<u64> {
    let mut files = Vec::new();
    for name in names {
        let content = match fs::read(folder.join(name)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            read => Some(read?),
        };
        files.push((name, content.map(|content| hash(|hasher| content.hash(hasher)))));
    }
    Ok(hash(|hasher| files.hash(hasher)))
}

fn hash(feed: impl FnOnce(&mut DefaultHasher)) -> u64 {
    let mut hasher = DefaultHasher::new();
    feed(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_rows_and_what_changes_by_itself_do_not_count() {
        let one = "\\restrict abc\nCOPY public.a (id, name) FROM stdin;\n1\ta\n2\tb\n\\.\nSELECT pg_catalog.setval('public.a_id_seq', 7, true);";
        let two = "\\restrict xyz\nCOPY public.a (id, name) FROM stdin;\n2\tb\n1\ta\n\\.\nSELECT pg_catalog.setval('public.a_id_seq', 9, true);";

        assert_eq!(digests_of_dump(one), digests_of_dump(two));
    }

    #[test]
    fn what_changed_is_named_by_its_table() {
        let dump = |name: &str| {
            format!(
                "CREATE\nCOPY public.a (id) FROM stdin;\n{name}\n\\.\nCOPY public.b (id) FROM stdin;\n1\n\\.\nINDEX"
            )
        };
        let contents = |name, files| Contents { database: digests_of_dump(&dump(name)), files };
        let before = contents("1", 1);

        assert_eq!(before.differences(&contents("1", 1)), [""; 0]);
        assert_eq!(before.differences(&contents("2", 1)), ["public.a"]);
        assert_eq!(before.differences(&contents("2", 2)), ["public.a", "(files)"]);
        let empty = Contents { database: BTreeMap::new(), ..before.clone() };
        assert_eq!(before.differences(&empty), ["(definitions)", "public.a", "public.b"]);
    }

    #[test]
    fn a_file_that_changed_or_went_is_seen_and_one_that_nobody_refers_to_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let digest = || digest_of_files(folder.path(), ["aa/x", "bb/y"].into_iter()).unwrap();
        let write = |name: &str, content: &str| fs::write(folder.path().join(name), content);
        for part in ["aa", "bb", "checklist"] {
            fs::create_dir(folder.path().join(part)).unwrap();
        }
        write("aa/x", "1").unwrap();
        write("bb/y", "2").unwrap();
        let before = digest();

        write("checklist/x", "").unwrap();
        write("aa/z", "of nobody").unwrap();
        assert_eq!(digest(), before);
        write("aa/x", "2").unwrap();
        assert_ne!(digest(), before);
        write("aa/x", "1").unwrap();
        assert_eq!(digest(), before);
        fs::remove_file(folder.path().join("bb/y")).unwrap();
        assert_ne!(digest(), before);
    }
}
