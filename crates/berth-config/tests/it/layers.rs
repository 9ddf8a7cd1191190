//! What beats what.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use berth_config::{Cluster, Config, Environment, Place, Sources, explain, load};
use secrecy::ExposeSecret as _;

use crate::{home, sources};

#[test]
fn an_installation_needs_no_file() {
    let home = tempfile::tempdir().unwrap();

    let config = load(&sources(home.path(), &[], &[])).unwrap();

    assert_eq!(
        config.store_url().expose_secret(),
        format!("sqlite:{}/berth.db", home.path().display())
    );
    assert_eq!(config.engine_host().url(), "unix:///var/run/docker.sock");
    assert_eq!(config.concurrency(), 4);
    assert_eq!(config.port_suffix(8069), ":8069");
    assert_eq!(config.default_limits(), berth_domain::Limits::default());
}

#[test]
fn a_flag_beats_a_variable_which_beats_the_file() {
    let file = "[edge]\nlisten = \"127.0.0.1:1\"\nhold_seconds = 1\n[tenants]\npids = 100\n";
    let home = home(file);
    let variables = [("BERTH_EDGE_LISTEN", "127.0.0.1:2"), ("BERTH_EDGE_HOLD_SECONDS", "2")];
    let flags = [("edge.listen", "127.0.0.1:4"), ("edge.listen", "127.0.0.1:3")];

    let config = load(&sources(home.path(), &variables, &flags)).unwrap();

    assert_eq!(config.edge.listen.port(), 3);
    assert_eq!(config.edge.hold_seconds.0.as_secs(), 2);
    assert_eq!(config.tenants.pids, 100);
}

#[test]
fn every_value_says_who_set_it() {
    let home = home("[edge]\nhold_seconds = 45 # comment\n");
    let variables = [("BERTH_LOG_LEVEL", "debug")];

    let effective =
        explain(&sources(home.path(), &variables, &[("images.odoo", "odoo:18.0")])).unwrap();

    let find = |path: &str| {
        let setting = effective.iter().find(|setting| setting.path == path).unwrap();
        (setting.value.clone(), setting.place.clone())
    };
    let file = Place::File { path: home.path().join("berth.toml"), line: Some(2) };
    assert_eq!(find("edge.hold_seconds"), ("45".to_owned(), file));
    assert_eq!(
        find("log.level"),
        ("\"debug\"".to_owned(), Place::Variable("BERTH_LOG_LEVEL".to_owned()))
    );
    assert_eq!(find("images.odoo"), ("\"odoo:18.0\"".to_owned(), Place::Flag));
    assert_eq!(find("network.pool"), ("\"10.213.0.0/16\"".to_owned(), Place::Default));
}

#[test]
fn lists_in_variables_are_separated_by_commas() {
    let home = home("");
    let variables = [("BERTH_EDGE_TRUSTED_PROXIES", "10.0.0.0/8, ::1")];

    let config = load(&sources(home.path(), &variables, &[])).unwrap();

    assert_eq!(config.edge.trusted_proxies.len(), 2);
}

#[test]
fn the_engine_is_where_docker_host_says_unless_the_file_says_otherwise() {
    let variables = [("DOCKER_HOST", "unix:///run/podman/podman.sock")];
    let silent = home("");
    let outspoken = home("[engine]\nhost = \"unix:///run/other.sock\"\n");

    let by_variable = load(&sources(silent.path(), &variables, &[])).unwrap();
    let by_file = load(&sources(outspoken.path(), &variables, &[])).unwrap();

    assert_eq!(by_variable.engine_host().socket(), Path::new("/run/podman/podman.sock"));
    assert_eq!(by_file.engine_host().socket(), Path::new("/run/other.sock"));
}

#[test]
fn homes_follow_the_user() {
    let home = |variables: &[(&str, &str)]| {
        let environment = Environment::for_testing(variables);
        Sources { environment, ..Sources::default() }.home().display().to_string()
    };

    assert_eq!(home(&[("BERTH_HOME", "/srv/berth"), ("HOME", "/home/eve")]), "/srv/berth");
    assert_eq!(home(&[("HOME", "/home/eve")]), "/home/eve/.local/share/berth");
    assert_eq!(home(&[("XDG_DATA_HOME", "/data"), ("HOME", "/home/eve")]), "/data/berth");
    assert_eq!(home(&[]), "/var/lib/berth");
}

#[test]
fn an_external_server_is_named_by_a_file_and_never_shown() {
    let home = home("");
    let secret = home.path().join("postgres.url");
    std::fs::write(&secret, "postgres://root:canary@db.example/postgres\n").unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    let path = secret.display().to_string();
    let flags = [("postgres.mode", "external"), ("postgres.url_file", path.as_str())];

    let config = load(&sources(home.path(), &[], &flags)).unwrap();

    let Cluster::External { url } = config.cluster() else { panic!("it is not managed") };
    assert_eq!(url.expose_secret(), "postgres://root:canary@db.example/postgres");
    assert!(!format!("{config:?}").contains("canary"));
}

#[test]
fn the_own_port_of_a_scheme_is_not_shown() {
    let home = home("");
    let flags = [("edge.public_scheme", "https"), ("edge.public_port", "443")];

    let config = load(&sources(home.path(), &[], &flags)).unwrap();

    assert_eq!(config.port_suffix(8069), "");
}

#[test]
fn a_configuration_for_tests_takes_any_port() {
    let config = Config::for_testing(Path::new("/tmp/test-home"));

    assert_eq!(config.edge.listen.port(), 0);
    assert_eq!(config.socket(), Path::new("/tmp/test-home/berth.sock"));
}
