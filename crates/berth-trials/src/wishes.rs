//! The files of `berth apply`.

use std::path::Path;

use berth_config::Place;
use berth_domain::OrganisationName;
use berth_files::{organisation, parse};

pub(crate) fn read(bytes: &[u8]) -> bool {
    let Some(text) = crate::text(bytes) else { return false };
    let (described, mistakes) = parse(Path::new("tenants.toml"), text);
    for described in &described {
        let is_placed = |place: &Place| matches!(place, Place::File { line: Some(1..), .. });
        assert!(is_placed(&described.place) && described.places.values().all(is_placed));
    }
    let wishes: Vec<_> = described.into_iter().map(|described| described.wish).collect();
    let whose = organisation(Path::new("tenants.toml"), text).map(|(name, _)| name);
    let written = berth_files::toml(whose.as_ref().map(OrganisationName::as_str), &wishes);
    let (again, wrong) = parse(Path::new("tenants.toml"), &written);
    let whose_again = organisation(Path::new("tenants.toml"), &written).map(|(name, _)| name);
    assert_eq!(whose_again, whose, "{written}");
    let again: Vec<_> = again.into_iter().map(|described| described.wish).collect();
    assert!(wrong.is_empty() && again == wishes, "{written}");
    mistakes.is_empty() && !wishes.is_empty()
}
