//! Tenants that there are, written as files say them.

use berth_api::v1 as api;
use berth_domain::{Bytes, Limits};
use serde::Serialize;

/// Returns what there is of a tenant as what it is to be. What it does not have is left out.
#[must_use]
pub fn wish(tenant: &api::Tenant) -> api::TenantWish {
    let api::Tenant { odoo, limits, .. } = tenant;
    let words = |words: &[String]| (!words.is_empty()).then(|| words.to_vec());
    let (memory, pids) = (Bytes(limits.memory_bytes), limits.pids);
    let bounds = Limits { cpu_millis: limits.cpu_millis, memory, pids };
    api::TenantWish {
        name: tenant.name.clone(),
        host: Some(tenant.host.clone()),
        stage: Some(tenant.stage.clone()),
        image: Some(tenant.image.reference.clone()),
        modules: words(&odoo.modules),
        language: Some(odoo.language.clone()),
        country: odoo.country.clone(),
        demo: odoo.demo.then_some(true),
        company: Some(odoo.company.clone()),
        admin_login: Some(odoo.admin_login.clone()),
        email: odoo.email.clone(),
        time_zone: Some(odoo.time_zone.clone()),
        addons: tenant.addons.clone(),
        own_cluster: tenant.own_cluster.then_some(true),
        cpu: Some(bounds.cpu_written()),
        memory: Some(memory.written()),
        pids: Some(pids),
        storage: limits.storage_bytes.map(|bytes| Bytes(bytes).written()),
        owner: tenant.owner.clone(),
        tags: words(&tenant.tags),
        notes: tenant.notes.clone(),
        expires: tenant.expires_at.map(|at| at.to_string()),
    }
}

/// Returns the text of a file that describes these tenants, which are of this organisation. `None`: of
/// whichever is meant when the file is read.
///
/// # Panics
///
/// Never: texts, numbers and lists have a TOML form.
#[must_use]
pub fn toml(organisation: Option<&str>, wishes: &[api::TenantWish]) -> String {
    #[derive(Serialize)]
    struct File<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        organisation: Option<&'a str>,
        tenant: &'a [api::TenantWish],
    }
    toml::to_string(&File { organisation, tenant: wishes })
        .expect("texts, numbers and lists have a TOML form")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_written_like_this() {
        let mut tenant = api::examples::tenant();
        tenant.limits.cpu_millis = 1500;
        tenant.notes = Some("pays in advance\n\"sometimes\"".to_owned());

        insta::assert_snapshot!(toml(None, &[wish(&tenant)]));
    }

    #[test]
    fn whose_they_are_is_written_first_and_read_back() {
        let text = toml(Some("acme"), &[wish(&api::examples::tenant())]);

        assert!(text.starts_with("organisation = \"acme\"\n\n[[tenant]]\n"), "{text}");
        let path = std::path::Path::new("acme.toml");
        let (tenants, mistakes) = crate::parse(path, &text);
        assert_eq!((tenants.len(), mistakes.len()), (1, 0));
        let (name, place) = crate::organisation(path, &text).unwrap();
        assert_eq!((name.as_str(), place.to_string().as_str()), ("acme", "acme.toml:1"));
    }

    #[test]
    fn what_is_no_organisation_is_a_mistake_with_its_place() {
        let path = std::path::Path::new("acme.toml");
        for text in ["organisation = \"Ac me\"", "organisation = 7", "organisation = [\"acme\"]"] {
            let (_, mistakes) = crate::parse(path, text);

            assert_eq!(mistakes.len(), 1, "{text}: {mistakes:?}");
            assert!(mistakes[0].to_string().starts_with("acme.toml:1: organisation: "), "{text}");
            assert!(crate::organisation(path, text).is_none(), "{text}");
        }
    }
}
