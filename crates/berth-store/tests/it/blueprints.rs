use berth_domain::{BlueprintId, Bytes};
use berth_store::blueprints::{self, Blueprint, BlueprintKey, BlueprintState};
use berth_store::{Change, StoreError};

use crate::home::{Home, digest, on_both_databases};

on_both_databases!(
    a_blueprint_is_found_by_exactly_its_key,
    the_order_of_modules_does_not_matter,
    two_with_the_same_key_cannot_be,
    a_blueprint_becomes_ready_once,
    one_that_is_being_removed_is_never_ready_again,
    one_in_the_making_stays_with_who_makes_it_until_it_is_gone,
    the_one_used_longest_ago_is_listed_first,
);

fn key(home: &Home) -> BlueprintKey {
    BlueprintKey {
        cluster: home.cluster,
        digest: digest('a'),
        modules: vec!["crm".parse().unwrap(), "sale".parse().unwrap()],
        language: "en_US".parse().unwrap(),
        country: None,
        demo: false,
    }
}

async fn insert(home: &Home, key: BlueprintKey) -> Result<Blueprint, StoreError> {
    let blueprint = Blueprint {
        id: BlueprintId::from_uuid(home.uuid()),
        key,
        state: BlueprintState::Building { operation: home.operation_id() },
        size: None,
        created_at: home.now(),
        last_used_at: home.now(),
    };
    let mut tx = home.begin().await;
    blueprints::insert(&mut tx, &blueprint).await?;
    tx.commit().await?;
    Ok(blueprint)
}

async fn find(home: &Home, key: &BlueprintKey) -> Option<Blueprint> {
    blueprints::find(&mut home.read().await, key).await.unwrap()
}

async fn a_blueprint_is_found_by_exactly_its_key(home: Home) {
    let made = insert(&home, key(&home)).await.unwrap();

    assert_eq!(find(&home, &key(&home)).await, Some(made));
    let others = [
        BlueprintKey { digest: digest('b'), ..key(&home) },
        BlueprintKey { modules: vec![], ..key(&home) },
        BlueprintKey { language: "de_DE".parse().unwrap(), ..key(&home) },
        BlueprintKey { country: Some("DE".parse().unwrap()), ..key(&home) },
        BlueprintKey { demo: true, ..key(&home) },
    ];
    for other in others {
        assert_eq!(find(&home, &other).await, None, "{other:?}");
        let made = insert(&home, other.clone()).await.unwrap();
        assert_eq!(find(&home, &other).await, Some(made));
    }
}

async fn the_order_of_modules_does_not_matter(home: Home) {
    let made = insert(&home, key(&home)).await.unwrap();

    let modules = ["sale", "crm", "sale"].map(|name| name.parse().unwrap()).to_vec();

    assert_eq!(find(&home, &BlueprintKey { modules, ..key(&home) }).await, Some(made));
}

async fn two_with_the_same_key_cannot_be(home: Home) {
    let with_country = BlueprintKey { country: Some("BE".parse().unwrap()), ..key(&home) };
    for key in [key(&home), with_country] {
        insert(&home, key.clone()).await.unwrap();

        let second = insert(&home, key).await;

        assert!(matches!(second, Err(StoreError::Taken { what: "blueprint" })), "{second:?}");
    }
}

async fn a_blueprint_becomes_ready_once(home: Home) {
    let made = insert(&home, key(&home)).await.unwrap();
    let later = home.minutes(3);

    let mut tx = home.begin().await;
    let ready = blueprints::mark_ready(&mut tx, made.id, Bytes::mib(80), later).await.unwrap();
    let again = blueprints::mark_ready(&mut tx, made.id, Bytes::mib(1), later).await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!((ready, again), (Change::Updated, Change::Unchanged));
    let found = find(&home, &key(&home)).await.unwrap();
    let expected = Blueprint {
        state: BlueprintState::Ready,
        size: Some(Bytes::mib(80)),
        last_used_at: later,
        ..made
    };
    assert_eq!(found, expected);
}

async fn one_that_is_being_removed_is_never_ready_again(home: Home) {
    let made = insert(&home, key(&home)).await.unwrap();
    let mut tx = home.begin().await;
    let _ = blueprints::mark_ready(&mut tx, made.id, Bytes::mib(80), home.now()).await.unwrap();

    let removing = blueprints::mark_removing(&mut tx, made.id).await.unwrap();
    let again = blueprints::mark_removing(&mut tx, made.id).await.unwrap();
    let ready = blueprints::mark_ready(&mut tx, made.id, Bytes::mib(90), home.now()).await;

    tx.commit().await.unwrap();
    let expected = (Change::Updated, Change::Unchanged, Change::Unchanged);
    assert_eq!((removing, again, ready.unwrap()), expected);
    let expected = Blueprint {
        state: BlueprintState::Removing,
        size: Some(Bytes::mib(80)),
        last_used_at: home.now(),
        ..made
    };
    assert_eq!(find(&home, &key(&home)).await, Some(expected));
}

async fn one_in_the_making_stays_with_who_makes_it_until_it_is_gone(home: Home) {
    let building = insert(&home, key(&home)).await.unwrap();
    let mut tx = home.begin().await;

    let removing = blueprints::mark_removing(&mut tx, building.id).await.unwrap();

    tx.commit().await.unwrap();
    assert_eq!(removing, Change::Unchanged);
    assert_eq!(find(&home, &key(&home)).await, Some(building));
}

async fn the_one_used_longest_ago_is_listed_first(home: Home) {
    let one = insert(&home, key(&home)).await.unwrap();
    let two = insert(&home, BlueprintKey { demo: true, ..key(&home) }).await.unwrap();
    let ids = async || {
        let listed = blueprints::list(&mut home.read().await).await.unwrap();
        listed.rows.into_iter().map(|blueprint| blueprint.id).collect::<Vec<_>>()
    };
    assert_eq!(ids().await, [one.id, two.id]);

    let mut tx = home.begin().await;
    assert!(blueprints::touch(&mut tx, one.id, home.minutes(1)).await.unwrap().is_updated());
    tx.commit().await.unwrap();
    assert_eq!(ids().await, [two.id, one.id]);

    let mut tx = home.begin().await;
    assert_eq!(blueprints::delete(&mut tx, two.id).await.unwrap(), Change::Updated);
    assert_eq!(blueprints::delete(&mut tx, two.id).await.unwrap(), Change::Unchanged);
    tx.commit().await.unwrap();
    assert_eq!(ids().await, [one.id]);
}
