//! What goes away.

use std::fmt;

/// Something that operations need and that goes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The engine is restarted; containers run on.
    EngineRestarted,
    /// The engine is killed and started again; containers run on.
    EngineKilled,
    /// The engine is restarted and ends all containers.
    EngineRestartedCold,
    /// The engine takes calls and does not answer them.
    EngineHung,
    /// `kill -9` of the PostgreSQL server.
    PostgresKilled,
    /// The disk of the home is full.
    HomeFull,
    /// The disk of the engine is full.
    EngineFull,
}

impl Fault {
    pub const ALL: [Self; 7] = [
        Self::EngineRestarted,
        Self::EngineKilled,
        Self::EngineRestartedCold,
        Self::EngineHung,
        Self::PostgresKilled,
        Self::HomeFull,
        Self::EngineFull,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EngineRestarted => "engine-restarted",
            Self::EngineKilled => "engine-killed",
            Self::EngineRestartedCold => "engine-restarted-cold",
            Self::EngineHung => "engine-hung",
            Self::PostgresKilled => "postgres-killed",
            Self::HomeFull => "home-full",
            Self::EngineFull => "engine-full",
        }
    }

    /// Whether tenants that have nothing to do with it must be served all the time. Where their own
    /// container or their own disk is hit, they cannot be.
    #[must_use]
    pub const fn spares_others(self) -> bool {
        matches!(
            self,
            Self::EngineRestarted | Self::EngineKilled | Self::EngineHung | Self::EngineFull
        )
    }

    /// Whether containers of all tenants end.
    #[must_use]
    pub const fn ends_containers(self) -> bool {
        matches!(self, Self::EngineRestartedCold)
    }

    /// Whether there is no space for what the operation would make.
    #[must_use]
    pub const fn takes_space(self) -> bool {
        matches!(self, Self::HomeFull | Self::EngineFull)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}
