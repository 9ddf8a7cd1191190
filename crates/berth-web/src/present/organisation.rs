//! Organisations.

use berth_api::v1 as api;
use berth_domain::Organisation;
use berth_engine::view::OrganisationView;

pub(crate) fn organisation(view: OrganisationView) -> api::Organisation {
    let OrganisationView { organisation, revision, tenants } = view;
    let Organisation { id, name, title, created_at } = organisation;
    api::Organisation {
        id: id.to_string(),
        name: name.to_string(),
        title: title.map(|title| title.to_string()),
        tenants,
        created_at,
        etag: revision.as_str().to_owned(),
    }
}
