//! What a tenant will be unless somebody says otherwise.

use berth_domain::Actor;
use berth_store::tenants;

use super::organisation;
use crate::Engine;
use crate::error::EngineError;
use crate::view::Defaults;

impl Engine {
    /// Says what a new tenant of an organisation gets where nothing is asked for.
    pub async fn defaults(&self, actor: &Actor, org: &str) -> Result<Defaults, EngineError> {
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        let images = tenants::images(&mut tx, organisation.id).await?;
        let settings = &self.0.settings;
        let defaults = &settings.defaults;
        Ok(Defaults {
            base_domain: settings.base_domain.to_string(),
            scheme: settings.scheme,
            port_suffix: settings.port_suffix.clone(),
            image: settings.odoo_image.to_string(),
            images: images.iter().map(ToString::to_string).collect(),
            stage: defaults.stage,
            language: defaults.language.to_string(),
            time_zone: defaults.time_zone.to_string(),
            limits: defaults.limits,
        })
    }
}
