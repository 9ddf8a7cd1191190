//! Images from one engine to the next, streamed: nothing of them is ever whole in memory or on disk.

use std::path::Path;

use http::Request;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::UnixStream;

use crate::engine::Engine;
use crate::setup::Setup;

/// Copies the images of set-up that are not there or are others. Before that, those are removed that
/// nobody wants any more: each time that set-up makes new ones, the disk would get fuller.
///
/// # Panics
///
/// When an engine refuses.
pub(super) async fn copy(setup: &Setup, to: &Path) {
    let (from, into) = (Engine::new(setup.socket()), Engine::new(to.to_owned()));
    let (mut wanted, mut missing) = (Vec::new(), Vec::new());
    for reference in [&setup.odoo, &setup.postgres, &setup.tiny] {
        let id = from.image_id(reference).await;
        let id = id.unwrap_or_else(|| {
            panic!("the engine has no `{reference}`: run `cargo xtask setup`");
        });
        if into.image_id(reference).await.as_ref() != Some(&id) {
            missing.push(format!("names={reference}"));
        }
        wanted.push(id);
    }
    for id in unwanted(&into.images().await, &wanted) {
        into.remove_image(&id).await;
    }
    if !missing.is_empty() {
        stream(&setup.socket(), &format!("/images/get?{}", missing.join("&")), to).await;
    }
}

/// The ids of images, as `GET /images/json` describes them, that are none of these.
fn unwanted(there: &[Value], wanted: &[String]) -> Vec<String> {
    let ids = there.iter().filter_map(|image| image["Id"].as_str());
    ids.filter(|id| wanted.iter().all(|wanted| wanted != id)).map(str::to_owned).collect()
}

/// Loads the archive that one engine writes into another while it is written.
async fn stream(from: &Path, path: &str, to: &Path) {
    let archive = {
        let stream = UnixStream::connect(from).await.expect("the engine listens");
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.expect("the engine speaks HTTP");
        let wish = Request::get(path).header("host", "engine").body(Empty::<Bytes>::new());
        let driven = spawn(connection);
        let answer = sender.send_request(wish.expect("a request")).await.expect("an answer");
        assert_eq!(answer.status(), 200, "the engine does not give its images");
        (answer.into_body(), driven, sender)
    };
    let stream = UnixStream::connect(to).await.expect("the other engine listens");
    let (mut sender, connection) = http1::handshake::<_, Incoming>(TokioIo::new(stream))
        .await
        .expect("the other engine speaks HTTP");
    let driven = spawn(connection);
    let wish = Request::post("/images/load?quiet=1")
        .header("host", "engine")
        .header("content-type", "application/x-tar")
        .body(archive.0)
        .expect("a request");
    let answer = sender.send_request(wish).await.expect("an answer");
    let said = answer.into_body().collect().await.expect("an answer").to_bytes();
    for line in said.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let line: Value = serde_json::from_slice(line).unwrap_or_default();
        assert!(line["error"].is_null(), "the engine cannot load images: {line}");
    }
    drop((driven, archive.1, archive.2));
}

/// Drives a connection until what is returned is dropped.
fn spawn(
    connection: impl Future<Output = Result<(), hyper::Error>> + Send + 'static,
) -> tokio::task::JoinSet<()> {
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(async move {
        // Why it broke, the exchange says as well.
        let _ = connection.await;
    });
    tasks
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn images_that_nobody_wants_any_more_go_whatever_they_are_called() {
        let there = [
            json!({ "Id": "sha256:old", "RepoTags": ["odoo:19.0-berth.local"] }),
            json!({ "Id": "sha256:new", "RepoTags": [] }),
            json!({ "Id": "sha256:nameless", "RepoTags": ["<none>:<none>"] }),
        ];

        let gone = unwanted(&there, &["sha256:new".to_owned(), "sha256:to-come".to_owned()]);

        assert_eq!(gone, ["sha256:old", "sha256:nameless"]);
        assert_eq!(unwanted(&[], &["sha256:new".to_owned()]), [""; 0]);
    }
}
