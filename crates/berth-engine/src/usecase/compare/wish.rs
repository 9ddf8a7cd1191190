//! Reading a wish, and writing what there is in the same words.
//!
//! # Invariants
//!
//! * Equal things are equal texts here, however they were typed: `1024MiB` is read as `1GiB`.
//! * A length of time until an expiry begins when the tenant was made, so that the same wish means
//!   the same day whenever it is read.

use std::fmt::Display;
use std::str::FromStr;

use berth_domain::{
    Bytes, CompanyName, Country, EmailAddress, HostName, ImageRef, Language, Limits, Login, Notes,
    Owner, Problems, Stage, Tag, Tags, Tenant, TimeZoneName, Timestamp,
};

use super::field::Field;
use crate::admission::{notes, parse_cpu, parse_modules};
use crate::request::TenantWish;

/// A field and what it is or is to be. `None`: nothing.
pub(super) type Told = (Field, Option<String>);

/// What of the world a wish is read with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Basis<'a> {
    /// When the tenant was made, or is.
    pub(super) made_at: Timestamp,
    /// A tag that stays, whatever tags are wished for.
    pub(super) kept: Option<&'a Tag>,
}

/// Reads everything that is wished for, and notes every problem.
pub(super) fn read(wish: &TenantWish, basis: Basis<'_>, p: &mut Problems) -> Vec<Told> {
    let mut reading = Reading { problems: p, told: Vec::new() };
    reading.text::<HostName>(Field::Host, wish.host.as_ref());
    reading.text::<Stage>(Field::Stage, wish.stage.as_ref());
    reading.text::<ImageRef>(Field::Image, wish.image.as_ref());
    if let Some(modules) = &wish.modules {
        let modules = parse_modules(modules, reading.problems);
        reading.tell(Field::Modules, listed(&modules));
    }
    reading.text::<Language>(Field::Language, wish.language.as_ref());
    reading.text::<Country>(Field::Country, wish.country.as_ref());
    reading.tell_if(Field::Demo, wish.demo.map(|demo| demo.to_string()));
    reading.text::<CompanyName>(Field::Company, wish.company.as_ref());
    reading.text::<Login>(Field::AdminLogin, wish.admin_login.as_ref());
    reading.text::<EmailAddress>(Field::Email, wish.email.as_ref());
    reading.text::<TimeZoneName>(Field::TimeZone, wish.time_zone.as_ref());
    let addons = wish.addons.as_ref().map(|path| path.display().to_string());
    reading.tell_if(Field::Addons, addons);
    reading.tell_if(Field::OwnCluster, wish.own_cluster.map(|own| own.to_string()));
    reading.limits(wish);
    reading.noted(wish, basis);
    reading.told
}

struct Reading<'a> {
    problems: &'a mut Problems,
    told: Vec<Told>,
}

impl Reading<'_> {
    fn tell(&mut self, field: Field, text: Option<String>) {
        self.told.push((field, text));
    }

    fn tell_if(&mut self, field: Field, text: Option<String>) {
        if text.is_some() {
            self.tell(field, text);
        }
    }

    fn text<T: FromStr<Err: Display> + Display>(&mut self, field: Field, text: Option<&String>) {
        let Some(text) = text else { return };
        let value = self.problems.check::<T, _>(field.as_str(), text.parse());
        self.tell_if(field, value.map(|value| value.to_string()));
    }

    /// As [`Self::text`], where an empty text takes away what there is.
    fn text_or_none<T: FromStr<Err: Display> + Display>(
        &mut self,
        field: Field,
        text: Option<&String>,
    ) {
        match text.map(String::as_str) {
            Some("") => self.tell(field, None),
            _ => self.text::<T>(field, text),
        }
    }

    fn limits(&mut self, wish: &TenantWish) {
        let cpu = wish.cpu.as_deref();
        let cpu = cpu.and_then(|text| self.problems.check("cpu", parse_cpu(text)));
        let limits = cpu.map(|cpu_millis| Limits { cpu_millis, ..Limits::default() });
        self.tell_if(Field::Cpu, limits.map(|limits| limits.cpu_written()));
        let memory = wish.memory.as_deref();
        let memory = memory.and_then(|text| self.problems.check("memory", text.parse::<Bytes>()));
        self.tell_if(Field::Memory, memory.map(Bytes::written));
        self.tell_if(Field::Pids, wish.pids.map(|pids| pids.to_string()));
    }

    fn noted(&mut self, wish: &TenantWish, Basis { made_at, kept }: Basis<'_>) {
        match wish.storage.as_deref() {
            Some("none") => self.tell(Field::Storage, None),
            Some(text) => {
                let bytes = self.problems.check("storage", text.parse::<Bytes>());
                self.tell_if(Field::Storage, bytes.map(Bytes::written));
            }
            None => {}
        }
        self.text_or_none::<Owner>(Field::Owner, wish.owner.as_ref());
        if let Some(texts) = &wish.tags {
            let tags = texts.iter().filter_map(|text| self.problems.check("tags", text.parse()));
            let tags: Vec<Tag> = tags.chain(kept.cloned()).collect();
            self.tell(Field::Tags, listed(Tags::new(tags).as_slice()));
        }
        self.text_or_none::<Notes>(Field::Notes, wish.notes.as_ref());
        match wish.expires.as_deref() {
            Some("never") => self.tell(Field::Expires, None),
            Some(text) => {
                let at = self.problems.check("expires", notes::moment(text, made_at));
                self.tell_if(Field::Expires, at.map(|at| at.to_string()));
            }
            None => {}
        }
    }
}

/// Everything that there is of a tenant.
pub(super) fn of(tenant: &Tenant) -> Vec<Told> {
    let (odoo, details) = (&tenant.odoo, &tenant.details);
    vec![
        (Field::Host, Some(tenant.host.to_string())),
        (Field::Stage, Some(tenant.stage.to_string())),
        (Field::Image, Some(tenant.image.reference.to_string())),
        (Field::Modules, listed(&odoo.modules)),
        (Field::Language, Some(odoo.language.to_string())),
        (Field::Country, odoo.country.as_ref().map(ToString::to_string)),
        (Field::Demo, Some(odoo.demo.to_string())),
        (Field::Company, Some(odoo.company.to_string())),
        (Field::AdminLogin, Some(odoo.admin_login.to_string())),
        (Field::Email, odoo.email.as_ref().map(ToString::to_string)),
        (Field::TimeZone, Some(odoo.time_zone.to_string())),
        (Field::Addons, tenant.addons.as_ref().map(|path| path.display().to_string())),
        (Field::OwnCluster, Some(tenant.has_own_cluster().to_string())),
        (Field::Cpu, Some(tenant.limits.cpu_written())),
        (Field::Memory, Some(tenant.limits.memory.written())),
        (Field::Pids, Some(tenant.limits.pids.to_string())),
        (Field::Storage, tenant.storage.map(Bytes::written)),
        (Field::Owner, details.owner.as_ref().map(ToString::to_string)),
        (Field::Tags, listed(details.tags.as_slice())),
        (Field::Notes, details.notes.as_ref().map(ToString::to_string)),
        (Field::Expires, details.expires_at.map(|at| at.to_string())),
    ]
}

/// Words with commas between them. `None`: there are none.
fn listed<T: Display>(words: &[T]) -> Option<String> {
    let words: Vec<String> = words.iter().map(ToString::to_string).collect();
    (!words.is_empty()).then(|| words.join(COMMA))
}

/// Between the words of a list.
pub(super) const COMMA: &str = ", ";
