//! Level C: what people are promised, on a real engine with real Odoo and PostgreSQL.
//!
//! Each story reads its facts back from the engine, from PostgreSQL or from the outside, without
//! asking Berth. `cargo xtask setup` makes what they need.

mod login;
mod world;

use std::process::ExitCode;

use berth_testkit::stories;

fn main() -> ExitCode {
    berth_testkit::stories::tell(stories![
        world::Stack;
        login::a_new_tenant_is_served_under_its_host_and_its_administrator_opens_apps,
    ])
}
