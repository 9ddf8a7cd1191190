//! People to put into a control database.

use berth_domain::{Person, PersonId};
use berth_store::people;

use crate::home::Home;

/// Somebody who may do nothing yet and is in no database.
pub(crate) fn person(home: &Home, email: &str) -> Person {
    Person {
        id: PersonId::from_uuid(home.uuid()),
        email: email.parse().unwrap(),
        name: "Jo Silva".parse().unwrap(),
        is_operator: false,
        disabled_at: None,
        second_factor_since: None,
        created_at: home.now(),
        signed_in_at: None,
    }
}

/// Adds a person whose password is stored as `hash`.
pub(crate) async fn with_person(home: &Home, email: &str) -> Person {
    let person = person(home, email);
    let mut tx = home.begin().await;
    people::insert(&mut tx, &person, Some("hash")).await.unwrap();
    tx.commit().await.unwrap();
    person
}
