//! `odoo neutralize` (16 and later): each installed module's `data/neutralize.sql` is run.

use berth_domain::{ObjectName, Statement};

use crate::probe::Capabilities;
use crate::{Row, cell};

/// Returns the argument list.
#[must_use]
pub fn argv(conf: &str, database: &ObjectName, capabilities: &Capabilities) -> Vec<String> {
    let mut argv = capabilities.command.clone();
    argv.extend([
        "neutralize".to_owned(),
        format!("--config={conf}"),
        format!("--database={database}"),
    ]);
    argv
}

/// Returns the statement whose rows [`is_neutral`] reads.
#[must_use]
pub fn statement() -> Statement {
    let sql = "SELECT left(value::text, 20)
                 FROM public.ir_config_parameter
                WHERE key = 'database.is_neutralized'
                LIMIT 1";
    Statement::new(sql, Vec::new())
}

/// Takes the note away, which a database may have brought along: only that of a run counts that is to
/// come.
#[must_use]
pub fn forget() -> Statement {
    let sql = "DELETE FROM public.ir_config_parameter
                WHERE key = 'database.is_neutralized'";
    Statement::new(sql, Vec::new())
}

/// Whether Odoo noted that the database is neutralised.
#[must_use]
pub fn is_neutral(rows: &[Row]) -> bool {
    let value = rows.first().and_then(|row| cell(row, 0)).unwrap_or_default();
    value.eq_ignore_ascii_case("true")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_odoo_noted_counts() {
        let row = |value: &str| vec![vec![Some(value.to_owned())]];

        assert!(is_neutral(&row("true")) && is_neutral(&row("True")));
        assert!(!is_neutral(&[]) && !is_neutral(&row("false")) && !is_neutral(&[vec![None]]));
    }
}
