//! Databases of tenants and blueprints: made, sealed, listed, dropped.
//!
//! # Invariants
//!
//! * A database counts as made when it carries our comment; one without it is a leftover of a crash.
//! * Nobody but its owner may connect to a database from before it accepts its first connection.

use berth_domain::{Bytes, ObjectName};
use sqlx::Row as _;

use crate::error::query;
use crate::quote::{quote_ident, quote_literal};
use crate::server::run_on;
use crate::turn::Turn;
use crate::{PostgresError, Server};

/// The comment that says: this database was made to its end.
const COMPLETE: &str = "berth: complete";

/// A database of ours, as the server knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseInfo {
    pub name: ObjectName,
    /// The owner's role: of a sealed blueprint the administrator.
    pub owner: String,
    /// On disk. Zero for a half-made database.
    pub size: Bytes,
    pub allows_connections: bool,
    pub is_template: bool,
    pub condition: Condition,
}

impl DatabaseInfo {
    /// Whether it was made to its end.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.condition == Condition::Complete
    }
}

/// What a crash may have left of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Condition {
    /// It was made to its end.
    Complete,
    /// It was not: our comment is missing.
    HalfMade,
    /// An interrupted `DROP DATABASE` left it; nothing but dropping works (`datconnlimit = -2`).
    HalfDropped,
}

/// A database that is dropped while it is looked at has no size any more.
const COLUMNS: &str = "datname::text,
       pg_catalog.pg_get_userbyid(datdba)::text,
       CASE WHEN datconnlimit = -2 THEN 0
            ELSE coalesce(pg_catalog.pg_database_size(oid), 0) END,
       datallowconn,
       datistemplate,
       coalesce(pg_catalog.shobj_description(oid, 'pg_database') = 'berth: complete', false),
       datconnlimit = -2";

fn info(row: &sqlx::postgres::PgRow) -> Option<DatabaseInfo> {
    Some(DatabaseInfo {
        name: row.get::<&str, _>(0).parse().ok()?,
        owner: row.get(1),
        size: Bytes(row.get::<i64, _>(2).unsigned_abs()),
        allows_connections: row.get(3),
        is_template: row.get(4),
        condition: match (row.get(5), row.get(6)) {
            (_, true) => Condition::HalfDropped,
            (true, false) => Condition::Complete,
            (false, false) => Condition::HalfMade,
        },
    })
}

impl Server {
    /// Makes an empty database the way Odoo does (`odoo/service/db.py`, `_create_empty_database`):
    /// from `template0`, UTF-8, collated bytewise, with `pg_trgm`, and with `unaccent` marked
    /// immutable so that it can be indexed. A complete database of that owner is left as it is.
    pub async fn create_blank(
        &self,
        database: &ObjectName,
        owner: &ObjectName,
    ) -> Result<(), PostgresError> {
        if self.begin_restore(database, owner).await? {
            self.mark_complete(database).await?;
        }
        Ok(())
    }

    /// Returns whether it was made now.
    async fn make_blank(
        &self,
        turn: &mut Turn,
        database: &ObjectName,
        owner: &ObjectName,
    ) -> Result<bool, PostgresError> {
        if self.keep_or_clear(turn, database, owner).await? {
            return Ok(false);
        }
        let sql = format!(
            "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' ALLOW_CONNECTIONS false",
            quote_ident(database.as_str()),
            quote_ident(owner.as_str()),
        );
        turn.run("create the database", sql).await?;
        self.close_to_others(database, owner).await?;
        self.allow_connections(database, true).await?;
        self.add_extensions(database).await?;
        Ok(true)
    }

    /// Makes an empty database for a dump, the way [`Self::create_blank`] does, and returns `true`. It
    /// counts as half-made until [`Self::mark_complete`]. `false`: a complete one is there already.
    pub async fn begin_restore(
        &self,
        database: &ObjectName,
        owner: &ObjectName,
    ) -> Result<bool, PostgresError> {
        let mut turn = self.turn(database).await?;
        let made = self.make_blank(&mut turn, database, owner).await;
        turn.end().await;
        made
    }

    /// Makes a database a blueprint: it belongs to the administrator, takes no connections and may be
    /// cloned. What is inside keeps belonging to its old owner, whom a clone is reassigned from.
    pub async fn seal(&self, database: &ObjectName) -> Result<(), PostgresError> {
        self.allow_connections(database, false).await?;
        self.end_sessions_on(database).await?;
        let name = quote_ident(database.as_str());
        self.run("take over the database", format!("ALTER DATABASE {name} OWNER TO CURRENT_USER"))
            .await?;
        self.run(
            "make the database a template",
            format!("ALTER DATABASE {name} WITH IS_TEMPLATE true"),
        )
        .await
    }

    /// Removes the database, whoever is connected to it. Succeeds when there is none.
    pub async fn drop_database(&self, database: &ObjectName) -> Result<(), PostgresError> {
        let mut turn = self.turn(database).await?;
        let dropped = self.drop_in(&mut turn, database).await;
        turn.end().await;
        dropped
    }

    pub(crate) async fn drop_in(
        &self,
        turn: &mut Turn,
        database: &ObjectName,
    ) -> Result<(), PostgresError> {
        let Some(found) = self.find_database(database).await? else { return Ok(()) };
        let name = quote_ident(database.as_str());
        if found.condition != Condition::HalfDropped {
            // One statement, so that an application that reconnects in a loop cannot slip in.
            let sql =
                format!("ALTER DATABASE {name} WITH IS_TEMPLATE false ALLOW_CONNECTIONS false");
            turn.run("close the database", sql).await?;
        }
        let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        turn.run("drop the database", sql).await
    }

    /// Opens or closes a database. Closing does not end sessions that are there already.
    pub async fn allow_connections(
        &self,
        database: &ObjectName,
        allow: bool,
    ) -> Result<(), PostgresError> {
        let sql = format!(
            "ALTER DATABASE {} WITH ALLOW_CONNECTIONS {allow}",
            quote_ident(database.as_str())
        );
        self.run("open or close the database", sql).await
    }

    /// Ends every session on a database.
    pub async fn end_sessions_on(&self, database: &ObjectName) -> Result<(), PostgresError> {
        sqlx::query(
            "SELECT pg_catalog.pg_terminate_backend(pid)
               FROM pg_catalog.pg_stat_activity
              WHERE datname = $1 AND pid <> pg_catalog.pg_backend_pid()",
        )
        .bind(database.as_str())
        .execute(&self.pool)
        .await
        .map_err(query("end the sessions on the database"))?;
        Ok(())
    }

    /// Returns every database whose name is an object name.
    pub async fn databases(&self) -> Result<Vec<DatabaseInfo>, PostgresError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM pg_catalog.pg_database WHERE datname ~ '^[tb]_[0-9a-f]{{10}}$' ORDER BY datname"
        );
        let rows = sqlx::query(crate::quote::assert_safe(sql))
            .fetch_all(&self.pool)
            .await
            .map_err(query("list the databases"))?;
        Ok(rows.iter().filter_map(info).collect())
    }

    /// `None`: there is no such database.
    pub async fn find_database(
        &self,
        database: &ObjectName,
    ) -> Result<Option<DatabaseInfo>, PostgresError> {
        let sql = format!("SELECT {COLUMNS} FROM pg_catalog.pg_database WHERE datname = $1");
        let row = sqlx::query(crate::quote::assert_safe(sql))
            .bind(database.as_str())
            .fetch_optional(&self.pool)
            .await
            .map_err(query("look the database up"))?;
        Ok(row.as_ref().and_then(info))
    }

    /// Returns the size of a database on disk.
    pub async fn database_size(&self, database: &ObjectName) -> Result<Bytes, PostgresError> {
        match self.find_database(database).await? {
            Some(found) => Ok(found.size),
            None => Err(PostgresError::NoSuchDatabase(database.to_string())),
        }
    }

    /// Takes from everybody what tenants share: they may connect to `postgres`, where Odoo listens,
    /// and can neither make anything there nor connect to `template1`.
    ///
    /// All of it happens at once, so tenants that are running never lose `postgres` in between. Two
    /// that prepare the same server wait for each other: PostgreSQL itself refuses the slower one
    /// (`tuple concurrently updated`).
    pub async fn prepare_cluster(&self) -> Result<(), PostgresError> {
        const STEPS: [&str; 5] = [
            "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('berth: prepare the server'))",
            "REVOKE ALL ON DATABASE postgres FROM PUBLIC",
            "GRANT CONNECT ON DATABASE postgres TO PUBLIC",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
            "REVOKE ALL ON DATABASE template1 FROM PUBLIC",
        ];
        let action = "prepare the server for tenants";
        let mut transaction = self.pool.begin().await.map_err(query(action))?;
        for step in STEPS {
            run_on(&mut *transaction, action, step.to_owned()).await?;
        }
        transaction.commit().await.map_err(query(action))
    }

    /// Returns whether the database is there already; a half-made one is dropped.
    pub(crate) async fn keep_or_clear(
        &self,
        turn: &mut Turn,
        database: &ObjectName,
        owner: &ObjectName,
    ) -> Result<bool, PostgresError> {
        let Some(found) = self.find_database(database).await? else { return Ok(false) };
        if !found.is_complete() {
            tracing::warn!(database.name = %database, "dropping the half-made database `{database}`");
            self.drop_in(turn, database).await?;
            return Ok(false);
        }
        if found.owner != owner.as_str() {
            let (name, owner) = (database.to_string(), found.owner);
            return Err(PostgresError::OwnedByAnother { name, owner });
        }
        Ok(true)
    }

    /// Leaves the database to its owner, who keeps `TEMPORARY`: Odoo and its reports make such tables.
    pub(crate) async fn close_to_others(
        &self,
        database: &ObjectName,
        owner: &ObjectName,
    ) -> Result<(), PostgresError> {
        let name = quote_ident(database.as_str());
        let role = quote_ident(owner.as_str());
        self.run(
            "close the database to others",
            format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC"),
        )
        .await?;
        self.run(
            "open the database to its owner",
            format!("GRANT CONNECT, TEMPORARY, CREATE ON DATABASE {name} TO {role}"),
        )
        .await
    }

    /// Says that the database was made to its end.
    pub async fn mark_complete(&self, database: &ObjectName) -> Result<(), PostgresError> {
        let sql = format!(
            "COMMENT ON DATABASE {} IS {}",
            quote_ident(database.as_str()),
            quote_literal(COMPLETE)
        );
        self.run("mark the database as complete", sql).await
    }

    async fn add_extensions(&self, database: &ObjectName) -> Result<(), PostgresError> {
        const MAKE_UNACCENT_INDEXABLE: &str = "ALTER FUNCTION public.unaccent(text) IMMUTABLE";
        let available: Vec<String> = sqlx::query_scalar(
            "SELECT name::text FROM pg_catalog.pg_available_extensions WHERE name IN ('pg_trgm', 'unaccent')",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(query("list the available extensions"))?;
        let mut connection = self.catalogues_of(database).await?;
        for extension in &available {
            let sql =
                format!("CREATE EXTENSION IF NOT EXISTS {} SCHEMA public", quote_ident(extension));
            run_on(&mut connection, "add an extension", sql).await?;
        }
        if available.iter().any(|name| name == "unaccent") {
            run_on(&mut connection, "make unaccent indexable", MAKE_UNACCENT_INDEXABLE.to_owned())
                .await?;
        }
        sqlx::Connection::close(connection).await.map_err(query("close the connection"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_listing_looks_for_the_comment_that_is_written() {
        assert!(COLUMNS.contains(&format!("'{COMPLETE}'")));
    }
}
