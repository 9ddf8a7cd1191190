//! What operations need goes away in the middle of them: the telling cases of `cargo xtask faults`, which
//! goes through all of them.

use berth_testkit::outage::{Change, Fault, case};

use crate::world::Battered;

pub(crate) async fn a_creation_outlives_a_restart_of_the_engine(world: &Battered) {
    case(world.island().await, Fault::EngineRestarted, Change::Create).await;
}

pub(crate) async fn a_restart_outlives_an_engine_that_ends_all_containers(world: &Battered) {
    case(world.island().await, Fault::EngineRestartedCold, Change::Restart).await;
}

pub(crate) async fn a_start_outlives_a_postgresql_that_is_killed(world: &Battered) {
    let island = world.island().await;
    let losses = || island.home.log().matches("the PostgreSQL server has ended").count();
    let before = losses();

    case(island, Fault::PostgresKilled, Change::Start).await;

    // Told by an event at once, and not by connections that do not answer for long.
    assert!(losses() > before, "{}", island.last_words());
}

pub(crate) async fn a_full_disk_is_named_and_a_deletion_goes_on_when_there_is_space(
    world: &Battered,
) {
    case(world.island().await, Fault::HomeFull, Change::Delete).await;
}

pub(crate) async fn a_creation_on_a_full_disk_leaves_everything_or_nothing(world: &Battered) {
    case(world.island().await, Fault::HomeFull, Change::Create).await;
}
