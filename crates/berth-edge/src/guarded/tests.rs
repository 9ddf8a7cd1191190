use proptest::prelude::*;

use super::*;

#[test]
fn the_database_manager_is_closed_in_every_spelling() {
    for path in [
        "/web/database",
        "/web/database/",
        "/web/database/manager",
        "/web//database/manager",
        "//web/database",
        "/web/%64atabase/manager",
        "/%77%65%62/database",
        "/web/%2564atabase",
        "/web%2fdatabase%2Fmanager",
        "/web%5Cdatabase",
        "/web/./database",
        "/x/../web/database",
        "/x/%2e%2e/web/database",
        "/web/x/%2E%2E/database",
        "/web/database/../login",
        "/fr/web/database/manager",
        "/fr//web//database/manager",
        "/WEB/Database/Manager",
        "/xmlrpc/db",
        "/xmlrpc/2/db",
        "/xmlrpc//2//db/",
        "/xmlrpc/2/%64b",
        "/fr/xmlrpc/2/db",
    ] {
        assert_eq!(classify(path), PathClass::Closed, "{path}");
    }
}

#[test]
fn what_only_looks_like_it_stays_open() {
    for path in [
        "/",
        "/web",
        "/web/login",
        "/web/databases",
        "/database",
        "/web/content/database/web",
        "/xmlrpc/2/object",
        "/xmlrpc/2/common",
        "/shop/my%20chair",
        "/web/assets/1-a.b/c.min.js",
        "/%",
        "/%zz/%6",
    ] {
        assert_eq!(classify(path), PathClass::Ordinary, "{path}");
    }
}

#[test]
fn json_rpc_and_live_paths_are_told_apart() {
    for path in ["/jsonrpc", "//jsonrpc/", "/json%72pc", "/fr/jsonrpc", "/x/../jsonrpc"] {
        assert_eq!(classify(path), PathClass::JsonRpc, "{path}");
    }
    for path in ["/websocket", "/websocket/health", "/longpolling/poll"] {
        assert_eq!(classify(path), PathClass::Live, "{path}");
    }
    for path in ["/websockets", "/my/websocket", "/jsonrpcs", "/json/2/res.partner/search"] {
        assert_eq!(classify(path), PathClass::Ordinary, "{path}");
    }
}

/// What werkzeug does, written the plainest way: decode once, merge slashes, split.
fn as_werkzeug_routes(path: &str) -> Vec<String> {
    let mut bytes = Vec::new();
    let raw = path.as_bytes();
    let mut at = 0;
    while at < raw.len() {
        let hex = raw.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match hex.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) if raw[at] == b'%' && !hex.unwrap().starts_with('+') => {
                bytes.push(byte);
                at += 3;
            }
            _ => {
                bytes.push(raw[at]);
                at += 1;
            }
        }
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    text.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn segment() -> impl Strategy<Value = String> {
    let spelled = |word: &'static str| {
        proptest::collection::vec(any::<bool>(), word.len()).prop_map(move |escaped| {
            word.bytes()
                .zip(escaped)
                .map(
                    |(byte, escape)| {
                        if escape { format!("%{byte:02x}") } else { char::from(byte).to_string() }
                    },
                )
                .collect::<String>()
        })
    };
    prop_oneof![
        4 => spelled("web"),
        4 => spelled("database"),
        2 => spelled("xmlrpc"),
        2 => spelled("2"),
        2 => spelled("db"),
        2 => spelled("jsonrpc"),
        1 => Just("..".to_owned()),
        1 => Just(".".to_owned()),
        1 => Just(String::new()),
        1 => "[a-z%]{0,4}",
    ]
}

proptest! {
    #[test]
    fn nothing_that_odoo_would_route_there_passes(
        segments in proptest::collection::vec(segment(), 0..6)
    ) {
        let path = format!("/{}", segments.join("/"));
        let routed = as_werkzeug_routes(&path);
        let class = classify(&path);
        for skipped in 0..=1 {
            let parts: Vec<&str> = routed.iter().skip(skipped).map(String::as_str).collect();
            let closed = matches!(
                parts.as_slice(),
                ["web", "database", ..] | ["xmlrpc", "db"] | ["xmlrpc", "2", "db"]
            );
            prop_assert!(!closed || class == PathClass::Closed, "{path}");
            let rpc = matches!(parts.as_slice(), ["jsonrpc"]);
            let looked_at = matches!(class, PathClass::Closed | PathClass::JsonRpc);
            prop_assert!(!rpc || looked_at, "{path}");
        }
    }

    #[test]
    fn no_path_makes_it_panic(path in "\\PC{0,40}") {
        classify(&path);
    }
}
