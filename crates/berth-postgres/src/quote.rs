//! The one place where names and constants become SQL text.
//!
//! Utility statements (`CREATE DATABASE`, `ALTER ROLE`, …) take no parameters, so their names must be
//! part of the text. Everything else uses parameters.
//!
//! # Invariants
//!
//! * Only this module asserts that a composed text is safe ([`assert_safe`]), and lets the SQL of a
//!   dump pass ([`foreign`]).

use sqlx::AssertSqlSafe;

/// Quotes an identifier (PostgreSQL, "Identifiers and Key Words").
pub(crate) fn quote_ident(name: &str) -> String {
    format!("\"{}\"", name.replace('\0', "").replace('"', "\"\""))
}

/// Quotes a string constant in a form that does not depend on `standard_conforming_strings`
/// (PostgreSQL, "String Constants with C-Style Escapes").
pub(crate) fn quote_literal(text: &str) -> String {
    let escaped = text.replace('\0', "").replace('\\', "\\\\").replace('\'', "''");
    format!("E'{escaped}'")
}

/// Marks a text as safe: it was composed of constants, [`quote_ident`] and [`quote_literal`], or it
/// is the text of a [`berth_domain::Statement`], which is made of constants.
pub(crate) const fn assert_safe(sql: String) -> AssertSqlSafe<String> {
    AssertSqlSafe(sql)
}

/// Marks SQL of somebody else. It runs as the role that owns the database, which may do everything
/// to that database anyway and nothing to others, and in a session of its own.
pub(crate) const fn foreign(sql: String) -> AssertSqlSafe<String> {
    AssertSqlSafe(sql)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(quote_ident("a\"b"), "\"a\"\"b\"");
        assert_eq!(quote_literal("a'b\\"), "E'a''b\\\\'");
    }

    proptest! {
        #[test]
        fn no_name_ends_its_own_quotes(name in "\\PC{0,40}") {
            let quoted = quote_ident(&name);
            let inner = &quoted[1..quoted.len() - 1];

            prop_assert!(!inner.replace("\"\"", "").contains('"'));
        }
    }
}
