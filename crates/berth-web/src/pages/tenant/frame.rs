//! What all pages of a tenant begin with.

use berth_domain::Stage;
use berth_domain::access::Right;
use berth_engine::view::TenantView;

use crate::pages::action::Actions;
use crate::pages::shell::Seat;
use crate::pages::words::{Status, capitalised};

/// Name, state and the other pages.
#[derive(Debug)]
pub(super) struct Frame {
    /// The path of the tenant's first page.
    pub(super) base: String,
    /// Where the frame is read again, by scripts.
    pub(super) here: String,
    pub(super) name: String,
    pub(super) host: String,
    /// Where visitors reach it. `None`: nobody does now.
    pub(super) url: Option<String>,
    pub(super) status: Status,
    pub(super) stage: String,
    pub(super) is_production: bool,
    pub(super) tabs: Vec<Tab>,
    /// What can be done to it by whoever looks.
    pub(super) actions: Actions,
}

/// Another page of it.
#[derive(Debug)]
pub(super) struct Tab {
    pub(super) label: &'static str,
    pub(super) link: String,
    pub(super) is_here: bool,
}

/// The pages of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    Overview,
    Logs,
    Modules,
    Backup,
    Shell,
    Settings,
}

impl Page {
    const ALL: [Self; 6] =
        [Self::Overview, Self::Logs, Self::Modules, Self::Backup, Self::Shell, Self::Settings];

    const fn right(self) -> Right {
        match self {
            Self::Overview | Self::Modules => Right::Read,
            Self::Logs => Right::Logs,
            Self::Backup => Right::Export,
            // The least that running something takes.
            Self::Shell => Right::Psql,
            Self::Settings => Right::Operate,
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Logs => "Logs",
            Self::Modules => "Modules",
            Self::Backup => "Backup",
            Self::Shell => "Shell",
            Self::Settings => "Settings",
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Overview => "",
            Self::Logs => "/logs",
            Self::Modules => "/modules",
            Self::Backup => "/backup",
            Self::Shell => "/shell",
            Self::Settings => "/settings",
        }
    }
}

impl Frame {
    /// The frame of one of its pages, as somebody may see it.
    pub(super) fn of(view: &TenantView, (org, seat): (&str, &Seat), page: Page) -> Self {
        let tenant = &view.tenant;
        let base = base(org, tenant.name.as_str());
        let tab = |other: Page| Tab {
            label: other.label(),
            link: format!("{base}{}", other.path()),
            is_here: other == page,
        };
        let tabs = Page::ALL.into_iter().filter(|page| seat.may(page.right())).map(tab).collect();
        Self {
            here: match page {
                Page::Overview => format!("{base}?part=top"),
                other => format!("{base}{}", other.path()),
            },
            name: tenant.name.to_string(),
            host: tenant.host.to_string(),
            url: tenant.state.is_up().then(|| view.url.clone()),
            status: Status::of_tenant(&tenant.state),
            stage: capitalised(tenant.stage.as_str()),
            is_production: tenant.stage == Stage::Production,
            tabs,
            actions: Actions::of(seat, org, tenant),
            base,
        }
    }
}

/// The path of a tenant's first page.
pub(super) fn base(org: &str, name: &str) -> String {
    format!("/organisations/{org}/tenants/{name}")
}
