//! How forms are read, without a server (`crate::reading`).

use std::io;

use axum::body::Body;
use axum::extract::Request;
use bytes::Bytes;
use futures_util::{FutureExt as _, TryStreamExt as _, stream};
use http::{HeaderValue, header};

use super::form::fields;
use super::import::{FIELD, file};
use super::tenant::{TypedScript, TypedSettings};
use super::{import, new_tenant, schedules};

/// Counts the forms that this one may be, of those that ask something of a tenant, and goes on to what each asks.
pub(crate) fn forms(body: &[u8]) -> usize {
    let readers: [fn(&[u8]) -> bool; 5] = [
        |body| fields::<new_tenant::Typed>(body).is_ok_and(|typed| typed.request().is_ok()),
        |body| fields::<import::Typed>(body).is_ok_and(|typed| typed.request("").is_ok()),
        |body| fields::<schedules::Typed>(body).map(|typed| typed.create()).is_ok(),
        |body| fields::<TypedSettings>(body).is_ok_and(|typed| sets(&typed.tidied())),
        |body| fields::<TypedScript>(body).is_ok_and(|typed| typed.tidied().wish().is_ok()),
    ];
    readers.iter().filter(|reads| reads(body)).count()
}

/// Whether everything in it can be set, from nothing.
fn sets(typed: &TypedSettings) -> bool {
    let (_, problems) = typed.request(&TypedSettings::default());
    problems.is_empty()
}

/// Reads a form with a backup in it whose bytes come in these pieces: what the file is called, and what is in it.
pub(crate) fn file_form(
    media: &HeaderValue,
    pieces: Vec<Bytes>,
) -> Option<(Option<String>, Vec<u8>)> {
    let pieces = pieces.into_iter().map(Ok::<_, io::Error>);
    let mut request = Request::new(Body::from_stream(stream::iter(pieces)));
    request.headers_mut().insert(header::CONTENT_TYPE, media.clone());
    let read = async {
        let form = file(request, FIELD).await.ok()?;
        let pieces: Vec<Bytes> = form.content.try_collect().await.ok()?;
        Some((form.name, pieces.concat()))
    };
    // What is there already is not waited for.
    read.now_or_never().flatten()
}
