//! The provider of the testkit, and us as it knows us.

use std::sync::Arc;
use std::time::Duration;

use berth_domain::Timestamp;
use berth_identity::oidc::{Callback, ForeignIdentity, Provider, ProviderSettings, SignInError};
use berth_outbound::{Outbound, Policy, SystemResolver};
use berth_testkit::{FixedClock, idp};

pub(crate) use berth_testkit::idp::{CLIENT, Key, Reply, SECRET, Signing};

pub(crate) const BACK: &str = "https://console.example.com/sign-in/back";

/// The time in these tests, and some seconds later.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

/// A provider that stands still at that time.
pub(crate) struct Idp(idp::Idp);

impl std::ops::Deref for Idp {
    type Target = idp::Idp;

    fn deref(&self) -> &idp::Idp {
        &self.0
    }
}

impl Idp {
    pub(crate) async fn start() -> Self {
        let clock = FixedClock::default();
        clock.set(at(0));
        Self(idp::Idp::start(Arc::new(clock)).await)
    }

    pub(crate) fn settings(&self) -> ProviderSettings {
        ProviderSettings {
            issuer: self.issuer(),
            client_id: CLIENT.to_owned(),
            client_secret: Some(SECRET.to_owned().into()),
            redirect: BACK.to_owned(),
            scopes: vec!["email".to_owned(), "groups".to_owned()],
            groups_claim: Some("groups".to_owned()),
        }
    }

    /// Us, as this provider knows us.
    pub(crate) fn party(&self) -> Provider {
        Provider::new(self.settings(), local()).unwrap()
    }

    /// A whole sign-in.
    pub(crate) async fn sign_in(&self, party: &Provider) -> Result<ForeignIdentity, SignInError> {
        let (url, attempt) = party.begin(at(0)).await?;
        let query = self.visit(&url);
        party.finish(attempt, Callback::from_query(&query).unwrap(), at(1)).await
    }
}

/// Reaches this machine.
pub(crate) fn local() -> Arc<Outbound> {
    reaching(&["127.0.0.0/8"], Duration::from_secs(10))
}

/// Reaches these ranges beside what is public, and has this much patience.
pub(crate) fn reaching(allowed: &[&str], patience: Duration) -> Arc<Outbound> {
    let allowed = allowed.iter().map(|range| range.parse().unwrap()).collect();
    let policy = Policy {
        setting: "sign_in.allow_private",
        allowed,
        own: vec!["10.213.0.0/16".parse().unwrap()],
    };
    Arc::new(Outbound::with(policy, Arc::new(SystemResolver), patience).unwrap())
}
