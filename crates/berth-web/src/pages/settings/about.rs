//! What is answering, what it is set up as, and whether all is well.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use berth_engine::view::StatusView;

use crate::context::WebState;
use crate::error::ApiError;
use crate::pages::html::page;
use crate::pages::shell::{Nav, Seat, Shell};
use crate::server::Configured;

/// The installation, in one look.
#[derive(Debug, Template)]
#[template(path = "settings.html")]
struct AboutPage {
    shell: Shell,
    facts: Vec<(&'static str, String)>,
    /// What is amiss, as far as it is known already.
    troubles: Vec<String>,
}

/// What is in force, by section.
#[derive(Debug, Template)]
#[template(path = "configuration.html")]
struct ConfigurationPage {
    shell: Shell,
    sections: Vec<Section>,
}

/// A section of the configuration.
#[derive(Debug)]
struct Section {
    name: String,
    settings: Vec<Setting>,
}

/// One setting, worded.
#[derive(Debug)]
struct Setting {
    name: String,
    value: String,
    from: String,
    is_default: bool,
}

/// Shows who is answering.
pub(crate) async fn show(seat: Seat) -> Result<Response, ApiError> {
    let status = seat.context.engine.status(&seat.context.actor).await?;
    let shell = seat.shell_of_installation((Nav::Settings, "Settings".to_owned())).await?;
    page(&AboutPage { shell, troubles: troubles(&status), facts: facts(status) })
}

fn facts(status: StatusView) -> Vec<(&'static str, String)> {
    let mut facts = vec![("Version", status.version.to_owned())];
    facts.extend(status.build.map(|build| ("Build", build)));
    facts.extend([
        ("Home", status.home),
        ("Home id", status.home_id),
        ("Tenants are reached at", status.edge),
        ("The console is reached at", status.console.unwrap_or_else(|| "nowhere".to_owned())),
        ("Process", format!("{}, {}", status.pid, role(status.role))),
        ("Sockets", sockets(status.sockets).to_owned()),
        ("Tenants", status.tenants.to_string()),
        ("Operations at work", status.operations_at_work.to_string()),
    ]);
    facts
}

fn role(role: &str) -> &str {
    match role {
        "driver" => "which drives",
        "standby" => "which stands by",
        other => other,
    }
}

fn sockets(sockets: &str) -> &str {
    match sockets {
        "own" => "Opened by this process",
        "inherited" => "Handed over by the process before, or by systemd",
        other => other,
    }
}

fn troubles(status: &StatusView) -> Vec<String> {
    let postgres = status.postgres.as_ref();
    let postgres = postgres.map(|lack| format!("The PostgreSQL server is not there: {lack}"));
    let disks = status.disk.iter().map(|disk| format!("Disk {disk}"));
    let orphans = match status.orphans {
        0 => None,
        1 => Some("One thing belongs to nobody: look at Orphans".to_owned()),
        many => Some(format!("{many} things belong to nobody: look at Orphans")),
    };
    postgres.into_iter().chain(disks).chain(orphans).collect()
}

/// Shows every setting in force, and who set it.
pub(crate) async fn configuration(
    seat: Seat,
    State(state): State<WebState>,
) -> Result<Response, ApiError> {
    let sections = sections(&state.configured);
    let shell =
        seat.shell_of_installation((Nav::Configuration, "Configuration".to_owned())).await?;
    page(&ConfigurationPage { shell, sections })
}

fn sections(configured: &[Configured]) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for Configured { setting, value, from } in configured {
        let (section, name) = setting.split_once('.').unwrap_or(("", setting));
        let shown = Setting {
            name: name.to_owned(),
            value: value.clone(),
            from: from.clone(),
            is_default: from == "default",
        };
        match sections.iter_mut().find(|it| it.name == section) {
            Some(known) => known.settings.push(shown),
            None => sections.push(Section { name: section.to_owned(), settings: vec![shown] }),
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_stand_in_their_sections_in_the_order_in_which_they_come() {
        let of = |setting: &str, from: &str| Configured {
            setting: setting.to_owned(),
            value: "1".to_owned(),
            from: from.to_owned(),
        };

        let found = sections(&[
            of("edge.listen", "default"),
            of("log.level", "BERTH_LOG_LEVEL"),
            of("edge.max_body", "/etc/berth.toml:3"),
        ]);

        let shown: Vec<String> = found
            .iter()
            .flat_map(|section| {
                let name = &section.name;
                section
                    .settings
                    .iter()
                    .map(move |it| format!("{name} {} {}", it.name, it.is_default))
            })
            .collect();
        assert_eq!(shown, ["edge listen true", "edge max_body false", "log level false"]);
    }
}
