use super::*;

fn parsed(text: &str) -> (Vec<api::TenantWish>, Vec<String>) {
    let (described, mistakes) = parse(Path::new("tenants.toml"), text);
    let said = mistakes.iter().map(|mistake| match &mistake.hint {
        Some(hint) => format!("{mistake} ({hint})"),
        None => mistake.to_string(),
    });
    (described.into_iter().map(|described| described.wish).collect(), said.collect())
}

#[test]
fn every_key_is_a_field_of_a_wish() {
    let all = api::TenantWish {
        name: "acme".to_owned(),
        host: Some("h".to_owned()),
        stage: Some("test".to_owned()),
        image: Some("odoo:19.0".to_owned()),
        modules: Some(vec!["crm".to_owned()]),
        language: Some("de_DE".to_owned()),
        country: Some("DE".to_owned()),
        demo: Some(true),
        company: Some("Acme \"Ltd\"".to_owned()),
        admin_login: Some("root".to_owned()),
        email: Some("a@b.example".to_owned()),
        time_zone: Some("Europe/Berlin".to_owned()),
        addons: Some("addons".to_owned()),
        own_cluster: Some(true),
        cpu: Some("1500m".to_owned()),
        memory: Some("1GiB".to_owned()),
        pids: Some(300),
        storage: Some("none".to_owned()),
        owner: Some(String::new()),
        tags: Some(Vec::new()),
        notes: Some("two\nlines".to_owned()),
        expires: Some("14d".to_owned()),
    };
    let keys = serde_json::to_value(&all).unwrap();
    let mut keys: Vec<&str> = keys.as_object().unwrap().keys().map(String::as_str).collect();
    let mut known: Vec<&str> = KEYS.iter().map(|(key, _)| *key).collect();
    keys.sort_unstable();
    known.sort_unstable();
    assert_eq!(keys, known);

    // What is written is what is read.
    let text = crate::toml(None, &[all.clone(), all.clone()]);
    assert_eq!(parsed(&text), (vec![all.clone(), all], vec![]), "{text}");
}

#[test]
fn numbers_and_dates_need_no_quotes() {
    let text = "[[tenant]]\nname = 'acme'\ncpu = 0.5\nexpires = 2026-12-31\n\n[[tenant]]\nname = 'beta'\ncpu = 2\nexpires = 2026-12-31T10:00:00Z\n";

    let (wishes, mistakes) = parsed(text);

    assert_eq!(mistakes, [""; 0]);
    let said: Vec<_> = wishes.iter().map(|it| (it.cpu.as_deref(), it.expires.as_deref())).collect();
    assert_eq!(
        said,
        [(Some("0.5"), Some("2026-12-31")), (Some("2"), Some("2026-12-31T10:00:00Z")),]
    );
}

#[test]
fn every_mistake_is_named_at_once_with_its_line() {
    let text = r#"colour = "red"
cpu = 2

[[tenant]]
name = "acme"
memry = "1GiB"
demo = "yes"
pids = -1
cpu = true
admin_password = "canary"

[[tenant]]
modules = "crm"

[[tenant]]
name = 7
tags = ["a", 7]

[limits]
cpu = 2
"#;

    let (wishes, mut mistakes) = parsed(text);

    let names: Vec<&str> = wishes.iter().map(|wish| wish.name.as_str()).collect();
    assert_eq!(names, ["acme"]);
    mistakes.sort();
    insta::assert_snapshot!(mistakes.join("\n"));
}

#[test]
fn a_section_with_one_bracket_is_told_about_two() {
    let (wishes, mistakes) = parsed("[tenant]\nname = \"acme\"\n");

    assert_eq!(wishes, []);
    assert_eq!(
        mistakes,
        [
            "tenants.toml:1: tenant: a file holds tenants and nothing else (begin each tenant with `[[tenant]]`)"
        ]
    );
}

#[test]
fn what_is_no_toml_is_said_with_its_line_and_nothing_is_made_of_it() {
    let (wishes, mistakes) = parsed("[[tenant]]\nname = acme\n[[tenant]]\nname = \"beta\"\n");

    assert_eq!(wishes, []);
    assert!(mistakes[0].starts_with("tenants.toml:2: "), "{mistakes:?}");
}

#[test]
fn an_empty_file_describes_nothing_and_is_no_mistake() {
    assert_eq!(parsed("# nothing yet\n"), (vec![], vec![]));
}

#[test]
fn hostile_files_are_mistakes_and_nothing_else() {
    let deep = format!("[[tenant]]\nname = \"acme\"\ntags = {}", "[".repeat(100_000));
    let tables = format!("a = {}", "{ a = ".repeat(100_000));
    let dotted = format!("{} = 1\n", vec!["a"; 100_000].join("."));
    for text in [
        deep.as_str(),
        tables.as_str(),
        dotted.as_str(),
        "[[tenant]]\nname = \"a\u{0}b\"\n",
        "[[tenant]]\nname = \"acme\"\nname = \"beta\"\n",
        "[[tenant]]\nname = \"acme\"\n[[tenant.tags]]\na = 1\n",
        "[[tenant]]\nname = [\"acme\"]\n",
        "tenant = [\"acme\", 7]\n",
        "tenant = \"acme\"\n",
        "[[tenant]]\nname = \"acme\"\n\"\\u001b[2J\" = 1\n",
        "[[tenant]]\nname = \"acme\"\npids = 99999999999999999999\n",
        "[[tenant]]\nname = \"acme\"\nexpires = 2026-02-30\n",
    ] {
        let (_, mistakes) = parsed(text);
        assert!(!mistakes.is_empty(), "{}", &text[..text.len().min(80)]);
    }
}

#[test]
fn files_of_other_systems_are_read_alike() {
    let unix = "[[tenant]]\nname = \"acme\"\nmemry = 1\n";
    let dos = format!("\u{feff}{}", unix.replace('\n', "\r\n"));

    assert_eq!(parsed(&dos), parsed(unix));
    assert_eq!(
        parsed(&dos).1,
        ["tenants.toml:3: acme.memry: there is no such key (did you mean `memory`?)"]
    );
}

#[test]
fn a_file_as_long_as_one_may_be_is_read_at_once() {
    let text = "[[tenant]]\nx = 'a'\n".repeat(60_000);

    let (wishes, mistakes) = parsed(&text);

    assert_eq!((wishes.len(), mistakes.len()), (0, 120_000));
    assert!(mistakes.iter().any(|mistake| mistake.starts_with("tenants.toml:119999: ")));
}
