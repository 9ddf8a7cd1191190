//! Reading what people note about a tenant: notes, tags, owner, expiry, storage.

use berth_domain::{Bytes, Details, Owner, Problems, Span, Tag, Tags, Timestamp};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::request::NoteTenant;

/// What is noted about a tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Noted {
    pub(crate) details: Details,
    pub(crate) storage: Option<Bytes>,
}

/// The least storage that an Odoo can be installed in.
const LEAST_STORAGE: Bytes = Bytes(256 * Bytes::MIB);

/// Reads every field over what was noted before, and notes every problem.
pub(crate) fn read(request: &NoteTenant, before: Noted, now: Timestamp, p: &mut Problems) -> Noted {
    let NoteTenant { notes, tag, untag, owner, expires, storage } = request;
    let Noted { mut details, storage: mut bound } = before;
    match notes.as_deref() {
        Some("") => details.notes = None,
        Some(text) => details.notes = p.check("notes", text.parse()),
        None => {}
    }
    match owner.as_deref() {
        Some("") => details.owner = None,
        Some(text) => details.owner = p.check("owner", text.parse::<Owner>()),
        None => {}
    }
    details.tags = tags(&details.tags, tag, untag, p);
    match expires.as_deref() {
        Some("never") => details.expires_at = None,
        Some(text) => match moment(text, now) {
            Ok(at) if at <= now => p.add("expires", format!("`{}` is over already", cut(text))),
            Ok(at) => details.expires_at = Some(at),
            Err(why) => p.add("expires", why),
        },
        None => {}
    }
    match storage.as_deref() {
        Some("none") => bound = None,
        Some(text) => match p.check("storage", text.parse::<Bytes>()) {
            Some(bytes) if bytes < LEAST_STORAGE => {
                p.add("storage", format!("Odoo needs at least {LEAST_STORAGE}"));
            }
            bytes => bound = bytes,
        },
        None => {}
    }
    Noted { details, storage: bound }
}

fn tags(before: &Tags, add: &[String], remove: &[String], p: &mut Problems) -> Tags {
    let mut tags = before.as_slice().to_vec();
    for text in remove {
        let Some(tag) = p.check::<Tag, _>("untag", text.parse()) else { continue };
        if !tags.contains(&tag) {
            p.add("untag", format!("the tenant has no tag `{tag}`"));
        }
        tags.retain(|had| *had != tag);
    }
    tags.extend(add.iter().filter_map(|text| p.check::<Tag, _>("tag", text.parse())));
    let tags = Tags::new(tags);
    if tags.as_slice().len() > Tags::MOST {
        p.add("tag", format!("a tenant has at most {} tags", Tags::MOST));
    }
    tags
}

/// Reads a length of time (so long from now), a day (its end, UTC) or a time (RFC 3339).
pub(crate) fn moment(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    let invalid = || {
        format!(
            "`{}` is not a time: write a day like `2026-12-31`, a span like `14d`, `12h` or `2w`, or `never`",
            cut(text)
        )
    };
    if let Ok(span) = text.parse::<Span>() {
        return now.checked_add(span.get()).map_err(|_| invalid());
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let day: Date = text.parse().map_err(|_| invalid())?;
    let end = day.tomorrow().and_then(|next| next.to_zoned(TimeZone::UTC));
    end.map(|end| end.timestamp()).map_err(|_| invalid())
}

/// Reads a length of time (so long ago), a day (its beginning, UTC) or a time (RFC 3339).
pub(crate) fn past(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    let invalid = || {
        format!(
            "`{}` is not a time: write a span like `30m`, `2h` or `3d`, a day like `2026-12-31`, or a time like `2026-12-31T10:00:00Z`",
            cut(text)
        )
    };
    if let Ok(span) = text.parse::<Span>() {
        return now.checked_sub(span.get()).map_err(|_| invalid());
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let day: Date = text.parse().map_err(|_| invalid())?;
    day.to_zoned(TimeZone::UTC).map(|start| start.timestamp()).map_err(|_| invalid())
}

fn cut(text: &str) -> String {
    text.chars().take(40).flat_map(char::escape_default).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);

    #[test]
    fn times_are_read_in_every_usual_spelling() {
        for (text, at) in [
            ("12h", "2026-09-22T02:13:20Z"),
            ("14d", "2026-10-05T14:13:20Z"),
            ("2w", "2026-10-05T14:13:20Z"),
            ("2026-12-31", "2027-01-01T00:00:00Z"),
            ("2026-12-31T10:00:00+01:00", "2026-12-31T09:00:00Z"),
        ] {
            assert_eq!(moment(text, NOW).map(|at| at.to_string()), Ok(at.to_owned()), "{text}");
        }
        for text in ["", "d", "-1d", "1.5d", "99999999999d", "4000000000w", "2026-13-01", "soon"] {
            assert!(moment(text, NOW).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_past_is_a_span_a_day_or_a_time() {
        for (text, at) in [
            ("90s", "2026-09-21T14:11:50Z"),
            ("2h", "2026-09-21T12:13:20Z"),
            ("1d", "2026-09-20T14:13:20Z"),
            ("2026-09-01", "2026-09-01T00:00:00Z"),
            ("2026-09-01T10:00:00+01:00", "2026-09-01T09:00:00Z"),
        ] {
            assert_eq!(past(text, NOW).map(|at| at.to_string()), Ok(at.to_owned()), "{text}");
        }
        for text in ["", "h", "-1h", "1.5h", "4000000000w", "yesterday"] {
            assert!(past(text, NOW).is_err(), "{text}");
        }
    }

    #[test]
    fn everything_wrong_is_named_at_once_and_nothing_is_half_read() {
        let request = NoteTenant {
            notes: Some("\u{7}".into()),
            tag: vec!["A b".into()],
            untag: vec!["gone".into()],
            owner: Some("a b".into()),
            expires: Some("2001-01-01".into()),
            storage: Some("1MiB".into()),
        };
        let mut problems = Problems::default();

        read(&request, Noted::default(), NOW, &mut problems);

        let fields: Vec<_> = problems.0.iter().map(|p| p.field.as_str()).collect();
        assert_eq!(fields, ["notes", "owner", "untag", "tag", "expires", "storage"]);
    }

    #[test]
    fn what_is_emptied_is_gone_and_what_is_not_named_stays() {
        let mut problems = Problems::default();
        let full = NoteTenant {
            notes: Some("pays late".into()),
            tag: vec!["vip".into(), "eu".into()],
            owner: Some("anna".into()),
            expires: Some("14d".into()),
            storage: Some("10GiB".into()),
            ..NoteTenant::default()
        };
        let first = read(&full, Noted::default(), NOW, &mut problems);
        let same = read(&NoteTenant::default(), first.clone(), NOW, &mut problems);
        let empty = NoteTenant {
            notes: Some(String::new()),
            untag: vec!["vip".into(), "eu".into()],
            owner: Some(String::new()),
            expires: Some("never".into()),
            storage: Some("none".into()),
            ..NoteTenant::default()
        };

        assert_eq!(same, first);
        assert_eq!(read(&empty, first, NOW, &mut problems), Noted::default());
        assert!(problems.is_empty(), "{problems}");
    }
}
