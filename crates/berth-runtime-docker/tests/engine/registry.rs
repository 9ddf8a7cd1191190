//! A registry on the loopback with one image, which no engine has seen before.
//!
//! It answers what a pull asks (OCI Distribution Specification 1.1, "Pull"): the version check, manifests
//! by tag or digest, and blobs.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;

pub(crate) const PRESENT: &str = "berth/present";

const MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const CONFIG: &str = "application/vnd.docker.container.image.v1+json";
const LAYER: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";

/// What is served, by path.
type Pages = HashMap<String, (&'static str, Bytes)>;

/// Serves until the test ends. `unique` makes the image a new one.
pub(crate) async fn serve(unique: &str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let pages = Arc::new(pages(unique));
    #[expect(clippy::disallowed_methods, reason = "it ends with the executor of its test")]
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let pages = Arc::clone(&pages);
            #[expect(clippy::disallowed_methods, reason = "it ends with the executor of its test")]
            tokio::spawn(async move {
                let service = service_fn(|request| {
                    let answer = answer(&pages, &request);
                    async { Ok::<_, Infallible>(answer) }
                });
                // Engines try HTTPS first, which is not a request.
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    address
}

fn answer(pages: &Pages, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let Some((kind, body)) = pages.get(request.uri().path()) else {
        let errors = json!({"errors": [{"code": "MANIFEST_UNKNOWN", "message": "no such"}]});
        return Response::builder()
            .status(StatusCode::NOT_FOUND)
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(errors.to_string().into()))
            .unwrap();
    };
    Response::builder()
        .header(CONTENT_TYPE, *kind)
        .header("Docker-Content-Digest", name(body))
        .body(Full::new(body.clone()))
        .unwrap()
}

fn pages(unique: &str) -> Pages {
    let layer = Bytes::from(archive(unique));
    let config = Bytes::from(
        json!({
            "architecture": "amd64",
            "os": "linux",
            "config": {"Labels": {"berth.made-for": unique}},
            "rootfs": {"type": "layers", "diff_ids": [name(&layer)]},
        })
        .to_string(),
    );
    let part =
        |kind, part: &Bytes| json!({"mediaType": kind, "size": part.len(), "digest": name(part)});
    let manifest = Bytes::from(
        json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": part(CONFIG, &config),
            "layers": [part(LAYER, &layer)],
        })
        .to_string(),
    );
    let blob = |blob: &Bytes| format!("/v2/{PRESENT}/blobs/{}", name(blob));
    let manifest_at = |reference: &str| format!("/v2/{PRESENT}/manifests/{reference}");
    HashMap::from([
        ("/v2/".to_owned(), ("application/json", Bytes::from_static(b"{}"))),
        (blob(&config), (CONFIG, config)),
        (blob(&layer), (LAYER, layer)),
        (manifest_at(&name(&manifest)), (MANIFEST, manifest.clone())),
        (manifest_at("1"), (MANIFEST, manifest)),
    ])
}

fn name(content: &[u8]) -> String {
    let mut text = "sha256:".to_owned();
    for byte in digest(&SHA256, content).as_ref() {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}

/// A tar archive with one file, `unique`, that has its own name in it (POSIX.1-2017, pax, "ustar").
fn archive(unique: &str) -> Vec<u8> {
    let mut header = [0; 512];
    let mut put =
        |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, "unique");
    put(100, "0000644\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{:011o}\0", unique.len()));
    put(136, "00000000000\0");
    // The sum is taken with spaces in its own place.
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\x0000");
    let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());

    let mut content = unique.as_bytes().to_vec();
    content.resize(512, 0);
    [&header[..], &content, &[0; 1024]].concat()
}
