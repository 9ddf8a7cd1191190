use std::collections::BTreeSet;

use berth_domain::{Tenant, TenantId};
use berth_store::{StoreError, subnets, tenants};

use crate::home::{Home, on_both_databases};

on_both_databases!(
    tenants_get_the_lowest_free_number_and_keep_it,
    a_full_pool_says_so,
    numbers_that_others_use_are_passed_over,
    a_number_outside_a_smaller_pool_stays,
    a_tenant_that_is_not_there_gets_none,
    many_reservations_at_once_never_share_a_number,
    the_number_is_part_of_the_tenant,
);

async fn reserve(home: &Home, tenant: TenantId, size: u32) -> Result<u32, StoreError> {
    let mut tx = home.begin().await;
    let number = subnets::reserve(&mut tx, tenant, size, |number| number).await?;
    tx.commit().await?;
    Ok(number)
}

async fn release(home: &Home, tenant: &Tenant) {
    let mut tx = home.begin().await;
    subnets::release(&mut tx, tenant.id).await.unwrap();
    tx.commit().await.unwrap();
}

async fn tenants_get_the_lowest_free_number_and_keep_it(home: Home) {
    let [one, two, three, four] = home.with_tenants(["one", "two", "three", "four"]).await;
    for (n, tenant) in [&one, &two, &three].into_iter().enumerate() {
        assert_eq!(reserve(&home, tenant.id, 16).await.unwrap() as usize, n);
    }

    assert_eq!(reserve(&home, two.id, 16).await.unwrap(), 1);
    release(&home, &one).await;
    release(&home, &two).await;

    assert_eq!(reserve(&home, four.id, 16).await.unwrap(), 0);
    assert_eq!(reserve(&home, one.id, 16).await.unwrap(), 1);
    let listed = subnets::list(&mut home.read().await).await.unwrap().rows;
    assert_eq!(listed, [(0, four.id), (1, one.id), (2, three.id)]);
}

async fn a_full_pool_says_so(home: Home) {
    let [one, two] = home.with_tenants(["one", "two"]).await;
    reserve(&home, one.id, 1).await.unwrap();

    let refused = reserve(&home, two.id, 1).await;

    assert!(matches!(refused, Err(StoreError::PoolExhausted { size: 1 })));
}

async fn numbers_that_others_use_are_passed_over(home: Home) {
    let all = home.with_tenants(["one", "two", "three", "four"]).await;
    let elsewhere = |number| if (1..3).contains(&number) { 3 } else { number };
    let reserve = async |tenant: &Tenant| {
        let mut tx = home.begin().await;
        let number = subnets::reserve(&mut tx, tenant.id, 5, elsewhere).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(number)
    };

    let numbers = [reserve(&all[0]).await, reserve(&all[1]).await, reserve(&all[2]).await];

    assert_eq!(numbers.map(Result::unwrap), [0, 3, 4]);
    let refused = reserve(&all[3]).await;
    assert!(matches!(refused, Err(StoreError::PoolExhausted { size: 5 })), "{refused:?}");
}

async fn a_number_outside_a_smaller_pool_stays(home: Home) {
    let [one, two] = home.with_tenants(["one", "two"]).await;
    reserve(&home, one.id, 16).await.unwrap();
    reserve(&home, two.id, 16).await.unwrap();

    assert_eq!(reserve(&home, two.id, 1).await.unwrap(), 1);
}

async fn a_tenant_that_is_not_there_gets_none(home: Home) {
    let nobody = TenantId::from_uuid(home.uuid());

    let refused = reserve(&home, nobody, 16).await;

    assert!(matches!(refused, Err(StoreError::Missing { table: "tenant", .. })));
}

async fn many_reservations_at_once_never_share_a_number(home: Home) {
    let names: Vec<String> = (0..12).map(|n| format!("tenant-{n}")).collect();
    let tenants: [&str; 12] = std::array::from_fn(|n| names[n].as_str());
    let tenants = home.with_tenants(tenants).await;

    let mut racers = tokio::task::JoinSet::new();
    for tenant in tenants {
        let home = home.clone();
        racers.spawn(async move { reserve(&home, tenant.id, 12).await.unwrap() });
    }

    let numbers: BTreeSet<u32> = racers.join_all().await.into_iter().collect();
    assert_eq!(numbers, (0..12).collect());
}

async fn the_number_is_part_of_the_tenant(home: Home) {
    let [one, two] = home.with_tenants(["one", "two"]).await;
    reserve(&home, two.id, 16).await.unwrap();

    let mut tx = home.read().await;
    let one = tenants::get(&mut tx, home.organisation, one.id).await.unwrap().unwrap();
    let two = tenants::get(&mut tx, home.organisation, two.id).await.unwrap().unwrap();

    assert_eq!((one.subnet, two.subnet), (None, Some(0)));
}
