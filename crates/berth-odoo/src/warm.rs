//! The first visit to a new database, made before anybody waits for it.
//!
//! Odoo builds its style sheets and scripts when they are first asked for, which takes seconds, and
//! keeps them as attachments (`ir_qweb._get_asset_nodes`). A blueprint that was visited once hands them
//! down to every tenant.

/// The program. Run it as [`argv`], inside the container of an Odoo that serves a database which was
/// just initialised, with the administrator as Odoo made it.
pub const SCRIPT: &str = include_str!("warm/script.py");

/// Returns the argument list of the visit, with the interpreter that an image has.
#[must_use]
pub fn argv(interpreter: &str) -> Vec<String> {
    [interpreter, "-c", SCRIPT].map(str::to_owned).to_vec()
}
