//! The texts of a folder in which a tenant runs without Berth.
//!
//! # Invariants
//!
//! * The scripts are constants: what differs between tenants reaches them as environment and in files.
//! * `compose.yaml` holds no secret. It is JSON, which is YAML.

use berth_domain::{ObjectName, Tenant};
use berth_odoo::{DATA_DIR, HTTP_PORT};
use berth_runtime::UserIds;
use serde_json::{Map, Value, json};

/// What PostgreSQL is called in the network of the folder.
pub(super) const DATABASE_HOST: &str = "db";
pub(super) const DUMP: &str = "data/database.dump";
pub(super) const FILESTORE: &str = "data/odoo/filestore";

/// Gives folders to whom they are for. Runs as root, on every start.
const PREPARE: &str = include_str!("kit/prepare.sh");
/// Makes the database, on the first start.
const RESTORE: &str = include_str!("kit/restore.sh");
const README: &str = include_str!("kit/README.md");

/// Where parts of the folder are mounted.
const BERTH: &str = "/eject";
const PGDATA: &str = "/eject/data/postgres/pgdata";
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// An image, as whom it runs, and what is run.
pub(super) struct Program {
    pub(super) image: String,
    pub(super) user: UserIds,
    pub(super) command: Vec<String>,
}

/// Everything that the texts are made from.
pub(super) struct Kit<'a> {
    pub(super) tenant: &'a Tenant,
    pub(super) object: &'a ObjectName,
    pub(super) server_major: u32,
    pub(super) postgres: Program,
    /// Where the image keeps PostgreSQL's programs. `None`: on its path.
    pub(super) bin_dir: Option<String>,
    pub(super) odoo: Program,
}

impl Kit<'_> {
    /// Every text, by its name in the folder.
    pub(super) fn texts(&self, conf: String, roles: String) -> Vec<(String, String)> {
        let compose = serde_json::to_string_pretty(&self.compose()).expect("JSON has a text");
        [
            ("compose.yaml", compose + "\n"),
            ("README.md", self.readme()),
            ("odoo/odoo.conf", conf),
            ("init/roles.sql", roles),
            ("init/prepare.sh", PREPARE.to_owned()),
            ("init/restore.sh", RESTORE.to_owned()),
        ]
        .map(|(name, text)| (name.to_owned(), text))
        .to_vec()
    }

    fn readme(&self) -> String {
        let Self { tenant, server_major, postgres, odoo, .. } = self;
        let addons = tenant.addons.as_ref().map_or_else(String::new, |addons| {
            format!(
                "\n* Its own modules are not in here. They were in `{}`: mount the folder in `compose.yaml` and add it to `addons_path` in `odoo/odoo.conf`.",
                addons.display()
            )
        });
        README
            .replace("{name}", tenant.name.as_str())
            .replace("{host}", tenant.host.as_str())
            .replace("{odoo}", &odoo.image)
            .replace("{digest}", tenant.image.digest.as_str())
            .replace("{postgres}", &postgres.image)
            .replace("{major}", &server_major.to_string())
            .replace("{login}", tenant.odoo.admin_login.as_str())
            .replace("{addons}", &addons)
    }

    fn compose(&self) -> Value {
        json!({
            "name": self.tenant.name.as_str(),
            "services": {
                "prepare": self.prepare(),
                "restore": self.restore(),
                "db": self.db(),
                "odoo": self.odoo(),
            },
        })
    }

    fn environment(&self) -> Map<String, Value> {
        let mut environment = Map::new();
        environment.insert("LANG".to_owned(), "C.UTF-8".into());
        environment.insert("PGDATA".to_owned(), PGDATA.into());
        environment.insert("DATABASE".to_owned(), self.object.as_str().into());
        if let Some(folder) = &self.bin_dir {
            environment.insert("PATH".to_owned(), format!("{folder}:{PATH}").into());
        }
        environment
    }

    fn prepare(&self) -> Value {
        json!({
            "image": self.postgres.image,
            "user": "0:0",
            "entrypoint": ["/bin/sh", format!("{BERTH}/init/prepare.sh")],
            "network_mode": "none",
            "environment": {
                "DB_OWNER": owner(self.postgres.user),
                "ODOO_OWNER": owner(self.odoo.user),
            },
            "volumes": [format!("./:{BERTH}")],
        })
    }

    fn restore(&self) -> Value {
        json!({
            "image": self.postgres.image,
            "user": owner(self.postgres.user),
            "entrypoint": ["/bin/sh", format!("{BERTH}/init/restore.sh")],
            "network_mode": "none",
            "environment": self.environment(),
            "volumes": [
                format!("./init:{BERTH}/init:ro"),
                format!("./data/postgres:{BERTH}/data/postgres"),
                format!("./{DUMP}:{BERTH}/{DUMP}:ro"),
            ],
            "depends_on": { "prepare": { "condition": "service_completed_successfully" } },
        })
    }

    fn db(&self) -> Value {
        json!({
            "image": self.postgres.image,
            "user": owner(self.postgres.user),
            "entrypoint": [
                "postgres", "-c", "listen_addresses=*", "-c", "unix_socket_directories=/tmp",
            ],
            "environment": self.environment(),
            "volumes": [format!("./data/postgres:{BERTH}/data/postgres")],
            "depends_on": { "restore": { "condition": "service_completed_successfully" } },
            "healthcheck": {
                "test": ["CMD", "pg_isready", "--host=127.0.0.1"],
                "interval": "2s",
                "retries": 60,
            },
            "shm_size": "256m",
            "stop_signal": "SIGINT",
            "restart": "unless-stopped",
        })
    }

    fn odoo(&self) -> Value {
        let mut command = self.odoo.command.clone();
        command.extend(["-c", "/etc/odoo/odoo.conf"].map(str::to_owned));
        json!({
            "image": self.odoo.image,
            "user": owner(self.odoo.user),
            "entrypoint": command,
            "environment": {
                "HOME": DATA_DIR, "LANG": "C.UTF-8", "ODOO_RC": "/etc/odoo/odoo.conf",
            },
            "volumes": ["./odoo:/etc/odoo:ro", format!("./data/odoo:{DATA_DIR}")],
            "ports": [format!("127.0.0.1:{HTTP_PORT}:{HTTP_PORT}")],
            "depends_on": { "db": { "condition": "service_healthy" } },
            "mem_limit": self.tenant.limits.memory.0,
            "pids_limit": self.tenant.limits.pids,
            "restart": "unless-stopped",
        })
    }
}

fn owner(UserIds { uid, gid }: UserIds) -> String {
    format!("{uid}:{gid}")
}
