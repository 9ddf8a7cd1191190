//! Who owns tenants.

use super::{ETAG, at};
use crate::v1::{Organisation, OrganisationCreate, OrganisationSet};

#[must_use]
pub fn organisation() -> Organisation {
    Organisation {
        id: "org_0198c0de000070008000000000009001".to_owned(),
        name: "acme".to_owned(),
        title: Some("Acme Ltd".to_owned()),
        tenants: 3,
        created_at: at(0),
        etag: ETAG.to_owned(),
    }
}

#[must_use]
pub fn organisation_create() -> OrganisationCreate {
    OrganisationCreate { name: "acme".to_owned(), title: Some("Acme Ltd".to_owned()) }
}

#[must_use]
pub fn organisation_set() -> OrganisationSet {
    OrganisationSet { title: Some("Acme Ltd".to_owned()) }
}
