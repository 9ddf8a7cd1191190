//! Version 1: `/api/v1`.

mod audit;
mod comparison;
mod disk;
mod event;
pub mod examples;
pub mod exec;
mod list;
mod module;
mod operation;
mod organisation;
mod orphan;
mod person;
mod plan;
mod problem;
mod provider;
mod quota;
mod reconciliation;
mod schedule;
mod statistics;
mod system;
mod tenant;
mod token;
mod upload;
mod webhook;

pub use audit::AuditEntry;
pub use comparison::{FieldDifference, TenantComparison, TenantDifference, TenantWish};
pub use disk::{Disk, DiskPlace, DiskUse};
pub use event::{Event, LogLine};
pub use list::List;
pub use module::{ModuleNames, ModuleRemoval, TenantModule};
pub use operation::{DemoCreate, Operation, Progress, Step};
pub use organisation::{Organisation, OrganisationCreate, OrganisationSet};
pub use orphan::{Adoption, Orphan, OrphanRemoval, OrphanRemoved, Orphans};
pub use person::{
    Claim, Invitation, InvitationAccept, InvitationCreate, InvitationCreated, Member, MemberSet,
    PasswordChange, PasswordProof, Person, PersonReset, PersonWasReset, RecoveryCodes,
    SecondFactorConfirm, SecondFactorEnrolment, Session, SessionsEnded, SignIn,
};
pub use plan::{Plan, PlanAction};
pub use problem::{FieldProblem, MEDIA_TYPE as PROBLEM_MEDIA_TYPE, Problem};
pub use provider::{LinkedProvider, ProviderLink, ProviderVisit, SignInProvider};
pub use quota::{Quota, QuotaBounds, QuotaSet, QuotaUse};
pub use reconciliation::{AtWork, Fact, Healing, Reconciliation, TenantPlan, Trouble};
pub use schedule::{Moment, Schedule, ScheduleCreate, ScheduleRun, ScheduleRunTenant, ScheduleSet};
pub use statistics::{TenantSample, TenantStatistics};
pub use system::{Check, Health, SetupToken, Status};
pub use tenant::{
    Credentials, Image, Limits, LoginLink, Odoo, PasswordReset, Probe, Storage, Tenant,
    TenantCreate, TenantRename, TenantSet,
};
pub use token::{Token, TokenCreate, TokenCreated};
pub use upload::{TenantImport, Upload};
pub use webhook::{Delivery, MessageCounts, Webhook, WebhookCreate, WebhookCreated, WebhookSet};
