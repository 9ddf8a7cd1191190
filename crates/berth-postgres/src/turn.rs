//! Making, changing and removing what carries one name, one after the other.
//!
//! # Invariants
//!
//! * A statement whose caller is gone (killed, or out of time) is carried out by the server all the
//!   same, and its effect shows only when it is over. So whoever comes next waits for its session to
//!   end before it looks what is there.
//! * The lock belongs to a session that does nothing else: it is free again when that session ends,
//!   however it ends.

use berth_domain::ObjectName;
use sqlx::postgres::PgConnection;

use crate::error::query;
use crate::server::run_on;
use crate::{PostgresError, Server};

/// The right to make, change and remove the database and the role of one name.
#[derive(Debug)]
pub(crate) struct Turn {
    session: PgConnection,
}

impl Server {
    /// Waits until nobody else is at work on this name.
    pub(crate) async fn turn(&self, name: &ObjectName) -> Result<Turn, PostgresError> {
        let mut session = self.session().await?;
        sqlx::query("SELECT pg_catalog.pg_advisory_lock(pg_catalog.hashtextextended($1, 0))")
            .bind(format!("berth: {name}"))
            .execute(&mut session)
            .await
            .map_err(query("wait for others who change the same database"))?;
        Ok(Turn { session })
    }
}

impl Turn {
    /// Runs one utility statement of our own making.
    pub(crate) async fn run(
        &mut self,
        action: &'static str,
        sql: String,
    ) -> Result<(), PostgresError> {
        run_on(&mut self.session, action, sql).await
    }

    /// Lets the next one in.
    pub(crate) async fn end(self) {
        // The server notices a cut connection too, so a failure here loses nothing.
        let _ = sqlx::Connection::close(self.session).await;
    }
}
