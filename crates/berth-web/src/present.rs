//! The engine's answers, in the words of the wire.

mod audit;
mod operation;
mod orphan;
mod quota;
mod reconciliation;
mod schedule;
mod system;
mod tenant;
mod token;
mod upload;
mod webhook;

use berth_api::v1 as api;

pub(crate) use audit::audit_entry;
pub(crate) use operation::{event, operation, plan};
pub(crate) use orphan::{orphans, removed};
pub(crate) use quota::quota;
pub(crate) use reconciliation::{reconciliation, tenant_plan};
pub(crate) use schedule::{schedule, schedule_run};
pub(crate) use system::{check, disk, status};
pub(crate) use tenant::{credentials, log_line, tenant};
pub(crate) use token::{new_token, token};
pub(crate) use upload::upload;
pub(crate) use webhook::{delivery, new_webhook, webhook};

/// One page of a list that was asked for with `limit`; `next` names the last item.
pub(crate) fn page<T>(
    items: Vec<T>,
    limit: Option<u32>,
    next: impl Fn(&T) -> String,
) -> api::List<T> {
    /// What the engine lists when nobody says how much.
    const DEFAULT_LIMIT: u32 = 100;
    let limit = usize::try_from(limit.unwrap_or(DEFAULT_LIMIT)).unwrap_or(usize::MAX);
    let next = if items.len() >= limit { items.last().map(next) } else { None };
    api::List { items, next }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_full_page_has_a_next_one() {
        let next = |items: Vec<&str>, limit| page(items, limit, |item| (*item).to_owned()).next;

        assert_eq!(next(vec!["a", "b"], Some(2)), Some("b".to_owned()));
        assert_eq!(next(vec!["a"], Some(2)), None);
        assert_eq!(next(vec![], None), None);
    }
}
