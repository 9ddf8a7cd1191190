//! The installation, in one look.

use berth_domain::Actor;
use berth_domain::disk::DiskLevel;

use crate::Engine;
use crate::error::EngineError;
use crate::view::StatusView;

impl Engine {
    /// Says who is answering and what is going on.
    pub async fn status(&self, _actor: &Actor) -> Result<StatusView, EngineError> {
        let short_of = crate::disk::places(&self.0).await.into_iter().filter_map(|place| {
            let level = self.0.settings.disk.level(&place.space);
            let path = place.path.display();
            (level > DiskLevel::Enough)
                .then(|| format!("{}: {} below `{path}`", level.as_str(), place.space))
        });
        let mut tx = self.0.store.read().await?;
        let tenants = berth_store::tenants::count_all(&mut tx).await?;
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
            tenants,
            operations_at_work: u64::try_from(self.0.bell.at_work()).unwrap_or(u64::MAX),
            orphans,
            role: self.0.role().as_str(),
            sockets: settings.sockets.as_str(),
            console: settings.console.as_ref().map(|console| console.url.clone()),
            claimed: berth_store::claim::is_claimed(&mut tx).await?,
            disk: short_of.collect(),
            postgres: self.0.cluster.trouble().map(|lack| lack.0),
        })
    }
}
