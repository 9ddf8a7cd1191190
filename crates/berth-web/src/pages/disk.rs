//! `/disk`: how full the disks are, and what fills them.
//!
//! # Invariants
//!
//! * The page shows what was counted last, and how long ago that was. Only whoever presses a button waits for
//!   a new count.

#[cfg(test)]
mod tests;

use askama::Template;
use axum::response::Response;
use axum::routing::{get, post};
use berth_domain::Timestamp;
use berth_domain::access::Right::Installation;
use berth_domain::disk::DiskLevel;
use berth_engine::view::{DiskView, PlaceView, SpaceView};

use super::form::{Form, Nothing};
use super::html::{page, see_other};
use super::shell::{Nav, Seat, Shell};
use super::words::{Status, ago, capitalised, size};
use crate::error::ApiError;
use crate::routes::Route;

/// The page, and the button on it.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::page("GET", "/disk", Installation, get(show), "disk_page"),
        Route::page("POST", "/disk/count", Installation, post(count), "count_disk_form").repeats(),
    ]
}

/// The disks.
#[derive(Debug, Template)]
#[template(path = "disk.html")]
struct DiskPage {
    shell: Shell,
    /// How long ago it was counted. `None`: nobody has yet.
    counted: Option<String>,
    places: Vec<Place>,
    uses: Vec<Use>,
}

/// A disk, worded.
#[derive(Debug)]
struct Place {
    name: String,
    path: String,
    status: Status,
    since: String,
    /// In hundredths.
    full: u64,
    /// How the bar is drawn.
    class: &'static str,
    free: String,
    total: String,
    /// How many files it has room for still. Empty: it does not say.
    files: String,
}

/// Something that fills it.
#[derive(Debug)]
struct Use {
    kind: String,
    bytes: String,
    hint: String,
}

/// Shows what was counted last.
async fn show(seat: Seat) -> Result<Response, ApiError> {
    let engine = seat.context.engine.clone();
    let (seen, now) = (engine.disk_seen(&seat.context.actor), engine.now());
    let shell = seat.shell_of_installation((Nav::Disk, "Disk".to_owned())).await?;
    page(&match seen {
        Some(seen) => DiskPage::of(shell, (&seen.found, seen.at), now),
        None => DiskPage { shell, counted: None, places: Vec::new(), uses: Vec::new() },
    })
}

/// Counts now. Whoever pressed the button waits for it.
async fn count(seat: Seat, Form(Nothing {}): Form<Nothing>) -> Result<Response, ApiError> {
    seat.context.engine.disk(&seat.context.actor).await?;
    Ok(see_other("/disk"))
}

impl DiskPage {
    fn of(shell: Shell, (disk, at): (&DiskView, Timestamp), now: Timestamp) -> Self {
        Self {
            shell,
            counted: Some(ago(at, now)),
            places: disk.places.iter().map(|place| Place::of(place, now)).collect(),
            uses: uses(&disk.uses),
        }
    }
}

impl Place {
    fn of(place: &PlaceView, now: Timestamp) -> Self {
        let space = &place.space;
        let (shape, word, class) = match place.level {
            DiskLevel::Enough => ("ok", "Has room", ""),
            DiskLevel::Low => ("warn", "Low", "f-warn"),
            DiskLevel::Full => ("error", "Full", "f-err"),
        };
        let is_amiss = place.level != DiskLevel::Enough;
        let since = place.since.filter(|_| is_amiss).map(|at| format!("since {}", ago(at, now)));
        let used = space.total.0.saturating_sub(space.free.0);
        Self {
            name: lies(place.name).to_owned(),
            path: place.path.display().to_string(),
            status: Status::new(shape, word),
            since: since.unwrap_or_default(),
            full: (used * 100).checked_div(space.total.0).unwrap_or_default(),
            class,
            free: size(space.free),
            total: size(space.total),
            files: match space.total_files {
                0 => String::new(),
                total => format!("room for {} more files of {total}", space.free_files),
            },
        }
    }
}

/// What lies on a disk.
fn lies(name: &str) -> &str {
    match name {
        "home" => "The home folder",
        "cluster" => "PostgreSQL",
        "engine" => "Images and containers",
        other => other,
    }
}

/// What fills them, the most first.
fn uses(uses: &[SpaceView]) -> Vec<Use> {
    let mut sorted: Vec<&SpaceView> = uses.iter().collect();
    sorted.sort_by_key(|it| std::cmp::Reverse(it.bytes));
    let of = |it: &SpaceView| Use {
        kind: capitalised(it.kind),
        bytes: size(it.bytes),
        hint: it.hint.map(capitalised).unwrap_or_default(),
    };
    sorted.into_iter().map(of).collect()
}
