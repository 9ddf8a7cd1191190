//! A tenant's database on a server of its own, without Berth: what makes role, database and extensions
//! there before the dump is restored.

use berth_domain::{ObjectName, Statement};
use secrecy::{ExposeSecret as _, SecretString};

use crate::quote::{quote_ident, quote_literal};
use crate::{Row, scram};

/// Returns the statement whose rows are the names of a database's extensions.
#[must_use]
pub fn extensions() -> Statement {
    let sql = "SELECT extname::text
                 FROM pg_catalog.pg_extension
                WHERE extname <> 'plpgsql'
                ORDER BY extname";
    Statement::new(sql, Vec::new())
}

/// Returns a script for `psql`, to be run by a superuser of an empty server. It ends in the new
/// database. It holds no password, only what the server keeps of one.
#[must_use]
pub fn script(database: &ObjectName, password: &SecretString, extensions: &[Row]) -> String {
    let name = quote_ident(database.as_str());
    let verifier = scram::verifier(database.as_str(), password.expose_secret());
    let head = format!(
        "CREATE ROLE {name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {};\n\
         CREATE DATABASE {name} OWNER {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C';\n\
         REVOKE ALL ON DATABASE {name} FROM PUBLIC;\n\
         \\connect {name}\n",
        quote_literal(&verifier),
    );
    let names = extensions.iter().filter_map(|row| row.first()?.as_deref());
    let added: Vec<String> = names.map(added).collect();
    head + &added.concat()
}

fn added(extension: &str) -> String {
    // As Odoo does, so that it can be indexed.
    let indexable = match extension {
        "unaccent" => "ALTER FUNCTION public.unaccent(text) IMMUTABLE;\n",
        _ => "",
    };
    let name = quote_ident(extension);
    format!("CREATE EXTENSION IF NOT EXISTS {name} SCHEMA public;\n{indexable}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_holds_no_password_and_quotes_every_name() {
        let database: ObjectName = "t_00000000aa".parse().unwrap();
        let rows = ["unaccent", "x\"; DROP"].map(|name| vec![Some(name.to_owned())]);

        let script = script(&database, &SecretString::from("canary-password"), &rows);

        assert!(!script.contains("canary"));
        assert!(script.contains("CREATE EXTENSION IF NOT EXISTS \"x\"\"; DROP\" SCHEMA public;"));
        assert!(script.contains("ALTER FUNCTION public.unaccent(text) IMMUTABLE;"));
        assert!(script.contains("\\connect \"t_00000000aa\"\n"));
    }
}
