//! What must be true after every case.

use berth_domain::ObjectName;
use serde_json::Value;

use super::super::WITNESS;
use super::super::scene::Standing;
use super::{Stage, Subject};
use crate::home::Home;

/// What people put in, and what Odoo would not change by itself.
const SUMS: &str = "SELECT md5(string_agg(line, chr(10) ORDER BY line)) FROM (
    SELECT 'marker ' || m::text FROM berth_marker m
    UNION ALL SELECT 'user ' || id || login || coalesce(password, '') FROM res_users
    UNION ALL SELECT 'partner ' || id || coalesce(name, '') || coalesce(email, '') FROM res_partner
    UNION ALL SELECT 'company ' || id || name FROM res_company
    UNION ALL SELECT 'module ' || id || name || state FROM ir_module_module
) rows (line)";

impl Stage {
    /// Whether everything belongs to somebody, everybody has what is theirs, and data are what they were.
    pub(super) async fn judge(&mut self) {
        // After a start it looks at the image of its server, in a container that is gone afterwards.
        self.home.get("/doctor").await;
        let problems = self.home.audit(&self.witness).await;
        let listed = self.home.get("/orphans").await;
        let listed = listed["items"].as_array().cloned().unwrap_or_default();
        let listed = listed.iter().map(|orphan| format!("listed: {orphan}"));
        let is_meant = |problem: &String| {
            self.standing == Standing::Orphaned
                && self.subject.as_ref().is_some_and(|it| problem.contains(it.object.as_str()))
        };
        let problems: Vec<String> =
            problems.into_iter().chain(listed).filter(|problem| !is_meant(problem)).collect();
        assert_eq!(problems, Vec::<String>::new());
        self.stands().await;
        self.has_its_data().await;
        self.keeps_what_was_sent().await;
        let page = self.home.visit(&format!("{WITNESS}.localhost"), "/web/login").await;
        assert_eq!(page.status, 200, "the witness: {}", page.text());
        assert_eq!(self.witness_since().await, self.since, "the witness was started again");
    }

    async fn stands(&self) {
        let Some(subject) = &self.subject else { return };
        let found = self.home.api("GET", &format!("tenants/{}", subject.name), &Value::Null).await;
        let state = (found.status == 200).then(|| found.json()["state"].clone());
        let standing = Standing::of(state.as_ref().and_then(Value::as_str));
        let expected = match self.standing {
            Standing::Orphaned => Standing::Absent,
            other => other,
        };
        assert_eq!(standing, Some(expected), "it is {state:?}");
        if expected == Standing::Running {
            let host = format!("{}.localhost", subject.name);
            let page = self.home.visit(&host, "/web/login").await;
            assert_eq!(page.status, 200, "{}", page.text());
        }
    }

    async fn has_its_data(&mut self) {
        if !self.standing.is_readable() {
            return;
        }
        let Some(subject) = self.subject.clone() else { return };
        assert_eq!(self.sums(&subject.object).await, subject.sums, "its data changed");
        if subject.contents.is_none() {
            let contents = Some(self.home.contents(&subject.object).await);
            self.subject = Some(Subject { contents, ..subject });
        }
    }

    /// Compares every byte of a dump and of the filestore with what they were.
    ///
    /// # Panics
    ///
    /// When they are something else.
    pub(in crate::crash) async fn compare_everything(&self) {
        if let (Some(subject), true) = (&self.subject, self.standing.is_readable())
            && let Some(contents) = &subject.contents
        {
            let now = self.home.contents(&subject.object).await;
            let changed = contents.differences(&now);
            assert!(changed.is_empty(), "these are not what they were: {}", changed.join(", "));
        }
    }

    pub(super) async fn witness_since(&self) -> Value {
        let container = self.home.engine().container(self.witness.as_str()).await;
        container.map_or(Value::Null, |container| container["State"]["StartedAt"].clone())
    }

    pub(super) async fn sums(&self, object: &ObjectName) -> String {
        sums(&self.home, object).await
    }
}

/// Asked in the server's own container, as the tenant's role: the tenant need not run.
pub(super) async fn sums(home: &Home, object: &ObjectName) -> String {
    let ran = home.psql_beside(object, SUMS).await;
    assert_eq!(ran.code, 0, "the data of {object}: {}", ran.stderr);
    ran.stdout.trim().to_owned()
}
