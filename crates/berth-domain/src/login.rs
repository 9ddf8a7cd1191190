//! Who signs in to a tenant first, and for whom.

use std::fmt;
use std::str::FromStr;

use crate::locale::checked_text;

checked_text!(
    /// What a person types to sign in to Odoo: printable, without spaces, at most 64 characters.
    Login,
    InvalidLogin,
    "`{0}` is not a login: 1 to 64 printable characters without spaces",
    |text| (1..=64).contains(&text.chars().count())
        && !text.starts_with('-')
        && text.chars().all(|c| !c.is_whitespace() && !c.is_control())
);

checked_text!(
    /// An e-mail address: one `@`, something before it and a host name after it.
    EmailAddress,
    InvalidEmail,
    "`{0}` is not an e-mail address",
    |text| {
        text.len() <= 254
            && !text.starts_with('-')
            && text.split_once('@').is_some_and(|(local, host)| {
                !local.is_empty()
                    && local.bytes().all(|b| b.is_ascii_graphic() && !b"()<>[]:;,\\\"@".contains(&b))
                    && host.parse::<crate::HostName>().is_ok()
            })
    }
);

checked_text!(
    /// The name of the company that a tenant is for: 1 to 100 characters, no control characters.
    CompanyName,
    InvalidCompany,
    "`{0}` is not a company name: 1 to 100 characters on one line",
    |text| (1..=100).contains(&text.chars().count())
        && !text.trim().is_empty()
        && !text.chars().any(char::is_control)
);
