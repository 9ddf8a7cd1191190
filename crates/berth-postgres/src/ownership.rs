//! Giving a database back to the role of its name.

use berth_domain::ObjectName;

use crate::quote::quote_ident;
use crate::server::run_on;
use crate::{PostgresError, Server};

impl Server {
    /// Makes `role` the owner of the database, and of everything in it that its owner of now has.
    ///
    /// The role must exist. What belongs to somebody else than the owner stays with them; what a
    /// superuser has cannot be told from what the server needs, and stays as well (PostgreSQL,
    /// "REASSIGN OWNED"). A database that is the role's already is left as it is.
    pub async fn hand_back(
        &self,
        database: &ObjectName,
        role: &ObjectName,
    ) -> Result<(), PostgresError> {
        let Some(found) = self.find_database(database).await? else {
            return Err(PostgresError::NoSuchDatabase(database.to_string()));
        };
        if found.owner != role.as_str() {
            if !self.is_superuser(&found.owner).await? {
                let mut connection = self.catalogues_of(database).await?;
                let sql = format!(
                    "REASSIGN OWNED BY {} TO {}",
                    quote_ident(&found.owner),
                    quote_ident(role.as_str())
                );
                run_on(&mut connection, "hand over what is in the database", sql).await?;
                sqlx::Connection::close(connection)
                    .await
                    .map_err(crate::error::query("close the connection"))?;
            }
            let (name, role) = (quote_ident(database.as_str()), quote_ident(role.as_str()));
            let sql = format!("ALTER DATABASE {name} OWNER TO {role}");
            self.run("hand the database over", sql).await?;
        }
        self.close_to_others(database, role).await
    }

    async fn is_superuser(&self, role: &str) -> Result<bool, PostgresError> {
        let found: Option<bool> =
            sqlx::query_scalar("SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = $1")
                .bind(role)
                .fetch_optional(&self.pool)
                .await
                .map_err(crate::error::query("look the owner up"))?;
        Ok(found.unwrap_or(false))
    }
}
