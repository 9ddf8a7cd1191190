//! What is typed into the form of a new tenant.

use berth_engine::request::{CreateTenant, NoteTenant};
use serde::Deserialize;

use crate::pages::form::{filled, listed};
use crate::pages::said::Said;

/// The fields, as they are sent. An empty one asks for nothing.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::pages) struct Typed {
    name: String,
    owner: String,
    stage: String,
    image: String,
    modules: String,
    language: String,
    country: String,
    demo: String,
    company: String,
    admin_login: String,
    admin_password: String,
    email: String,
    time_zone: String,
    cpu: String,
    memory: String,
    pids: String,
    storage: String,
    host: String,
    addons: String,
    own_cluster: String,
    tags: String,
    notes: String,
    expires: String,
}

/// The password stays out of every log.
impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Typed").field("name", &self.name).finish_non_exhaustive()
    }
}

macro_rules! texts {
    ($($field:ident),+ $(,)?) => {
        $(pub(super) fn $field(&self) -> &str {
            &self.$field
        })+
    };
}

impl Typed {
    texts!(
        name,
        owner,
        image,
        modules,
        language,
        country,
        company,
        admin_login,
        email,
        time_zone,
        cpu,
        memory,
        pids,
        storage,
        host,
        addons,
        tags,
        notes,
        expires,
    );

    pub(super) fn has_demo(&self) -> bool {
        !self.demo.is_empty()
    }

    pub(super) fn has_own_cluster(&self) -> bool {
        !self.own_cluster.is_empty()
    }

    /// Whether anything was typed about the company.
    pub(super) fn has_company(&self) -> bool {
        any(&[&self.company, &self.email, &self.time_zone])
    }

    pub(super) fn has_limits(&self) -> bool {
        any(&[&self.cpu, &self.memory, &self.pids, &self.storage])
    }

    /// Whether anything was typed that is seldom asked for.
    pub(super) fn has_more(&self) -> bool {
        any(&[&self.host, &self.expires, &self.notes, &self.addons, &self.own_cluster])
    }

    pub(super) fn stage(&self) -> Option<&str> {
        Some(self.stage.as_str()).filter(|stage| !stage.is_empty())
    }

    pub(super) fn has_password(&self) -> bool {
        !self.admin_password.is_empty()
    }

    pub(super) fn is_without_name(&self) -> bool {
        self.name.trim().is_empty()
    }

    /// What is asked of the engine.
    pub(in crate::pages) fn request(&self) -> Result<CreateTenant, Said> {
        let text = |text: &str| filled(Some(text.to_owned()));
        let pids = match text(&self.pids) {
            Some(pids) => Some(pids.parse().map_err(|_| not_a_number(&pids))?),
            None => None,
        };
        // Whoever means a password means each of its characters.
        let password = Some(&self.admin_password).filter(|password| !password.is_empty());
        Ok(CreateTenant {
            name: self.name.trim().to_owned(),
            host: text(&self.host),
            stage: text(&self.stage),
            image: text(&self.image),
            modules: listed(&self.modules),
            language: text(&self.language),
            country: text(&self.country),
            demo: self.has_demo(),
            company: text(&self.company),
            admin_login: text(&self.admin_login),
            admin_password: password.map(|password| password.as_str().into()),
            email: text(&self.email),
            time_zone: text(&self.time_zone),
            cpu: text(&self.cpu),
            memory: text(&self.memory),
            pids,
            addons: text(&self.addons).map(Into::into),
            own_cluster: self.has_own_cluster(),
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

fn any(fields: &[&String]) -> bool {
    fields.iter().any(|field| !field.is_empty())
}

fn not_a_number(text: &str) -> Said {
    let text: String = text.chars().take(20).collect();
    let said = format!("`{text}` is not a number of processes");
    Said { whole: None, fields: vec![("pids".to_owned(), said)] }
}

/// What the engine says of a field, at the field of the form; of what is none of the form's, about all of
/// it.
pub(in crate::pages) fn placed(said: Said, fields: &[&str]) -> Said {
    let (mut at, mut whole): (Vec<(String, String)>, Vec<String>) = (Vec::new(), Vec::new());
    whole.extend(said.whole);
    for (field, text) in said.fields {
        let field = match field.strip_prefix("limits.").unwrap_or(&field) {
            "tag" => "tags",
            other => other,
        };
        if !fields.contains(&field) {
            whole.push(crate::pages::words::capitalised(&text));
        } else if let Some((_, before)) = at.iter_mut().find(|(name, _)| name == field) {
            before.push_str("; ");
            before.push_str(&text);
        } else {
            at.push((field.to_owned(), crate::pages::words::capitalised(&text)));
        }
    }
    Said { whole: (!whole.is_empty()).then(|| whole.join(". ")), fields: at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_field_asks_for_nothing() {
        let typed = Typed { name: " acme ".to_owned(), ..Typed::default() };

        let request = typed.request().unwrap();

        assert_eq!(request.name, "acme");
        assert_eq!((request.host, request.image, request.cpu), (None, None, None));
        assert!(request.modules.is_empty() && request.admin_password.is_none());
        assert_eq!(request.notes, NoteTenant::default());
    }

    #[test]
    fn modules_are_told_apart_by_commas_and_spaces() {
        let modules = "sale_management, crm\n stock,,";
        let typed = Typed { modules: modules.to_owned(), ..Typed::default() };

        assert_eq!(typed.request().unwrap().modules, ["sale_management", "crm", "stock"]);
    }

    #[test]
    fn a_number_that_is_none_is_said_at_its_field() {
        let typed = Typed { pids: "many".to_owned(), ..Typed::default() };

        assert_eq!(
            typed.request().unwrap_err().at("pids"),
            Some("`many` is not a number of processes")
        );
    }

    #[test]
    fn what_is_said_of_no_field_is_said_of_all() {
        let fields = [
            ("limits.cpu", "too much"),
            ("disk", "it is full"),
            ("tag", "not a tag"),
            ("tag", "nor this"),
        ];
        let fields = fields.map(|(field, text)| (field.to_owned(), text.to_owned())).to_vec();

        let said = placed(Said { whole: None, fields }, &["cpu", "tags"]);

        assert_eq!(said.at("cpu"), Some("Too much"));
        assert_eq!(said.at("tags"), Some("Not a tag; nor this"));
        assert_eq!(said.whole.as_deref(), Some("It is full"));
    }

    #[test]
    fn a_password_is_in_no_log() {
        let typed = Typed { admin_password: "three herons".to_owned(), ..Typed::default() };

        assert!(!format!("{typed:?}").contains("heron"));
    }
}
