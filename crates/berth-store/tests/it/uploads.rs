use std::time::Duration;

use berth_domain::operation::OperationState;
use berth_domain::{Actor, Bytes, IdSource as _, OrganisationId, UploadId};
use berth_store::uploads::{self, Upload};
use berth_store::{Change, Page, Part};

use crate::home::{Home, on_both_databases};

on_both_databases!(
    an_upload_reads_back_and_is_listed,
    an_upload_belongs_to_one_import_at_a_time,
    uploads_come_page_by_page_from_either_end,
    what_is_in_use_is_neither_removed_nor_forgotten,
    an_import_that_is_done_uses_its_upload_up,
);

pub(crate) fn upload(home: &Home, name: &str) -> Upload {
    Upload {
        id: UploadId::from_uuid(berth_testkit::RandomIds.uuid()),
        organisation: home.organisation,
        name: name.to_owned(),
        size: Bytes(7 << 30),
        created_at: home.now(),
        created_by: Actor::Local { uid: 1000 },
        used_by: None,
    }
}

pub(crate) async fn insert(home: &Home, upload: &Upload) {
    let mut tx = home.begin().await;
    uploads::insert(&mut tx, upload).await.unwrap();
    tx.commit().await.unwrap();
}

async fn an_upload_reads_back_and_is_listed(home: Home) {
    let one = upload(&home, "acme 'quoted'.zip");
    insert(&home, &one).await;

    let mut tx = home.read().await;
    let found = uploads::find(&mut tx, home.organisation, one.id).await.unwrap();
    assert_eq!(found, Some(one.clone()));
    let listed = uploads::list(&mut tx, home.organisation, &Part::first(10)).await.unwrap().rows;
    assert_eq!(listed, std::slice::from_ref(&one));
    assert_eq!(uploads::ids(&mut tx).await.unwrap().rows, [one.id]);
    let others = OrganisationId::from_uuid(berth_testkit::RandomIds.uuid());
    assert_eq!(uploads::find(&mut tx, others, one.id).await.unwrap(), None);
    assert_eq!(uploads::list(&mut tx, others, &Part::first(10)).await.unwrap().rows, []);
}

async fn an_upload_belongs_to_one_import_at_a_time(home: Home) {
    let one = upload(&home, "acme.zip");
    insert(&home, &one).await;
    let first = home.with_operation(home.operation(None)).await;
    let second = home.with_operation(home.operation(None)).await;

    let mut tx = home.begin().await;
    for (operation, expected) in [(&first, Change::Updated), (&second, Change::Unchanged)] {
        let claimed = uploads::claim(&mut tx, home.organisation, one.id, operation.id).await;
        assert_eq!(claimed.unwrap(), expected);
    }
    let found = uploads::find(&mut tx, home.organisation, one.id).await.unwrap().unwrap();
    assert_eq!(found.used_by, Some(first.id));
    let nobody = OrganisationId::from_uuid(berth_testkit::RandomIds.uuid());
    let foreign = uploads::claim(&mut tx, nobody, one.id, second.id).await.unwrap();
    assert_eq!(foreign, Change::Unchanged);
}

async fn what_is_in_use_is_neither_removed_nor_forgotten(home: Home) {
    let (used, waiting) = (upload(&home, "used.zip"), upload(&home, "waiting.zip"));
    insert(&home, &used).await;
    insert(&home, &waiting).await;
    let operation = home.with_operation(home.operation(None)).await;
    let later = home.now() + Duration::from_hours(1);

    let mut tx = home.begin().await;
    let claimed = uploads::claim(&mut tx, home.organisation, used.id, operation.id).await;
    assert!(claimed.unwrap().is_updated());
    let removed = uploads::remove(&mut tx, home.organisation, used.id).await.unwrap();
    assert_eq!(removed, Change::Unchanged);
    assert_eq!(uploads::trim(&mut tx, home.now()).await.unwrap(), 0, "none of them is older");
    assert_eq!(uploads::trim(&mut tx, later).await.unwrap(), 1);
    assert_eq!(uploads::ids(&mut tx).await.unwrap().rows, [used.id]);
}

async fn an_import_that_is_done_uses_its_upload_up(home: Home) {
    let one = upload(&home, "acme.zip");
    insert(&home, &one).await;
    let mut undone = home.operation(None);
    undone.state = OperationState::Undone;
    let undone = home.with_operation(undone).await;
    let next = home.with_operation(home.operation(None)).await;

    let mut tx = home.begin().await;
    for operation in [&undone, &next] {
        let claimed = uploads::claim(&mut tx, home.organisation, one.id, operation.id).await;
        assert!(claimed.unwrap().is_updated(), "what was undone gave it back");
    }
    let of_another = uploads::used_up(&mut tx, undone.id).await.unwrap();
    assert_eq!(of_another, Change::Unchanged);
    assert_eq!(uploads::ids(&mut tx).await.unwrap().rows, [one.id]);
    assert_eq!(uploads::used_up(&mut tx, next.id).await.unwrap(), Change::Updated);
    assert_eq!(uploads::ids(&mut tx).await.unwrap().rows, []);
}

async fn uploads_come_page_by_page_from_either_end(home: Home) {
    let mut ids = Vec::new();
    for name in ["one", "two", "three"] {
        let upload = upload(&home, name);
        insert(&home, &upload).await;
        ids.push(upload.id);
    }
    ids.sort();

    for is_reversed in [false, true] {
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let part = Part { page: Page { after, limit: 2 }, is_reversed };
            let mut tx = home.read().await;
            let listed = uploads::list(&mut tx, home.organisation, &part).await.unwrap();
            seen.extend(listed.rows.iter().map(|upload| upload.id));
            let Some(next) = listed.next else { break };
            after = Some(next.parse().unwrap());
        }
        assert_eq!(seen, ids);
        ids.reverse();
    }
}
