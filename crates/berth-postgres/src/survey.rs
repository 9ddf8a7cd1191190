//! One look at everything of ours on a server: cheap enough to be taken again and again.

use std::collections::BTreeMap;

use berth_domain::ObjectName;
use sqlx::Row as _;

use crate::error::query;
use crate::{PostgresError, RoleInfo, Server};

/// Databases and roles whose names are object names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Survey {
    pub databases: BTreeMap<ObjectName, DatabaseSeen>,
    pub roles: BTreeMap<ObjectName, RoleInfo>,
}

/// A database, without what costs time to find out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseSeen {
    pub owner: String,
    pub allows_connections: bool,
    pub is_template: bool,
    /// An interrupted `DROP DATABASE` left it; nothing but dropping works (`datconnlimit = -2`).
    pub is_half_dropped: bool,
}

impl Server {
    /// Looks at all databases and roles of ours, or at those of these names.
    pub async fn survey(&self, only: Option<&[ObjectName]>) -> Result<Survey, PostgresError> {
        let names: Option<Vec<String>> =
            only.map(|names| names.iter().map(ToString::to_string).collect());
        let databases = sqlx::query(
            "SELECT datname::text, pg_catalog.pg_get_userbyid(datdba)::text, datallowconn,
                    datistemplate, datconnlimit = -2
               FROM pg_catalog.pg_database
              WHERE datname ~ '^[tb]_[0-9a-f]{10}$' AND ($1::text[] IS NULL OR datname = ANY ($1))",
        )
        .bind(&names)
        .fetch_all(&self.pool)
        .await
        .map_err(query("list the databases"))?;
        let roles = sqlx::query(
            "SELECT rolname::text, rolcanlogin, rolconnlimit
               FROM pg_catalog.pg_roles
              WHERE rolname ~ '^[tb]_[0-9a-f]{10}$' AND ($1::text[] IS NULL OR rolname = ANY ($1))",
        )
        .bind(&names)
        .fetch_all(&self.pool)
        .await
        .map_err(query("list the roles"))?;
        Ok(Survey {
            databases: databases.iter().filter_map(database).collect(),
            roles: roles.iter().filter_map(role).collect(),
        })
    }
}

fn database(row: &sqlx::postgres::PgRow) -> Option<(ObjectName, DatabaseSeen)> {
    let name = row.get::<&str, _>(0).parse().ok()?;
    let seen = DatabaseSeen {
        owner: row.get(1),
        allows_connections: row.get(2),
        is_template: row.get(3),
        is_half_dropped: row.get(4),
    };
    Some((name, seen))
}

fn role(row: &sqlx::postgres::PgRow) -> Option<(ObjectName, RoleInfo)> {
    let name: ObjectName = row.get::<&str, _>(0).parse().ok()?;
    let info = RoleInfo { name: name.clone(), can_login: row.get(1), connection_limit: row.get(2) };
    Some((name, info))
}
