//! What belongs to nobody: listing it, and removing it.

use std::time::Duration;

use berth_domain::audit::{Object, ObjectKind};
use berth_domain::orphan::{OrphanKind, OrphanName, is_new};
use berth_domain::{Actor, ObjectName, Problems, Span, Timestamp};
use berth_store::orphans::SeenOrphan;
use tokio::time::{Instant, timeout_at};

use super::audit::Deed;
use crate::engine::Role;
use crate::error::EngineError;
use crate::orphans::{self, Census};
use crate::request::RemoveOrphans;
use crate::view::{OrphanView, OrphansView, PlanView, RemovalView};
use crate::{Engine, plan};

/// How long somebody who wants a list waits for the sizes of all that is in it.
const PATIENCE: Duration = Duration::from_secs(5);

impl Engine {
    /// Lists what carries our label or one of our names and belongs to no row.
    pub async fn orphans(&self, _actor: &Actor) -> Result<OrphansView, EngineError> {
        let (census, mut found) = self.look_for_orphans().await?;
        self.weigh(&census, &mut found).await;
        let unseen = census.unseen.into_iter();
        let unseen = unseen.map(|(kind, why)| format!("{}s: {why}", kind.as_str())).collect();
        Ok(OrphansView { found, unseen })
    }

    /// The same without sizes, which take the longest to find out.
    async fn look_for_orphans(&self) -> Result<(Census, Vec<OrphanView>), EngineError> {
        let (census, rows) = orphans::look(&self.0).await?;
        let now = self.0.clock.now();
        let mut found = Vec::with_capacity(census.found.len());
        for orphan in &census.found {
            let what = orphan.thing.name.clone();
            let first_seen = first_seen(&rows, &what, now);
            found.push(OrphanView {
                why: orphan.why.text(what.kind),
                size: None,
                is_new: is_new(first_seen, now),
                can_be_adopted: can_be_adopted(&census, &what),
                first_seen,
                what,
            });
        }
        Ok((census, found))
    }

    /// Says how large they are, as far as that is found out in time.
    async fn weigh(&self, census: &Census, orphans: &mut [OrphanView]) {
        let until = Instant::now() + PATIENCE;
        for orphan in orphans {
            let found = census.found.iter().find(|found| found.thing.name == orphan.what);
            if let Some(found) = found {
                let size = timeout_at(until, orphans::size(&self.0, &found.thing)).await;
                orphan.size = size.ok().flatten();
            }
        }
    }

    /// Says what would be removed, and touches nothing.
    pub async fn plan_orphan_removal(
        &self,
        _actor: &Actor,
        request: &RemoveOrphans,
    ) -> Result<PlanView, EngineError> {
        let (census, mut chosen) = self.choose(request).await?;
        self.weigh(&census, &mut chosen).await;
        Ok(plan::orphan_removal(&chosen))
    }

    /// Removes what belongs to nobody. One that cannot be removed does not keep the others from it.
    pub async fn remove_orphans(
        &self,
        actor: &Actor,
        request: &RemoveOrphans,
    ) -> Result<Vec<RemovalView>, EngineError> {
        if self.0.role() == Role::Standby {
            return Err(EngineError::Unavailable(
                "this process stands by and touches nothing: ask the one that drives".to_owned(),
            ));
        }
        let mut removals = Vec::new();
        let (_, chosen) = self.choose(request).await?;
        for OrphanView { what, .. } in chosen {
            tracing::info!(actor = %actor, orphan = %what, "somebody removes what belongs to nobody");
            let object = Object::named(ObjectKind::Orphan, &what);
            self.record_now(actor, Deed::to_installation("orphan.remove", object)).await?;
            let removed = orphans::remove(&self.0, &what).await;
            if let Err(error) = &removed {
                tracing::warn!(orphan = %what, error = %error.why, "it cannot be removed");
            }
            removals.push(RemovalView { what, problem: removed.err().map(|error| error.why) });
        }
        let _ = orphans::look(&self.0).await?;
        Ok(removals)
    }

    /// What is meant, in the order in which it is removed.
    async fn choose(
        &self,
        request: &RemoveOrphans,
    ) -> Result<(Census, Vec<OrphanView>), EngineError> {
        let mut problems = Problems::default();
        let asked = read(request, &mut problems);
        if !problems.is_empty() {
            return Err(EngineError::Invalid(problems));
        }
        let (census, found) = self.look_for_orphans().await?;
        let now = self.0.clock.now();
        let mut chosen: Vec<OrphanView> = match asked {
            Asked::All { older_than } => found
                .into_iter()
                .filter(|orphan| !orphan.is_new)
                .filter(|orphan| is_older(orphan.first_seen, older_than, now))
                .collect(),
            Asked::These(names) => {
                for name in &names {
                    if !found.iter().any(|orphan| orphan.what == *name) {
                        problems.add_with_hint(
                            "names",
                            format!("`{name}` is not there, belongs to somebody, or is not ours"),
                            "list them with `berth orphans list`",
                        );
                    }
                }
                found.into_iter().filter(|orphan| names.contains(&orphan.what)).collect()
            }
        };
        if !problems.is_empty() {
            return Err(EngineError::Invalid(problems));
        }
        chosen.sort_by(|one, other| one.what.cmp(&other.what));
        Ok((census, chosen))
    }
}

enum Asked {
    These(Vec<OrphanName>),
    All { older_than: Duration },
}

fn read(request: &RemoveOrphans, problems: &mut Problems) -> Asked {
    let RemoveOrphans { names, all, older_than } = request;
    if *all != names.is_empty() {
        problems.add("names", "name what is to be removed, or say `all`, and not both");
    }
    if older_than.is_some() && !all {
        problems.add("older_than", "what is named is meant whatever its age: leave this out");
    }
    if *all {
        let read = |text: &String| problems.check::<Span, _>("older_than", text.parse());
        let older_than = older_than.as_ref().and_then(read).map(Span::get).unwrap_or_default();
        return Asked::All { older_than };
    }
    let read = names.iter().filter_map(|text| problems.check("names", text.parse()));
    Asked::These(read.collect())
}

/// What a clock that was set back saw is no older than nothing.
fn is_older(first_seen: Timestamp, than: Duration, now: Timestamp) -> bool {
    Duration::try_from(now.duration_since(first_seen)).unwrap_or_default() >= than
}

fn first_seen(rows: &[SeenOrphan], what: &OrphanName, now: Timestamp) -> Timestamp {
    rows.iter().find(|row| row.what == *what).map_or(now, |row| row.first_seen)
}

/// Whether everything that a tenant is made of is there and belongs to nobody.
fn can_be_adopted(census: &Census, what: &OrphanName) -> bool {
    let is_data = matches!(what.kind, OrphanKind::Database | OrphanKind::Role | OrphanKind::Folder);
    let Some(Ok(object)) = what.name.rsplit('/').next().map(str::parse::<ObjectName>) else {
        return false;
    };
    let has = |kind, name: String| census.has(&OrphanName::new(kind, name));
    is_data
        && object.as_str().starts_with("t_")
        && has(OrphanKind::Database, object.to_string())
        && has(OrphanKind::Role, object.to_string())
        && has(OrphanKind::Folder, format!("tenants/{object}"))
}
