//! What use cases answer.

mod archive;
mod difference;
mod fleet;
mod installation;
mod known;
mod listing;
mod modules;
mod operation;
mod organisation;
mod orphan;
mod people;
mod plan;
mod quota;
mod schedule;
mod seen;
mod tenant;
mod webhook;

pub use berth_store::deliveries::{Counts, Delivery};
pub use berth_store::schedules::{Run, TenantRun};
pub use berth_store::statistics::{NewestUse, Used};
pub use berth_store::subscriptions::{Channel, Subscription};
pub use berth_store::tenants::StateName;

pub use archive::{Export, UploadView};
pub use difference::{DifferenceView, FieldDifference, Mending};
pub use fleet::{FleetView, Overview, TenantPage};
pub use installation::{Check, DiskView, PlaceView, SpaceView, StatusView};
pub use known::{CheckupView, ContainerView, DriftView, KnownTenant, SeenView};
pub use listing::Listing;
pub use modules::{ModuleView, ModulesView};
pub use operation::{
    EventView, OperationInFull, OperationPage, OperationView, StepView, ToldView, TookView, TryEnd,
    TryView,
};
pub use organisation::OrganisationView;
pub use orphan::{OrphanView, OrphansView, RemovalView};
pub use people::{
    Arrival, Arrived, AuditEntry, Bearer, Begun, CodeAsks, CodeView, Credential, Enrolment,
    Identity, Member, NewInvitation, NewSession, NewToken, PersonView, ProviderView, SignedIn,
    TokenView,
};
pub use plan::{PlanAction, PlanView, ReconciliationView, TenantPlanView};
pub use quota::QuotaView;
pub use schedule::{Moment, ScheduleView};
pub use seen::Seen;
pub use tenant::{
    Credentials, Defaults, LoginLink, ProbeView, StatisticsView, StorageMetric, StorageView,
    TenantView,
};
pub use webhook::{NewWebhook, WebhookView};
