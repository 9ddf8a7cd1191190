use super::*;

fn capabilities(flags: &[&str]) -> Capabilities {
    let flags = flags.iter().map(|flag| format!("\"{flag}\"")).collect::<Vec<_>>().join(",");
    let image = format!(
        r#"berth-probe {{"kind":"image","command":["/usr/bin/odoo"],"root":"/o","python":"3","uid":1,"gid":1,"addons_path":[],"extra_addons":null,"flags":[{flags}],"neutralize":true,"wkhtmltopdf":null,"pg_dump":null,"series":"18.0","version":"18.0","version_info":[]}}"#
    );
    Capabilities::parse(&format!("{image}\nberth-probe {{\"kind\":\"end\",\"modules\":0}}\n"))
        .unwrap()
}

fn command_line(flags: &[&str], demo: bool) -> String {
    let modules = ["crm".parse().unwrap(), "base".parse().unwrap(), "sale".parse().unwrap()];
    let install = Install {
        conf: "/etc/odoo/odoo.conf",
        database: &"b_00000000aa".parse().unwrap(),
        modules: &modules,
        language: &"de_DE".parse().unwrap(),
        demo,
    };
    argv(&install, &capabilities(flags)).join(" ")
}

#[test]
fn base_comes_first_and_once() {
    assert_eq!(
        command_line(&["--with-demo"], false),
        "/usr/bin/odoo --config=/etc/odoo/odoo.conf --database=b_00000000aa --init=base,crm,sale \
         --load-language=de_DE --stop-after-init --no-http --workers=0 --max-cron-threads=0"
    );
}

#[test]
fn demo_data_is_asked_for_in_the_words_of_the_version() {
    assert!(command_line(&["--with-demo"], true).ends_with(" --with-demo"));
    assert!(command_line(&["--without-demo"], false).ends_with(" --without-demo=all"));
    assert!(command_line(&["--without-demo"], true).ends_with(" --max-cron-threads=0"));
}

/// Taken from a run of Odoo 19.
const SUCCESS: &str = "\
2026-11-21 05:19:38,233 1 INFO b_0000000001 odoo.modules.loading: loading 1 modules... 
2026-11-21 05:19:38,233 1 INFO b_0000000001 odoo.modules.loading: Loading module base (1/1) 
<string>:38: (ERROR/3) Unexpected indentation.
2026-11-21 05:19:43,736 1 INFO b_0000000001 odoo.modules.loading: Loading module rpc (2/44) 
2026-11-21 05:19:56,700 1 INFO b_0000000001 odoo.modules.loading: Modules loaded. 
";

#[test]
fn progress_is_read_from_the_log() {
    let mut output = InstallOutput::new();

    let progress: Vec<_> = SUCCESS.lines().filter_map(|line| output.push(line)).collect();

    let module = |name: &str, index, total| Progress::Module { name: name.into(), index, total };
    assert_eq!(progress, [module("base", 1, 1), module("rpc", 2, 44), Progress::Loaded]);
}

const FAILURE: &str = "\
2026-11-21 05:19:43,736 1 INFO b_0 odoo.modules.loading: Loading module broken (2/44) 
2026-11-21 05:19:43,740 1 CRITICAL b_0 odoo.modules.module: Couldn't load module broken 
2026-11-21 05:19:43,741 1 CRITICAL b_0 odoo.service.server: Failed to initialize database `b_0`. 
Traceback (most recent call last):
  File \"/odoo/modules/module.py\", line 1, in load
    import nothing
ModuleNotFoundError: No module named 'nothing'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File \"/odoo/service/server.py\", line 2, in preload
odoo.exceptions.UserError: The module `broken` needs `nothing`
2026-11-21 05:19:43,763 1 INFO b_0 odoo.service.server: Initiating shutdown 
";

#[test]
fn a_failure_is_the_last_line_of_the_whole_traceback() {
    let mut output = InstallOutput::new();
    for line in FAILURE.lines() {
        output.push(line);
    }

    let failure = output.failure();

    assert_eq!(failure.reason, "odoo.exceptions.UserError: The module `broken` needs `nothing`");
    assert_eq!(failure.module.as_deref(), Some("broken"));
    let traceback = failure.traceback.unwrap();
    assert!(traceback.starts_with("Traceback") && traceback.contains("ModuleNotFoundError"));
}

#[test]
fn without_a_traceback_the_last_error_or_line_is_the_reason() {
    let mut output = InstallOutput::new();
    assert_eq!(output.failure().reason, "Odoo ended without saying why");

    output.push("odoo: error: no such option: --with-demo");
    assert_eq!(output.failure().reason, "odoo: error: no such option: --with-demo");

    output
        .push("2026-11-21 05:19:43,741 1 ERROR ? odoo.sql_db: Connection to the database failed ");
    assert_eq!(output.failure().reason, "Connection to the database failed");
}

#[test]
fn a_long_traceback_keeps_its_end() {
    let mut output = InstallOutput::new();
    output.push("Traceback (most recent call last):");
    for line in 0..1000 {
        output.push(&format!("  line {line}"));
    }

    let failure = output.failure();

    assert_eq!(failure.reason, "line 999");
    assert_eq!(failure.traceback.unwrap().lines().count(), 120);
}

proptest::proptest! {
    #[test]
    fn no_output_makes_the_reader_panic(lines in proptest::collection::vec("\\PC{0,80}", 0..20)) {
        let mut output = InstallOutput::new();
        for line in &lines {
            output.push(line);
        }
        let _ = output.failure();
    }
}
