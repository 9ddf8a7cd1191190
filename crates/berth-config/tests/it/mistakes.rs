//! Everything that is wrong, at once.

use std::os::unix::fs::PermissionsExt as _;

use berth_config::{Sources, check_file, load};

use crate::{home, listing, sources};

fn mistakes(file: &str, variables: &[(&str, &str)], settings: &[(&str, &str)]) -> String {
    let home = home(file);
    let invalid = load(&sources(home.path(), variables, settings)).unwrap_err();
    listing(&invalid, home.path())
}

#[test]
fn unknown_settings_are_named_with_what_was_probably_meant() {
    let file = "\
home = \"/srv\"
listen = \"0.0.0.0:80\"

[egde]
listen = \"0.0.0.0:80\"

[edge]
lisen = \"0.0.0.0:80\"
colour = \"blue\"
";
    insta::assert_snapshot!(mistakes(file, &[], &[]), @r"
    the configuration has 5 mistakes
    berth.toml:1: home: there is no such setting
        set it with --home or BERTH_HOME
    berth.toml:2: listen: there is no such setting
        it belongs under `[edge]`
    berth.toml:4: egde: there is no such section
        did you mean `[edge]`?
    berth.toml:8: edge.lisen: there is no such setting
        did you mean `listen`?
    berth.toml:9: edge.colour: there is no such setting
    ");
}

#[test]
fn bad_values_are_all_listed() {
    let file = "\
[store]
url = \"postgres://berth:canary@db/berth\"
[engine]
host = \"tcp://10.0.0.1:2375\"
[images]
odoo = \"odoo latest\"
[edge]
listen = 8069
base_domain = \"-x\"
public_scheme = \"gopher\"
trusted_proxies = [\"10.0.0.0/8\", \"everybody\"]
hold_seconds = 0
max_connections = 0
access_log = \"access.log\"
[network]
pool = \"8.8.8.0/24\"
[postgres]
mode = \"external\"
max_connections = 5
[tenants]
cpu = \"a lot\"
memory = \"16MiB\"
time_zone = \"Mars/Olympus\"
stage = \"prod\"
[operations]
concurrency = 0x10
[development]
addons_roots = [\"addons\"]
";
    let listing = mistakes(file, &[], &[]);

    assert!(!listing.contains("canary"));
    insta::assert_snapshot!(listing);
}

#[test]
fn every_mistake_of_syntax_has_its_line() {
    let file = "[edge]\nlisten = \"127.0.0.1:8069\nhold_seconds = 30\n[log\nlevel = info\n";

    insta::assert_snapshot!(mistakes(file, &[], &[]));
}

#[test]
fn variables_and_flags_are_checked_like_the_file() {
    let variables = [
        ("BERTH_EDGE_LISTENS", "127.0.0.1:1"),
        ("BERTH_TENANTS_PIDS", "many"),
        ("BERTH_SETUP", "not one of ours"),
    ];
    let settings = [("edge.hold", "3"), ("log.level", "loud")];

    insta::assert_snapshot!(mistakes("", &variables, &settings), @r"
    the configuration has 4 mistakes
    BERTH_EDGE_LISTENS: there is no such setting
        did you mean `BERTH_EDGE_LISTEN`?
    BERTH_TENANTS_PIDS: tenants.pids: `many` is not a whole number from 0 to 4294967295
    --set: edge.hold: there is no such setting
    --set: log.level: `loud` is not one of `error`, `warn`, `info`, `debug`, `trace`
    ");
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    let file = "\
[edge]
listen = \"0.0.0.0:8070\"
[postgres]
url_file = \"/nowhere/postgres.url\"
[store]
url = \"sqlite:/tmp/one.db\"
url_file = \"/nowhere/store.url\"
";
    insta::assert_snapshot!(mistakes(file, &[], &[]));
}

#[test]
fn a_console_that_others_reach_needs_tls_somewhere() {
    let refused = mistakes("[console]\nlisten = \"0.0.0.0:8070\"\n", &[], &[]);
    insta::assert_snapshot!(refused);
    let half = "[console]\nlisten = \"[::1]:0\"\ntls_key = \"/etc/berth/key.pem\"\n";
    insta::assert_snapshot!(mistakes(half, &[], &[]));
    insta::assert_snapshot!(mistakes("[console]\nbehind_proxy = true\n", &[], &[]));
    let home = home("");
    for set in [
        &[("console.listen", "127.0.0.1:1")][..],
        &[("console.listen", "[::ffff:127.0.0.1]:1")],
        &[("console.listen", "off")],
        &[
            ("console.listen", "0.0.0.0:1"),
            ("console.behind_proxy", "true"),
            ("console.trusted_proxies", "10.0.0.0/8"),
        ],
        &[
            ("console.listen", "0.0.0.0:1"),
            ("console.tls_certificate", "/etc/berth/cert.pem"),
            ("console.tls_key", "/etc/berth/key.pem"),
        ],
    ] {
        assert!(load(&sources(home.path(), &[], set)).is_ok(), "{set:?}");
    }
}

#[test]
fn a_secret_that_others_can_read_is_refused_and_not_repeated() {
    let home = home("");
    let secret = home.path().join("store.url");
    std::fs::write(&secret, "postgres://root:canary@db.example/berth").unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o644)).unwrap();
    let path = secret.display().to_string();

    let invalid =
        load(&sources(home.path(), &[], &[("store.url_file", path.as_str())])).unwrap_err();

    let listing = listing(&invalid, home.path());
    assert!(!listing.contains("canary"));
    insta::assert_snapshot!(listing, @r"
    the configuration has a mistake
    --set: store.url_file: `store.url` can be read by others than its owner (mode 0644); make it 0600
    ");
}

#[test]
fn a_file_that_somebody_named_must_exist() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("other.toml");

    let named = Sources { file: Some(file.clone()), ..sources(home.path(), &[], &[]) };

    assert!(load(&named).is_err());
    assert!(check_file(&file).is_err());
    assert!(load(&sources(home.path(), &[], &[])).is_ok());
}
