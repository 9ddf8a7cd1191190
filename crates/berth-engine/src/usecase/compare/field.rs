//! What can be wished of a tenant, field by field.

/// One thing that can be wished of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Host,
    Stage,
    Image,
    Modules,
    Language,
    Country,
    Demo,
    Company,
    AdminLogin,
    Email,
    TimeZone,
    Addons,
    OwnCluster,
    Cpu,
    Memory,
    Pids,
    Storage,
    Owner,
    Tags,
    Notes,
    Expires,
}

impl Field {
    /// As callers spell it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Stage => "stage",
            Self::Image => "image",
            Self::Modules => "modules",
            Self::Language => "language",
            Self::Country => "country",
            Self::Demo => "demo",
            Self::Company => "company",
            Self::AdminLogin => "admin_login",
            Self::Email => "email",
            Self::TimeZone => "time_zone",
            Self::Addons => "addons",
            Self::OwnCluster => "own_cluster",
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Pids => "pids",
            Self::Storage => "storage",
            Self::Owner => "owner",
            Self::Tags => "tags",
            Self::Notes => "notes",
            Self::Expires => "expires",
        }
    }

    /// Whether it holds from the creation on, so that setting cannot change it.
    pub(super) const fn is_fixed(self) -> bool {
        match self {
            Self::Host
            | Self::Image
            | Self::Modules
            | Self::Language
            | Self::Country
            | Self::Demo
            | Self::Company
            | Self::AdminLogin
            | Self::Email
            | Self::TimeZone
            | Self::Addons
            | Self::OwnCluster => true,
            Self::Stage
            | Self::Cpu
            | Self::Memory
            | Self::Pids
            | Self::Storage
            | Self::Owner
            | Self::Tags
            | Self::Notes
            | Self::Expires => false,
        }
    }
}
