//! Every kind of operation, failed, delayed, cancelled and killed at every one of its steps.
//!
//! A [`site::Site`] is an installation with containers in memory and a real PostgreSQL server. Each
//! process on it has a runtime of its own, and a kill is that runtime taken away: whatever was in the
//! middle of something never comes back to it. [`script::Script`] says where.
//!
//! # Invariants
//!
//! * Every kind stands in the table of [`scenes`]: one that does not fails to compile.
//! * After every case [`invariants`] looks for what nobody has and for what somebody lacks.
//! * A case counts only if what it injects was reached.
//!
//! To add a kind: a name in [`kinds!`], a scene in `scenes.rs`, and, when it leads to a new state of
//! tenants, an arm in `standing.rs`.

pub(crate) mod backup;
mod cases;
mod digests;
mod invariants;
mod inventory;
mod modules;
mod random;
mod scenes;
mod script;
mod site;
mod standing;
mod trial;

use berth_domain::operation::OperationKind;

/// One test for each kind, so that they run beside each other.
macro_rules! kinds {
    ($($name:ident = $kind:ident),+ $(,)?) => {
        const KINDS: &[OperationKind] = &[$(OperationKind::$kind),+];

        $(
            #[test]
            fn $name() {
                trial::try_everything(OperationKind::$kind);
            }
        )+
    };
}

kinds! {
    a_creation_copes_with_everything_at_every_step = TenantCreate,
    an_adoption_copes_with_everything_at_every_step = TenantAdopt,
    an_import_copes_with_everything_at_every_step = TenantImport,
    a_start_copes_with_everything_at_every_step = TenantStart,
    a_stop_copes_with_everything_at_every_step = TenantStop,
    a_restart_copes_with_everything_at_every_step = TenantRestart,
    a_change_of_limits_copes_with_everything_at_every_step = TenantSet,
    a_renaming_copes_with_everything_at_every_step = TenantRename,
    an_installation_of_modules_copes_with_everything_at_every_step = TenantInstallModules,
    an_upgrade_of_modules_copes_with_everything_at_every_step = TenantUpgradeModules,
    an_uninstallation_of_modules_copes_with_everything_at_every_step = TenantUninstallModules,
    a_suspension_copes_with_everything_at_every_step = TenantSuspend,
    a_resumption_copes_with_everything_at_every_step = TenantResume,
    an_archiving_copes_with_everything_at_every_step = TenantArchive,
    an_unarchiving_copes_with_everything_at_every_step = TenantUnarchive,
    a_deletion_copes_with_everything_at_every_step = TenantDelete,
    a_restoration_copes_with_everything_at_every_step = TenantRestoreDeleted,
    a_removal_for_good_copes_with_everything_at_every_step = TenantPurge,
    a_demo_copes_with_everything_at_every_step = Demo,
}

#[test]
fn every_kind_of_operation_is_tried() {
    let missing: Vec<_> = OperationKind::ALL.iter().filter(|kind| !KINDS.contains(kind)).collect();

    assert!(missing.is_empty(), "give {missing:?} a test in `kinds!`");
}
