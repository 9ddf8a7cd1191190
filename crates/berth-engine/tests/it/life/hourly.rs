//! A schedule that comes half an hour after the stage's clock begins, and every hour.

use berth_engine::request::CreateSchedule;

/// Does something to `acme` every hour at minute 30.
pub(super) fn hourly(action: &str) -> CreateSchedule {
    CreateSchedule {
        name: "hourly".to_owned(),
        action: action.to_owned(),
        tenants: vec!["acme".to_owned()],
        cron: "30 * * * *".to_owned(),
        zone: Some("UTC".to_owned()),
        ..CreateSchedule::default()
    }
}
