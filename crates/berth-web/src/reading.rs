//! How requests are read, each part by itself and without a server.
//!
//! For trials that ask millions of questions. What serves requests calls the same functions.

use berth_api::v1 as api;
use berth_engine::logs::Mark;
use berth_engine::request::Known;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Uri};
use serde::de::DeserializeOwned;

use crate::access::Shown;
use crate::api::events::{self, AfterQuery};
use crate::api::{audit, operations, organisations, sign_in, tenants, uploads};
use crate::extract::{self, Asked};
use crate::if_match;
use crate::once;
use crate::pages::reading as pages;

/// Reads `If-Match`. `None`: it is no condition, and refused.
#[must_use]
pub fn condition(headers: &HeaderMap) -> Option<Known> {
    if_match::known(headers)
}

/// Reads `Idempotency-Key`, if there is one. `None`: it is refused.
#[must_use]
pub fn idempotency_key(headers: &HeaderMap) -> Option<Option<String>> {
    once::key(headers).ok()
}

/// Reads `Last-Event-ID`, if there is one. `None`: it is refused.
#[must_use]
pub fn last_event(headers: &HeaderMap) -> Option<Option<i64>> {
    events::last_event(headers).ok()
}

/// Reads `Last-Event-ID` of a log, if there is one. `None`: it is refused.
#[must_use]
pub fn last_line(headers: &HeaderMap) -> Option<Option<Mark>> {
    tenants::logs::last_line(headers).ok()
}

/// Whether `Authorization` shows something that may be a token.
#[must_use]
pub fn shows_token(headers: &HeaderMap) -> bool {
    matches!(Shown::by(headers), Shown::Token(_))
}

/// Counts the queries that this one may be, of all that routes take.
#[must_use]
pub fn queries(uri: &Uri) -> usize {
    let readers: [fn(&Uri) -> bool; 11] = [
        asked::<organisations::list::Filter>,
        asked::<sign_in::providers::Onwards>,
        asked::<tenants::list::Filter>,
        asked::<tenants::DryRun>,
        asked::<tenants::delete::Deletion>,
        asked::<tenants::logs::Lines>,
        asked::<tenants::export::Wanted>,
        asked::<operations::list::Filter>,
        asked::<audit::Filter>,
        asked::<uploads::send::Named>,
        asked::<AfterQuery>,
    ];
    readers.iter().filter(|reads| reads(uri)).count()
}

/// Counts the bodies that this one may be, of those that people write.
#[must_use]
pub fn bodies(body: &[u8]) -> usize {
    let readers: [fn(&[u8]) -> bool; 14] = [
        is_body::<api::OrganisationCreate>,
        is_body::<api::OrganisationSet>,
        is_body::<api::InvitationCreate>,
        is_body::<api::InvitationAccept>,
        is_body::<api::ProviderLink>,
        is_body::<api::TenantCreate>,
        is_body::<api::TenantSet>,
        is_body::<api::TenantComparison>,
        is_body::<api::TenantImport>,
        is_body::<api::QuotaSet>,
        is_body::<api::ScheduleCreate>,
        is_body::<api::WebhookCreate>,
        is_body::<api::TokenCreate>,
        is_body::<api::exec::ClientMessage>,
    ];
    readers.iter().filter(|reads| reads(body)).count()
}

/// Counts the forms of pages that this one may be, of those that ask something of a tenant.
#[must_use]
pub fn forms(body: &[u8]) -> usize {
    pages::forms(body)
}

/// Reads a form of pages with a backup in it that arrives in these pieces: what the file is called, if it says
/// so, and its content. `None`: it is refused.
#[must_use]
pub fn file_form(media: &HeaderValue, pieces: Vec<Bytes>) -> Option<(Option<String>, Vec<u8>)> {
    pages::file_form(media, pieces)
}

fn asked<T: DeserializeOwned>(uri: &Uri) -> bool {
    Asked::<T>::of(uri).is_ok()
}

fn is_body<T: DeserializeOwned>(body: &[u8]) -> bool {
    extract::parse::<T>(body).is_ok()
}
