//! Foreign providers, as they know us.

use std::sync::Arc;

use anyhow::Context as _;
use berth_config::{Config, Provider};
use berth_engine::{Providers, SignInProvider};
use berth_identity::oidc::{self, GroupMapping, GroupName, ProviderSettings};
use berth_outbound::{Outbound, Policy};

/// Where else people may sign in. Nobody is asked yet: Berth starts while a provider is down.
pub(crate) fn providers(config: &Config) -> anyhow::Result<Providers> {
    let Some(public_url) = &config.console.public_url else { return Ok(Providers::default()) };
    let own = config.network.pool.to_string().parse().context("read the pool")?;
    let outbound = Arc::new(Outbound::new(Policy {
        setting: "sign_in.allow_private",
        allowed: config.sign_in.allow_private.clone(),
        own: vec![own],
    })?);
    let one = |provider: &Provider| one(provider, public_url.as_str(), Arc::clone(&outbound));
    let providers: anyhow::Result<Vec<_>> = config.providers.iter().map(one).collect();
    Ok(Providers::new(providers?))
}

fn one(
    configured: &Provider,
    public_url: &str,
    outbound: Arc<Outbound>,
) -> anyhow::Result<SignInProvider> {
    let Provider { id, name, issuer, client_id, client_secret, scopes, groups_claim, roles, terms } =
        configured;
    let settings = ProviderSettings {
        issuer: issuer.clone(),
        client_id: client_id.clone(),
        client_secret: client_secret.clone(),
        redirect: format!("{public_url}/api/v1/sign-in/providers/{id}/callback"),
        scopes: scopes.clone(),
        groups_claim: groups_claim.clone(),
    };
    let party = oidc::Provider::new(settings, outbound)
        .map_err(|problems| anyhow::anyhow!("`sign_in.provider` `{id}`: {problems}"))?;
    let mut lines = Vec::with_capacity(roles.len());
    for (group, role) in roles {
        let group: GroupName = group.parse().with_context(|| format!("`{id}`: `{group}`"))?;
        lines.push((group, role.clone()));
    }
    let mapping = GroupMapping::new(lines);
    Ok(SignInProvider { id: id.clone(), name: name.clone(), party, mapping, terms: *terms })
}
