//! Completions.

use crate::run::run;

#[test]
fn every_shell_has_completions_for_every_noun() {
    let home = tempfile::tempdir().unwrap();

    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = run(home.path(), &["completions", shell]);

        let script = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success());
        for word in ["tenant", "operation", "doctor", "service", "setup-token"] {
            assert!(script.contains(word), "{shell} does not know {word}");
        }
    }
}
