//! Makes a cloned database one of its own: its ids, its address, its administrator, its company.
//!
//! # Invariants
//!
//! * The first [`MUST_TOUCH`] statements each change exactly one row; [`check`] says so. A clone
//!   whose administrator was not found must never be opened.
//! * Sessions of the original are void afterwards: Odoo signs them with `database.secret` and the
//!   password hash (`res_users._compute_session_token`).
//! * Columns that only some versions have are changed only where [`Schema`] saw them.
//!
//! Odoo's own counterpart is `ir.config_parameter.init(force=True)` after duplicating, and
//! `_initialize_db` after creating (`odoo/service/db.py`).

mod company;
mod leftovers;
mod newcomer;

use berth_domain::{
    CompanyName, Country, EmailAddress, Language, Login, Param, Statement, TimeZoneName, Timestamp,
};
use secrecy::{ExposeSecret, SecretString};

use crate::password::PasswordHash;
use crate::schema::Schema;

pub use company::country;
pub use newcomer::{Copy, Facts, Newcomer, facts, newcomer};

/// What makes the database its own.
#[derive(Debug, Clone)]
pub struct Identity {
    /// A new UUID, as text.
    pub uuid: String,
    /// What sessions are signed with: a random text of at least 32 characters.
    pub secret: SecretString,
    pub created_at: Timestamp,
    /// Under which people reach it, without a slash at the end: `http://acme.localhost:8069`.
    pub base_url: String,
    pub admin_login: Login,
    pub admin_password: PasswordHash,
    /// Of the administrator. It must be among the languages that were loaded.
    pub language: Language,
    pub time_zone: TimeZoneName,
    pub company: CompanyName,
    /// Of the administrator and the company. `None` keeps what is there.
    pub email: Option<EmailAddress>,
    /// `None` leaves the company's country open.
    pub country: Option<Country>,
}

/// How many statements at the front must change exactly one row each.
pub const MUST_TOUCH: usize = 4;

/// The clone does not look like an Odoo database that was just cloned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the database has no {what}, or more than one: the blueprint is damaged")]
pub struct NotFound {
    pub what: &'static str,
}

/// Returns the statements, to be run in one transaction before any Odoo connects.
#[must_use]
pub fn statements(identity: &Identity, schema: &Schema) -> Vec<Statement> {
    let mut statements = vec![
        admin_user(identity, schema),
        admin_partner(identity, schema),
        company::company(identity),
        company::company_partner(identity, schema),
    ];
    statements.extend(parameters(identity));
    statements.extend(identity.country.iter().flat_map(|code| company::country(code, schema)));
    statements.extend(leftovers::statements(schema));
    statements
}

/// Checks what [`statements`] touched, in their order.
pub fn check(touched: &[u64]) -> Result<(), NotFound> {
    const WHAT: [&str; MUST_TOUCH] =
        ["administrator", "administrator's contact", "main company", "main company's contact"];
    for (index, what) in WHAT.into_iter().enumerate() {
        if touched.get(index) != Some(&1) {
            return Err(NotFound { what });
        }
    }
    Ok(())
}

const NOW: &str = "(now() AT TIME ZONE 'UTC')";
/// `base.user_admin`, whatever its id became.
const ADMIN: &str = "(SELECT res_id FROM public.ir_model_data
       WHERE module = 'base' AND name = 'user_admin' AND model = 'res.users')";

fn admin_user(identity: &Identity, schema: &Schema) -> Statement {
    // A second factor of the original's administrator would lock the new one out.
    let second_factor =
        if schema.has_column("res_users", "totp_secret") { ", totp_secret = NULL" } else { "" };
    let sql = format!(
        "UPDATE public.res_users
            SET login = $1, password = $2, active = true{second_factor},
                write_uid = 1, write_date = {NOW}
          WHERE id = {ADMIN}"
    );
    let password = identity.admin_password.as_str();
    Statement::new(sql, vec![Param::text(identity.admin_login.as_str()), Param::text(password)])
}

/// Returns the statement that sets the administrator's password, and nothing else.
#[must_use]
pub fn password(hash: &PasswordHash) -> Statement {
    let sql = format!(
        "UPDATE public.res_users
            SET password = $1, write_uid = 1, write_date = {NOW}
          WHERE id = {ADMIN}"
    );
    Statement::new(sql, vec![Param::text(hash.as_str())])
}

fn admin_partner(identity: &Identity, schema: &Schema) -> Statement {
    let email = email_columns(schema, "$3");
    let sql = format!(
        "UPDATE public.res_partner
            SET lang = $1, tz = $2{email}, write_uid = 1, write_date = {NOW}
          WHERE id = (SELECT partner_id FROM public.res_users WHERE id = {ADMIN})"
    );
    let language = Param::text(identity.language.as_str());
    let time_zone = Param::text(identity.time_zone.as_str());
    Statement::new(sql, vec![language, time_zone, email_param(identity)])
}

/// `mail` keeps a second, normalised copy (`mail.thread.blacklist`); a stale one would make mail for
/// the old address find the new contact. With `NULL` both stay as they are.
fn email_columns(schema: &Schema, param: &str) -> String {
    let email = format!(", email = coalesce({param}::text, email)");
    if !schema.has_column("res_partner", "email_normalized") {
        return email;
    }
    format!("{email}, email_normalized = coalesce(lower({param}::text), email_normalized)")
}

fn email_param(identity: &Identity) -> Param {
    identity.email.as_ref().map_or(Param::Null, |email| Param::text(email.as_str()))
}

fn parameters(identity: &Identity) -> Vec<Statement> {
    // Odoo's format of date and time (`odoo/tools/misc.py`, DEFAULT_SERVER_DATETIME_FORMAT).
    let created = identity.created_at.strftime("%Y-%m-%d %H:%M:%S").to_string();
    vec![
        parameter("database.uuid", &identity.uuid),
        parameter("database.secret", identity.secret.expose_secret()),
        parameter("database.create_date", &created),
        base_url(&identity.base_url),
        // Else the first sign-in of the administrator under another address would change it.
        parameter("web.base.url.freeze", "True"),
        // wkhtmltopdf runs beside Odoo and must not take the way through the edge.
        parameter("report.url", &format!("http://127.0.0.1:{}", crate::HTTP_PORT)),
    ]
}

/// Returns the statement that says under which address people reach the database, and nothing else.
///
/// An Odoo that runs keeps parameters in memory (`ir.config_parameter._get_param` is cached), so it
/// has to be started again afterwards.
#[must_use]
pub fn base_url(url: &str) -> Statement {
    parameter("web.base.url", url)
}

/// Returns the statement whose only row is what [`base_url`] wrote.
#[must_use]
pub fn base_url_statement() -> Statement {
    let sql = "SELECT value::text
                 FROM public.ir_config_parameter
                WHERE key = 'web.base.url'";
    Statement::new(sql.to_owned(), Vec::new())
}

fn parameter(key: &str, value: &str) -> Statement {
    let sql = format!(
        "INSERT INTO public.ir_config_parameter
                (key, value, create_uid, write_uid, create_date, write_date)
         VALUES ($1, $2, 1, 1, {NOW}, {NOW})
         ON CONFLICT (key)
         DO UPDATE SET value = excluded.value, write_uid = 1, write_date = excluded.write_date"
    );
    Statement::new(sql, vec![Param::text(key), Param::text(value)])
}

#[cfg(test)]
mod tests;
