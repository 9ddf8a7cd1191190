//! Backups: sent in by a form, and tenants made of them.

use std::io;
use std::path::PathBuf;

use axum::body::Body;
use berth_engine::request::{OperationFilter, PageRequest};
use berth_engine_testkit::odoo::backup;
use berth_engine_testkit::{ACTOR, ORG};
use bytes::Bytes;
use futures_util::stream;
use http::StatusCode;

use crate::pages::testing::{HOSTILE, Seen, Site, plain};

const ALL: &str = "/organisations/default/import";
const SEND: &str = "/organisations/default/uploads";
const MEDIA: &str = "multipart/form-data; boundary=frontier";

/// A form as a browser sends it.
fn form(name: &str, content: &[u8]) -> Vec<u8> {
    let head = format!(
        "--frontier\r\nContent-Disposition: form-data; name=\"backup\"; filename=\"{name}\"\r\n\
         Content-Type: application/zip\r\n\r\n"
    );
    [head.as_bytes(), content, b"\r\n--frontier--\r\n"].concat()
}

async fn sent(site: &Site, path: &str, form: Vec<u8>) -> Seen {
    let length = form.len();
    site.post_body(path, (MEDIA, Some(length)), Body::from(form)).await
}

/// What is kept: what is listed, and the files.
async fn kept(site: &Site) -> (Vec<String>, Vec<PathBuf>) {
    let all = site.process.engine.uploads(&ACTOR, ORG, &PageRequest::default()).await.unwrap();
    let files = std::fs::read_dir(site.installation.home().join("uploads"));
    let files = files.map(|all| all.map(|file| file.unwrap().path()).collect()).unwrap_or_default();
    (all.items.into_iter().map(|it| it.name).collect(), files)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_sent_in_by_a_form_and_becomes_a_tenant() {
    let site = Site::start().await;
    let one = sent(&site, &format!("{SEND}?once=k"), form("acme.zip", &backup())).await;
    let again = sent(&site, &format!("{SEND}?once=k"), form("acme.zip", &backup())).await;
    assert_eq!(one.to(), again.to(), "what is sent twice is kept once");
    let (names, files) = kept(&site).await;
    assert_eq!(names, ["acme.zip"]);
    assert_eq!(std::fs::read(&files[0]).unwrap(), backup(), "every byte is there, and no more");

    let check = format!("{}/check", one.to());
    let planned = site.post_by_script(&check, &[("name", "acme"), ("stage", "test")]).await;
    assert_eq!(planned.status, StatusCode::OK, "{}", planned.text);
    insta::assert_snapshot!("plan", plain(&planned.text));
    let typed = [("name", "acme"), ("stage", "test"), ("once", "i")];
    let begun = site.post(one.to(), &typed).await;
    assert!(begun.to().starts_with("/organisations/default/operations/op_"), "{}", begun.to());
    assert_eq!(site.post(one.to(), &typed).await.to(), begun.to());
    let only =
        OperationFilter { kind: Some("tenant.import".to_owned()), ..OperationFilter::default() };
    let operations = site.process.engine.operations(&ACTOR, ORG, &only).await.unwrap().operations;
    assert_eq!(operations.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_off_or_is_no_form_leaves_nothing_behind() {
    let site = Site::start().await;
    let whole = form("acme.zip", &backup());

    // The connection breaks off; the form ends in the middle; a second file comes.
    let pieces = [Ok(Bytes::copy_from_slice(&whole[..200])), Err(io::Error::other("gone"))];
    let gone = Body::from_stream(stream::iter(pieces));
    let gone = site.post_body(SEND, (MEDIA, Some(whole.len())), gone).await;
    let cut = sent(&site, SEND, whole[..whole.len() - 6].to_vec()).await;
    let two = [&whole[..whole.len() - 4], b"\r\n", &whole[..]].concat();
    let two = sent(&site, SEND, two).await;
    for seen in [gone, cut, two] {
        assert_eq!(seen.status, StatusCode::BAD_REQUEST, "{}", seen.text);
        seen.harmless();
    }
    let typed = site.post(SEND, &[("backup", "acme.zip")]).await;
    assert_eq!(typed.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{}", typed.text);
    let nothing = sent(&site, SEND, form("", b"")).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.text.contains("id=\"backup-said\""), "{}", nothing.text);

    assert_eq!(kept(&site).await, (Vec::new(), Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_is_refused_before_it_is_read() {
    let site = Site::start().await;
    // Nobody sends so much: whoever reads on waits for ever.
    let head = form("acme.zip", b"PK");
    let never = stream::pending::<Result<Bytes, io::Error>>();
    let first = stream::iter([Ok(Bytes::from(head[..head.len() - 16].to_vec()))]);
    let body = Body::from_stream(futures_util::StreamExt::chain(first, never));

    let refused = site.post_body(SEND, (MEDIA, Some(1 << 42)), body).await;

    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", refused.text);
    assert!(refused.text.contains("id=\"backup-said\""), "{}", refused.text);
    assert_eq!(kept(&site).await, (Vec::new(), Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_somebody_else_sends_no_file_in() {
    let mut site = Site::start().await;
    site.from = "cross-site";

    let refused = sent(&site, SEND, form("acme.zip", &backup())).await;

    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    assert_eq!(kept(&site).await, (Vec::new(), Vec::new()));
    site.from = "same-origin";
    let site = site.by_member("viewer").await;
    let refused = sent(&site, SEND, form("acme.zip", &backup())).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    assert_eq!(kept(&site).await, (Vec::new(), Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_wrong_is_said_at_once_and_kept_as_it_was_typed() {
    let site = Site::start().await;
    let one = format!("{ALL}/{}", site.sent_in(HOSTILE).await);
    let fields = [
        "name", "owner", "stage", "image", "cpu", "memory", "storage", "host", "tags", "notes",
        "expires", "addons",
    ];
    let typed: Vec<(&str, &str)> = fields.iter().map(|field| (*field, HOSTILE)).collect();

    for path in [one.clone(), format!("{one}/check")] {
        let seen = site.post(&path, &typed).await;
        seen.harmless();
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", seen.text);
        for field in ["name", "image", "cpu", "memory", "storage", "host", "expires"] {
            let said =
                format!("id=\"{field}-said\" aria-live=\"polite\"><p class=\"msg msg--err\"");
            assert!(seen.text.contains(&said), "{field} in {}", seen.text);
        }
        let kept = seen.text.matches("&#60;b onclick").count();
        assert!(kept >= fields.len() - 1, "{kept} in {}", seen.text);
    }
    site.get(ALL).await.page();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_nobody_wants_is_removed_after_a_question() {
    let site = Site::start().await;
    let id = site.sent_in("acme.zip").await;
    let remove = format!("{SEND}/{id}/remove");

    site.get(&remove).await.page();
    assert_eq!(kept(&site).await.0.len(), 1);
    assert_eq!(site.post(&remove, &[]).await.to(), ALL);

    assert_eq!(kept(&site).await, (Vec::new(), Vec::new()));
    assert_eq!(site.get(&format!("{ALL}/{id}")).await.status, StatusCode::NOT_FOUND);
}
