//! Every section and field of the configuration.
//!
//! The first paragraph of a field's documentation says what it is, the rest what changes with it.
//! All of it ends up in the sample file, together with the default.

mod people;
mod serving;
mod tenants;

pub use people::{Audit, Mail, Notify, SignIn};
pub use serving::{Api, Console, Disk, Edge, Engine, Log, Network, Postgres, Store};
pub use tenants::{Development, Images, Logs, Operations, Quotas, Tenants, Uploads};

/// A section as the sample and the reader see it.
#[derive(Debug)]
pub struct Section {
    pub name: &'static str,
    /// Lines, each as written after `///`.
    pub doc: &'static [&'static str],
    pub fields: &'static [Field],
}

/// A field as the sample and the reader see it.
#[derive(Debug)]
pub struct Field {
    /// `section.key`.
    pub path: &'static str,
    pub key: &'static str,
    /// In TOML.
    pub default: &'static str,
    /// Lines, each as written after `///`.
    pub doc: &'static [&'static str],
}

macro_rules! section {
    ($(#[doc = $doc:literal])+ $name:ident = $section:literal {
        $($(#[doc = $field_doc:literal])+ $key:ident: $type:ty = $default:literal,)+
    }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone)]
        pub struct $name {
            $($(#[doc = $field_doc])+ pub $key: $type,)+
        }

        impl $name {
            pub const SECTION: $crate::sections::Section = $crate::sections::Section {
                name: $section,
                doc: &[$($doc),+],
                fields: &[$($crate::sections::Field {
                    path: concat!($section, ".", stringify!($key)),
                    key: stringify!($key),
                    default: $default,
                    doc: &[$($field_doc),+],
                }),+],
            };

            pub(crate) fn read(reader: &mut $crate::reader::Reader<'_>) -> Self {
                Self { $($key: reader.value(concat!($section, ".", stringify!($key))),)+ }
            }
        }
    };
}

use section;

/// Every section, in the order of the sample.
pub const ALL: [Section; 20] = [
    Api::SECTION,
    Store::SECTION,
    Engine::SECTION,
    Images::SECTION,
    Edge::SECTION,
    Console::SECTION,
    SignIn::SECTION,
    Network::SECTION,
    Postgres::SECTION,
    Tenants::SECTION,
    Quotas::SECTION,
    Operations::SECTION,
    Disk::SECTION,
    Logs::SECTION,
    Uploads::SECTION,
    Audit::SECTION,
    Notify::SECTION,
    Mail::SECTION,
    Development::SECTION,
    Log::SECTION,
];
