//! Text that must not stand in this repository.
//!
//! # Invariants
//!
//! * Patterns are compared without white space, so a line break hides nothing.
//! * They are written in pieces here, because this file is read like any other.

use super::sources::Source;

/// What is looked for, and what to do instead.
const PATTERNS: &[(&str, &str)] = &[
    (concat!("\"sh\",", "\"-c\""), SHELL),
    (concat!("\"bash\",", "\"-c\""), SHELL),
    (concat!("bin/sh\",", "\"-c\""), SHELL),
    (concat!("bin/bash\",", "\"-c\""), SHELL),
    (concat!("\"bash\",", "\"-lc\""), SHELL),
    (concat!("Command::new(", "\"sh\")"), SHELL),
    (concat!("Command::new(", "\"bash\")"), SHELL),
    (concat!("#[", "ignore"), "make the test run, or remove it"),
    (concat!("todo", "!("), "write it, or leave it out"),
    (concat!("unimplemented", "!("), "write it, or leave it out"),
    (concat!("/wo", "rk/"), MACHINE),
    (concat!("/ro", "ot/"), MACHINE),
    (concat!("/home/", "runner"), MACHINE),
    (concat!("bash_", "jobs"), MACHINE),
];

const SHELL: &str = "start the program itself, with its arguments as a list";
const MACHINE: &str = "a path of one machine does not belong in the text";

/// The one package archive that may be named: Debian's public default.
const PUBLIC_ARCHIVE: &str = "deb.debian.org";

/// Every forbidden text in `source`, with its line.
pub(crate) fn problems(source: &Source) -> Vec<String> {
    let (dense, lines) = condense(&source.text);
    let mut problems = Vec::new();
    for (pattern, advice) in PATTERNS {
        for (at, _) in dense.match_indices(pattern) {
            problems.push(format!("{}:{}: `{pattern}`: {advice}", source.path, lines[at]));
        }
    }
    for (at, host) in archives(&dense) {
        let path = &source.path;
        problems.push(format!("{path}:{}: names the package mirror {host}", lines[at]));
    }
    problems
}

/// The text without white space, and for each byte the line it stood on.
fn condense(text: &str) -> (String, Vec<usize>) {
    let mut dense = String::with_capacity(text.len());
    let mut lines = Vec::with_capacity(text.len());
    let mut line = 1;
    for character in text.chars() {
        if character == '\n' {
            line += 1;
        }
        if !character.is_whitespace() {
            dense.push(character);
            lines.resize(dense.len(), line);
        }
    }
    (dense, lines)
}

/// Hosts in addresses of Debian archives, other than the public one and reserved names.
fn archives(text: &str) -> Vec<(usize, &str)> {
    let addresses = text.match_indices("://").map(|(at, mark)| (at, &text[at + mark.len()..]));
    let host = |(at, rest)| {
        let rest: &str = rest;
        let (host, path) = rest.split_once('/')?;
        let is_host =
            host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:".contains(&byte));
        let is_public = host == PUBLIC_ARCHIVE || host.ends_with(".invalid");
        (is_host && path.starts_with("debian") && !is_public).then_some((at, host))
    };
    addresses.filter_map(host).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems_in(text: &str) -> Vec<String> {
        problems(&Source { path: "a.rs".to_owned(), text: text.to_owned() })
    }

    #[test]
    fn a_shell_is_found_across_lines() {
        let text = concat!("fn f() {\n    run([\"sh\"", ",\n        \"-c\", script]);\n}\n");

        let problems = problems_in(text);

        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with("a.rs:2: "), "{problems:?}");
    }

    #[test]
    fn mirrors_are_found_and_the_public_archive_is_not_one() {
        let text = concat!("http://deb.debian.org/debian x http://mirror.example.net/", "debian y");

        assert_eq!(problems_in(text), ["a.rs:1: names the package mirror mirror.example.net"]);
    }

    #[test]
    fn text_outside_ascii_keeps_its_line() {
        assert!(problems_in(concat!("é\n/wo", "rk/x"))[0].starts_with("a.rs:2: "));
    }
}
