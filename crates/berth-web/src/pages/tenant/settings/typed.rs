//! What stands in the form of a tenant's settings.

use berth_domain::{Problems, Tag, Timestamp};
use berth_engine::request::{NoteTenant, SetTenant};
use berth_engine::view::TenantView;
use serde::Deserialize;

use crate::pages::words::written;

/// As it is typed. An empty field stands for nothing: no limit of storage, no owner, no expiry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    /// Stands for what the tenant was when the form was made.
    pub(super) version: String,
    cpu: String,
    memory: String,
    pids: String,
    storage: String,
    stage: String,
    owner: String,
    expires: String,
    /// With commas between them.
    tags: String,
    notes: String,
}

/// Fields of one line: what each is called, what people read, and how it is written.
pub(super) const FIELDS: [(&str, &str, &str); 7] = [
    ("cpu", "Processor", "Cores, such as 2, 0.5 or 1500m."),
    ("memory", "Memory", "Such as 2GiB or 1536MiB."),
    ("pids", "Processes", "Processes and threads together."),
    (
        "storage",
        "Storage",
        "Database and files together, such as 10GiB. Empty: as much as there is.",
    ),
    ("owner", "Owner", "A login or an e-mail address. Empty: nobody in particular."),
    ("expires", "Expires", "A day such as 2026-12-31, or a span such as 14d. Empty: never."),
    ("tags", "Tags", "With commas between them."),
];

/// Which field of the form the engine means. Empty: none of them.
pub(super) fn field_of(engine: &str) -> &str {
    match engine {
        "limits.cpu" => "cpu",
        "limits.memory" => "memory",
        "limits.pids" => "pids",
        "tag" | "untag" => "tags",
        "storage" | "stage" | "owner" | "expires" | "notes" | "pids" => engine,
        _ => "",
    }
}

impl Typed {
    /// What is in force, as it would be typed.
    pub(super) fn of(view: &TenantView) -> Self {
        let tenant = &view.tenant;
        let details = &tenant.details;
        let tags: Vec<&str> = details.tags.as_slice().iter().map(Tag::as_str).collect();
        Self {
            version: view.revision.as_str().to_owned(),
            cpu: tenant.limits.cpu_written(),
            memory: written(tenant.limits.memory),
            pids: tenant.limits.pids.to_string(),
            storage: tenant.storage.map(written).unwrap_or_default(),
            stage: tenant.stage.to_string(),
            owner: details.owner.as_ref().map(ToString::to_string).unwrap_or_default(),
            expires: details.expires_at.map(day).unwrap_or_default(),
            tags: tags.join(", "),
            notes: details.notes.as_ref().map(ToString::to_string).unwrap_or_default(),
        }
    }

    /// Without what browsers add (HTML, section 4.10.21.4: lines end with a carriage return too) and
    /// blanks around.
    pub(in crate::pages) fn tidied(self) -> Self {
        let trimmed = |text: String| text.trim().to_owned();
        let Self { version, cpu, memory, pids, storage, stage, owner, expires, tags, notes } = self;
        Self {
            version: trimmed(version),
            cpu: trimmed(cpu),
            memory: trimmed(memory),
            pids: trimmed(pids),
            storage: trimmed(storage),
            stage: trimmed(stage),
            owner: trimmed(owner),
            expires: trimmed(expires),
            tags: trimmed(tags),
            notes: trimmed(notes.replace("\r\n", "\n")),
        }
    }

    /// What stands in a field.
    pub(super) fn field(&self, name: &str) -> &str {
        match name {
            "cpu" => &self.cpu,
            "memory" => &self.memory,
            "pids" => &self.pids,
            "storage" => &self.storage,
            "stage" => &self.stage,
            "owner" => &self.owner,
            "expires" => &self.expires,
            "tags" => &self.tags,
            "notes" => &self.notes,
            _ => "",
        }
    }

    /// What is to be set for `now` to become what was typed, and what could not be read.
    pub(in crate::pages) fn request(&self, now: &Self) -> (SetTenant, Problems) {
        let mut problems = Problems::default();
        let other = |typed: &String, now: &String| (typed != now).then(|| typed.clone());
        // What is emptied has a word of its own.
        let or = |word: &str, text: String| if text.is_empty() { word.to_owned() } else { text };
        let pids = other(&self.pids, &now.pids).and_then(|text| {
            text.parse().map_err(|_| problems.add("pids", "a whole number is missing here")).ok()
        });
        let (typed, had) = (words(&self.tags), words(&now.tags));
        let notes = NoteTenant {
            notes: other(&self.notes, &now.notes),
            tag: without(&typed, &had),
            untag: without(&had, &typed),
            owner: other(&self.owner, &now.owner),
            expires: other(&self.expires, &now.expires).map(|text| or("never", text)),
            storage: other(&self.storage, &now.storage).map(|text| or("none", text)),
        };
        let request = SetTenant {
            cpu: other(&self.cpu, &now.cpu),
            memory: other(&self.memory, &now.memory),
            pids,
            stage: other(&self.stage, &now.stage),
            notes,
        };
        (request, problems)
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split(',').map(str::trim).filter(|word| !word.is_empty()).collect()
}

fn without(all: &[&str], gone: &[&str]) -> Vec<String> {
    all.iter().filter(|word| !gone.contains(word)).map(|word| (*word).to_owned()).collect()
}

/// The day at whose end it is, or the time.
fn day(at: Timestamp) -> String {
    const DAY: i64 = 86_400;
    let is_end = at.as_second() % DAY == 0 && at.subsec_nanosecond() == 0;
    match Timestamp::from_second(at.as_second() - DAY) {
        Ok(day) if is_end => day.strftime("%Y-%m-%d").to_string(),
        _ => at.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use berth_domain::Bytes;

    use super::*;

    fn acme() -> Typed {
        Typed {
            version: "1".into(),
            cpu: "1".into(),
            memory: "1GiB".into(),
            pids: "256".into(),
            storage: "10GiB".into(),
            stage: "production".into(),
            owner: "anna".into(),
            expires: "2026-12-31".into(),
            tags: "eu, vip".into(),
            notes: "pays late".into(),
        }
    }

    #[test]
    fn what_stays_as_it_is_is_not_asked_for() {
        let (request, problems) = acme().request(&acme());

        assert_eq!(request, SetTenant::default());
        assert!(problems.is_empty(), "{problems}");
    }

    #[test]
    fn what_is_emptied_is_taken_away() {
        let typed = Typed {
            storage: String::new(),
            owner: String::new(),
            expires: String::new(),
            tags: " ,eu, ".into(),
            notes: String::new(),
            ..acme()
        };

        let (request, _) = typed.request(&acme());

        let notes = NoteTenant {
            notes: Some(String::new()),
            tag: Vec::new(),
            untag: vec!["vip".into()],
            owner: Some(String::new()),
            expires: Some("never".into()),
            storage: Some("none".into()),
        };
        assert_eq!(request, SetTenant { notes, ..SetTenant::default() });
    }

    #[test]
    fn what_is_no_number_is_said_at_its_field() {
        let typed = Typed { pids: "many".into(), cpu: "2".into(), ..acme() };

        let (request, problems) = typed.request(&acme());

        assert_eq!((request.pids, request.cpu.as_deref()), (None, Some("2")));
        assert_eq!(field_of(&problems.0[0].field), "pids");
    }

    #[test]
    fn sizes_and_days_are_written_as_they_are_read() {
        let sizes = [2 << 30, 1536 << 20, 5 << 10, 1025];
        assert_eq!(sizes.map(|size| written(Bytes(size))), ["2GiB", "1536MiB", "5KiB", "1025"]);
        let at = |text: &str| day(text.parse().unwrap());
        assert_eq!(at("2027-01-01T00:00:00Z"), "2026-12-31");
        assert_eq!(at("2027-01-01T10:00:00Z"), "2027-01-01T10:00:00Z");
    }

    #[test]
    fn lines_of_a_browser_are_lines() {
        let typed = Typed { notes: "a\r\nb \r\n".into(), cpu: " 2 ".into(), ..acme() }.tidied();

        assert_eq!((typed.notes.as_str(), typed.cpu.as_str()), ("a\nb", "2"));
    }
}
