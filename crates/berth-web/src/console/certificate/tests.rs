//! Certificates that are read, and bytes that are none.

use berth_testkit::tls;
use rustls::pki_types::pem::PemObject as _;

use super::*;

fn one() -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(tls::pair("one").certificate.as_bytes()).unwrap()
}

fn names(names: &[&str]) -> Vec<HostName> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

/// A value in DER.
fn der(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[kind, 0x82], length.as_slice(), content].concat()
}

/// As much of a certificate as comes before its dates, and these.
fn with_dates(kind: u8, from: &str, until: &str) -> Vec<u8> {
    let dates = [der(kind, from.as_bytes()), der(kind, until.as_bytes())].concat();
    let signed = [
        der(VERSION, &[2, 1, 2]),
        der(INTEGER, &[7]),
        der(SEQUENCE, b""),
        der(SEQUENCE, &der(SEQUENCE, b"somebody")),
        der(SEQUENCE, &dates),
    ];
    der(SEQUENCE, &der(SEQUENCE, &signed.concat()))
}

#[test]
fn a_certificate_says_how_long_it_is_valid_and_for_which_names() {
    let wanted = names(&["berth.test", "other.test", "localhost", "xberth.test"]);

    let read = read(&one(), &wanted).unwrap();

    assert_eq!(read.misses, names(&["other.test", "xberth.test"]));
    assert!(read.valid_from < read.valid_until);
    // As `openssl x509 -dates` says of it.
    let dates = (read.valid_from.to_string(), read.valid_until.to_string());
    assert_eq!(dates, ("2026-11-30T07:02:11Z".to_owned(), "2126-11-06T07:02:11Z".to_owned()));
}

#[test]
fn both_ways_to_write_a_date_are_read() {
    let dates = |kind, from, until| {
        let (from, until) = validity(&with_dates(kind, from, until)).unwrap();
        format!("{from} {until}")
    };

    let short = dates(UTC_TIME, "991231235959Z", "490102030405Z");
    let long = dates(GENERALIZED_TIME, "19991231235959Z", "20500102030405Z");

    assert_eq!(short, "1999-12-31T23:59:59Z 2049-01-02T03:04:05Z");
    assert_eq!(long, "1999-12-31T23:59:59Z 2050-01-02T03:04:05Z");
}

#[test]
fn dates_that_are_none_are_not_read() {
    for (kind, from) in [
        (UTC_TIME, "19991231235959Z"),
        (GENERALIZED_TIME, "991231235959Z"),
        (UTC_TIME, "991331235959Z"),
        (UTC_TIME, "991231235959"),
        (UTC_TIME, "99123123595\u{e4}Z"),
        (INTEGER, "991231235959Z"),
    ] {
        assert_eq!(validity(&with_dates(kind, from, "490102030405Z")), None, "{kind} {from}");
    }
}

#[test]
fn whatever_is_cut_off_or_changed_is_read_or_refused_and_nothing_else() {
    let whole = one();
    for end in 0..whole.len() {
        assert!(read(&whole[..end].into(), &[]).is_err(), "{end}");
    }
    for at in 0..whole.len() {
        for bits in [0x01, 0x80, 0xff] {
            let mut changed = whole.to_vec();
            changed[at] ^= bits;
            let _either = read(&changed.as_slice().into(), &names(&["berth.test"]));
        }
    }
}
