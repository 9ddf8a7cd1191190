//! Two organisations with the same in each: what is asked of one finds, counts and changes nothing of the
//! other's.
//!
//! Each condition `organisation_id = $n` of the store is taken away by `cargo xtask mutants`, and one of these
//! tests has to miss it.

mod directory;
mod going;
mod tenants;
mod work;

use berth_domain::{Organisation, OrganisationId};
use berth_store::{Part, organisations};

use crate::home::Home;

/// The same database, as two organisations see it.
struct Neighbours {
    acme: Home,
    globex: Home,
}

impl Neighbours {
    async fn of(home: Home) -> Self {
        let acme = within(&home, "acme").await;
        let globex = within(&home, "globex").await;
        Self { acme, globex }
    }

    /// Each with the other, and what each is called.
    fn both(&self) -> [(&Home, &'static str); 2] {
        [(&self.acme, "acme"), (&self.globex, "globex")]
    }
}

async fn within(home: &Home, name: &str) -> Home {
    let made = Organisation {
        id: OrganisationId::from_uuid(home.uuid()),
        name: name.parse().unwrap(),
        title: None,
        created_at: home.now(),
    };
    let mut tx = home.begin().await;
    organisations::insert(&mut tx, &made).await.unwrap();
    tx.commit().await.unwrap();
    home.within(made.id)
}

/// The first page of a list, from its beginning and from its end.
fn both_ends<T>() -> [Part<T>; 2] {
    [false, true].map(|is_reversed| Part { is_reversed, ..Part::first(10) })
}
