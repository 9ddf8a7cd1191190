//! Extensions that a dump brings along.
//!
//! The owner of a database may add those that PostgreSQL calls trusted. Some of the others are as
//! harmless and asked for by Odoo; the administrator adds those, and no others.

use berth_domain::ObjectName;
use sqlx::Row as _;

use crate::error::query;
use crate::quote::quote_ident;
use crate::server::run_on;
use crate::{PostgresError, Server};

/// What the administrator adds to a tenant's database when its dump has it. None of them reads or
/// writes anything outside of the database.
const ALLOWED: [&str; 3] = ["pg_trgm", "unaccent", "vector"];
/// As much of a name as a person wants to read.
const SHOWN: usize = 60;

/// Why an extension cannot be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtensionRefused {
    #[error("its dump adds the extension `{0}`, which the PostgreSQL server does not have")]
    Unavailable(String),
    #[error("its dump adds the extension `{0}`, which only a superuser may add")]
    SuperuserOnly(String),
}

impl Server {
    /// Which of these extensions no database of a tenant gets, and why.
    pub async fn refused_extensions(
        &self,
        names: &[String],
    ) -> Result<Vec<ExtensionRefused>, PostgresError> {
        let mut refused = Vec::new();
        for name in names {
            // It is in every database from the beginning.
            if name == "plpgsql" {
                continue;
            }
            let row = sqlx::query(
                "SELECT coalesce(bool_or(v.trusted), false), count(*)
                   FROM pg_catalog.pg_available_extension_versions v
                  WHERE v.name = $1",
            )
            .bind(name)
            .fetch_one(&self.pool)
            .await
            .map_err(query("look an extension up"))?;
            let shown: String = name.chars().take(SHOWN).flat_map(char::escape_debug).collect();
            match (row.get::<bool, _>(0), row.get::<i64, _>(1)) {
                (_, 0) => refused.push(ExtensionRefused::Unavailable(shown)),
                (false, _) if !ALLOWED.contains(&name.as_str()) => {
                    refused.push(ExtensionRefused::SuperuserOnly(shown));
                }
                _ => {}
            }
        }
        Ok(refused)
    }

    /// Adds those of these extensions that only the administrator may add and that are harmless.
    pub async fn add_allowed_extensions(
        &self,
        database: &ObjectName,
        names: &[String],
    ) -> Result<(), PostgresError> {
        let mut connection = self.catalogues_of(database).await?;
        for name in ALLOWED.iter().filter(|allowed| names.iter().any(|name| name == *allowed)) {
            let sql = format!("CREATE EXTENSION IF NOT EXISTS {} SCHEMA public", quote_ident(name));
            run_on(&mut connection, "add an extension", sql).await?;
        }
        sqlx::Connection::close(connection).await.map_err(query("close the connection"))
    }
}
