//! `/doctor`: whether everything that Berth needs is as it should be.
//!
//! # Invariants
//!
//! * The page shows what was found last, and how long ago that was. Only whoever presses a button waits until
//!   everything was looked at.

use askama::Template;
use axum::response::Response;
use berth_engine::view::Check;

use crate::error::ApiError;
use crate::pages::form::{Form, Nothing};
use crate::pages::html::{page, see_other};
use crate::pages::shell::{Nav, Seat, Shell};
use crate::pages::words::{Status, ago, capitalised};

/// What was found.
#[derive(Debug, Template)]
#[template(path = "doctor.html")]
struct ChecksPage {
    shell: Shell,
    /// How long ago. `None`: nobody has looked yet.
    checked: Option<String>,
    checks: Vec<Row>,
    wrong: usize,
}

/// One check, worded.
#[derive(Debug)]
struct Row {
    status: Status,
    name: String,
    detail: String,
    /// What to do about it. `None`: nothing.
    hint: Option<String>,
}

/// Shows what was found last.
pub(crate) async fn show(seat: Seat) -> Result<Response, ApiError> {
    let engine = seat.context.engine.clone();
    let (seen, now) = (engine.checks_seen(&seat.context.actor), engine.now());
    let shell = seat.shell_of_installation((Nav::Checks, "Checks".to_owned())).await?;
    let checked = seen.as_ref().map(|seen| ago(seen.at, now));
    let checks: &[Check] = seen.as_ref().map_or(&[], |seen| &seen.found);
    page(&ChecksPage {
        shell,
        checked,
        wrong: checks.iter().filter(|check| check.status != "ok").count(),
        checks: checks.iter().map(Row::of).collect(),
    })
}

/// Looks at everything now. Whoever pressed the button waits for it.
pub(crate) async fn look(
    seat: Seat,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    seat.context.engine.doctor(&seat.context.actor).await?;
    Ok(see_other("/doctor"))
}

impl Row {
    fn of(check: &Check) -> Self {
        let (shape, word) = match check.status {
            "ok" => ("ok", "Passed"),
            "warning" => ("warn", "Warning"),
            _ => ("error", "Failed"),
        };
        Self {
            status: Status::new(shape, word),
            name: capitalised(check.name),
            detail: sentence(&check.detail),
            hint: check.hint.as_deref().map(capitalised),
        }
    }
}

/// Begins a sentence with a capital letter, but not one that begins with the name of something: `odoo:19.0`.
fn sentence(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or_default().trim_end_matches([',', ':', ';']);
    let is_word = first.chars().all(char::is_alphabetic);
    if is_word { capitalised(text) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_they_are() {
        assert_eq!(sentence("none is configured"), "None is configured");
        assert_eq!(sentence("odoo:19.0"), "odoo:19.0");
        assert_eq!(sentence("acme-2 rests: it did not answer"), "acme-2 rests: it did not answer");
        assert_eq!(sentence(""), "");
    }
}
