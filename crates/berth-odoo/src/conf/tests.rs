use std::sync::LazyLock;

use berth_domain::{Bytes, Limits};
use proptest::prelude::*;

use super::*;
use crate::password::{self, Rounds};

fn capabilities(flags: &[&str]) -> Capabilities {
    Capabilities {
        series: "19.0".into(),
        version: "19.0".into(),
        version_info: Vec::new(),
        command: vec!["odoo".into()],
        root: "/odoo".into(),
        python: "3.13".into(),
        uid: 100,
        gid: 101,
        addons_path: vec!["/odoo/addons".into()],
        extra_addons: Some("/mnt/extra-addons".into()),
        flags: flags.iter().map(|&flag| flag.to_owned()).collect(),
        neutralize: true,
        wkhtmltopdf: None,
        pg_dump: None,
        languages: [].into(),
        modules: [].into(),
    }
}

const FLAGS_OF_19: [&str; 3] = ["--with-demo", "--gevent-port", "--db_maxconn_gevent"];

/// Hashed once: it takes a while, and a property asks for many configurations.
fn master_password() -> PasswordHash {
    static HASH: LazyLock<PasswordHash> =
        LazyLock::new(|| password::hash(&SecretString::from("master"), [0; 16], Rounds::Generated));
    HASH.clone()
}

fn conf<'a>(capabilities: &'a Capabilities, cpu_millis: u32, secret: &str) -> Conf<'a> {
    let limits = Limits { cpu_millis, memory: Bytes::mib(2048), pids: 256 };
    Conf {
        database: Database {
            host: "/run/postgresql".into(),
            port: 5432,
            ssl_mode: None,
            name: "t_00000000aa".parse().unwrap(),
            password: SecretString::from(secret),
        },
        master_password: master_password(),
        addons_path: capabilities.addons_folders(true),
        sizing: Sizing::of(&limits),
        demo: false,
        log_level: LogLevel::Info,
        capabilities,
    }
}

fn rendered(conf: &Conf<'_>) -> String {
    render(conf).unwrap().expose_secret().to_owned()
}

#[test]
fn one_process_with_threads_on_a_socket() {
    let capabilities = capabilities(&FLAGS_OF_19);

    insta::assert_snapshot!(rendered(&conf(&capabilities, 1000, "pa%ss;#word")));
}

#[test]
fn workers_over_tcp() {
    let capabilities = capabilities(&FLAGS_OF_19);
    let mut conf = conf(&capabilities, 2000, "secret");
    conf.database.host = "db.example".into();
    conf.database.ssl_mode = Some("verify-full".into());
    conf.demo = true;

    insta::assert_snapshot!(rendered(&conf));
}

#[test]
fn an_older_odoo_gets_its_own_words_for_demo_and_gevent() {
    let capabilities = capabilities(&[]);
    let mut conf = conf(&capabilities, 2000, "secret");

    let without = rendered(&conf);
    conf.demo = true;
    let with = rendered(&conf);

    assert!(without.contains("\nwithout_demo = all\nhttp_interface = 0.0.0.0\nhttp_port = 8069\nlongpolling_port = 8072\n"));
    assert!(with.contains("\nwithout_demo = False\n"));
    assert!(!without.contains("\nwith_demo"));
}

#[test]
fn what_odoo_would_read_differently_is_refused() {
    let capabilities = capabilities(&FLAGS_OF_19);
    let refusal = |secret: &str| {
        render(&conf(&capabilities, 1000, secret)).map_err(|error| error.to_string()).unwrap_err()
    };

    assert_eq!(
        refusal("a\nadmin_passwd = x"),
        "`db_password` cannot be written into odoo.conf: it contains a line end or another control character"
    );
    assert_eq!(
        refusal(" a"),
        "`db_password` cannot be written into odoo.conf: it begins or ends with a blank"
    );
    for word in ["None", "False"] {
        assert_eq!(
            refusal(word),
            "`db_password` cannot be written into odoo.conf: Odoo reads the word as no value"
        );
    }
}

#[test]
fn a_folder_with_a_comma_is_refused() {
    let capabilities = capabilities(&FLAGS_OF_19);
    let mut conf = conf(&capabilities, 1000, "secret");
    conf.addons_path = vec!["/a,b".into()];

    assert!(render(&conf).is_err());
}

proptest! {
    /// What `RawConfigParser` does: `key = value` per line, blanks around the value dropped.
    #[test]
    fn every_accepted_password_reads_back(secret in "\\PC{0,40}") {
        let capabilities = capabilities(&FLAGS_OF_19);
        if let Ok(text) = render(&conf(&capabilities, 1000, &secret)) {
            let line = text.expose_secret().lines().find(|line| line.starts_with("db_password"));
            let value = line.and_then(|line| line.split_once('=')).map(|(_, value)| value.trim());
            prop_assert_eq!(value, Some(secret.as_str()));
        }
    }
}
