//! What a certificate says that was shown to somebody (X.509, RFC 5280): how long it is valid, and for which
//! names.
//!
//! # Invariants
//!
//! * Whatever bytes come in, nothing is read behind their end.

use berth_domain::{HostName, Timestamp};
use berth_engine::Certificate;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;

/// The kinds of values in DER that are met on the way (X.690).
const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
/// The version of the certificate, which those of the first version leave out.
const VERSION: u8 = 0xa0;

/// Reads a certificate in DER. `names` are those that it should be for.
pub fn read(der: &CertificateDer<'_>, names: &[HostName]) -> Result<Certificate, String> {
    let (valid_from, valid_until) =
        validity(der).ok_or("its dates are not where they should be")?;
    let parsed = ParsedCertificate::try_from(der).map_err(|error| error.to_string())?;
    let is_missed = |name: &&HostName| {
        let name = ServerName::try_from(name.as_str());
        name.map_or(true, |name| verify_server_name(&parsed, &name).is_err())
    };
    let misses = names.iter().filter(is_missed).cloned().collect();
    Ok(Certificate { valid_from, valid_until, misses })
}

/// The two dates between which it is valid.
fn validity(der: &[u8]) -> Option<(Timestamp, Timestamp)> {
    let (certificate, _) = value(der, SEQUENCE)?;
    let (mut rest, _) = value(certificate, SEQUENCE)?;
    if rest.first() == Some(&VERSION) {
        rest = value(rest, VERSION)?.1;
    }
    // Number, kind of signature, issuer.
    for kind in [INTEGER, SEQUENCE, SEQUENCE] {
        rest = value(rest, kind)?.1;
    }
    let (dates, _) = value(rest, SEQUENCE)?;
    let (from, rest) = time(dates)?;
    let (until, _) = time(rest)?;
    Some((from, until))
}

/// The content of the first value, which must be of this kind, and what follows it.
fn value(bytes: &[u8], kind: u8) -> Option<(&[u8], &[u8])> {
    let (&[found, first], rest) = bytes.split_first_chunk::<2>()?;
    if found != kind {
        return None;
    }
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        // The length stands in as many bytes as this says; more than four are of no certificate.
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

/// A point in time, and what follows it.
fn time(bytes: &[u8]) -> Option<(Timestamp, &[u8])> {
    let kind = *bytes.first()?;
    let (text, rest) = value(bytes, kind)?;
    let text = str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let text = match kind {
        // Two digits of the year: until 2049.
        UTC_TIME if text.len() == 12 => {
            let century = if text < "50" { "20" } else { "19" };
            format!("{century}{text}")
        }
        GENERALIZED_TIME if text.len() == 14 => text.to_owned(),
        _ => return None,
    };
    let at = DateTime::strptime("%Y%m%d%H%M%S", &text).ok()?;
    Some((at.to_zoned(TimeZone::UTC).ok()?.timestamp(), rest))
}

#[cfg(test)]
mod tests;
