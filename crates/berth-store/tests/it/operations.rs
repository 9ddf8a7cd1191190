use berth_domain::operation::{OperationKind, OperationState, Queue};
use berth_domain::{Actor, OperationId, OrganisationId};
use berth_store::operations::{self, Filter, Operation};
use berth_store::{Page, Part};

use crate::home::{Home, on_both_databases};

on_both_databases!(
    an_operation_reads_back_as_it_was_written,
    lists_are_newest_first_page_by_page,
    an_operation_that_cannot_be_read_hides_none_behind_it,
    lists_can_be_narrowed,
    another_organisation_sees_none,
    the_active_operation_of_a_tenant_is_the_one_at_work,
    operations_at_rest_are_not_active,
);

async fn list(home: &Home, filter: Filter, after: Option<OperationId>) -> Vec<OperationId> {
    let part = Part { page: Page { after, limit: 2 }, is_reversed: false };
    let mut tx = home.read().await;
    let listed = operations::list(&mut tx, home.organisation, &filter, &part).await.unwrap();
    listed.rows.into_iter().map(|operation| operation.id).collect()
}

async fn an_operation_reads_back_as_it_was_written(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    for (kind, state) in OperationKind::ALL.iter().zip(OperationState::ALL.iter().cycle()) {
        let operation = Operation {
            kind: *kind,
            state: *state,
            queue: Queue::Low,
            outputs: serde_json::json!({"answer": [42, null, "ü"]}),
            error: Some("it's broken".to_owned()),
            progress: Some((1000, "done".to_owned())),
            created_by: Actor::Local { uid: 0 },
            started_at: Some(home.minutes(1)),
            finished_at: Some(home.minutes(2)),
            epoch: 3,
            lease_until: Some(home.minutes(3)),
            request_id: Some("req_1".to_owned()),
            ..home.operation(Some(acme.id))
        };
        let operation = home.with_operation(operation).await;

        let mut tx = home.read().await;
        let found = operations::find(&mut tx, home.organisation, operation.id).await.unwrap();
        assert_eq!(found, Some(operation));
    }
}

async fn lists_are_newest_first_page_by_page(home: Home) {
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.insert(0, home.with_operation(home.operation(None)).await.id);
    }

    assert_eq!(list(&home, Filter::default(), None).await, ids[..2]);
    assert_eq!(list(&home, Filter::default(), Some(ids[1])).await, ids[2..]);

    let oldest = Part { page: Page { after: Some(ids[2]), limit: 1 }, is_reversed: true };
    let mut tx = home.read().await;
    let listed = operations::list(&mut tx, home.organisation, &Filter::default(), &oldest).await;
    let listed = listed.unwrap();
    assert_eq!((listed.rows[0].id, listed.next), (ids[1], Some(ids[1].to_string())));
}

async fn an_operation_that_cannot_be_read_hides_none_behind_it(home: Home) {
    let [old, _, _] = [
        home.with_operation(home.operation(None)).await.id,
        home.with_operation(home.operation(None)).await.id,
        home.with_operation(home.operation(None)).await.id,
    ];
    home.tamper(&format!("UPDATE operation SET state = 'dreaming' WHERE id <> '{old}'")).await;
    let mut tx = home.read().await;
    let (mut found, mut after) = (Vec::new(), None);

    loop {
        let part = Part { page: Page { after, limit: 1 }, is_reversed: false };
        let listed = operations::list(&mut tx, home.organisation, &Filter::default(), &part).await;
        let listed = listed.unwrap();
        found.extend(listed.rows.into_iter().map(|operation| operation.id));
        let Some(next) = listed.next else { break };
        after = Some(next.parse().unwrap());
    }

    assert_eq!(found, [old]);
}

async fn lists_can_be_narrowed(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    let plain = home.with_operation(home.operation(None)).await;
    let stuck = Operation { state: OperationState::Stuck, ..home.operation(None) };
    let stuck = home.with_operation(stuck).await;
    let stop = Operation { kind: OperationKind::TenantStop, ..home.operation(Some(acme.id)) };
    let stop = home.with_operation(stop).await;

    let state = Filter { state: Some(OperationState::Stuck), ..Filter::default() };
    let tenant = Filter { tenant: Some(acme.id), ..Filter::default() };
    let kind = Filter { kind: Some(plain.kind), ..Filter::default() };

    assert_eq!(list(&home, state, None).await, [stuck.id]);
    assert_eq!(list(&home, tenant, None).await, [stop.id]);
    assert_eq!(list(&home, kind, None).await, [stuck.id, plain.id]);
}

async fn another_organisation_sees_none(home: Home) {
    let operation = home.with_operation(home.operation(None)).await;
    let other = OrganisationId::from_uuid(home.uuid());

    let mut tx = home.read().await;
    let found = operations::find(&mut tx, other, operation.id).await.unwrap();
    let listed =
        operations::list(&mut tx, other, &Filter::default(), &Part::first(9)).await.unwrap();

    assert_eq!(found, None);
    assert_eq!(listed.rows, []);
}

async fn the_active_operation_of_a_tenant_is_the_one_at_work(home: Home) {
    let [acme, beta] = home.with_tenants(["acme", "beta"]).await;
    home.with_operation(home.operation(Some(acme.id))).await;
    let undoing = Operation { state: OperationState::Undoing, ..home.operation(Some(acme.id)) };
    let undoing = home.with_operation(undoing).await;

    let mut tx = home.read().await;

    let active = operations::active_for_tenant(&mut tx, acme.id).await.unwrap();
    assert_eq!(active, Some(undoing));
    assert_eq!(operations::active_for_tenant(&mut tx, beta.id).await.unwrap(), None);
}

async fn operations_at_rest_are_not_active(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    for state in OperationState::ALL.iter().filter(|state| state.is_at_rest()) {
        home.with_operation(Operation { state: *state, ..home.operation(Some(acme.id)) }).await;
    }

    let mut tx = home.read().await;

    assert_eq!(operations::active_for_tenant(&mut tx, acme.id).await.unwrap(), None);
}
