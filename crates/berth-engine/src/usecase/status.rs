//! The installation, in one look.

use berth_domain::Actor;
use secrecy::SecretString;

use crate::Engine;
use crate::error::EngineError;
use crate::view::StatusView;

impl Engine {
    /// Says who is answering and what is going on.
    pub async fn status(&self, _actor: &Actor) -> Result<StatusView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let tenants = berth_store::tenants::all(&mut tx).await?.rows.len();
        let orphans = berth_store::orphans::count(&mut tx).await?;
        let settings = &self.0.settings;
        Ok(StatusView {
            version: settings.version,
            build: settings.build.clone(),
            home: settings.paths.home().display().to_string(),
            home_id: settings.home_id.clone(),
            edge: format!(
                "{}://*.{}{}",
                settings.scheme, settings.base_domain, settings.port_suffix
            ),
            pid: std::process::id(),
            tenants: u64::try_from(tenants).unwrap_or(u64::MAX),
            operations_at_work: u64::try_from(self.0.bell.at_work()).unwrap_or(u64::MAX),
            orphans,
            role: self.0.role().as_str(),
            sockets: settings.sockets.as_str(),
            claimed: false,
        })
    }

    /// Returns the one-time token with which the console is claimed. `None` once it was.
    pub async fn setup_token(&self, _actor: &Actor) -> Result<Option<SecretString>, EngineError> {
        let paths = self.0.settings.paths.clone();
        let made = tokio::task::spawn_blocking(move || crate::setup_token::get_or_make(&paths));
        made.await.map_err(|error| EngineError::Failed(error.to_string()))?.map(Some)
    }
}
