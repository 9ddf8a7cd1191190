//! Version 1: `/api/v1`.

mod event;
pub mod examples;
pub mod exec;
mod list;
mod operation;
mod orphan;
mod plan;
mod problem;
mod quota;
mod reconciliation;
mod system;
mod tenant;

pub use event::{Event, LogLine};
pub use list::List;
pub use operation::{DemoCreate, Operation, Progress, Step};
pub use orphan::{Adoption, Orphan, OrphanRemoval, OrphanRemoved, Orphans};
pub use plan::{Plan, PlanAction};
pub use problem::{FieldProblem, MEDIA_TYPE as PROBLEM_MEDIA_TYPE, Problem};
pub use quota::{Quota, QuotaBounds, QuotaSet, QuotaUse};
pub use reconciliation::{AtWork, Fact, Healing, Reconciliation, TenantPlan, Trouble};
pub use system::{Check, SetupToken, Status};
pub use tenant::{
    Credentials, Image, Limits, Odoo, PasswordReset, Probe, Tenant, TenantCreate, TenantRename,
    TenantSet,
};
