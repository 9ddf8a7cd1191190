//! A database that was made elsewhere and moves in, or is a copy of one that stays where it is.
//!
//! One that moves in keeps its UUID, its users and their passwords: it is the same company. A copy gets
//! a UUID and a secret of its own, or it would pass for the original wherever that is known, and
//! sessions of the original would be valid in it.

use berth_domain::{Statement, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};

use super::{ADMIN, base_url, leftovers, parameter};
use crate::schema::Schema;
use crate::{Row, cell};

/// What makes a database that was made elsewhere our own.
#[derive(Debug, Clone)]
pub struct Newcomer {
    /// Under which people reach it, without a slash at the end.
    pub base_url: String,
    /// `None`: it moves in as what it was.
    pub copy: Option<Copy>,
}

/// What tells a copy from its original.
#[derive(Debug, Clone)]
pub struct Copy {
    /// A new UUID, as text.
    pub uuid: String,
    /// What sessions are signed with: a random text of at least 32 characters.
    pub secret: SecretString,
    pub created_at: Timestamp,
}

/// Returns the statements, to be run in one transaction before any Odoo connects.
#[must_use]
pub fn newcomer(newcomer: &Newcomer, schema: &Schema) -> Vec<Statement> {
    let mut statements = vec![
        base_url(&newcomer.base_url),
        // Else the first sign-in of the administrator under another address would change it.
        parameter("web.base.url.freeze", "True"),
        // wkhtmltopdf runs beside Odoo and must not take the way through the edge.
        parameter("report.url", &format!("http://127.0.0.1:{}", crate::HTTP_PORT)),
    ];
    if let Some(copy) = &newcomer.copy {
        // Odoo's format of date and time (`odoo/tools/misc.py`, DEFAULT_SERVER_DATETIME_FORMAT).
        let created = copy.created_at.strftime("%Y-%m-%d %H:%M:%S").to_string();
        statements.extend([
            parameter("database.uuid", &copy.uuid),
            parameter("database.secret", copy.secret.expose_secret()),
            parameter("database.create_date", &created),
        ]);
        statements.extend(leftovers::credit(schema));
    }
    statements
}

/// What a database says of itself. `None`: it does not say, or says nothing that can be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    pub admin_login: Option<String>,
    pub language: Option<String>,
    pub time_zone: Option<String>,
    pub company: Option<String>,
}

/// Returns the statement whose row [`Facts::parse`] reads.
#[must_use]
pub fn facts() -> Statement {
    let sql = format!(
        "SELECT left(u.login::text, 200), left(p.lang::text, 20), left(p.tz::text, 60),
                left(c.name::text, 200)
           FROM public.res_users u
           LEFT JOIN public.res_partner p ON p.id = u.partner_id
           LEFT JOIN public.res_company c ON c.id = (
                SELECT res_id FROM public.ir_model_data
                 WHERE module = 'base' AND name = 'main_company' AND model = 'res.company')
          WHERE u.id = {ADMIN}
          LIMIT 1"
    );
    Statement::new(sql, Vec::new())
}

impl Facts {
    /// Reads the row of [`facts`]. Without one, nothing is known.
    #[must_use]
    pub fn parse(rows: &[Row]) -> Self {
        let Some(row) = rows.first() else { return Self::default() };
        let text = |index| cell(row, index).map(str::to_owned);
        Self { admin_login: text(0), language: text(1), time_zone: text(2), company: text(3) }
    }
}

#[cfg(test)]
mod tests {
    use berth_domain::Param;

    use super::*;

    fn keys(newcomer_: &Newcomer) -> Vec<String> {
        let schema = Schema::of(&[("iap_account", "account_token")]);
        let text = |param: &Param| match param {
            Param::Text(text) => Some(text.clone()),
            _ => None,
        };
        let first = |statement: &Statement| statement.params.first().and_then(text);
        newcomer(newcomer_, &schema)
            .iter()
            .map(|statement| first(statement).unwrap_or_else(|| statement.sql.clone()))
            .collect()
    }

    #[test]
    fn what_moves_in_keeps_everything_but_its_address() {
        let newcomer = Newcomer { base_url: "http://acme.localhost:8069".into(), copy: None };

        assert_eq!(keys(&newcomer), ["web.base.url", "web.base.url.freeze", "report.url"]);
    }

    #[test]
    fn a_copy_is_not_the_original() {
        let copy = Copy {
            uuid: "0190aaaa-bbbb-7ccc-8ddd-eeeeffff0001".into(),
            secret: SecretString::from("canary-secret"),
            created_at: Timestamp::UNIX_EPOCH,
        };
        let newcomer = Newcomer { base_url: "http://x".into(), copy: Some(copy) };

        let keys = keys(&newcomer);

        assert_eq!(keys[3..6], ["database.uuid", "database.secret", "database.create_date"]);
        assert!(keys[6].contains("iap_account"), "two databases would spend each other's credit");
    }
}
