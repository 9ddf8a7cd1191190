//! What is known about a provider, and when it is asked again.

use berth_domain::Timestamp;
use openidconnect::AuthType;
use openidconnect::core::{CoreClientAuthMethod, CoreJsonWebKeySet, CoreProviderMetadata};

use super::error::tamed;
use super::settings::Settings;
use berth_outbound::Outbound;

/// For how long is believed what a provider says about itself, in seconds.
const FRESH: i64 = 60 * 60;
/// How long nobody looks for new keys after somebody did, in seconds.
const KEYS_REST: i64 = 60;
/// How long a provider is left alone that did not answer, in seconds.
const FAILURE_REST: i64 = 5;
/// Requests carry the time of their arrival, so a later one may know an earlier time. In seconds.
const DISORDER: i64 = 60;

/// A provider that answered.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) metadata: CoreProviderMetadata,
    learnt: Timestamp,
    keys_sought: Option<Timestamp>,
}

impl Known {
    /// Takes what a provider says about itself, or says why not.
    pub(super) fn learn(
        metadata: CoreProviderMetadata,
        settings: &Settings,
        outbound: &Outbound,
        now: Timestamp,
    ) -> Result<Self, String> {
        let token = metadata.token_endpoint().ok_or("it has no token endpoint")?;
        let endpoints = [
            metadata.authorization_endpoint().as_str(),
            token.as_str(),
            metadata.jwks_uri().as_str(),
        ];
        for endpoint in endpoints {
            let is_safe =
                endpoint.starts_with("https://") || settings.issuer.starts_with("http://");
            if !is_safe {
                return Err(format!("its endpoint `{}` is not https", tamed(endpoint)));
            }
            if let Err(error) = outbound.check(endpoint) {
                return Err(format!("its endpoint `{}`: {error}", tamed(endpoint)));
            }
        }
        Ok(Self { metadata, learnt: now, keys_sought: None })
    }

    pub(super) fn is_fresh(&self, now: Timestamp) -> bool {
        is_within(self.learnt, FRESH, now)
    }

    /// Whether its keys may be looked for again. They may at once after it was asked for everything:
    /// keys may have changed since.
    pub(super) fn may_seek_keys(&self, now: Timestamp) -> bool {
        self.keys_sought.is_none_or(|sought| !is_within(sought, KEYS_REST, now))
    }

    pub(super) fn sought_keys(&mut self, keys: Option<CoreJsonWebKeySet>, now: Timestamp) {
        self.keys_sought = Some(now);
        if let Some(keys) = keys {
            self.metadata = self.metadata.clone().set_jwks(keys);
        }
    }

    /// How it wants our secret. In the header unless it says that it only takes the body.
    pub(super) fn auth_type(&self) -> AuthType {
        let methods = self.metadata.token_endpoint_auth_methods_supported();
        let takes = |method| methods.is_some_and(|methods| methods.contains(&method));
        let only_body = takes(CoreClientAuthMethod::ClientSecretPost)
            && !takes(CoreClientAuthMethod::ClientSecretBasic);
        if only_body { AuthType::RequestBody } else { AuthType::BasicAuth }
    }
}

/// Whether a provider that failed is still left alone.
pub(super) fn is_resting(failed: Option<Timestamp>, now: Timestamp) -> bool {
    failed.is_some_and(|failed| is_within(failed, FAILURE_REST, now))
}

/// Whether less than so many seconds have passed. A clock that was set back far says no.
fn is_within(since: Timestamp, seconds: i64, now: Timestamp) -> bool {
    (-DISORDER..seconds).contains(&now.duration_since(since).as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn time_that_passed_is_time_that_passed() {
        let within = [-61, -60, 0, 4, 5].map(|seconds| is_within(at(0), 5, at(seconds)));

        assert_eq!(within, [false, true, true, true, false]);
    }

    #[test]
    fn a_provider_rests_only_after_it_failed() {
        assert!(!is_resting(None, at(0)));
        assert!(is_resting(Some(at(0)), at(4)));
        assert!(!is_resting(Some(at(0)), at(5)));
    }
}
