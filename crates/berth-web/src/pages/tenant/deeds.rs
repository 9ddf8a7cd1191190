//! What people call what is done to a tenant and is no operation.

use crate::pages::words::capitalised;

/// What somebody did, by the word under which it was written down.
pub(super) fn audited(action: &str) -> String {
    let known = match action {
        "password.show" => "Looked at the password",
        "password.set" => "Set the password",
        "tenant.note" => "Changed what is noted",
        "tenant.reconcile" => "Had it looked after",
        "tenant.exec" => "Ran a command in it",
        "tenant.shell" => "Opened Odoo's shell",
        "tenant.psql" => "Spoke SQL to its database",
        "tenant.export" => "Took a backup away",
        "tenant.eject" => "Took it away to run elsewhere",
        other => return capitalised(&other.replace(['.', '_'], " ")),
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_words_of_its_own_is_said_as_it_was_written_down() {
        assert_eq!(audited("password.show"), "Looked at the password");
        assert_eq!(audited("tenant.restore_deleted"), "Tenant restore deleted");
    }
}
