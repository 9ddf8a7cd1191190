//! Packing a tenant so that it runs without Berth: nobody is locked in.
//!
//! # Invariants
//!
//! * The tenant is only read. Passwords in the folder are new ones: whoever has it has nothing of this
//!   installation.

mod kit;

use berth_domain::Actor;
use berth_odoo::conf::{self, Conf, LogLevel};
use berth_odoo::password::Rounds;
use berth_odoo::sizing::Sizing;
use berth_postgres::dump::Format;
use berth_postgres::eject as sql;
use berth_runtime::UserIds;
use secrecy::ExposeSecret as _;

use self::kit::{Kit, Program};
use super::audit::Deed;
use super::export::Parcel;
use super::find_tenant;
use crate::Engine;
use crate::error::EngineError;
use crate::parts::{database, files, image};
use crate::secret::secret;
use crate::view::Export;

/// As whom PostgreSQL runs in images whose own user is not known: those of the official image.
const POSTGRES: UserIds = UserIds { uid: 999, gid: 999 };

impl Engine {
    /// Packs a tenant into a folder in which it runs without Berth, while it is being read.
    pub async fn eject(&self, actor: &Actor, org: &str, name: &str) -> Result<Export, EngineError> {
        let (_, tenant) = find_tenant(&self.0, actor, org, name).await?;
        let packing = self.packing(&tenant).await?;
        self.record_now(actor, Deed::to("tenant.eject", &tenant)).await?;
        let object = tenant.id.object_name();
        let capabilities =
            image::capabilities(&self.0, &tenant.image.reference, &tenant.image.digest).await?;
        let server = &packing.cluster.server;
        let opened = server.open(&object, &packing.password).await;
        let mut database = opened.map_err(EngineError::Postgres)?;
        let extensions = database.rows(&sql::extensions()).await;
        database.close().await;
        let extensions = extensions.map_err(EngineError::Postgres)?;
        let password = secret();
        let conf = files::render(&Conf {
            database: conf::Database {
                host: kit::DATABASE_HOST.to_owned(),
                port: 5432,
                ssl_mode: None,
                name: object.clone(),
                password: password.clone(),
            },
            master_password: database::hashed(&secret(), Rounds::Generated).await?,
            addons_path: capabilities.addons_folders(false),
            // One process with threads: it answers WebSockets too, without a proxy in front.
            sizing: Sizing::of(&berth_domain::Limits { cpu_millis: 1000, ..tenant.limits }),
            demo: tenant.odoo.demo,
            log_level: LogLevel::Info,
            capabilities: &capabilities,
        })?;
        let managed = packing.cluster.managed.as_ref();
        let kit = Kit {
            tenant: &tenant,
            object: &object,
            server_major: server.version().major(),
            postgres: Program {
                image: self.0.settings.postgres_image.to_string(),
                user: managed.map_or(POSTGRES, |managed| managed.facts.user),
                command: Vec::new(),
            },
            bin_dir: managed.and_then(|managed| managed.facts.bin_dir.clone()),
            odoo: Program {
                image: tenant.image.reference.to_string(),
                user: image::user(&capabilities),
                command: capabilities.command.clone(),
            },
        };
        let script = sql::script(&object, &password, &extensions);
        let texts = kit.texts(conf.expose_secret().to_owned(), script);
        let parcel = Parcel {
            texts,
            dump: self.dump(&tenant, &packing, Format::Custom).await?,
            format: Format::Custom,
            dump_name: kit::DUMP.to_owned(),
            data: self.0.settings.paths.object(&object).data(),
            filestore_name: format!("{}/{object}", kit::FILESTORE),
            object,
        };
        tracing::info!(actor = %actor, tenant.name = %tenant.name, "somebody ejects a tenant");
        Ok(self.stream(&tenant, packing, parcel))
    }
}
