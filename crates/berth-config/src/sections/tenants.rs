//! What tenants are made with and may have, and what is kept of them.

use std::path::PathBuf;

use berth_domain::{Bytes, ImageRef, Language, Stage, TimeZoneName};

use super::section;
use crate::setting::{Age, Cores};

section! {
    /// The images that are run when nobody asks for another one.
    Images = "images" {
        /// The Odoo of new tenants. The engine must have it or be able to pull it.
        /// Existing tenants keep the image that they were made with.
        odoo: ImageRef = r#""odoo:19.0""#,
        /// The PostgreSQL of the managed server.
        /// A higher major version cannot read the files of a lower one: Berth refuses to start then.
        postgres: ImageRef = r#""postgres:18""#,
    }
}

section! {
    /// What a tenant gets when its creator says nothing. Existing tenants keep what they have.
    Tenants = "tenants" {
        /// `production`, `staging`, `development` or `test`.
        stage: Stage = r#""production""#,
        /// A language code of Odoo. The first tenant of each language takes longer to make.
        language: Language = r#""en_US""#,
        /// A name of the IANA database, for the administrator and the company's calendar.
        time_zone: TimeZoneName = r#""UTC""#,
        /// Processor time in cores: `2`, `0.5`, `"1500m"`. With more than one core Odoo runs workers.
        cpu: Cores = "1",
        /// Memory of a tenant's container. A tenant that reaches it is killed; a restart
        /// brings it back.
        memory: Bytes = r#""1GiB""#,
        /// Processes and threads of a tenant's container.
        pids: u32 = "256",
        /// Memory limits handed out in all, in percent of the host's memory.
        /// Beyond 100 tenants share memory, and the host runs out if all of them use theirs.
        memory_percent: u32 = "150",
        /// For how many days a deleted tenant can be brought back. 0: it is gone at once.
        /// Meanwhile its name, its host and its disk space stay taken.
        delete_grace_days: u32 = "7",
    }
}

section! {
    /// What all tenants of one owner may have together, unless the owner has a quota of their own
    /// (`berth quota set`). Tenants without an owner are not counted.
    Quotas = "quotas" {
        /// Tenants that are not archived or deleted. 0: no bound.
        tenants: Option<u32> = "0",
        /// Processor time in cores, as in `8` or `"1500m"`. 0: no bound.
        cpu: Option<Cores> = "0",
        /// Memory, as in `"16GiB"`. Empty: no bound.
        memory: Option<Bytes> = r#""""#,
        /// What databases and files may fill, as in `"100GiB"`. Empty: no bound.
        /// With a bound, every tenant of an owner needs a storage limit.
        storage: Option<Bytes> = r#""""#,
    }
}

section! {
    /// Durable operations.
    Operations = "operations" {
        /// How many are at work at the same time. 0: twice the number of processors.
        /// More finish sooner together and later each.
        concurrency: Option<u32> = "0",
        /// Blueprints that are kept, one for each image, language and set of modules.
        /// The longest unused goes first; making it again takes up to a minute. Each takes about
        /// 100 MB.
        blueprint_keep: u32 = "8",
    }
}

section! {
    /// What is kept of the logs of tenants and of the managed PostgreSQL server, beyond the life of
    /// their containers.
    Logs = "logs" {
        /// For how long, as in `"14d"` or `"12h"`.
        keep: Age = r#""14d""#,
        /// How much of one tenant, as it lies on the disk: about a tenth of what was said.
        /// The oldest goes first.
        max_per_tenant: Bytes = r#""200MiB""#,
    }
}

section! {
    /// Backups that are sent in, to be imported.
    Uploads = "uploads" {
        /// The largest one. It is also refused when the disk has no room for it.
        max_size: Bytes = r#""64GiB""#,
        /// For how many hours one is kept that nobody imports. One that was imported goes at once.
        keep_hours: u32 = "24",
    }
}

section! {
    /// Tenants of the stage `development`.
    Development = "development" {
        /// Folders below which `--addons` may point, as in `["/home/dev/addons"]`.
        /// Empty: `--addons` is refused. A tenant can read everything in the folder it is given.
        addons_roots: Vec<PathBuf> = "[]",
    }
}
