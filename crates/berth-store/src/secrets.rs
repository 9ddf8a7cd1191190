//! Passwords and addresses, sealed.
//!
//! # Invariants
//!
//! * Nothing in clear text reaches SQL, and nothing that leaves here shows in `Debug`.
//! * A sealed value is bound to its owner and name; copied to another row it does not open.

use secrecy::SecretString;

use crate::arg::text;
use crate::record::Source;
use crate::{StoreError, Tx};

/// What a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretName {
    /// Of the tenant's database role.
    DbPassword,
    /// Odoo's master password (`admin_passwd`).
    MasterPassword,
    /// Of the tenant's first administrator.
    AdminPassword,
    /// Of a managed cluster.
    SuperuserPassword,
    /// Of an external cluster, its password included.
    ServerUrl,
    /// With which the messages of a webhook are signed.
    WebhookSecret,
    /// What a person's authenticator knows.
    TotpSecret,
    /// The same, before the first code of it was right.
    NewTotpSecret,
}

impl SecretName {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DbPassword => "db_password",
            Self::MasterPassword => "master_password",
            Self::AdminPassword => "admin_password",
            Self::SuperuserPassword => "superuser_password",
            Self::ServerUrl => "server_url",
            Self::WebhookSecret => "webhook_secret",
            Self::TotpSecret => "totp_secret",
            Self::NewTotpSecret => "new_totp_secret",
        }
    }
}

const SOURCE: Source = Source { table: "secret", key: "owner" };

/// Seals and keeps a secret of a tenant, cluster, webhook or person, in place of the one before.
///
/// `owner` is the id in its text form.
pub async fn put(
    tx: &mut Tx,
    owner: &str,
    name: SecretName,
    secret: &SecretString,
) -> Result<(), StoreError> {
    let sealed = tx.key().seal(&place(owner, name), secret).map_err(StoreError::Key)?;
    let sql = "INSERT INTO secret (owner, name, organisation_id, value)
               VALUES (
                   $1, $2,
                   (SELECT organisation_id FROM tenant WHERE id = $1
                    UNION ALL
                    SELECT organisation_id FROM subscription WHERE id = $1),
                   $3
               )
               ON CONFLICT (owner, name) DO UPDATE
               SET value = excluded.value";
    tx.execute(sql, vec![text(owner), text(name.as_str()), text(sealed)]).await.map(drop)
}

/// Opens a secret. `None` when the owner has none of that name.
pub async fn get(
    tx: &mut Tx,
    owner: &str,
    name: SecretName,
) -> Result<Option<SecretString>, StoreError> {
    let sql = "SELECT owner, value
               FROM secret
               WHERE owner = $1 AND name = $2";
    let found = tx.first(SOURCE, sql, vec![text(owner), text(name.as_str())]).await?;
    let Some(record) = found else { return Ok(None) };
    let sealed = record.text("value")?;
    tx.key().open(&place(owner, name), &sealed).map(Some).map_err(StoreError::Key)
}

/// Forgets every secret of an owner.
pub async fn delete_all(tx: &mut Tx, owner: &str) -> Result<(), StoreError> {
    let sql = "DELETE FROM secret
               WHERE owner = $1";
    tx.execute(sql, vec![text(owner)]).await.map(drop)
}

/// Forgets one secret of an owner.
pub async fn delete(tx: &mut Tx, owner: &str, name: SecretName) -> Result<(), StoreError> {
    let sql = "DELETE FROM secret
               WHERE owner = $1 AND name = $2";
    tx.execute(sql, vec![text(owner), text(name.as_str())]).await.map(drop)
}

/// Table, column and row.
fn place(owner: &str, name: SecretName) -> String {
    format!("secret/value/{owner}/{}", name.as_str())
}
