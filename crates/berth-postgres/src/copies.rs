//! A copy of a tenant's database for the time of an operation, and the way back to it.
//!
//! # Invariants
//!
//! * A copy takes no connections: nobody reads or changes it.
//! * Going back gives the copy the tenant's name. At every moment at least one of the two is whole.

use std::time::Instant;

use berth_domain::ObjectName;
use sqlx::Row as _;

use crate::clone::{Cloned, Strategy, copy};
use crate::error::query;
use crate::quote::quote_ident;
use crate::turn::Turn;
use crate::{PostgresError, Server};

impl Server {
    /// Makes `copy` a copy of the tenant's database `database`, which nobody may be using: sessions on it
    /// are ended, and for the time of copying it takes no others. A complete copy is left as it is.
    pub async fn keep_copy(
        &self,
        database: &ObjectName,
        copy: &ObjectName,
    ) -> Result<Cloned, PostgresError> {
        let started = Instant::now();
        let mut turn = self.turn(database).await?;
        let kept = self.keep_copy_in(&mut turn, database, copy).await;
        turn.end().await;
        Ok(Cloned { strategy: kept?, took: started.elapsed() })
    }

    async fn keep_copy_in(
        &self,
        turn: &mut Turn,
        database: &ObjectName,
        name: &ObjectName,
    ) -> Result<Strategy, PostgresError> {
        if self.keep_or_clear(turn, name, database).await? {
            return Ok(Strategy::Kept);
        }
        let strategy = self.strategy(self.database_size(database).await?);
        self.allow_connections(database, false).await?;
        self.end_sessions_on(database).await?;
        let copied = copy(turn, database, name, (database, strategy)).await;
        self.allow_connections(database, true).await?;
        copied?;
        self.close_to_others(name, database).await?;
        self.mark_complete(name).await?;
        Ok(strategy)
    }

    /// Puts the copy in the place of the tenant's database, which is dropped. Returns whether it did:
    /// without a complete copy everything is left as it is.
    pub async fn go_back(
        &self,
        database: &ObjectName,
        copy: &ObjectName,
    ) -> Result<bool, PostgresError> {
        let mut turn = self.turn(database).await?;
        let gone_back = self.go_back_in(&mut turn, database, copy).await;
        turn.end().await;
        gone_back
    }

    async fn go_back_in(
        &self,
        turn: &mut Turn,
        database: &ObjectName,
        copy: &ObjectName,
    ) -> Result<bool, PostgresError> {
        if !self.find_database(copy).await?.is_some_and(|found| found.is_complete()) {
            // The process that went back may have ended before it opened it.
            if self.find_database(database).await?.is_some() {
                self.allow_connections(database, true).await?;
            }
            return Ok(false);
        }
        self.drop_in(turn, database).await?;
        let sql = format!(
            "ALTER DATABASE {} RENAME TO {}",
            quote_ident(copy.as_str()),
            quote_ident(database.as_str())
        );
        turn.run("put the copy in the database's place", sql).await?;
        self.allow_connections(database, true).await?;
        Ok(true)
    }

    /// Returns every copy, with whose database it was.
    pub async fn copies(&self) -> Result<Vec<(ObjectName, ObjectName)>, PostgresError> {
        let rows = sqlx::query(
            "SELECT datname::text, pg_catalog.pg_get_userbyid(datdba)::text
               FROM pg_catalog.pg_database
              WHERE datname ~ '^c_[0-9a-f]{10}$'
              ORDER BY datname",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(query("list the copies"))?;
        let both = |row: &sqlx::postgres::PgRow| {
            Some((row.get::<&str, _>(0).parse().ok()?, row.get::<&str, _>(1).parse().ok()?))
        };
        Ok(rows.iter().filter_map(both).collect())
    }

    /// Drops the copy, and opens the tenant's database in case that it was being copied.
    pub async fn drop_copy(
        &self,
        database: &ObjectName,
        copy: &ObjectName,
    ) -> Result<(), PostgresError> {
        let mut turn = self.turn(database).await?;
        let dropped = self.drop_copy_in(&mut turn, database, copy).await;
        turn.end().await;
        dropped
    }

    async fn drop_copy_in(
        &self,
        turn: &mut Turn,
        database: &ObjectName,
        copy: &ObjectName,
    ) -> Result<(), PostgresError> {
        self.drop_in(turn, copy).await?;
        if self.find_database(database).await?.is_some() {
            self.allow_connections(database, true).await?;
        }
        Ok(())
    }

    /// Drops every copy of a tenant's database. Whoever made the last of them is gone.
    pub async fn drop_copies(&self, database: &ObjectName) -> Result<(), PostgresError> {
        let mut turn = self.turn(database).await?;
        let dropped = self.drop_copies_in(&mut turn, database).await;
        turn.end().await;
        dropped
    }

    async fn drop_copies_in(
        &self,
        turn: &mut Turn,
        database: &ObjectName,
    ) -> Result<(), PostgresError> {
        for (copy, of) in self.copies().await? {
            if of == *database {
                self.drop_in(turn, &copy).await?;
            }
        }
        Ok(())
    }
}
