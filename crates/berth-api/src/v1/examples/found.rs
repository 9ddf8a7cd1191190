//! What is found of a tenant, and what belongs to nobody.

use super::{OPERATION, at};
use crate::v1::{
    Adoption, AtWork, Fact, Healing, Orphan, OrphanRemoval, OrphanRemoved, Orphans, Reconciliation,
    TenantPlan, Trouble,
};

#[must_use]
pub fn tenant_plan() -> TenantPlan {
    let fact = |(what, is): (&str, &str)| Fact { what: what.to_owned(), is: is.to_owned() };
    let healing = |(action, text, reason): (&str, &str, &str)| Healing {
        action: action.to_owned(),
        text: text.to_owned(),
        reason: reason.to_owned(),
    };
    TenantPlan {
        tenant: "acme".to_owned(),
        state: "drifted".to_owned(),
        operation: None,
        observed: [
            ("container", "missing"),
            ("network", "10.213.0.16/28"),
            ("database", "open"),
            ("role", "may sign in, 10 connections"),
            ("filestore", "there"),
            ("odoo.conf", "as written"),
            ("route", "on its way"),
        ]
        .map(fact)
        .into(),
        actions: [
            ("run_container", "start the container as it should be", "its container is gone"),
            (
                "publish",
                "wait for the login page and open the route",
                "visitors are let in once it answers",
            ),
        ]
        .map(healing)
        .into(),
        troubles: Vec::new(),
        wait_until: None,
    }
}

/// A tenant that an operation works at.
#[must_use]
pub fn tenant_plan_at_work() -> TenantPlan {
    let operation = AtWork { id: OPERATION.to_owned(), kind: "tenant.restart".to_owned() };
    TenantPlan {
        state: "restarting".to_owned(),
        operation: Some(operation),
        actions: Vec::new(),
        ..tenant_plan()
    }
}

/// A tenant that nobody but a person can put right.
#[must_use]
pub fn tenant_plan_in_trouble() -> TenantPlan {
    let trouble = Trouble {
        reason: "its filestore is gone: is a disk missing?".to_owned(),
        hint: Some("mount the disk or put the files back, and it comes up by itself".to_owned()),
    };
    TenantPlan { actions: Vec::new(), troubles: vec![trouble], ..tenant_plan() }
}

#[must_use]
pub fn reconciliation() -> Reconciliation {
    let plan = tenant_plan();
    Reconciliation {
        done: plan.actions.clone(),
        at_work: false,
        now: TenantPlan { state: "running".to_owned(), actions: Vec::new(), ..plan },
    }
}

#[must_use]
pub fn orphans() -> Orphans {
    let orphan = |kind: &str, name: &str, actions: &[&str]| Orphan {
        kind: kind.to_owned(),
        name: name.to_owned(),
        first_seen: at(0),
        is_new: false,
        reason: format!("the {kind} of a tenant that is gone"),
        size_bytes: None,
        actions: actions.iter().map(|&action| action.to_owned()).collect(),
    };
    Orphans {
        items: vec![
            Orphan { is_new: true, ..orphan("container", "t_800000b001", &["remove"]) },
            Orphan {
                size_bytes: Some(42 << 20),
                ..orphan("database", "t_800000b001", &["adopt", "remove"])
            },
        ],
        unseen: Vec::new(),
    }
}

#[must_use]
pub fn orphan_removal() -> OrphanRemoval {
    OrphanRemoval { all: true, older_than: Some("1h".to_owned()), ..OrphanRemoval::default() }
}

#[must_use]
pub fn orphan_removed() -> OrphanRemoved {
    OrphanRemoved {
        kind: "database".to_owned(),
        name: "t_800000b001".to_owned(),
        problem: Some("it belongs to somebody by now, so it was left alone".to_owned()),
    }
}

#[must_use]
pub fn adoption() -> Adoption {
    Adoption {
        orphan: "database/t_800000b001".to_owned(),
        name: "acme".to_owned(),
        host: None,
        image: None,
        stage: Some("development".to_owned()),
        addons: Some("/home/ada/addons".to_owned()),
    }
}
