//! Who a database says it is, read before it is taken in.
//!
//! # Invariants
//!
//! * Nothing is changed. What cannot be read is no Odoo that anybody can vouch for.

use berth_domain::{
    CompanyName, EmailAddress, Language, Login, ModuleName, Statement, TimeZoneName,
};

use crate::probe::Capabilities;
use crate::{Row, cell};

/// An Odoo database, as it describes itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portrait {
    /// `database.uuid`.
    pub uuid: String,
    pub admin_login: Login,
    pub company: CompanyName,
    /// Of the administrator. `None`: it has none, or one that nobody else has.
    pub language: Option<Language>,
    pub time_zone: Option<TimeZoneName>,
    pub email: Option<EmailAddress>,
    /// Of the module `base`: `19.0.1.3`.
    pub base_version: String,
    /// Installed, `base` excepted.
    pub modules: Vec<ModuleName>,
}

/// The database cannot be taken for an Odoo that this image could run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    #[error("the database is no Odoo: it has no {0}")]
    NotOdoo(&'static str),
    #[error("the database is half-way through a change of its modules: {0}")]
    HalfWay(String),
    #[error("the database is of Odoo {found}, and the image runs {series}")]
    OtherSeries { found: String, series: String },
    #[error("the image lacks modules that the database has: {0}")]
    ModulesMissing(String),
}

const ADMIN: &str = "(SELECT res_id FROM public.ir_model_data
       WHERE module = 'base' AND name = 'user_admin' AND model = 'res.users')";
const COMPANY: &str = "(SELECT res_id FROM public.ir_model_data
       WHERE module = 'base' AND name = 'main_company' AND model = 'res.company')";

/// Returns the statement whose rows are names and values, for [`Portrait::read`]. The rows of
/// [`crate::readback::modules`] are read beside them.
#[must_use]
pub fn statement() -> Statement {
    let of_partner = |key: &str, column: &str| {
        format!(
            "UNION ALL
             SELECT '{key}'::text, p.{column}::text
               FROM public.res_partner p
               JOIN public.res_users u ON u.partner_id = p.id
              WHERE u.id = {ADMIN}"
        )
    };
    let sql = format!(
        "SELECT 'uuid'::text, value::text
           FROM public.ir_config_parameter
          WHERE key = 'database.uuid'
         UNION ALL
         SELECT 'login'::text, login::text
           FROM public.res_users
          WHERE id = {ADMIN}
         UNION ALL
         SELECT 'company'::text, name::text
           FROM public.res_company
          WHERE id = {COMPANY}
         {} {} {}",
        of_partner("language", "lang"),
        of_partner("time_zone", "tz"),
        of_partner("email", "email"),
    );
    Statement::new(sql, Vec::new())
}

impl Portrait {
    /// Reads the rows of [`statement`] and of [`crate::readback::modules`].
    pub fn read(facts: &[Row], modules: &[Row]) -> Result<Self, Misfit> {
        let fact = |key: &str| {
            facts.iter().find(|row| cell(row, 0) == Some(key)).and_then(|row| cell(row, 1))
        };
        let must = |key, what| fact(key).ok_or(Misfit::NotOdoo(what));
        let pending: Vec<&str> = modules
            .iter()
            .filter(|row| cell(row, 1).is_some_and(|state| state.starts_with("to ")))
            .filter_map(|row| cell(row, 0))
            .collect();
        if !pending.is_empty() {
            return Err(Misfit::HalfWay(pending.join(", ")));
        }
        let installed = || modules.iter().filter(|row| cell(row, 1) == Some("installed"));
        let base = installed().find(|row| cell(row, 0) == Some("base"));
        let base = base.and_then(|row| cell(row, 2)).ok_or(Misfit::NotOdoo("module `base`"))?;
        let names = installed().filter_map(|row| cell(row, 0)).filter(|name| *name != "base");
        Ok(Self {
            uuid: must("uuid", "`database.uuid`")?.to_owned(),
            admin_login: must("login", "administrator")?
                .parse()
                .map_err(|_| Misfit::NotOdoo("administrator that signs in"))?,
            company: must("company", "main company")?
                .parse()
                .map_err(|_| Misfit::NotOdoo("main company with a name"))?,
            language: fact("language").and_then(|text| text.parse().ok()),
            time_zone: fact("time_zone").and_then(|text| text.parse().ok()),
            email: fact("email").and_then(|text| text.parse().ok()),
            base_version: base.to_owned(),
            modules: names.filter_map(|name| name.parse().ok()).collect(),
        })
    }

    /// Whether an image runs this database. Modules that the image lacks may be `elsewhere`.
    pub fn fits(
        &self,
        capabilities: &Capabilities,
        elsewhere: impl Fn(&str) -> bool,
    ) -> Result<(), Misfit> {
        let series = &capabilities.series;
        let rest = self.base_version.strip_prefix(series.as_str());
        if !rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.')) {
            let found = self.base_version.clone();
            return Err(Misfit::OtherSeries { found, series: series.clone() });
        }
        let missing = capabilities.lacks(self.modules.iter().map(ModuleName::as_str), elsewhere);
        if missing.is_empty() { Ok(()) } else { Err(Misfit::ModulesMissing(missing.join(", "))) }
    }

    /// The modules that no other one brought along: what somebody asked for, as far as that shows.
    #[must_use]
    pub fn asked_for(&self, capabilities: &Capabilities) -> Vec<ModuleName> {
        let known = |name: &ModuleName| capabilities.modules.get(name.as_str());
        let is_brought = |name: &ModuleName| {
            known(name).is_some_and(|module| !module.auto_install.is_empty())
                || self.modules.iter().filter(|other| *other != name).any(|other| {
                    known(other).is_some_and(|other| {
                        other.depends.iter().any(|needed| needed == name.as_str())
                    })
                })
        };
        let mut asked: Vec<ModuleName> =
            self.modules.iter().filter(|name| !is_brought(name)).cloned().collect();
        asked.sort();
        asked.dedup();
        asked
    }
}

#[cfg(test)]
mod tests;
