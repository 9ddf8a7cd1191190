//! What the address of the fleet says: which tenants, in which order, from where on.

use berth_engine::request::TenantFilter;
use berth_engine::view::{Overview, StateName};
use serde::Deserialize;

use super::{Choice, Column};
use crate::pages::form::filled;
use crate::pages::link::link;
use crate::pages::words::capitalised;

/// How many tenants a page has.
const PAGE: u32 = 50;
/// Those that wait for somebody come first.
const ORDER: &str = "attention";

/// As the address has it. An empty field of a form is none.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Query {
    text: Option<String>,
    stage: Option<String>,
    state: Option<String>,
    owner: Option<String>,
    tag: Option<String>,
    sort: Option<String>,
    after: Option<String>,
    /// `all`: every tenant of the page is chosen.
    picked: Option<String>,
}

impl Query {
    pub(super) fn filter(&self) -> TenantFilter {
        TenantFilter {
            text: filled(self.text.clone()),
            stage: filled(self.stage.clone()),
            state: filled(self.state.clone()),
            owner: filled(self.owner.clone()),
            tag: filled(self.tag.clone()),
            sort: Some(self.sort().to_owned()),
            after: filled(self.after.clone()),
            limit: Some(PAGE),
            ..TenantFilter::default()
        }
    }

    pub(super) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    pub(super) fn owner(&self) -> &str {
        self.owner.as_deref().unwrap_or_default()
    }

    pub(super) fn sort(&self) -> &str {
        self.sort.as_deref().filter(|sort| !sort.is_empty()).unwrap_or(ORDER)
    }

    pub(super) fn stage(&self) -> Option<&str> {
        self.stage.as_deref().filter(|stage| !stage.is_empty())
    }

    pub(super) fn after(&self) -> Option<&str> {
        self.after.as_deref().filter(|after| !after.is_empty())
    }

    /// Whether every tenant of the page is chosen.
    pub(super) fn picks_all(&self) -> bool {
        self.picked.as_deref() == Some("all")
    }

    /// This very page.
    pub(super) fn here(&self, org: &str) -> String {
        if self.picks_all() { self.picking(org) } else { self.link(org, self.after()) }
    }

    /// This page with every tenant of it chosen.
    pub(super) fn picking(&self, org: &str) -> String {
        let link = self.link(org, self.after());
        let mark = if link.contains('?') { '&' } else { '?' };
        format!("{link}{mark}picked=all")
    }

    /// Whether the list is narrowed to some.
    pub(super) fn is_narrowed(&self) -> bool {
        let all = [&self.text, &self.stage, &self.state, &self.owner, &self.tag];
        all.into_iter().any(|field| field.as_deref().is_some_and(|text| !text.is_empty()))
    }

    /// The states that tenants have, with how many have each.
    pub(super) fn states(&self, overview: &Overview) -> Vec<Choice> {
        let of = |(state, count): (&StateName, &u64)| Choice {
            value: state.as_str(),
            label: format!("{} ({count})", capitalised(&state.as_str().replace('_', " "))),
            is_chosen: self.state.as_deref() == Some(state.as_str()),
        };
        overview.tenants.iter().map(of).collect()
    }

    /// The same list from another place on.
    pub(super) fn link(&self, org: &str, after: Option<&str>) -> String {
        self.address(org, (self.sort(), after))
    }

    /// The headings, each with where it leads.
    pub(super) fn columns(&self, org: &str) -> Vec<Column> {
        [
            ("Tenant", "", Some("name")),
            ("State", "p1", Some(ORDER)),
            ("Stage", "p1", None),
            ("Image", "p3", None),
            ("Owner", "p3", None),
            ("CPU, last hour", "p2", None),
            ("Memory", "p2", None),
            ("Storage", "p1", Some("storage")),
            ("Expires", "p3", Some("expires")),
            ("Made", "p4", Some("created")),
        ]
        .into_iter()
        .map(|(label, class, sort)| self.column(org, (label, class, sort)))
        .collect()
    }

    fn column(
        &self,
        org: &str,
        (label, class, sort): (&'static str, &'static str, Option<&'static str>),
    ) -> Column {
        let Some(sort) = sort else { return Column { label, class, link: None, sorted: "" } };
        let (is_up, is_down) =
            (self.sort() == sort, self.sort().strip_prefix('-').is_some_and(|own| own == sort));
        let next = if is_up { format!("-{sort}") } else { sort.to_owned() };
        let sorted = match (is_up, is_down) {
            (true, _) => "ascending",
            (_, true) => "descending",
            _ => "",
        };
        Column { label, class, link: Some(self.address(org, (&next, None))), sorted }
    }

    fn address(&self, org: &str, (sort, after): (&str, Option<&str>)) -> String {
        let sort = Some(sort).filter(|sort| *sort != ORDER);
        let fields = [
            ("text", self.text.as_deref()),
            ("stage", self.stage.as_deref()),
            ("state", self.state.as_deref()),
            ("owner", self.owner.as_deref()),
            ("tag", self.tag.as_deref()),
            ("sort", sort),
            ("after", after),
        ];
        link(&format!("/organisations/{org}/tenants"), fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_all_of_a_list_and_no_more() {
        let query: Query = serde_urlencoded::from_str("text=a%26b&stage=&sort=attention").unwrap();

        assert_eq!(query.link("default", None), "/organisations/default/tenants?text=a%26b");
        assert_eq!(
            query.link("default", Some("0:acme")),
            "/organisations/default/tenants?text=a%26b&after=0%3Aacme"
        );
        assert!(query.is_narrowed());
        assert_eq!(Query::default().link("default", None), "/organisations/default/tenants");
    }

    #[test]
    fn a_heading_turns_the_order_around() {
        let sorted = |sort: &str| {
            let query = Query { sort: Some(sort.to_owned()), ..Query::default() };
            let column = query.columns("default").into_iter().find(|it| it.label == "Tenant");
            let column = column.unwrap();
            (column.sorted, column.link.unwrap())
        };

        assert_eq!(sorted(""), ("", "/organisations/default/tenants?sort=name".to_owned()));
        assert_eq!(
            sorted("name"),
            ("ascending", "/organisations/default/tenants?sort=-name".to_owned())
        );
        assert_eq!(
            sorted("-name"),
            ("descending", "/organisations/default/tenants?sort=name".to_owned())
        );
    }
}
