//! Whether an owner, or a whole organisation, may have what somebody asks for.

use berth_domain::{Bytes, Limits, OrganisationId, Owner, Problems, Tenant, TenantId};
use berth_store::Tx;
use berth_store::quotas::{self, Quota, Usage};

use super::promised::Promised;
use crate::engine::Inner;
use crate::error::EngineError;

/// What a tenant is to have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) organisation: OrganisationId,
    /// `None` while it is not made.
    pub(crate) tenant: Option<TenantId>,
    pub(crate) owner: Option<&'a Owner>,
    pub(crate) limits: Limits,
    pub(crate) storage: Option<Bytes>,
    /// Whether it has a cluster of its own, which takes from the host and from no quota.
    pub(crate) own_cluster: bool,
}

impl<'a> Wanted<'a> {
    /// What a tenant has by its row.
    pub(crate) fn of(tenant: &'a Tenant) -> Self {
        Self {
            organisation: tenant.organisation,
            tenant: Some(tenant.id),
            owner: tenant.details.owner.as_ref(),
            limits: tenant.limits,
            storage: tenant.storage,
            own_cluster: tenant.has_own_cluster(),
        }
    }
}

/// Notes every quota that would be exceeded. What does not grow is not looked at: `had` is what the
/// tenant has now, `None` when it is made or brought back.
pub(crate) async fn check(
    engine: &Inner,
    tx: &mut Tx,
    wanted: &Wanted<'_>,
    had: Option<&Wanted<'_>>,
    problems: &mut Problems,
) -> Result<(), EngineError> {
    check_beside(engine, tx, (wanted, had), &Promised::default(), problems).await
}

/// The same, where others are promised something in the same breath.
pub(crate) async fn check_beside(
    engine: &Inner,
    tx: &mut Tx,
    (wanted, had): (&Wanted<'_>, Option<&Wanted<'_>>),
    promised: &Promised,
    problems: &mut Problems,
) -> Result<(), EngineError> {
    if let Some(owner) = wanted.owner {
        let own = quotas::find(tx, wanted.organisation, Some(owner)).await?;
        let quota = own.unwrap_or(engine.settings.owner_quota);
        let used = quotas::usage(tx, wanted.organisation, Some(owner), wanted.tenant).await?;
        let used = promised.beside(used, Some(owner));
        let had = had.filter(|had| had.owner == wanted.owner);
        note(&Case { who: Some(owner), quota, used, wanted, had }, problems);
    }
    if let Some(quota) = quotas::find(tx, wanted.organisation, None).await? {
        let used = quotas::usage(tx, wanted.organisation, None, wanted.tenant).await?;
        let used = promised.beside(used, None);
        note(&Case { who: None, quota, used, wanted, had }, problems);
    }
    Ok(())
}

/// One quota, and what is asked of it.
struct Case<'a> {
    /// `None`: the whole organisation.
    who: Option<&'a Owner>,
    quota: Quota,
    used: Usage,
    wanted: &'a Wanted<'a>,
    had: Option<&'a Wanted<'a>>,
}

fn note(case: &Case<'_>, problems: &mut Problems) {
    let Case { quota, used, wanted, had, .. } = case;
    let grows =
        |value: &dyn Fn(&Wanted<'_>) -> u64| had.is_none_or(|had| value(had) < value(wanted));
    let cpu = |wanted: &Wanted<'_>| u64::from(wanted.limits.cpu_millis);
    let memory = |wanted: &Wanted<'_>| wanted.limits.memory.0;
    let storage = |wanted: &Wanted<'_>| wanted.storage.map_or(u64::MAX, |bytes| bytes.0);

    if let Some(most) = quota.tenants
        && had.is_none()
        && used.tenants >= most
    {
        let tenants = if most == 1 { "tenant" } else { "tenants" };
        case.exceeded(
            "quota.tenants",
            "tenants",
            problems,
            &format!("{most} {tenants} and has {}", used.tenants),
        );
    }
    if let Some(most) = quota.cpu_millis
        && grows(&cpu)
        && used.cpu_millis + cpu(wanted) > most
    {
        let [most, used, more] = [most, used.cpu_millis, cpu(wanted)].map(cores);
        case.exceeded(
            "quota.cpu",
            "cpu",
            problems,
            &format!("{most} in all: {used} are used, {more} more wanted"),
        );
    }
    if let Some(most) = quota.memory
        && grows(&memory)
        && used.memory.0.saturating_add(memory(wanted)) > most.0
    {
        let more = wanted.limits.memory;
        let text = format!("{most} of memory in all: {} are used, {more} more wanted", used.memory);
        case.exceeded("quota.memory", "memory", problems, &text);
    }
    if let Some(most) = quota.storage
        && grows(&storage)
    {
        match wanted.storage {
            None => case.unbounded(most, problems),
            Some(more) if used.storage.0.saturating_add(more.0) > most.0 => {
                let text = format!(
                    "{most} of storage in all: {} are given away, {more} more wanted",
                    used.storage
                );
                case.exceeded("quota.storage", "storage", problems, &text);
            }
            Some(_) => {}
        }
    }
}

impl Case<'_> {
    fn who(&self) -> String {
        match self.who {
            Some(owner) => format!("`{owner}`"),
            None => "the organisation".to_owned(),
        }
    }

    fn exceeded(&self, field: &str, option: &str, problems: &mut Problems, what: &str) {
        let subject = match self.who {
            Some(owner) => owner.to_string(),
            None => "--everybody".to_owned(),
        };
        let hint = format!(
            "raise it with `berth quota set {subject} --{option} ...`, or archive or delete a tenant"
        );
        problems.add_with_hint(field, format!("{} may have {what}", self.who()), &hint);
    }

    fn unbounded(&self, most: Bytes, problems: &mut Problems) {
        problems.add_with_hint(
            "quota.storage",
            format!(
                "{} may have {most} of storage in all, so each tenant needs a bound",
                self.who()
            ),
            "name one with `--storage`, as in `--storage 10GiB`",
        );
    }
}

/// `1500` thousandths as `1.5 cores`.
pub(crate) fn cores(millis: u64) -> String {
    let text = format!("{}.{:03}", millis / 1000, millis % 1000);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "1" { "1 core".to_owned() } else { format!("{text} cores") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(owner: &Owner) -> Wanted<'_> {
        Wanted {
            organisation: OrganisationId::from_uuid(uuid::Uuid::nil()),
            tenant: None,
            owner: Some(owner),
            limits: Limits { cpu_millis: 1000, memory: Bytes::mib(1024), pids: 256 },
            storage: None,
            own_cluster: false,
        }
    }

    fn told(case: &Case<'_>) -> Vec<String> {
        let mut problems = Problems::default();
        note(case, &mut problems);
        problems.0.into_iter().map(|p| format!("{}: {}", p.field, p.message)).collect()
    }

    const QUOTA: Quota = Quota {
        tenants: Some(2),
        cpu_millis: Some(2500),
        memory: Some(Bytes(2 << 30)),
        storage: Some(Bytes(10 << 30)),
    };
    const USED: Usage = Usage {
        tenants: 2,
        cpu_millis: 2000,
        memory: Bytes(2 << 30),
        storage: Bytes(9 << 30),
        stored: Bytes(0),
    };

    #[test]
    fn every_quota_that_is_exceeded_is_named_with_its_numbers() {
        let anna: Owner = "anna".parse().unwrap();
        let wanted = Wanted { storage: Some(Bytes(2 << 30)), ..wanted(&anna) };
        let case = Case { who: Some(&anna), quota: QUOTA, used: USED, wanted: &wanted, had: None };

        assert_eq!(
            told(&case),
            [
                "quota.tenants: `anna` may have 2 tenants and has 2",
                "quota.cpu: `anna` may have 2.5 cores in all: 2 cores are used, 1 core more wanted",
                "quota.memory: `anna` may have 2 GiB of memory in all: 2 GiB are used, 1 GiB more wanted",
                "quota.storage: `anna` may have 10 GiB of storage in all: 9 GiB are given away, 2 GiB more wanted",
            ]
        );
    }

    #[test]
    fn what_does_not_grow_is_no_problem_however_much_there_is() {
        let anna: Owner = "anna".parse().unwrap();
        let had = wanted(&anna);
        let less = Wanted { limits: Limits { cpu_millis: 500, ..had.limits }, ..had };
        let case = Case { who: None, quota: QUOTA, used: USED, wanted: &less, had: Some(&had) };

        assert_eq!(told(&case), Vec::<String>::new());
    }

    #[test]
    fn a_tenant_without_a_bound_does_not_fit_a_storage_quota() {
        let anna: Owner = "anna".parse().unwrap();
        let quota = Quota { storage: QUOTA.storage, ..Quota::default() };
        let case = Case {
            who: Some(&anna),
            quota,
            used: Usage::default(),
            wanted: &wanted(&anna),
            had: None,
        };

        assert_eq!(
            told(&case),
            [
                "quota.storage: `anna` may have 10 GiB of storage in all, so each tenant needs a bound"
            ]
        );
    }
}
