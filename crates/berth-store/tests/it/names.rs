use berth_domain::{Generation, Tenant};
use berth_store::names::{self, Holder};
use berth_store::{Change, StoreError, tenants};

use crate::home::{Home, on_both_databases};

on_both_databases!(
    a_name_is_held_by_its_tenant,
    a_renaming_keeps_both_names_until_it_is_over,
    a_renaming_that_another_tenant_was_faster_at_is_refused,
    a_name_is_given_from_the_generation_before_only,
    a_tenant_that_goes_keeps_nothing,
);

async fn holder(home: &Home, name: &str, except: Option<&Tenant>) -> Option<Holder> {
    let mut tx = home.read().await;
    let except = except.map(|tenant| tenant.id);
    names::holder_of_name(&mut tx, &name.parse().unwrap(), except).await.unwrap()
}

async fn of_host(home: &Home, host: &str, except: Option<&Tenant>) -> Option<Holder> {
    let mut tx = home.read().await;
    let except = except.map(|tenant| tenant.id);
    names::holder_of_host(&mut tx, &host.parse().unwrap(), except).await.unwrap()
}

async fn a_name_is_held_by_its_tenant(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    let held = Some(Holder { tenant: acme.id, organisation: home.organisation });

    assert_eq!(holder(&home, "acme", None).await, held);
    assert_eq!(holder(&home, "acme", Some(&acme)).await, None);
    assert_eq!(holder(&home, "beta", None).await, None);
    assert_eq!(of_host(&home, "acme.localhost", None).await, held);
    assert_eq!(of_host(&home, "acme.localhost", Some(&acme)).await, None);
}

async fn a_renaming_keeps_both_names_until_it_is_over(home: Home) {
    let [mut acme] = home.with_tenants(["acme"]).await;
    let held = Some(Holder { tenant: acme.id, organisation: home.organisation });
    let (name, host) = ("beta".parse().unwrap(), "beta.localhost".parse().unwrap());

    let mut tx = home.begin().await;
    names::lock(&mut tx).await.unwrap();
    names::keep(&mut tx, acme.id, &acme.name, &acme.host).await.unwrap();
    for _ in 0..2 {
        names::keep(&mut tx, acme.id, &name, &host).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(holder(&home, "beta", None).await, held);

    (acme.name, acme.host, acme.generation) = (name, host, Generation(2));
    let mut tx = home.begin().await;
    assert_eq!(tenants::rename(&mut tx, &acme).await.unwrap(), Change::Updated);
    tx.commit().await.unwrap();
    assert_eq!(holder(&home, "acme", None).await, held);
    assert_eq!(of_host(&home, "acme.localhost", None).await, held);
    assert_eq!(of_host(&home, "beta.localhost", None).await, held);

    let mut tx = home.begin().await;
    names::release(&mut tx, acme.id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(holder(&home, "acme", None).await, None);
    assert_eq!(holder(&home, "beta", None).await, held);
}

async fn a_renaming_that_another_tenant_was_faster_at_is_refused(home: Home) {
    let [acme, beta] = home.with_tenants(["acme", "beta"]).await;

    for (tenant, taken) in [
        (Tenant { name: beta.name, ..acme.clone() }, "name"),
        (Tenant { host: beta.host, ..acme.clone() }, "host"),
    ] {
        let mut tx = home.begin().await;
        let renamed = Tenant { generation: Generation(2), ..tenant };
        let refused = tenants::rename(&mut tx, &renamed).await;
        assert!(matches!(refused, Err(StoreError::Taken { what }) if what == taken), "{refused:?}");
    }
}

async fn a_name_is_given_from_the_generation_before_only(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    let late = Tenant { name: "beta".parse().unwrap(), generation: Generation(3), ..acme };

    let mut tx = home.begin().await;
    assert_eq!(tenants::rename(&mut tx, &late).await.unwrap(), Change::Unchanged);
}

async fn a_tenant_that_goes_keeps_nothing(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    let (name, host) = ("beta".parse().unwrap(), "beta.localhost".parse().unwrap());

    let mut tx = home.begin().await;
    names::keep(&mut tx, acme.id, &name, &host).await.unwrap();
    assert_eq!(tenants::delete(&mut tx, acme.id).await.unwrap(), Change::Updated);
    tx.commit().await.unwrap();

    assert_eq!(holder(&home, "acme", None).await, None);
    assert_eq!(holder(&home, "beta", None).await, None);
}
