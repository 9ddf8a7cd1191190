//! The same from a terminal: the command that would make the tenant.
//!
//! # Invariants
//!
//! * Whatever somebody typed is one word of the command, for every POSIX shell.
//! * A password is never in it: the command reads one.

use berth_engine::request::CreateTenant;

/// The command, over several lines.
pub(super) fn written(org: &str, request: &CreateTenant) -> String {
    let mut lines = vec![format!("berth tenant create {}", quoted(&request.name))];
    if org != "default" {
        lines.push(option("organisation", org));
    }
    let CreateTenant { notes, .. } = request;
    let modules = Some(request.modules.join(",")).filter(|modules| !modules.is_empty());
    let tags = Some(notes.tag.join(",")).filter(|tags| !tags.is_empty());
    let pids = request.pids.map(|pids| pids.to_string());
    let addons = request.addons.as_ref().map(|addons| addons.display().to_string());
    let password = request.admin_password.as_ref().map(|_| "-".to_owned());
    let options = [
        ("host", &request.host),
        ("stage", &request.stage),
        ("image", &request.image),
        ("modules", &modules),
        ("language", &request.language),
        ("country", &request.country),
        ("company", &request.company),
        ("admin-login", &request.admin_login),
        ("admin-password-file", &password),
        ("email", &request.email),
        ("time-zone", &request.time_zone),
        ("cpu", &request.cpu),
        ("memory", &request.memory),
        ("pids", &pids),
        ("addons", &addons),
        ("owner", &notes.owner),
        ("tag", &tags),
        ("notes", &notes.notes),
        ("expires", &notes.expires),
        ("storage", &notes.storage),
    ];
    let said = options.into_iter().filter_map(|(name, value)| Some(option(name, value.as_ref()?)));
    lines.extend(said);
    if request.demo {
        lines.push("--demo".to_owned());
    }
    if request.own_cluster {
        lines.push("--own-cluster".to_owned());
    }
    lines.join(" \\\n  ")
}

/// With the value in the same word, so that one that begins with a dash is a value still.
fn option(name: &str, value: &str) -> String {
    format!("--{name}={}", quoted(value))
}

/// One word, whatever is in it (POSIX.1-2024, Shell Command Language, 2.2.2).
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:,@%+".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use berth_engine::request::NoteTenant;

    use super::*;

    #[test]
    fn the_command_says_what_was_typed_and_no_more() {
        let request = CreateTenant {
            name: "acme".to_owned(),
            stage: Some("staging".to_owned()),
            modules: vec!["sale".to_owned(), "crm".to_owned()],
            demo: true,
            ..CreateTenant::default()
        };

        assert_eq!(
            written("default", &request),
            "berth tenant create acme \\\n  --stage=staging \\\n  --modules=sale,crm \\\n  --demo"
        );
        assert!(written("north", &request).contains("--organisation=north"));
    }

    #[test]
    fn nothing_that_somebody_typed_is_anything_but_a_value() {
        let request = CreateTenant {
            name: "acme".to_owned(),
            company: Some("O'Neill & Söhne; $(reboot) `id`".to_owned()),
            notes: NoteTenant { notes: Some("-rf\nline".to_owned()), ..NoteTenant::default() },
            ..CreateTenant::default()
        };

        let command = written("default", &request);

        assert!(command.contains(r"--company='O'\''Neill & Söhne; $(reboot) `id`'"), "{command}");
        assert!(command.contains("--notes='-rf\nline'"), "{command}");
    }

    #[test]
    fn a_password_is_read_and_not_shown() {
        let request = CreateTenant {
            name: "acme".to_owned(),
            admin_password: Some("three herons".into()),
            ..CreateTenant::default()
        };

        let command = written("default", &request);

        assert!(command.contains("--admin-password-file=-"), "{command}");
        assert!(!command.contains("heron"), "{command}");
    }
}
