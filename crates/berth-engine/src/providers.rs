//! Foreign providers at which people may sign in, as they are configured.

use std::sync::Arc;

use berth_domain::ProviderId;
use berth_domain::provider::{GroupRole, Terms};
use berth_identity::oidc::{GroupMapping, Provider};

/// One provider, and on what terms people come from there.
#[derive(Debug)]
pub struct SignInProvider {
    pub id: ProviderId,
    /// As people read it: `Example Corp`.
    pub name: String,
    /// Us, as it knows us.
    pub party: Provider,
    pub mapping: GroupMapping<GroupRole>,
    pub terms: Terms,
}

/// All of them, in the order in which they are offered. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Providers(Arc<Vec<SignInProvider>>);

impl Providers {
    #[must_use]
    pub fn new(providers: Vec<SignInProvider>) -> Self {
        Self(Arc::new(providers))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &SignInProvider> {
        self.0.iter()
    }

    /// Finds one by its id, as somebody typed it.
    pub(crate) fn find(&self, id: &str) -> Option<&SignInProvider> {
        self.0.iter().find(|provider| provider.id.as_str() == id)
    }
}
