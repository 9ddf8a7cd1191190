//! Typed identifiers, and the names that engine objects get from them.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// The text is not an id of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not an id: one of these starts with `{prefix}_` and 32 hexadecimal digits follow"
)]
pub struct InvalidId {
    pub prefix: &'static str,
    pub text: String,
}

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            pub const PREFIX: &'static str = $prefix;

            /// Wraps a UUID that an `IdSource` made or a row holds.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let invalid =
                    || InvalidId { prefix: $prefix, text: text.chars().take(60).collect() };
                let hex = text.strip_prefix(concat!($prefix, "_")).ok_or_else(invalid)?;
                if hex.len() != 32 {
                    return Err(invalid());
                }
                Uuid::try_parse(hex).map(Self).map_err(|_| invalid())
            }
        }
    };
}

typed_id!(
    /// Who owns tenants.
    OrganisationId, "org"
);
typed_id!(
    /// One tenant, for its whole life: renames and moves keep the id.
    TenantId, "tnt"
);
typed_id!(
    /// One durable change.
    OperationId, "op"
);
typed_id!(
    /// A PostgreSQL server that holds tenants' databases.
    ClusterId, "clu"
);
typed_id!(
    /// A prepared database and filestore that tenants are cloned from.
    BlueprintId, "bpt"
);
typed_id!(
    /// A backup that was sent in and waits to be imported.
    UploadId, "upl"
);
typed_id!(
    /// Something that is begun again and again.
    ScheduleId, "sch"
);
typed_id!(
    /// Somebody who wants to be told what happens: a webhook, or the readers of the mail.
    SubscriptionId, "whk"
);
typed_id!(
    /// One message on its way to one of them.
    DeliveryId, "msg"
);
typed_id!(
    /// One thing that somebody did, as it is written down.
    AuditId, "aud"
);
typed_id!(
    /// One token of a program. Not what the token says.
    TokenId, "tok"
);

typed_id!(
    /// One person, for as long as there is an account: e-mail addresses are what people see.
    PersonId, "per"
);
typed_id!(
    /// One sign-in of a person. Not the secret that their browser holds.
    SessionId, "ses"
);
typed_id!(
    /// One invitation. Not the code that is typed.
    InvitationId, "inv"
);

impl ClusterId {
    /// The cluster that one tenant has for itself. It has the tenant's number, so that nobody has to look
    /// up whose it is.
    #[must_use]
    pub const fn of(tenant: TenantId) -> Self {
        Self(tenant.uuid())
    }
}

/// What everything that belongs to one tenant or blueprint is called outside the control store: its
/// database, role, container, network and folder. An operation has a database of that kind as well, if
/// it can go back to what a tenant's was before it.
///
/// It comes from the id, never from the tenant's name, so a rename touches none of them. It is made
/// of the *random* end of the id: the front of a UUIDv7 is a clock, and ids made within the same
/// quarter of a second share it (`docs/adr/0002`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectName(String);

impl ObjectName {
    fn from_parts(kind: char, uuid: Uuid) -> Self {
        let hex = uuid.simple().to_string();
        Self(format!("{kind}_{}", &hex[22..]))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not the name of a tenant's, blueprint's or operation's objects.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an object name: it is `t_`, `b_` or `c_` and ten hexadecimal digits")]
pub struct InvalidObjectName(pub String);

impl FromStr for ObjectName {
    type Err = InvalidObjectName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hex = ["t_", "b_", "c_"].into_iter().find_map(|kind| text.strip_prefix(kind));
        match hex {
            Some(hex)
                if hex.len() == 10
                    && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(InvalidObjectName(text.chars().take(60).collect())),
        }
    }
}

impl TenantId {
    /// The tenant's database, role, container, network and folder.
    #[must_use]
    pub fn object_name(self) -> ObjectName {
        ObjectName::from_parts('t', self.0)
    }
}

impl BlueprintId {
    /// The blueprint's database, role and folder.
    #[must_use]
    pub fn object_name(self) -> ObjectName {
        ObjectName::from_parts('b', self.0)
    }
}

impl OperationId {
    /// The copy of a tenant's database that the operation goes back to.
    #[must_use]
    pub fn copy_name(self) -> ObjectName {
        ObjectName::from_parts('c', self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uuid(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    #[test]
    fn an_id_reads_back_and_carries_its_prefix() {
        let id = TenantId::from_uuid(uuid(0x0190_aaaa_bbbb_7ccc_8ddd_eeee_ffff_0001));

        assert_eq!(id.to_string(), "tnt_0190aaaabbbb7ccc8dddeeeeffff0001");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!(id.to_string().parse::<OperationId>().is_err());
        assert!("tnt_{0190aaaa-bbbb-7ccc-8ddd-eeeeffff0001}".parse::<TenantId>().is_err());
    }

    #[test]
    fn ids_of_the_same_millisecond_have_different_object_names() {
        let one = TenantId::from_uuid(uuid(0x0190_aaaa_bbbb_7ccc_8ddd_eeee_ffff_0001));
        let two = TenantId::from_uuid(uuid(0x0190_aaaa_bbbb_7ccc_8ddd_eeee_ffff_0002));

        assert_eq!(one.object_name().as_str(), "t_eeffff0001");
        assert_ne!(one.object_name(), two.object_name());
    }

    #[test]
    fn only_object_names_read_as_object_names() {
        assert!("t_eeffff0001".parse::<ObjectName>().is_ok());
        for text in ["t_eeffff000", "t_eeffff000g", "x_eeffff0001", "t_EEFFFF0001", "t_'; DROP --"]
        {
            assert!(text.parse::<ObjectName>().is_err(), "{text}");
        }
    }
}
