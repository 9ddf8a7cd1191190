//! Lists of operations, page by page, and how many are not at rest.
//!
//! # Invariants
//!
//! * What is read does not grow with the history of the organisation: each list is read by the index of
//!   its narrowest condition, from where the page begins.

use berth_domain::operation::{OperationKind, OperationState};
use berth_domain::{OperationId, OrganisationId, TenantId};

use super::{Operation, SOURCE, read, select};
use crate::arg::{Arg, integer, text, text_or_null};
use crate::{Listed, Part, StoreError, Tx};

/// Which operations. `None` leaves a condition out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub state: Option<OperationState>,
    pub tenant: Option<TenantId>,
    pub kind: Option<OperationKind>,
}

/// The statement of a list whose narrowest condition is the first one. An id begins with the time at which
/// it was made, and no id comes before the empty text or behind a tilde.
macro_rules! listing {
    ($narrowest:literal, newest first) => {
        listing!($narrowest, "o.id < COALESCE($5, '~')", "o.id DESC")
    };
    ($narrowest:literal, oldest first) => {
        listing!($narrowest, "o.id > COALESCE($5, '')", "o.id")
    };
    ($narrowest:literal, $behind:literal, $order:literal) => {
        select!(concat!(
            "WHERE ",
            $narrowest,
            "
               AND o.organisation_id = $1
               AND ($2 IS NULL OR o.state = $2)
               AND ($3 IS NULL OR o.tenant_id = $3)
               AND ($4 IS NULL OR o.kind = $4)
               AND ",
            $behind,
            "
             ORDER BY ",
            $order,
            "
             LIMIT $6"
        ))
    };
}

/// Several texts instead of one for all: an index is used only where a column is held against a value.
const fn statement(filter: &Filter, is_reversed: bool) -> &'static str {
    match (filter, is_reversed) {
        (Filter { tenant: Some(_), .. }, false) => listing!("o.tenant_id = $3", newest first),
        (Filter { tenant: Some(_), .. }, true) => listing!("o.tenant_id = $3", oldest first),
        (Filter { kind: Some(_), .. }, false) => listing!("o.kind = $4", newest first),
        (Filter { kind: Some(_), .. }, true) => listing!("o.kind = $4", oldest first),
        (Filter { state: Some(_), .. }, false) => listing!("o.state = $2", newest first),
        (Filter { state: Some(_), .. }, true) => listing!("o.state = $2", oldest first),
        (_, false) => listing!("$1 IS NOT NULL", newest first),
        (_, true) => listing!("$1 IS NOT NULL", oldest first),
    }
}

/// Lists an organisation's operations, newest first, or with a reversed part oldest first.
pub async fn list(
    tx: &mut Tx,
    organisation: OrganisationId,
    filter: &Filter,
    part: &Part<OperationId>,
) -> Result<Listed<Operation>, StoreError> {
    let sql = statement(filter, part.is_reversed);
    let records = tx.all(SOURCE, sql, arguments(organisation, filter, part)).await?;
    Ok(Listed::page(records, part.page.limit, read))
}

fn arguments(
    organisation: OrganisationId,
    filter: &Filter,
    Part { page, .. }: &Part<OperationId>,
) -> Vec<Arg> {
    let Filter { state, tenant, kind } = filter;
    vec![
        text(organisation),
        text_or_null(*state),
        text_or_null(*tenant),
        text_or_null(*kind),
        text_or_null(page.after),
        integer(page.limit),
    ]
}

const ACTIVE: &str = "SELECT SUM(CASE state WHEN 'queued' THEN 0 ELSE 1 END) AS at_work,
                             SUM(CASE state WHEN 'queued' THEN 1 ELSE 0 END) AS waiting
                      FROM operation
                      WHERE organisation_id = $1
                        AND state IN ('queued', 'running', 'undoing')";

/// Counts an organisation's operations that are not at rest: at work, and waiting for their turn.
pub async fn count_active(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<(u64, u64), StoreError> {
    let Some(record) = tx.first(SOURCE, ACTIVE, vec![text(organisation)]).await? else {
        return Ok((0, 0));
    };
    let count = |column| Ok::<u64, StoreError>(record.unsigned_or_null(column)?.unwrap_or(0));
    Ok((count("at_work")?, count("waiting")?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::plan;

    const ORGANISATION: &str = "org_00000000000000000000000000000001";
    const TENANT: &str = "tnt_00000000000000000000000000000001";
    const LAST: &str = "op_00000000000000000000000000000001";

    async fn of(filter: Filter, is_reversed: bool) -> Vec<String> {
        let mut part = Part::first(20);
        part.is_reversed = is_reversed;
        part.page.after = Some(LAST.parse().unwrap());
        let organisation = ORGANISATION.parse().unwrap();
        plan(statement(&filter, is_reversed), arguments(organisation, &filter, &part)).await
    }

    #[tokio::test]
    async fn each_list_is_read_by_an_index_from_where_the_page_begins() {
        let tenant = Some(TENANT.parse().unwrap());
        let kind = Some(OperationKind::TenantStart);
        let state = Some(OperationState::Done);
        let all = Filter { state, tenant, kind };
        let by_kind = Filter { state, kind, ..Filter::default() };
        let by_state = Filter { state, ..Filter::default() };
        for (sign, is_reversed) in [("<", false), (">", true)] {
            let lists = [
                (all.clone(), "operation_by_tenant (tenant_id=?"),
                (by_kind.clone(), "operation_by_kind (organisation_id=? AND kind=?"),
                (by_state.clone(), "operation_by_state (organisation_id=? AND state=?"),
                (Filter::default(), "operation_by_organisation (organisation_id=?"),
            ];
            for (filter, index) in lists {
                let expected = format!("SEARCH o USING INDEX {index} AND id{sign}?)");
                assert_eq!(of(filter, is_reversed).await, [expected]);
            }
        }
    }

    #[tokio::test]
    async fn what_is_at_rest_is_not_read_to_count_what_is_not() {
        assert_eq!(
            plan(ACTIVE, vec![text(ORGANISATION)]).await,
            [
                "SEARCH operation USING COVERING INDEX operation_by_state (organisation_id=? AND state=?)"
            ]
        );
    }
}
