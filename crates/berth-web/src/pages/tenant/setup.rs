//! What a tenant is to be, as a list of facts.

use berth_domain::{Bytes, ModuleName, Tag, Timestamp};
use berth_engine::view::{StorageView, TenantView};

use crate::pages::words::{capitalised, size, who};

/// Facts that belong together.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) title: &'static str,
    pub(super) facts: Vec<Fact>,
}

/// One of them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) label: &'static str,
    pub(super) text: String,
    /// Whether a machine reads it.
    pub(super) is_code: bool,
}

/// What a tenant fills.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fill {
    pub(super) text: String,
    pub(super) parts: String,
    /// Of its limit, in hundredths, and the colour if it is another than usual.
    pub(super) share: Option<(u64, &'static str)>,
}

/// Everything, in groups.
pub(super) fn groups(view: &TenantView) -> Vec<Group> {
    vec![
        Group { title: "Setup", facts: setup(view) },
        Group { title: "Limits", facts: limits(view) },
        Group { title: "About it", facts: about(view) },
    ]
}

fn setup(view: &TenantView) -> Vec<Fact> {
    let tenant = &view.tenant;
    let odoo = &tenant.odoo;
    let modules: Vec<&str> = odoo.modules.iter().map(ModuleName::as_str).collect();
    let modules = if modules.is_empty() { "base".to_owned() } else { modules.join(", ") };
    let mut facts = vec![
        code("Address", view.url.clone()),
        code("Image", tenant.image.reference.to_string()),
        code("Digest", tenant.image.digest.short().to_owned()),
        code("Modules", modules),
        fact("Company", odoo.company.to_string()),
        fact("Language", odoo.language.to_string()),
        fact("Time zone", odoo.time_zone.to_string()),
    ];
    facts.extend(odoo.country.as_ref().map(|country| fact("Country", country.to_string())));
    facts.extend(odoo.email.as_ref().map(|email| fact("E-mail", email.to_string())));
    if odoo.demo {
        facts.push(fact("Demo data", "yes".to_owned()));
    }
    facts.push(code("Database", tenant.id.object_name().to_string()));
    if tenant.has_own_cluster() {
        facts.push(fact("PostgreSQL", "a server of its own".to_owned()));
    }
    let addons = tenant.addons.as_ref();
    facts.extend(addons.map(|path| code("Addons of the host", path.display().to_string())));
    facts
}

fn limits(view: &TenantView) -> Vec<Fact> {
    let limits = view.tenant.limits;
    let workers = match limits.workers() {
        0 => "one process with threads".to_owned(),
        workers => format!("{workers} and one for jobs"),
    };
    vec![
        fact("Processor", cores(limits.cpu_millis)),
        fact("Memory", size(limits.memory)),
        fact("Processes", limits.pids.to_string()),
        fact("Workers", workers),
        fact("Storage", view.tenant.storage.map_or_else(|| "as much as there is".to_owned(), size)),
    ]
}

fn about(view: &TenantView) -> Vec<Fact> {
    let tenant = &view.tenant;
    let details = &tenant.details;
    let tags: Vec<&str> = details.tags.as_slice().iter().map(Tag::as_str).collect();
    let owner = details.owner.as_ref().map(ToString::to_string);
    let expires = details.expires_at.map(expiry);
    let mut facts = vec![
        fact("Stage", capitalised(tenant.stage.as_str())),
        fact("Owner", owner.unwrap_or_else(|| "nobody in particular".to_owned())),
        fact("Tags", if tags.is_empty() { "none".to_owned() } else { tags.join(", ") }),
        fact("Expires", expires.unwrap_or_else(|| "never".to_owned())),
        fact(
            "Made",
            format!(
                "{} by {}",
                tenant.created_at.strftime("%-d %b %Y"),
                who(&tenant.created_by.to_string())
            ),
        ),
    ];
    facts.extend(details.notes.as_ref().map(|notes| fact("Notes", notes.to_string())));
    facts
}

/// `40 s`, `12 min`, `5 h`, `3 days`.
pub(super) fn span(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// The day at whose end it is, or the time.
fn expiry(at: Timestamp) -> String {
    const DAY: i64 = 86_400;
    match Timestamp::from_second(at.as_second() - DAY) {
        Ok(day) if at.as_second() % DAY == 0 => day.strftime("end of %-d %b %Y, UTC").to_string(),
        _ => at.strftime("%-d %b %Y %H:%M UTC").to_string(),
    }
}

fn fact(label: &'static str, text: String) -> Fact {
    Fact { label, text, is_code: false }
}

fn code(label: &'static str, text: String) -> Fact {
    Fact { label, text, is_code: true }
}

/// `2 cores`, `0.5 cores`.
fn cores(millis: u32) -> String {
    let (whole, rest) = (millis / 1000, millis % 1000);
    match (whole, rest) {
        (1, 0) => "1 core".to_owned(),
        (whole, 0) => format!("{whole} cores"),
        (whole, rest) => {
            let rest = format!("{rest:03}");
            format!("{whole}.{} cores", rest.trim_end_matches('0'))
        }
    }
}

impl Fill {
    /// `None`: nobody measured it yet.
    pub(super) fn of(storage: Option<&StorageView>, limit: Option<Bytes>) -> Option<Self> {
        let storage = storage?;
        let (measured, _) = storage.found.measured?;
        let total = measured.total();
        let share = limit.filter(|limit| limit.0 > 0).map(|limit| {
            let percent = (total.0.saturating_mul(100) / limit.0).min(100);
            // From where on there is a warning (`berth_domain::storage`).
            (percent, if percent >= 80 { "f-warn" } else { "" })
        });
        let of = limit.map(|limit| format!(" of {}", size(limit))).unwrap_or_default();
        let age = storage.age.map(|age| span(age.as_secs())).unwrap_or_default();
        let (database, files) = (size(measured.database), size(measured.files));
        Some(Self {
            text: format!("{}{of}", size(total)),
            parts: format!("database {database}, files {files}; measured {age} ago"),
            share,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expiry_is_the_day_that_people_typed() {
        let of = |text: &str| expiry(text.parse().unwrap());

        assert_eq!(of("2100-01-01T00:00:00Z"), "end of 31 Dec 2099, UTC");
        assert_eq!(of("2100-01-01T10:30:00Z"), "1 Jan 2100 10:30 UTC");
    }

    #[test]
    fn cores_are_said_as_people_say_them() {
        assert_eq!(
            [1000, 2000, 500, 1250].map(cores),
            ["1 core", "2 cores", "0.5 cores", "1.25 cores"]
        );
    }
}
