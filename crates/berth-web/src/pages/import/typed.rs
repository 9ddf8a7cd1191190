//! What is typed into the form of an import.

use berth_engine::request::{ImportTenant, NoteTenant};
use serde::Deserialize;

use crate::pages::form::{filled, listed};
use crate::pages::said::Said;

/// The fields, as they are sent. An empty one asks for nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::pages) struct Typed {
    pub(super) name: String,
    pub(super) owner: String,
    pub(super) tags: String,
    pub(super) stage: String,
    pub(super) image: String,
    /// `yes`, `no`, or nothing: as the stage says.
    pub(super) neutralize: String,
    pub(super) missing_modules: String,
    pub(super) cpu: String,
    pub(super) memory: String,
    pub(super) pids: String,
    pub(super) storage: String,
    pub(super) host: String,
    pub(super) expires: String,
    pub(super) notes: String,
    pub(super) addons: String,
    pub(super) own_cluster: String,
}

/// The fields about which something may be said.
pub(super) const FIELDS: [&str; 16] = [
    "name",
    "owner",
    "tags",
    "stage",
    "image",
    "neutralize",
    "missing_modules",
    "cpu",
    "memory",
    "pids",
    "storage",
    "host",
    "expires",
    "notes",
    "addons",
    "own_cluster",
];

impl Typed {
    pub(super) fn allows_missing(&self) -> bool {
        !self.missing_modules.is_empty()
    }

    pub(super) fn has_limits(&self) -> bool {
        [&self.cpu, &self.memory, &self.pids, &self.storage].iter().any(|it| !it.is_empty())
    }

    pub(super) fn has_more(&self) -> bool {
        [&self.host, &self.expires, &self.notes, &self.addons, &self.own_cluster]
            .iter()
            .any(|it| !it.is_empty())
    }

    pub(super) fn has_own_cluster(&self) -> bool {
        !self.own_cluster.is_empty()
    }

    pub(super) fn is_without_name(&self) -> bool {
        self.name.trim().is_empty()
    }

    /// What is asked of the engine.
    pub(in crate::pages) fn request(&self, upload: &str) -> Result<ImportTenant, Said> {
        let text = |text: &str| filled(Some(text.to_owned()));
        let pids = match text(&self.pids) {
            Some(pids) => Some(
                pids.parse()
                    .map_err(|_| wrong("pids", "That is not a number of processes".to_owned()))?,
            ),
            None => None,
        };
        let neutralize = match self.neutralize.as_str() {
            "" => None,
            "yes" => Some(true),
            "no" => Some(false),
            _ => return Err(wrong("neutralize", "Choose one of these".to_owned())),
        };
        Ok(ImportTenant {
            upload: upload.to_owned(),
            name: self.name.trim().to_owned(),
            host: text(&self.host),
            stage: text(&self.stage),
            image: text(&self.image),
            cpu: text(&self.cpu),
            memory: text(&self.memory),
            pids,
            addons: text(&self.addons).map(Into::into),
            own_cluster: self.has_own_cluster(),
            neutralize,
            allow_missing_modules: self.allows_missing(),
            notes: NoteTenant {
                notes: text(&self.notes),
                tag: listed(&self.tags),
                untag: Vec::new(),
                owner: text(&self.owner),
                expires: text(&self.expires),
                storage: text(&self.storage),
            },
        })
    }
}

pub(super) fn wrong(field: &str, text: String) -> Said {
    Said { whole: None, fields: vec![(field.to_owned(), text)] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_field_asks_for_nothing() {
        let typed = Typed { name: " acme ".to_owned(), ..Typed::default() };

        let request = typed.request("upl_1").unwrap();

        assert_eq!((request.name.as_str(), request.upload.as_str()), ("acme", "upl_1"));
        assert_eq!((request.host, request.neutralize, request.pids), (None, None, None));
        assert!(!request.allow_missing_modules);
    }

    #[test]
    fn what_is_none_of_the_choices_is_said_at_its_field() {
        let typed = Typed { neutralize: "perhaps".to_owned(), ..Typed::default() };
        assert!(typed.request("upl_1").unwrap_err().at("neutralize").is_some());
        let typed = Typed { pids: "many".to_owned(), ..Typed::default() };
        assert!(typed.request("upl_1").unwrap_err().at("pids").is_some());
    }
}
