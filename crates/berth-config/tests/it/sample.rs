//! The sample file.

use berth_config::{load, sample};

use crate::{home, sources, workspace};

#[test]
fn the_committed_sample_is_the_generated_one() {
    let path = workspace().join("docs/berth.sample.toml");

    let committed = std::fs::read_to_string(&path).unwrap_or_default();

    assert!(
        committed == sample(),
        "write it anew: cargo run -p berth -- config sample > docs/berth.sample.toml"
    );
}

#[test]
fn the_sample_is_this() {
    insta::assert_snapshot!(sample());
}

#[test]
fn the_sample_changes_nothing() {
    let home = home(&sample());

    let effective = berth_config::explain(&sources(home.path(), &[], &[])).unwrap();

    assert!(effective.iter().all(|setting| setting.place == berth_config::Place::Default));
}

#[test]
fn every_line_of_the_sample_can_be_uncommented() {
    let text: String = sample()
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(setting) if setting.contains(" = ") && !setting.contains('`') => setting,
            _ => line,
        })
        .collect::<Vec<_>>()
        .join("\n");
    let home = home(&text);

    let config = load(&sources(home.path(), &[], &[])).unwrap();

    assert_eq!(config.edge.listen.to_string(), "127.0.0.1:8069");
}
