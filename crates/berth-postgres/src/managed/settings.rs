//! `postgresql.conf` and `pg_hba.conf` of a managed cluster.

use berth_domain::Bytes;

use super::{CONF_TARGET, DATA_TARGET, ManagedCluster, SOCKET_TARGET};

/// Everybody signs in by password over the socket; there is no other way in.
pub(super) const PG_HBA: &str = "# Written by Berth at every start.\nlocal all all scram-sha-256\n";

/// Returns `postgresql.conf`, sized for many small databases that share one server.
///
/// `shared_buffers` is a quarter of the memory and `effective_cache_size` three quarters (PostgreSQL,
/// "Resource Consumption"); `work_mem` is what every connection could use four times over without
/// taking more than another quarter.
pub(super) fn postgresql_conf(cluster: &ManagedCluster) -> String {
    let memory = cluster.memory.0.max(512 * Bytes::MIB);
    let mib = |bytes: u64| format!("{}MB", bytes / Bytes::MIB);
    let work_mem = (memory / 4 / u64::from(cluster.max_connections.max(1)) / 4)
        .clamp(4 * Bytes::MIB, 64 * Bytes::MIB);
    let maintenance = (memory / 16).clamp(64 * Bytes::MIB, 1024 * Bytes::MIB);
    let mut lines = vec![
        ("data_directory", quoted(DATA_TARGET)),
        ("hba_file", quoted(&format!("{CONF_TARGET}/pg_hba.conf"))),
        ("ident_file", quoted(&format!("{CONF_TARGET}/pg_ident.conf"))),
        ("listen_addresses", quoted("")),
        ("port", "5432".to_owned()),
        ("unix_socket_directories", quoted(SOCKET_TARGET)),
        ("unix_socket_permissions", "0777".to_owned()),
        ("password_encryption", quoted("scram-sha-256")),
        ("max_connections", cluster.max_connections.to_string()),
        ("shared_buffers", mib(memory / 4)),
        ("effective_cache_size", mib(memory / 4 * 3)),
        ("work_mem", mib(work_mem)),
        ("maintenance_work_mem", mib(maintenance)),
        // A registry with many modules, and pg_dump of it, lock thousands of tables at once.
        ("max_locks_per_transaction", "256".to_owned()),
        ("fsync", "on".to_owned()),
        ("full_page_writes", "on".to_owned()),
        ("wal_level", "replica".to_owned()),
        ("wal_compression", "on".to_owned()),
        ("min_wal_size", "256MB".to_owned()),
        ("max_wal_size", "4GB".to_owned()),
        ("checkpoint_timeout", "15min".to_owned()),
        ("checkpoint_completion_target", "0.9".to_owned()),
        ("random_page_cost", "1.1".to_owned()),
        // Odoo's queries are many and short: compiling them costs more than it saves.
        ("jit", "off".to_owned()),
        ("autovacuum_max_workers", "4".to_owned()),
        ("log_destination", quoted("stderr")),
        ("logging_collector", "off".to_owned()),
        ("log_line_prefix", quoted("%m [%p] %q%u@%d ")),
        // Odoo's driver writes values into the statements themselves, so a logged statement is a
        // tenant's data.
        ("log_min_error_statement", "panic".to_owned()),
        ("log_min_duration_statement", "-1".to_owned()),
        ("log_lock_waits", "on".to_owned()),
        ("timezone", quoted("UTC")),
        ("log_timezone", quoted("UTC")),
        ("lc_messages", quoted("C")),
    ];
    if cluster.reflink && cluster.facts.major >= 18 {
        lines.push(("file_copy_method", "clone".to_owned()));
    }
    if cluster.syncfs_reports {
        // After a crash every file of every database is opened and written otherwise, of a tenant more
        // than a thousand, and nobody is let in before.
        lines.push(("recovery_init_sync_method", "syncfs".to_owned()));
    }
    let mut text = vec!["# Written by Berth at every start; changes are lost.".to_owned()];
    text.extend(lines.into_iter().map(|(name, value)| format!("{name} = {value}")));
    text.join("\n") + "\n"
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
