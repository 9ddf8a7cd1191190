//! What a tenant or an organisation is to be, as one short text.
//!
//! # Invariants
//!
//! * It covers everything that people can change of a tenant, and nothing that changes by itself:
//!   neither its state nor what is observed of it. Whoever has seen one can ask that nothing is done
//!   to a tenant that became another since.

use std::fmt::Write as _;

use berth_domain::{Organisation, Tenant};

/// Stands for everything that it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision(String);

/// How many bytes of the digest are kept: enough for nobody to meet the same one twice by chance.
const KEPT: usize = 16;

impl Revision {
    #[must_use]
    pub(crate) fn of(tenant: &Tenant) -> Self {
        let Tenant {
            id,
            name,
            host,
            stage,
            image,
            odoo,
            limits,
            storage,
            addons,
            details,
            // What happens to it.
            state: _,
            generation: _,
            subnet: _,
            blueprint: _,
            // What it has for its whole life.
            organisation: _,
            cluster: _,
            created_at: _,
            created_by: _,
        } = tenant;
        let wanted = (id, name, host, stage, image, odoo, limits, storage, addons, details);
        Self::digested(&format!("{wanted:?}"))
    }

    /// The same of an organisation.
    #[must_use]
    pub(crate) fn of_organisation(organisation: &Organisation) -> Self {
        let Organisation { id, name, title, created_at: _ } = organisation;
        Self::digested(&format!("{:?}", (id, name, title)))
    }

    fn digested(text: &str) -> Self {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
        let mut hex = String::with_capacity(2 * KEPT);
        for byte in digest.as_ref().iter().take(KEPT) {
            write!(hex, "{byte:02x}").expect("a string takes everything");
        }
        Self(hex)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use berth_domain::{
        Bytes, ClusterId, Generation, Limits, OperationId, OrganisationId, Stage, Tags, TenantState,
    };
    use uuid::Uuid;

    use super::*;
    use crate::engine::testing;
    use crate::request::{Known, Meant};

    fn acme() -> Tenant {
        let (organisation, cluster) = (Uuid::from_u128(2), Uuid::from_u128(3));
        let cluster = ClusterId::from_uuid(cluster);
        testing::tenant("acme", OrganisationId::from_uuid(organisation), cluster)
    }

    #[test]
    fn every_change_that_people_make_makes_another_one() {
        let changes: [fn(&mut Tenant); 8] = [
            |tenant| tenant.name = "globex".parse().unwrap(),
            |tenant| tenant.host = "www.acme.example".parse().unwrap(),
            |tenant| tenant.stage = Stage::Test,
            |tenant| tenant.limits = Limits { pids: 7, ..tenant.limits },
            |tenant| tenant.storage = Some(Bytes::mib(4096)),
            |tenant| tenant.details.notes = Some("pays late".parse().unwrap()),
            |tenant| tenant.details.tags = Tags::new(vec!["vip".parse().unwrap()]),
            |tenant| tenant.details.expires_at = Some(tenant.created_at),
        ];
        let mut seen = vec![Revision::of(&acme())];

        for change in changes {
            let mut tenant = acme();
            change(&mut tenant);
            let revision = Revision::of(&tenant);
            assert!(!seen.contains(&revision), "{tenant:?}");
            seen.push(revision);
        }
    }

    #[test]
    fn what_happens_to_a_tenant_makes_no_other_one() {
        let operation = OperationId::from_uuid(Uuid::from_u128(9));
        let mut tenant = acme();
        tenant.state = TenantState::Deleting { operation };
        tenant.generation = Generation(9);
        tenant.blueprint = None;

        assert_eq!(Revision::of(&tenant), Revision::of(&acme()));
        assert!(Revision::of(&acme()).as_str().bytes().all(|b| b.is_ascii_hexdigit()));
    }

    #[test]
    fn a_tenant_that_became_another_is_not_the_one_that_is_meant() {
        let (seen, mut now) = (acme(), acme());
        now.stage = Stage::Test;
        let known = |tenant: &Tenant| Revision::of(tenant).as_str().to_owned();
        let is_meant =
            |known: &Known| Meant { name: "acme", known: Some(known) }.check(&now).is_ok();

        assert!(!is_meant(&Known::OneOf(vec![known(&seen)])));
        assert!(!is_meant(&Known::OneOf(vec![])));
        assert!(is_meant(&Known::OneOf(vec![known(&seen), known(&now)])));
        assert!(is_meant(&Known::Anything));
        assert!(Meant::from("acme").check(&now).is_ok());
    }
}
