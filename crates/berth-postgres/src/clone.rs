//! A new database from a blueprint, or from another one that nobody uses.

use std::fmt;
use std::time::{Duration, Instant};

use berth_domain::{Bytes, ObjectName};

use crate::error::query;
use crate::quote::quote_ident;
use crate::server::run_on;
use crate::turn::Turn;
use crate::{DatabaseInfo, PostgresError, Server};

/// Below this the copy through the log is faster, because it needs no checkpoint (measured: 0.48 s
/// against 0.65 to 1.07 s for a database of 78 MB).
const SMALL: Bytes = Bytes::mib(200);

/// How a database was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// It was there already.
    Kept,
    /// Block by block through the write-ahead log: no checkpoint.
    WalLog,
    /// The files share their blocks with the blueprint's: two checkpoints, then constant time.
    FileCopyClone,
}

impl Strategy {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::WalLog => "wal_log",
            Self::FileCopyClone => "file_copy_clone",
        }
    }

    /// `shares_blocks`: the server has `file_copy_method = clone` (PostgreSQL 18 or later).
    const fn choose(size: Bytes, shares_blocks: bool) -> Self {
        if shares_blocks && size.0 >= SMALL.0 { Self::FileCopyClone } else { Self::WalLog }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A finished copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cloned {
    pub strategy: Strategy,
    pub took: Duration,
}

impl Server {
    /// Makes `target` a copy of the blueprint `source`, with everything in it owned by `owner`.
    ///
    /// The role `owner` must exist. A complete `target` of that owner is left as it is; a half-made
    /// one is dropped and made again. `source` must be sealed ([`Server::seal`]): reassigning
    /// what its role owns would otherwise take the blueprint itself along.
    pub async fn clone_database(
        &self,
        source: &ObjectName,
        target: &ObjectName,
        owner: &ObjectName,
    ) -> Result<Cloned, PostgresError> {
        let started = Instant::now();
        let mut turn = self.turn(target).await?;
        let cloned = self.clone_in(&mut turn, source, target, owner).await;
        turn.end().await;
        Ok(Cloned { strategy: cloned?, took: started.elapsed() })
    }

    async fn clone_in(
        &self,
        turn: &mut Turn,
        source: &ObjectName,
        target: &ObjectName,
        owner: &ObjectName,
    ) -> Result<Strategy, PostgresError> {
        if self.keep_or_clear(turn, target, owner).await? {
            return Ok(Strategy::Kept);
        }
        let blueprint = self.sealed(source).await?;
        let strategy = self.strategy(blueprint.size);
        copy(turn, source, target, (owner, strategy)).await?;
        self.close_to_others(target, owner).await?;
        self.allow_connections(target, true).await?;
        self.reassign(source, target, owner).await?;
        self.mark_complete(target).await?;
        Ok(strategy)
    }

    pub(crate) fn strategy(&self, size: Bytes) -> Strategy {
        Strategy::choose(size, self.shares_blocks)
    }

    async fn sealed(&self, source: &ObjectName) -> Result<DatabaseInfo, PostgresError> {
        let found = self.find_database(source).await?;
        let found = found.ok_or_else(|| PostgresError::NoSuchDatabase(source.to_string()))?;
        let is_sealed = found.is_template && !found.allows_connections && found.is_complete();
        if is_sealed && found.owner != source.as_str() {
            return Ok(found);
        }
        Err(PostgresError::NotSealed(source.to_string()))
    }

    async fn reassign(
        &self,
        source: &ObjectName,
        target: &ObjectName,
        owner: &ObjectName,
    ) -> Result<(), PostgresError> {
        let mut connection = self.catalogues_of(target).await?;
        let sql = format!(
            "REASSIGN OWNED BY {} TO {}",
            quote_ident(source.as_str()),
            quote_ident(owner.as_str())
        );
        run_on(&mut connection, "hand the copy over to its owner", sql).await?;
        sqlx::Connection::close(connection).await.map_err(query("close the connection"))
    }
}

pub(crate) async fn copy(
    turn: &mut Turn,
    source: &ObjectName,
    target: &ObjectName,
    (owner, strategy): (&ObjectName, Strategy),
) -> Result<(), PostgresError> {
    let how = match strategy {
        Strategy::Kept => return Ok(()),
        Strategy::WalLog => "WAL_LOG",
        Strategy::FileCopyClone => "FILE_COPY",
    };
    let sql = format!(
        "CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY {how} ALLOW_CONNECTIONS false",
        quote_ident(target.as_str()),
        quote_ident(owner.as_str()),
        quote_ident(source.as_str()),
    );
    turn.run("copy the database", sql).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_large_database_on_a_server_that_shares_blocks_is_copied_by_file() {
        assert_eq!(Strategy::choose(Bytes::mib(199), true), Strategy::WalLog);
        assert_eq!(Strategy::choose(Bytes::mib(200), true), Strategy::FileCopyClone);
        assert_eq!(Strategy::choose(Bytes::mib(900), false), Strategy::WalLog);
    }
}
