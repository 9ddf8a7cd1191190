//! Words and figures that people type.

use std::fmt::{Debug, Display};
use std::str::FromStr;
use std::sync::LazyLock;

use berth_domain::access::Scope;
use berth_domain::disk::Threshold;
use berth_domain::notice::Patterns;
use berth_domain::operation::OperationKind;
use berth_domain::provider::ReturnPath;
use berth_domain::subnet::SubnetPool;
use berth_domain::{
    Bytes, CompanyName, Country, Cron, EmailAddress, IpRange, Language, Login, ModuleName, Notes,
    OrganisationTitle, Owner, PersonName, Span, Stage, Tag, TimeZoneName, Timestamp,
};
use jiff::tz::TimeZone;

/// Whether a text is a `T`. What is one reads again, from what it says, as the same.
pub(crate) fn reads<T: FromStr + Display + PartialEq + Debug>(text: &str) -> bool {
    let Ok(read) = text.parse::<T>() else { return false };
    let shown = read.to_string();
    let again = shown.parse::<T>().ok();
    assert_eq!(again.as_ref(), Some(&read), "{shown:?} of {text:?} is read as something else");
    true
}

pub(crate) fn read(bytes: &[u8]) -> bool {
    let Some(text) = crate::text(bytes) else { return false };
    if let Ok(zone) = text.parse::<TimeZoneName>() {
        // It is the name of a file, too.
        let zone = zone.as_str();
        assert!(!zone.contains("..") && !zone.starts_with('/') && !zone.contains('\0'), "{zone:?}");
    }
    if let Ok(path) = text.parse::<ReturnPath>() {
        // A browser takes a backslash for a slash, and leaves tabs and line feeds out.
        let path = path.as_str().replace('\\', "/");
        let path = path.trim_start_matches(|c: char| c <= ' ').replace(['\t', '\r', '\n'], "");
        assert!(path.starts_with('/') && !path.starts_with("//"), "{path:?} leads to another host");
    }
    // The first arguments of programs.
    let leading = [text.parse::<Login>().is_ok(), text.parse::<EmailAddress>().is_ok()];
    assert!(!(leading.contains(&true) && text.starts_with('-')), "{text:?}");
    [
        reads::<Login>(text),
        reads::<EmailAddress>(text),
        reads::<CompanyName>(text),
        reads::<OrganisationTitle>(text),
        reads::<PersonName>(text),
        reads::<ReturnPath>(text),
        reads::<Owner>(text),
        reads::<Tag>(text),
        reads::<Notes>(text),
        reads::<ModuleName>(text),
        reads::<Language>(text),
        reads::<Country>(text),
        reads::<TimeZoneName>(text),
        reads::<Stage>(text),
        reads::<Scope>(text),
        reads::<Patterns>(text),
        reads::<OperationKind>(text),
    ]
    .contains(&true)
}

pub(crate) fn sizes(bytes: &[u8]) -> bool {
    let Some(text) = crate::text(bytes) else { return false };
    let size = text.parse::<Bytes>();
    if let Ok(size) = size {
        assert_eq!(size.written().parse::<Bytes>(), Ok(size));
    }
    let span = text.parse::<Span>();
    if let Ok(span) = span {
        let seconds = i64::try_from(span.get().as_secs());
        assert!(seconds.is_ok(), "{text:?} is a number of seconds that can be counted");
    }
    let others =
        [reads::<IpRange>(text), reads::<SubnetPool>(text), text.parse::<Threshold>().is_ok()];
    size.is_ok() || span.is_ok() || others.contains(&true)
}

/// A zone in which clocks are set forward and back.
static ZONE: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC));

pub(crate) fn cron(bytes: &[u8]) -> bool {
    let Some(text) = crate::text(bytes) else { return false };
    let Ok(cron) = text.parse::<Cron>() else { return false };
    assert!(reads::<Cron>(text));
    assert!(!cron.describe().is_empty());
    // A week before clocks are set back.
    let after = Timestamp::from_second(1_792_300_000).expect("a time");
    let next = cron.next(after, &ZONE).expect("what is read happens within forty years");
    assert!(next > after, "{text:?}");
    assert_eq!(cron.last(next, &ZONE), Some(next), "{text:?}");
    true
}
