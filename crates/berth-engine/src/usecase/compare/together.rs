//! Whether wishes that fit one by one fit together.
//!
//! # Invariants
//!
//! * Wishes are looked at in their order, as they will be carried out. What goes makes no room: it may
//!   be the last to be carried out.

use berth_domain::{Problems, Tenant, Timestamp};

use super::in_the_words_of_wishes;
use crate::Engine;
use crate::admission::notes::{self, Noted};
use crate::admission::promised::Promised;
use crate::admission::quota::{self, Wanted};
use crate::admission::{parse_limits, room};
use crate::error::EngineError;
use crate::request::SetTenant;

/// A tenant as it would be, and as it is. `None`: it is not there.
pub(super) struct Taking {
    pub(super) then: Tenant,
    pub(super) now: Option<Tenant>,
}

impl Taking {
    /// What a tenant would be that is set.
    pub(super) fn of(tenant: &Tenant, set: &SetTenant, at: Timestamp) -> Self {
        // What cannot be read was said before.
        let mut unread = Problems::default();
        let limits = (set.cpu.as_deref(), set.memory.as_deref(), set.pids);
        let limits = parse_limits(tenant.limits, limits, &mut unread).unwrap_or(tenant.limits);
        let was = Noted { details: tenant.details.clone(), storage: tenant.storage };
        let Noted { details, storage } = notes::read(&set.notes, was, at, &mut unread);
        let then = Tenant { limits, details, storage, ..tenant.clone() };
        Self { then, now: Some(tenant.clone()) }
    }
}

impl Engine {
    /// Notes what does not fit beside what others are promised. What fits is promised as well.
    pub(super) async fn take(
        &self,
        Taking { then, now }: &Taking,
        promised: &mut Promised,
        problems: &mut Problems,
    ) -> Result<(), EngineError> {
        let wanted = Wanted::of(then);
        let had = now.as_ref().map(Wanted::of);
        if !promised.is_nothing() {
            if had.is_none_or(|had| had.limits != wanted.limits) {
                let asked = room::Asked {
                    limits: wanted.limits,
                    own_cluster: wanted.own_cluster,
                    replaced: now.as_ref().map(|tenant| tenant.id),
                };
                room::check_beside(&self.0, asked, promised, problems).await?;
            }
            let mut tx = self.0.store.read().await?;
            let asked = (&wanted, had.as_ref());
            quota::check_beside(&self.0, &mut tx, asked, promised, problems).await?;
            in_the_words_of_wishes(problems);
        }
        if problems.is_empty() {
            promised.add(&wanted, had.as_ref());
        }
        Ok(())
    }
}
