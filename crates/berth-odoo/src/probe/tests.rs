use super::*;

const ANSWER: &str = r#"some warning on the way
berth-probe {"kind": "image", "command": ["/usr/bin/odoo"], "root": "/usr/lib/python3/dist-packages/odoo", "python": "3.13.5", "uid": 100, "gid": 101, "addons_path": ["/mnt/extra-addons"], "extra_addons": "/mnt/extra-addons", "flags": ["--with-demo", "--gevent-port"], "neutralize": true, "wkhtmltopdf": {"version": "0.12.6.1", "patched": true}, "pg_dump": "17.11", "series": "19.0", "version": "19.0", "version_info": [19, 0, 0, "final", 0, ""], "from_a_newer_probe": 1}
berth-probe {"kind": "language", "code": "de_DE", "name": "German / Deutsch"}
berth-probe {"kind": "module", "name": "base", "title": "Base", "version": "1.3", "depends": [], "installable": true, "auto_install": [], "application": false}
berth-probe {"kind": "something new"}
berth-probe {"kind": "end", "modules": 1}
"#;

fn refusal(output: &str) -> String {
    Capabilities::parse(output).map_err(|error| error.to_string()).unwrap_err()
}

#[test]
fn an_answer_is_read_and_reads_back_from_json() {
    let capabilities = Capabilities::parse(ANSWER).unwrap();

    assert_eq!(capabilities.major(), 19);
    assert!(capabilities.knows("--with-demo") && !capabilities.knows("--without-demo"));
    assert_eq!(capabilities.languages["de_DE"], "German / Deutsch");
    assert_eq!(capabilities.modules["base"].version, "1.3");
    let json = serde_json::to_string(&capabilities).unwrap();
    assert_eq!(serde_json::from_str::<Capabilities>(&json).unwrap(), capabilities);
}

#[test]
fn an_image_without_odoo_says_why() {
    assert_eq!(
        refusal(
            "berth-probe {\"kind\": \"none\", \"why\": \"python3 (3.12.1) cannot import `odoo`\"}"
        ),
        "the image has no Odoo: python3 (3.12.1) cannot import `odoo`"
    );
    assert_eq!(
        refusal("exec: \"python3\": executable file not found in $PATH\n"),
        "the image has no Odoo: the probe did not answer: exec: \"python3\": executable file not found in $PATH"
    );
    assert_eq!(refusal(""), "the image has no Odoo: the probe did not answer: no output");
}

#[test]
fn a_cut_answer_is_not_taken_for_a_whole_one() {
    let cut: String = ANSWER.split_inclusive('\n').take(4).collect();

    assert_eq!(
        refusal(&cut),
        "the image has no Odoo: the probe's answer was cut off after 1 modules"
    );
}

#[test]
fn an_old_odoo_is_refused() {
    let old = ANSWER.replace("\"series\": \"19.0\"", "\"series\": \"14.0\"");

    assert_eq!(
        refusal(&old),
        "the image has no Odoo: its Odoo 14.0 is too old, 16 or later is needed"
    );
}

#[test]
fn an_intermediate_release_has_the_major_version_in_its_name() {
    let saas = ANSWER.replace("\"series\": \"19.0\"", "\"series\": \"saas~18.3\"");

    assert_eq!(Capabilities::parse(&saas).unwrap().major(), 18);
}

proptest::proptest! {
    #[test]
    fn no_answer_makes_the_parser_panic(text in "(berth-probe )?\\PC{0,200}") {
        let _ = Capabilities::parse(&text);
    }
}
