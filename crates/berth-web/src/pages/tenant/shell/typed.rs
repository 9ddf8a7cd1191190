//! What stands in the form, and what that runs.

use berth_domain::Problems;
use berth_domain::access::Right;
use berth_engine::request::TenantCommand;
use bytes::Bytes;
use serde::Deserialize;

use crate::pages::resend;

/// The longest text that is run, in bytes. However a form writes it, it is one that is kept when it comes
/// after the session of whoever typed it is over.
pub(super) const MOST_TYPED: usize = 16 * 1024;
/// The most bytes that a form has for one (URL Standard, section 5.2).
const WIDEST: usize = 3;
/// The other fields.
const BESIDE: usize = 1024;
const _: () = assert!((WIDEST * MOST_TYPED + BESIDE) as u64 <= resend::MOST);

/// As it is typed. Nobody prints it.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Typed {
    way: String,
    pub(super) script: String,
}

/// What runs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Psql,
    Shell,
    Exec,
}

/// What is to be run. Nobody prints it.
pub(in crate::pages) struct Wish {
    pub(super) right: Right,
    pub(super) command: TenantCommand,
    /// Its standard input.
    pub(super) given: Bytes,
}

impl Typed {
    /// Without what browsers add (HTML, section 4.10.21.4: lines end with a carriage return too).
    pub(in crate::pages) fn tidied(self) -> Self {
        Self { script: self.script.replace("\r\n", "\n"), ..self }
    }

    /// `None`: there is nothing of that name.
    pub(super) fn way(&self) -> Option<Way> {
        Way::ALL.into_iter().find(|way| way.value() == self.way)
    }

    pub(in crate::pages) fn wish(&self) -> Result<Wish, Problems> {
        let mut problems = Problems::default();
        let way = self.way();
        if way.is_none() {
            problems.add("way", "choose what runs it");
        }
        if let Some(wrong) = self.wrong(way) {
            problems.add("script", wrong);
        }
        match way {
            Some(way) if problems.is_empty() => Ok(way.with(&self.script)),
            _ => Err(problems),
        }
    }

    /// What is wrong with the text.
    fn wrong(&self, way: Option<Way>) -> Option<String> {
        let script = &self.script;
        if script.trim().is_empty() {
            return Some("type what is to be run".to_owned());
        }
        if script.len() > MOST_TYPED {
            return Some(format!(
                "this has {} bytes, and at most {MOST_TYPED} are run from here: `berth tenant` takes any \
                 number from the terminal",
                script.len()
            ));
        }
        if way != Some(Way::Exec) {
            return None;
        }
        if script.lines().next().is_none_or(|program| program.trim().is_empty()) {
            return Some("name a program in the first line".to_owned());
        }
        // No program could be given it (POSIX.1-2024, exec).
        script.contains('\0').then(|| "an argument cannot have the character 0 in it".to_owned())
    }
}

impl Way {
    pub(super) const ALL: [Self; 3] = [Self::Psql, Self::Shell, Self::Exec];

    pub(super) const fn right(self) -> Right {
        match self {
            Self::Psql => Right::Psql,
            Self::Shell | Self::Exec => Right::Exec,
        }
    }

    /// As the command line calls it.
    pub(super) const fn value(self) -> &'static str {
        match self {
            Self::Psql => "psql",
            Self::Shell => "shell",
            Self::Exec => "exec",
        }
    }

    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Psql => "SQL",
            Self::Shell => "Python",
            Self::Exec => "A command",
        }
    }

    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Psql => "`psql` on its database, as its own role. It ends at the first error",
            Self::Shell => "Odoo's shell, with `env`. What is to stay needs `env.cr.commit()`",
            Self::Exec => {
                "In its container. The program, then one argument per line: no shell reads it"
            }
        }
    }

    /// The same from the terminal.
    pub(super) fn command(self, tenant: &str) -> String {
        match self {
            Self::Psql => format!("berth tenant psql {tenant} < script.sql"),
            Self::Shell => format!("berth tenant shell {tenant} < script.py"),
            Self::Exec => format!("berth tenant exec {tenant} -- id -u"),
        }
    }

    fn with(self, script: &str) -> Wish {
        let given = || Bytes::copy_from_slice(script.as_bytes());
        let (command, given) = match self {
            Self::Psql => (TenantCommand::Psql(read_strictly()), given()),
            Self::Shell => (TenantCommand::Shell, given()),
            Self::Exec => {
                let lines = script.trim_end_matches('\n').split('\n');
                (TenantCommand::Exec(lines.map(str::to_owned).collect()), Bytes::new())
            }
        };
        Wish { right: self.right(), command, given }
    }
}

/// What has `psql` read its input to the first error, as nobody's own settings have it, and show what comes
/// of it whole.
fn read_strictly() -> Vec<String> {
    ["--no-psqlrc", "--set=ON_ERROR_STOP=1", "--pset=pager=off", "--file=-"]
        .map(str::to_owned)
        .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(way: &str, script: &str) -> Typed {
        Typed { way: way.to_owned(), script: script.to_owned() }.tidied()
    }

    fn wrong(way: &str, script: &str) -> Vec<(String, String)> {
        let problems = typed(way, script).wish().err().unwrap_or_default();
        problems.0.into_iter().map(|it| (it.field, it.message)).collect()
    }

    #[test]
    fn a_command_is_what_its_lines_say_and_nothing_reads_them() {
        let Ok(wish) = typed("exec", "printf\r\n%s\r\n\r\n  $(id); 'x'\r\n").wish() else {
            panic!()
        };

        let list = ["printf", "%s", "", "  $(id); 'x'"].map(str::to_owned).to_vec();
        assert_eq!(wish.command, TenantCommand::Exec(list));
        assert_eq!(wish.given, "");
        assert_eq!(wish.right, Right::Exec);
    }

    #[test]
    fn sql_and_python_are_input_as_they_were_typed() {
        let sql = "select 1;\n-- \u{1f680} '\"$(id)`\n";
        let Ok(psql) = typed("psql", sql).wish() else { panic!() };
        let Ok(python) = typed("shell", "print(1)").wish() else { panic!() };

        assert_eq!((psql.given, psql.right), (Bytes::from(sql), Right::Psql));
        assert_eq!(psql.command, TenantCommand::Psql(read_strictly()));
        assert_eq!((python.given, python.right), (Bytes::from("print(1)"), Right::Exec));
        assert_eq!(python.command, TenantCommand::Shell);
    }

    #[test]
    fn what_cannot_be_run_is_said_at_its_field() {
        let said = |way: &str, script: &str| {
            wrong(way, script).into_iter().map(|(field, _)| field).collect::<Vec<_>>()
        };

        assert_eq!(said("", ""), ["way", "script"]);
        assert_eq!(said("bash", "id"), ["way"]);
        assert_eq!(said("psql", " \n"), ["script"]);
        assert_eq!(said("exec", "\n-u"), ["script"]);
        assert_eq!(said("exec", "echo\na\0b"), ["script"]);
        assert_eq!(said("psql", &"x".repeat(MOST_TYPED + 1)), ["script"]);
        assert!(said("psql", &"x".repeat(MOST_TYPED)).is_empty());
        assert!(said("psql", "select 'a\0b'").is_empty());
    }
}
