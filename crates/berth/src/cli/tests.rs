use clap::CommandFactory as _;

use super::*;

#[test]
fn the_command_line_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn every_help_is_this() {
    fn each(path: &str, command: &mut clap::Command, found: &mut Vec<(String, String)>) {
        found.push((path.replace(' ', "_"), command.render_long_help().to_string()));
        for sub in command.get_subcommands_mut() {
            let path = format!("{path} {}", sub.get_name());
            each(&path, sub, found);
        }
    }
    let mut command = Cli::command().term_width(100);
    command.build();
    let mut found = Vec::new();
    each("berth", &mut command, &mut found);

    for (name, help) in found {
        insta::assert_snapshot!(format!("help_{name}"), help);
    }
}

#[test]
fn bad_names_are_refused_before_anybody_is_asked() {
    for line in [
        &["berth", "tenant", "show", "../x"][..],
        &["berth", "tenant", "show", "a;b"],
        &["berth", "--organisation", "a/b", "tenant", "list"],
        &["berth", "operation", "show", "op_1"],
        &["berth", "config", "show", "--set", "edge"],
    ] {
        assert!(Cli::try_parse_from(line).is_err(), "{line:?}");
    }
}
