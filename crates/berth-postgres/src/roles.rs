//! Roles of tenants and blueprints.
//!
//! # Invariants
//!
//! * A role is never a superuser, makes no databases and no roles, and does not replicate; asking for
//!   it again takes such rights away should somebody have granted them.

use berth_domain::ObjectName;
use secrecy::{ExposeSecret, SecretString};
use sqlx::Row as _;

use crate::error::query;
use crate::quote::{quote_ident, quote_literal};
use crate::server::sqlstate;
use crate::turn::Turn;
use crate::{PostgresError, Server, scram};

/// A role of ours, as the server knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleInfo {
    pub name: ObjectName,
    pub can_login: bool,
    /// -1: no limit.
    pub connection_limit: i32,
}

const HARMLESS: &str = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT";

impl Server {
    /// Makes sure that the role exists, may sign in with this password and holds at most so many
    /// connections.
    pub async fn ensure_role(
        &self,
        role: &ObjectName,
        password: &SecretString,
        connection_limit: i32,
    ) -> Result<(), PostgresError> {
        let mut turn = self.turn(role).await?;
        let verb = if self.find_role(role).await?.is_some() { "ALTER" } else { "CREATE" };
        let verifier = scram::verifier(role.as_str(), password.expose_secret());
        let sql = format!(
            "{verb} ROLE {} WITH LOGIN {HARMLESS} CONNECTION LIMIT {connection_limit} PASSWORD {}",
            quote_ident(role.as_str()),
            quote_literal(&verifier),
        );
        let made = turn.run("make the role", sql).await;
        turn.end().await;
        made
    }

    /// Takes the right to sign in away and ends the role's sessions. Succeeds when there is no role.
    pub async fn disable_role(&self, role: &ObjectName) -> Result<(), PostgresError> {
        let mut turn = self.turn(role).await?;
        let disabled = self.disable_in(&mut turn, role).await;
        turn.end().await;
        disabled
    }

    async fn disable_in(&self, turn: &mut Turn, role: &ObjectName) -> Result<(), PostgresError> {
        if self.find_role(role).await?.is_none() {
            return Ok(());
        }
        let sql = format!("ALTER ROLE {} WITH NOLOGIN", quote_ident(role.as_str()));
        turn.run("disable the role", sql).await?;
        self.end_sessions_of_role(role).await
    }

    /// Removes the role, with what it was granted. Succeeds when there is none.
    ///
    /// Its database goes first, by [`Server::drop_database`]: else [`PostgresError::RoleInUse`].
    pub async fn drop_role(&self, role: &ObjectName) -> Result<(), PostgresError> {
        let mut turn = self.turn(role).await?;
        let dropped = self.drop_role_in(&mut turn, role).await;
        turn.end().await;
        dropped
    }

    async fn drop_role_in(&self, turn: &mut Turn, role: &ObjectName) -> Result<(), PostgresError> {
        if self.find_role(role).await?.is_none() {
            return Ok(());
        }
        self.disable_in(turn, role).await?;
        let name = quote_ident(role.as_str());
        turn.run("take the role's rights away", format!("DROP OWNED BY {name}")).await?;
        match turn.run("drop the role", format!("DROP ROLE IF EXISTS {name}")).await {
            // 2BP01: dependent objects still exist, and those in this database are gone.
            Err(PostgresError::Query { source, .. }) if sqlstate(&source) == Some("2BP01") => {
                Err(PostgresError::RoleInUse(role.to_string()))
            }
            other => other,
        }
    }

    /// Returns every role whose name is an object name.
    pub async fn roles(&self) -> Result<Vec<RoleInfo>, PostgresError> {
        let rows = sqlx::query(
            "SELECT rolname::text, rolcanlogin, rolconnlimit
               FROM pg_catalog.pg_roles
              WHERE rolname ~ '^[tb]_[0-9a-f]{10}$'
              ORDER BY rolname",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(query("list the roles"))?;
        let info = |row: &sqlx::postgres::PgRow| {
            let name = row.get::<&str, _>(0).parse().ok()?;
            Some(RoleInfo { name, can_login: row.get(1), connection_limit: row.get(2) })
        };
        Ok(rows.iter().filter_map(info).collect())
    }

    /// `None`: there is no such role.
    pub async fn find_role(&self, role: &ObjectName) -> Result<Option<RoleInfo>, PostgresError> {
        let row = sqlx::query(
            "SELECT rolcanlogin, rolconnlimit FROM pg_catalog.pg_roles WHERE rolname = $1",
        )
        .bind(role.as_str())
        .fetch_optional(&self.pool)
        .await
        .map_err(query("look the role up"))?;
        Ok(row.map(|row| RoleInfo {
            name: role.clone(),
            can_login: row.get(0),
            connection_limit: row.get(1),
        }))
    }

    /// Counts the sessions that a role has in its own database.
    pub async fn count_sessions(&self, role: &ObjectName) -> Result<u64, PostgresError> {
        let row = sqlx::query(
            "SELECT count(*)
               FROM pg_catalog.pg_stat_activity
              WHERE datname = $1 AND usename = $1",
        )
        .bind(role.as_str())
        .fetch_one(&self.pool)
        .await
        .map_err(query("count the role's sessions"))?;
        Ok(u64::try_from(row.get::<i64, _>(0)).unwrap_or_default())
    }

    async fn end_sessions_of_role(&self, role: &ObjectName) -> Result<(), PostgresError> {
        sqlx::query(
            "SELECT pg_catalog.pg_terminate_backend(pid)
               FROM pg_catalog.pg_stat_activity
              WHERE usename = $1 AND pid <> pg_catalog.pg_backend_pid()",
        )
        .bind(role.as_str())
        .execute(&self.pool)
        .await
        .map_err(query("end the role's sessions"))?;
        Ok(())
    }
}
