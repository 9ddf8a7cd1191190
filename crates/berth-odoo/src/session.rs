//! A session of a tenant's administrator, made by Odoo itself.
//!
//! Whoever signs in with a password is asked for a second factor, and needs a password that nobody
//! changed. A session that Odoo's own code makes needs neither: it is what remains of a sign-in
//! (`odoo/http.py`, `Session.finalize` and `FilesystemSessionStore`; `res.users._compute_session_token`).
//! The same program works on Odoo 16 to 19.

use secrecy::SecretString;

/// The program. It is what Odoo's `shell` is given to read, on the database of the tenant.
pub const SCRIPT: &str = include_str!("session/script.py");
/// What stands before what the program has to say, among all that Odoo says. Such a line may hold a session.
pub const MARK: &str = "berth-session ";
/// What it says when there is nobody to sign in.
const NOBODY: &str = "nobody";
/// No session of Odoo is longer: 40 digits up to Odoo 17, 84 letters since.
const LONGEST: usize = 256;

/// What came of it.
#[derive(Debug, Clone)]
pub enum Minted {
    /// The session's key, which is the value of the cookie `session_id`.
    Session(SecretString),
    /// The administrator is gone, or may not sign in any more.
    Nobody,
}

/// Reads what the program said. `None`: it did not get so far, or what it said is no session.
#[must_use]
pub fn read(output: &str) -> Option<Minted> {
    let said = output.lines().rev().find_map(|line| line.split_once(MARK))?.1.trim();
    if said == NOBODY {
        return Some(Minted::Nobody);
    }
    let is_key = (1..=LONGEST).contains(&said.len())
        && said.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_key.then(|| Minted::Session(said.into()))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn a_session_is_found_among_what_odoo_says() {
        let key = "a_-9".repeat(21);
        let output = format!("2026-11-30 INFO odoo: loading\n>>> berth-session {key}\r\n>>> \n");

        let Some(Minted::Session(session)) = read(&output) else { panic!("there is a session") };
        assert_eq!(session.expose_secret(), key);
        assert!(matches!(read("berth-session nobody\n"), Some(Minted::Nobody)));
    }

    #[test]
    fn what_is_no_session_is_none() {
        for output in [
            "",
            "berth-session",
            "berth-session \n",
            "berth-session a b\n",
            "berth-session a;Path=/\n",
            "berth-session é\n",
            "Traceback (most recent call last):\n",
        ] {
            assert!(read(output).is_none(), "{output:?}");
        }
        assert!(read(&format!("berth-session {}\n", "a".repeat(257))).is_none());
    }
}
