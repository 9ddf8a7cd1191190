//! Gathers what stands around a page.

use std::collections::BTreeMap;

use axum::http::request::Parts;
use berth_domain::Actor;
use berth_domain::access::{Grants, Place, Right, decide};
use berth_engine::Engine;
use berth_engine::view::{Overview, SignedIn};

use super::{Looker, Nav, Plain, Shell};
use crate::access::Caller;
use crate::context::WebState;
use crate::error::ApiError;

/// The organisation that is always there.
const FIRST: &str = "default";

/// Which entries of the menu there are for whoever looks.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each entry is there or not, whatever the others are"
)]
pub(crate) struct Rail {
    /// They see tenants of theirs, and nothing of the installation.
    pub(crate) is_portal: bool,
    pub(crate) has_people: bool,
    pub(crate) has_audit: bool,
    pub(crate) has_organisation: bool,
    pub(crate) has_settings: bool,
}

impl Rail {
    fn of(grants: &Grants, place: Option<Place>) -> Self {
        let may = |right| place.is_some_and(|place| decide(grants, right, place).is_allowed());
        let is_operator = decide(grants, Right::Installation, Place::Installation).is_allowed();
        Self {
            is_portal: !is_operator,
            has_people: may(Right::Members),
            has_audit: may(Right::Audit),
            has_organisation: may(Right::Administer),
            has_settings: is_operator,
        }
    }
}

impl Looker {
    pub(super) fn of(parts: &Parts, state: &WebState) -> Result<Self, ApiError> {
        let caller = parts.extensions.get::<Caller>().ok_or(ApiError::Forbidden)?;
        Ok(Self {
            me: caller.me.clone(),
            grants: caller.grants.clone(),
            once: state.ids.uuid().simple().to_string(),
        })
    }

    /// Around a page that is of no organisation there is one of those that whoever looks belongs to.
    pub(super) async fn shell_at_home(
        self,
        engine: &Engine,
        (plain, actor): (Plain, &Actor),
        named: (Nav, String),
    ) -> Result<Shell, ApiError> {
        let roles = match &self.me {
            Some(me) => engine.who_am_i(me).await?.roles,
            None => BTreeMap::new(),
        };
        let home = roles.into_keys().next();
        let home = home.or_else(|| (self.grants == Grants::Operator).then(|| FIRST.to_owned()));
        let Some(home) = home else {
            return self.shell(engine, (plain, None), None, named).await;
        };
        let overview = engine.overview(actor, &home).await?;
        let place = engine.place(Some(&home)).await?;
        self.shell(engine, (plain, Some(place)), Some(&overview), named).await
    }

    pub(super) async fn shell(
        self,
        engine: &Engine,
        (plain, place): (Plain, Option<Place>),
        overview: Option<&Overview>,
        (nav, title): (Nav, String),
    ) -> Result<Shell, ApiError> {
        let organisation = overview.map(|it| it.organisation.clone()).unwrap_or_default();
        let called = overview.map_or_else(|| "Berth".to_owned(), |it| it.title.clone());
        let mut others = Vec::new();
        if let Some(me) = &self.me {
            let roles = engine.who_am_i(me).await?.roles;
            others.extend(roles.into_keys().filter(|name| *name != organisation));
        }
        let may = |right| place.is_some_and(|it| decide(&self.grants, right, it).is_allowed());
        Ok(Shell {
            plain,
            title,
            nav: nav.as_str(),
            tab: nav.tab(),
            rail: Rail::of(&self.grants, place),
            organisation,
            mark: called.chars().next().map(|it| it.to_uppercase().to_string()).unwrap_or_default(),
            called,
            others,
            may_operate: may(Right::Operate),
            person: self.me.as_ref().map(named),
            tenants: overview.map_or(0, |it| it.tenants.values().sum()),
            operations: overview.map_or(0, |it| it.at_work + it.waiting),
            once: self.once,
            version: env!("CARGO_PKG_VERSION"),
        })
    }
}

impl Nav {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Fleet => "fleet",
            Self::Operations => "operations",
            Self::Schedules => "schedules",
            Self::People => "people",
            Self::Audit => "audit",
            Self::Organisation => "organisation",
            Self::Account => "account",
            Self::Settings
            | Self::Configuration
            | Self::Organisations
            | Self::Accounts
            | Self::InstallationAudit
            | Self::Checks
            | Self::Disk
            | Self::Orphans => "settings",
        }
    }

    /// Which of the pages of the installation it is.
    const fn tab(self) -> &'static str {
        match self {
            Self::Settings => "about",
            Self::Configuration => "configuration",
            Self::Organisations => "organisations",
            Self::Accounts => "accounts",
            Self::InstallationAudit => "audit",
            Self::Checks => "checks",
            Self::Disk => "disk",
            Self::Orphans => "orphans",
            Self::Fleet
            | Self::Operations
            | Self::Schedules
            | Self::People
            | Self::Audit
            | Self::Organisation
            | Self::Account => "",
        }
    }
}

fn named(me: &SignedIn) -> (String, String) {
    let name = me.person.name.to_string();
    let initials = initials(&name);
    (name, initials)
}

/// `Elin Strand` → `ES`.
fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let ends = [words.first(), words.last().filter(|_| words.len() > 1)];
    let first = |word: &&str| word.chars().next().map(|first| first.to_uppercase().to_string());
    ends.into_iter().flatten().filter_map(first).collect()
}

#[cfg(test)]
mod tests {
    use berth_domain::access::Role;
    use berth_domain::{IdSource as _, OrganisationId};
    use berth_testkit::RandomIds;

    use super::*;

    #[test]
    fn a_person_is_two_letters() {
        assert_eq!(
            ["Elin Strand", "Jo", "  ", "Ana de la Vega"].map(initials),
            ["ES", "J", "", "AV"]
        );
    }

    #[test]
    fn whoever_does_not_run_the_installation_sees_nothing_of_it() {
        let own = OrganisationId::from_uuid(RandomIds.uuid());
        let place = Some(Place::Organisation(own));
        let of = |role| Rail::of(&Grants::Memberships(BTreeMap::from([(own, role)])), place);
        let entries = |rail: Rail| {
            let Rail { is_portal, has_people, has_audit, has_organisation, has_settings } = rail;
            [is_portal, has_people, has_audit, has_organisation, has_settings]
        };

        assert_eq!(entries(of(Role::Viewer)), [true, false, false, false, false]);
        assert_eq!(entries(of(Role::Admin)), [true, true, true, true, false]);
        assert_eq!(entries(Rail::of(&Grants::Operator, place)), [false, true, true, true, true]);
        assert_eq!(entries(Rail::of(&Grants::Operator, None)), [false, false, false, false, true]);
    }
}
