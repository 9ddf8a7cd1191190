//! Which tables and columns a database has, of those that differ between versions and module sets.

use std::collections::BTreeSet;

use berth_domain::Statement;

use crate::{Row, cell};

const TABLES: [&str; 17] = [
    "account_move_line",
    "auth_totp_device",
    "iap_account",
    "ir_cron",
    "ir_mail_server",
    "mail_mail",
    "product_pricelist",
    "res_company",
    "res_device_log",
    "res_partner",
    "res_users",
    "res_users_apikeys",
    "res_users_log",
    "ir_attachment",
    "ir_config_parameter",
    "ir_module_module",
    "res_lang",
];

/// The tables and columns of one database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schema(BTreeSet<(String, String)>);

impl Schema {
    /// Returns the statement whose rows [`Schema::parse`] reads.
    #[must_use]
    pub fn statement() -> Statement {
        // Names of our own, made of letters and underscores.
        let names = TABLES.map(|table| format!("'{table}'")).join(", ");
        let sql = format!(
            "SELECT c.relname::text, a.attname::text
               FROM pg_catalog.pg_class c
               JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
              WHERE c.relnamespace = 'public'::regnamespace
                AND c.relkind IN ('r', 'p')
                AND a.attnum > 0
                AND NOT a.attisdropped
                AND c.relname IN ({names})"
        );
        Statement::new(sql, Vec::new())
    }

    #[must_use]
    pub fn parse(rows: &[Row]) -> Self {
        let pair = |row: &Row| Some((cell(row, 0)?.to_owned(), cell(row, 1)?.to_owned()));
        Self(rows.iter().filter_map(pair).collect())
    }

    /// Whether `base` was ever installed: a blank database has none of Odoo's tables.
    #[must_use]
    pub fn is_odoo(&self) -> bool {
        self.has_table("ir_module_module")
    }

    #[must_use]
    pub fn has_table(&self, table: &str) -> bool {
        self.0.iter().any(|(known, _)| known == table)
    }

    #[must_use]
    pub fn has_column(&self, table: &str, column: &str) -> bool {
        self.0.contains(&(table.to_owned(), column.to_owned()))
    }
}

#[cfg(test)]
impl Schema {
    pub(crate) fn of(columns: &[(&str, &str)]) -> Self {
        Self(columns.iter().map(|&(t, c)| (t.to_owned(), c.to_owned())).collect())
    }
}
