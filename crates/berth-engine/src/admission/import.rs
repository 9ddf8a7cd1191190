//! Whether a backup can become a tenant here.

use berth_domain::{Problems, Stage};
use berth_odoo::probe::Capabilities;

use super::parse::{self, Wishes};
use crate::disk;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::source::{FIELD, Source};

/// How many modules are named one by one.
const TOLD: usize = 20;

/// `saas~18.3` and some more.
const LONGEST_SERIES: usize = 30;

/// A backup, and what is to become of it.
pub(crate) struct Import<'a> {
    pub(crate) source: &'a Source,
    /// `None`: as the stage asks for.
    pub(crate) neutralize: Option<bool>,
    pub(crate) allow_missing_modules: bool,
}

/// Whether a copy is made harmless: unless it moves in as what it was, or somebody says otherwise.
pub(crate) fn neutralizes(asked: Option<bool>, stage: Stage) -> bool {
    asked.unwrap_or(stage != Stage::Production)
}

/// Why a backup of one Odoo does not run in another. `None`: it does.
pub(crate) fn other_series(found: &str, capabilities: &Capabilities) -> Option<String> {
    (found != capabilities.series).then(|| {
        format!("the backup is of Odoo {found}, and the image has Odoo {}", capabilities.series)
    })
}

/// What can be done about it.
pub(crate) fn series_hint(found: &str) -> String {
    format!(
        "name an image of Odoo {found} with `--image`; to change the version, have the database upgraded first"
    )
}

impl Import<'_> {
    /// Notes everything that is lacking for it. `capabilities` are those of the image, if it is there.
    pub(super) async fn check(
        &self,
        engine: &Inner,
        capabilities: Option<&Capabilities>,
        wishes: &Wishes,
        problems: &mut Problems,
    ) -> Result<(), EngineError> {
        if let Some(capabilities) = capabilities {
            self.check_image(capabilities, wishes, problems);
        }
        self.check_room(engine, problems).await
    }

    /// Notes what the image lacks for it.
    fn check_image(&self, capabilities: &Capabilities, wishes: &Wishes, problems: &mut Problems) {
        if let Some(manifest) = &self.source.manifest {
            // Whoever made the archive wrote it, as long as they liked.
            let series: String = manifest.major_version.chars().take(LONGEST_SERIES).collect();
            if let Some(problem) = other_series(&series, capabilities) {
                problems.add_with_hint("image", problem, &series_hint(&series));
            }
            let has = |module: &str| parse::addons_have(wishes.addons.as_deref(), module);
            let missing = capabilities.lacks(manifest.modules.keys().map(String::as_str), has);
            if !self.allow_missing_modules && !missing.is_empty() {
                problems.add_with_hint("image", lacking(&missing), LACKING_HINT);
            }
        }
        let neutralizes = wishes.stage.is_some_and(|stage| neutralizes(self.neutralize, stage));
        if neutralizes && !capabilities.neutralize {
            problems.add_with_hint(
                "neutralize",
                format!("Odoo {} of the image cannot neutralize a database", capabilities.series),
                "say `--no-neutralize`, and mind that the copy sends mail and runs jobs like the original",
            );
        }
    }

    /// Notes whether disk and server have what it needs.
    async fn check_room(&self, engine: &Inner, problems: &mut Problems) -> Result<(), EngineError> {
        let needed = self.source.footprint();
        // A disk that is full as it is was noted already.
        if disk::room(engine, disk::Purpose::Import).await.is_ok()
            && let Err(no_room) = disk::room_for(engine, disk::Purpose::Import, needed).await
        {
            no_room.note(problems);
        }
        let server = &engine.cluster.ready().await?.server;
        let wanted = &self.source.extensions;
        for refusal in server.refused_extensions(wanted).await.map_err(EngineError::Postgres)? {
            problems.add(FIELD, refusal);
        }
        Ok(())
    }
}

pub(crate) const LACKING_HINT: &str = "build an image that has them, or say `--allow-missing-modules`: what they added stays in the database and does not work";

/// Names modules that the image does not have.
pub(crate) fn lacking(missing: &[String]) -> String {
    let shown = |name: &String| -> String {
        let name = name.chars().take(60).flat_map(char::escape_debug).collect::<String>();
        format!("`{name}`")
    };
    let names: Vec<String> = missing.iter().take(TOLD).map(shown).collect();
    let more = missing.len().saturating_sub(TOLD);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("the image lacks {} of the backup's modules: {}{more}", missing.len(), names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_production_moves_in_as_it_is_unless_somebody_says_otherwise() {
        assert!(!neutralizes(None, Stage::Production));
        for stage in [Stage::Staging, Stage::Development, Stage::Test] {
            assert!(neutralizes(None, stage), "{stage}");
            assert!(!neutralizes(Some(false), stage), "{stage}");
        }
        assert!(neutralizes(Some(true), Stage::Production));
    }

    #[test]
    fn many_missing_modules_are_counted_and_some_named() {
        let missing: Vec<String> = (0..25).map(|number| format!("module_{number:02}")).collect();

        let said = lacking(&missing);

        assert!(said.starts_with("the image lacks 25 of the backup's modules: `module_00`, "));
        assert!(said.ends_with("`module_19` and 5 more"), "{said}");
    }
}
