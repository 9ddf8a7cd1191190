//! What belongs to nobody: listing it, and removing it.

use std::sync::Arc;
use std::time::Duration;

use berth_domain::audit::{Object, ObjectKind};
use berth_domain::orphan::OrphanName;
use berth_domain::{Actor, Problems, Span, Timestamp};

use super::audit::Deed;
use crate::engine::Role;
use crate::error::EngineError;
use crate::orphans::{self, Census};
use crate::request::RemoveOrphans;
use crate::view::{OrphanView, OrphansView, PlanView, RemovalView, Seen};
use crate::{Engine, plan};

impl Engine {
    /// Lists what carries our label or one of our names and belongs to no row.
    pub async fn orphans(&self, _actor: &Actor) -> Result<OrphansView, EngineError> {
        orphans::survey_in_full(&self.0).await
    }

    /// What the last look found, without another one. `None`: this process has not looked yet.
    #[must_use]
    pub fn orphans_seen(&self, _actor: &Actor) -> Option<Arc<Seen<OrphansView>>> {
        self.0.orphans.last.get()
    }

    /// Says what would be removed of what the last look found, without another one.
    pub fn plan_removal_of_seen(
        &self,
        actor: &Actor,
        request: &RemoveOrphans,
    ) -> Result<PlanView, EngineError> {
        let seen = self.orphans_seen(actor);
        let found = seen.map(|seen| seen.found.found.clone()).unwrap_or_default();
        let chosen = choose(found, read(request)?, self.0.clock.now())?;
        Ok(plan::orphan_removal(&chosen))
    }

    /// Says what would be removed, and touches nothing.
    pub async fn plan_orphan_removal(
        &self,
        _actor: &Actor,
        request: &RemoveOrphans,
    ) -> Result<PlanView, EngineError> {
        let (census, mut chosen) = self.choose(request).await?;
        orphans::weigh(&self.0, &census, &mut chosen).await;
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
        let _ = orphans::survey(&self.0).await?;
        Ok(removals)
    }

    /// What is meant, in the order in which it is removed.
    async fn choose(
        &self,
        request: &RemoveOrphans,
    ) -> Result<(Census, Vec<OrphanView>), EngineError> {
        let asked = read(request)?;
        let (census, found) = orphans::survey(&self.0).await?;
        let chosen = choose(found, asked, self.0.clock.now())?;
        Ok((census, chosen))
    }
}

/// Those of what was found that are meant, in the order in which they are removed.
fn choose(
    found: Vec<OrphanView>,
    asked: Asked,
    now: Timestamp,
) -> Result<Vec<OrphanView>, EngineError> {
    let mut problems = Problems::default();
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
    Ok(chosen)
}

enum Asked {
    These(Vec<OrphanName>),
    All { older_than: Duration },
}

fn read(request: &RemoveOrphans) -> Result<Asked, EngineError> {
    let RemoveOrphans { names, all, older_than } = request;
    let mut problems = Problems::default();
    if *all != names.is_empty() {
        problems.add("names", "name what is to be removed, or say `all`, and not both");
    }
    if older_than.is_some() && !all {
        problems.add("older_than", "what is named is meant whatever its age: leave this out");
    }
    let asked = if *all {
        let read = |text: &String| problems.check::<Span, _>("older_than", text.parse());
        let older_than = older_than.as_ref().and_then(read).map(Span::get).unwrap_or_default();
        Asked::All { older_than }
    } else {
        let read = names.iter().filter_map(|text| problems.check("names", text.parse()));
        Asked::These(read.collect())
    };
    if problems.is_empty() { Ok(asked) } else { Err(EngineError::Invalid(problems)) }
}

/// What a clock that was set back saw is no older than nothing.
fn is_older(first_seen: Timestamp, than: Duration, now: Timestamp) -> bool {
    Duration::try_from(now.duration_since(first_seen)).unwrap_or_default() >= than
}
