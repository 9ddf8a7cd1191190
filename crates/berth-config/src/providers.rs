//! Foreign providers at which people sign in: `[[sign_in.provider]]`, one for each.
//!
//! A list of sections has no variables and no flags: it stands in the file.

mod checks;
mod roles;

use std::path::PathBuf;

use berth_domain::ProviderId;
use berth_domain::provider::{GroupRole, Terms};
use secrecy::SecretString;
use toml::de::DeValue;

use crate::reader::{Reader, Row};
use crate::secret_file;
use crate::sections::{Console, SignIn};
use checks::{issuer, name, word};

/// The section and the key of the list.
pub(crate) const LIST: (&str, &str) = ("sign_in", "provider");

/// One provider.
#[derive(Debug, Clone)]
pub struct Provider {
    pub id: ProviderId,
    /// As people read it.
    pub name: String,
    pub issuer: String,
    pub client_id: String,
    /// `None`: the provider knows us as a public client.
    pub client_secret: Option<SecretString>,
    pub scopes: Vec<String>,
    pub groups_claim: Option<String>,
    /// Which group brings what.
    pub roles: Vec<(String, GroupRole)>,
    pub terms: Terms,
}

/// A field of a provider, as the sample shows it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: &'static str,
    /// In TOML.
    pub(crate) example: &'static str,
    pub(crate) doc: &'static [&'static str],
}

/// Every field, in the order of the sample.
pub(crate) const KEYS: [Entry; 10] = [
    Entry {
        key: "id",
        example: r#""corp""#,
        doc: &[
            "What it is called in addresses and in the audit: a-z, 0-9 and `-`.",
            "Part of the address that the provider is told to send people back to.",
        ],
    },
    Entry { key: "name", example: r#""Example Corp""#, doc: &["As people read it."] },
    Entry {
        key: "issuer",
        example: r#""https://login.example.com/realms/corp""#,
        doc: &[
            "Exactly as the provider calls itself. Who people are is remembered with it:",
            "with another one everybody is a stranger.",
        ],
    },
    Entry {
        key: "client_id",
        example: r#""berth""#,
        doc: &["What the provider calls this Berth."],
    },
    Entry {
        key: "client_secret_file",
        example: r#""/etc/berth/corp-secret""#,
        doc: &["A file (mode 0600) with what it proves that with. Left out: a public client."],
    },
    Entry {
        key: "scopes",
        example: r#"["email", "profile"]"#,
        doc: &["What is asked for beside `openid`. These two when it is left out."],
    },
    Entry {
        key: "groups_claim",
        example: r#""groups""#,
        doc: &["The claim with the groups. Left out: groups are not looked at."],
    },
    Entry {
        key: "roles",
        example: r#"[{ group = "it", role = "operator" }, { group = "staff", role = "member", organisation = "default" }]"#,
        doc: &[
            "Which group brings which role: `operator`, or `admin`, `member` or `viewer` of an",
            "organisation. Read at each sign-in there; what was given by hand is left alone.",
            "Whoever can put somebody into such a group gives them that role here.",
        ],
    },
    Entry {
        key: "trust_addresses",
        example: "false",
        doc: &[
            "`true`: the provider may say whose an e-mail address is, if it says that it verified it.",
            "Whoever comes from there gets the account of their address, unless an operator has it, and",
            "without one a new one if they were invited or are in a group with a role.",
            "`false`: only accounts are let in that their owners linked.",
        ],
    },
    Entry {
        key: "let_in_strangers",
        example: "false",
        doc: &[
            "`true`: everybody who can sign in there gets an account here, without any role.",
            "Needs `trust_addresses`.",
        ],
    },
];

/// Reads all providers. What is wrong with one does not hide what is wrong with another.
pub(crate) fn read(reader: &mut Reader<'_>, sign_in: &SignIn, console: &Console) -> Vec<Provider> {
    let rows = reader.rows(LIST, KEYS.map(|key| key.key));
    if !rows.is_empty() && console.public_url.is_none() {
        let message = "is needed with a provider of sign-ins, which sends people back there";
        reader.note(
            "console.public_url",
            message.to_owned(),
            Some(
                "write the address of the console as browsers see it: `https://berth.example.com`",
            ),
        );
    }
    let has_private = !sign_in.allow_private.is_empty();
    let mut providers: Vec<Provider> = Vec::new();
    for mut row in rows {
        let provider = one(reader, &mut row, has_private);
        let Some(provider) = provider else { continue };
        if providers.iter().any(|other| other.id == provider.id) {
            reader.note_in(&row, "id", format!("`{}` is the id of another provider", provider.id));
        }
        if providers.iter().any(|other| other.issuer == provider.issuer) {
            reader.note_in(&row, "issuer", "this is the issuer of another provider".to_owned());
        }
        reader.show("sign_in.provider", provider.id.to_string(), row.place.clone());
        providers.push(provider);
    }
    providers
}

/// Reads one. `None`: something that it needs is wrong, or missing, and noted.
fn one(reader: &mut Reader<'_>, row: &mut Row<'_>, has_private: bool) -> Option<Provider> {
    let id = reader.needed::<String>(row, "id").and_then(|text| {
        let parsed = text.parse::<ProviderId>();
        parsed.map_err(|error| reader.note_in(row, "id", error.to_string())).ok()
    });
    let name = checked(reader, row, "name", name);
    let issuer = checked(reader, row, "issuer", |text| issuer(text, has_private));
    let client_id = checked(reader, row, "client_id", |text| word(text).map(drop));
    let client_secret = secret(reader, row);
    let scopes = reader.optional::<Vec<String>>(row, "scopes");
    let scopes = scopes.unwrap_or_else(|| vec!["email".to_owned(), "profile".to_owned()]);
    for scope in &scopes {
        if let Err(message) = word(scope) {
            reader.note_in(row, "scopes", message);
        }
    }
    let groups_claim = reader.optional::<String>(row, "groups_claim");
    if let Some(Err(message)) = groups_claim.as_deref().map(word) {
        reader.note_in(row, "groups_claim", message);
    }
    let roles = roles::read(reader, row);
    if !roles.is_empty() && groups_claim.is_none() {
        let message = "needs `groups_claim`: without it nobody is in any group";
        reader.note_in(row, "roles", message.to_owned());
    }
    let terms = terms(reader, row);
    Some(Provider {
        id: id?,
        name: name?,
        issuer: issuer?,
        client_id: client_id?,
        client_secret,
        scopes,
        groups_claim,
        roles,
        terms,
    })
}

fn checked(
    reader: &mut Reader<'_>,
    row: &Row<'_>,
    key: &'static str,
    check: impl Fn(&str) -> Result<(), String>,
) -> Option<String> {
    let text = reader.needed::<String>(row, key)?;
    match check(&text) {
        Ok(()) => Some(text),
        Err(message) => {
            reader.note_in(row, key, message);
            None
        }
    }
}

fn secret(reader: &mut Reader<'_>, row: &Row<'_>) -> Option<SecretString> {
    let file = reader.optional::<PathBuf>(row, "client_secret_file")?;
    match secret_file::read(&file) {
        Ok(secret) => Some(secret),
        Err(message) => {
            reader.note_in(row, "client_secret_file", message);
            None
        }
    }
}

fn terms(reader: &mut Reader<'_>, row: &Row<'_>) -> Terms {
    let mut flag = |key| reader.optional::<bool>(row, key).unwrap_or_default();
    let terms = Terms {
        vouches_for_addresses: flag("trust_addresses"),
        lets_in_strangers: flag("let_in_strangers"),
    };
    if terms.lets_in_strangers && !terms.vouches_for_addresses {
        let message = "needs `trust_addresses`: a stranger is known by their address";
        reader.note_in(row, "let_in_strangers", message.to_owned());
    }
    terms
}

/// The text of a value in a table that stands in a list.
pub(crate) fn text_of<'v>(value: &'v DeValue<'_>) -> Option<&'v str> {
    match value {
        DeValue::String(text) => Some(text),
        _ => None,
    }
}
