use berth_domain::{Bytes, ClusterId, Limits, Owner, Tenant, TenantState};
use berth_store::clusters::{self, ClusterRow};
use berth_store::quotas::{self, Group, Quota, Usage};
use berth_store::{Change, tenants};

use crate::home::{Home, on_both_databases};

on_both_databases!(
    a_quota_reads_back_and_is_replaced,
    what_an_owner_has_is_summed_up,
    what_was_put_away_counts_with_its_storage_only,
    owners_are_listed_once,
    what_is_promised_is_grouped_by_limits,
    two_who_hand_out_at_once_wait_for_each_other,
);

fn owner(text: &str) -> Owner {
    text.parse().unwrap()
}

/// A tenant of an owner, with a core, a GiB of memory and ten of storage.
fn of(home: &Home, name: &str, who: &str) -> Tenant {
    let mut tenant = home.tenant(name);
    tenant.details.owner = Some(owner(who));
    tenant.storage = Some(Bytes(10 << 30));
    tenant.limits = Limits { cpu_millis: 1000, memory: Bytes(1 << 30), pids: 256 };
    tenant
}

async fn insert(home: &Home, rows: &[Tenant]) {
    let mut tx = home.begin().await;
    for tenant in rows {
        tenants::insert(&mut tx, tenant).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn a_quota_reads_back_and_is_replaced(home: Home) {
    let anna = owner("anna");
    let first = Quota { tenants: Some(3), memory: Some(Bytes(4 << 30)), ..Quota::default() };
    let second =
        Quota { cpu_millis: Some(2500), storage: Some(Bytes(1 << 40)), ..Quota::default() };

    let mut tx = home.begin().await;
    quotas::put(&mut tx, home.organisation, Some(&anna), &first).await.unwrap();
    quotas::put(&mut tx, home.organisation, None, &first).await.unwrap();
    quotas::put(&mut tx, home.organisation, Some(&anna), &second).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = home.read().await;
    let listed = quotas::list(&mut tx, home.organisation).await.unwrap().rows;
    assert_eq!(listed, [(None, first), (Some(anna.clone()), second)]);
    let found = quotas::find(&mut tx, home.organisation, Some(&anna)).await.unwrap();
    assert_eq!(found, Some(second));
    drop(tx);

    let mut tx = home.begin().await;
    for expected in [Change::Updated, Change::Unchanged] {
        let cleared = quotas::clear(&mut tx, home.organisation, Some(&anna)).await.unwrap();
        assert_eq!(cleared, expected);
    }
}

async fn what_an_owner_has_is_summed_up(home: Home) {
    let rows = [of(&home, "one", "anna"), of(&home, "two", "anna"), of(&home, "three", "bert")];
    insert(&home, &rows).await;

    let mut tx = home.read().await;
    let anna = owner("anna");
    let all = quotas::usage(&mut tx, home.organisation, None, None).await.unwrap();
    let hers = quotas::usage(&mut tx, home.organisation, Some(&anna), None).await.unwrap();
    let other = quotas::usage(&mut tx, home.organisation, Some(&anna), Some(rows[0].id)).await;
    let nobodys = quotas::usage(&mut tx, home.organisation, Some(&owner("carl")), None).await;

    let one = Usage {
        tenants: 1,
        cpu_millis: 1000,
        memory: Bytes(1 << 30),
        storage: Bytes(10 << 30),
        ..Usage::default()
    };
    let times = |n: u32| Usage {
        tenants: n,
        cpu_millis: one.cpu_millis * u64::from(n),
        memory: Bytes(one.memory.0 * u64::from(n)),
        storage: Bytes(one.storage.0 * u64::from(n)),
        ..Usage::default()
    };
    assert_eq!((all, hers), (times(3), times(2)));
    assert_eq!((other.unwrap(), nobodys.unwrap()), (times(1), times(0)));
}

async fn what_was_put_away_counts_with_its_storage_only(home: Home) {
    let archived = TenantState::Archived { since: home.now() };
    let deleted = TenantState::Deleted { since: home.now(), until: home.minutes(1) };
    let rows = [
        Tenant { state: archived, ..of(&home, "one", "anna") },
        Tenant { state: deleted, ..of(&home, "two", "anna") },
        Tenant { storage: None, ..of(&home, "three", "anna") },
    ];
    insert(&home, &rows).await;

    let mut tx = home.read().await;
    let used = quotas::usage(&mut tx, home.organisation, Some(&owner("anna")), None).await;

    let expected = Usage {
        tenants: 1,
        cpu_millis: 1000,
        memory: Bytes(1 << 30),
        storage: Bytes(20 << 30),
        ..Usage::default()
    };
    assert_eq!(used.unwrap(), expected);
}

async fn owners_are_listed_once(home: Home) {
    let rows = [of(&home, "one", "bert"), of(&home, "two", "anna"), of(&home, "three", "bert")];
    insert(&home, &rows).await;
    home.with_tenants(["nobodys"]).await;

    let mut tx = home.read().await;
    let owners = quotas::owners(&mut tx, home.organisation).await.unwrap().rows;

    assert_eq!(owners, [owner("anna"), owner("bert")]);
}

async fn what_is_promised_is_grouped_by_limits(home: Home) {
    let large = Limits { cpu_millis: 4000, ..Limits::default() };
    let archived = TenantState::Archived { since: home.now() };
    let rows = [
        of(&home, "one", "anna"),
        of(&home, "two", "bert"),
        Tenant { limits: large, ..home.tenant("large") },
        apart(&home, "apart").await,
        Tenant { state: archived, ..home.tenant("away") },
    ];
    insert(&home, &rows).await;

    let mut tx = home.read().await;
    let all = quotas::promised(&mut tx, None).await.unwrap();
    let others = quotas::promised(&mut tx, Some(rows[2].id)).await.unwrap();

    let small = Group { limits: rows[0].limits, own_cluster: false, tenants: 2 };
    let apart = Group { own_cluster: true, tenants: 1, ..small };
    assert_eq!(all, [small, apart, Group { limits: large, tenants: 1, ..small }]);
    assert_eq!(others, [small, apart]);
}

/// One that has a cluster for itself.
async fn apart(home: &Home, name: &str) -> Tenant {
    let tenant = home.tenant(name);
    let tenant = Tenant { cluster: ClusterId::of(tenant.id), ..tenant };
    let mut tx = home.begin().await;
    let row = ClusterRow { id: tenant.cluster, ..home.cluster("t-0000000001") };
    clusters::insert(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    tenant
}

async fn two_who_hand_out_at_once_wait_for_each_other(home: Home) {
    let hand_out = async |name: &str| {
        let mut tx = home.begin().await;
        quotas::lock(&mut tx).await.unwrap();
        let used = quotas::usage(&mut tx, home.organisation, None, None).await.unwrap();
        if used.tenants == 0 {
            tenants::insert(&mut tx, &home.tenant(name)).await.unwrap();
        }
        tx.commit().await.unwrap();
    };

    tokio::join!(hand_out("one"), hand_out("two"));

    let mut tx = home.read().await;
    assert_eq!(tenants::count(&mut tx, home.organisation).await.unwrap(), 1);
}
