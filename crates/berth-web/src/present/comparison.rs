//! What is between tenants and what they are to be.

use berth_api::v1 as api;
use berth_engine::request::{NoteTenant, SetTenant};
use berth_engine::view::{DifferenceView, Mending};

pub(crate) fn difference(view: DifferenceView) -> api::TenantDifference {
    let DifferenceView { tenant, revision, mending, fields, problems } = view;
    let action = match &mending {
        Mending::Create => "create",
        Mending::Set(_) => "set",
        Mending::Delete => "delete",
        Mending::Nothing => "none",
    };
    let fields = fields.into_iter().map(|differing| api::FieldDifference {
        field: differing.field.to_owned(),
        before: differing.before,
        after: differing.after,
    });
    let problems = problems.0.into_iter().map(|problem| api::FieldProblem {
        field: problem.field,
        message: problem.message,
        hint: problem.hint,
    });
    api::TenantDifference {
        name: tenant,
        etag: revision.map(|revision| revision.as_str().to_owned()),
        action: action.to_owned(),
        fields: fields.collect(),
        problems: problems.collect(),
        set: match mending {
            Mending::Set(request) => Some(set(*request)),
            Mending::Create | Mending::Delete | Mending::Nothing => None,
        },
    }
}

fn set(request: SetTenant) -> api::TenantSet {
    let SetTenant { cpu, memory, pids, stage, notes } = request;
    let NoteTenant { notes, tag, untag, owner, expires, storage } = notes;
    api::TenantSet {
        cpu,
        memory,
        pids,
        stage,
        notes,
        add_tags: tag,
        remove_tags: untag,
        owner,
        expires,
        storage,
    }
}
