//! How Berth itself is reached, where it keeps what it knows, and what it stands on.

use std::net::SocketAddr;
use std::path::PathBuf;

use berth_domain::disk::Threshold;
use berth_domain::subnet::SubnetPool;
use berth_domain::{Bytes, HostName, IpRange};

use super::section;
use crate::setting::{
    EngineHost, Level, Listen, LogFormat, PostgresMode, PublicUrl, Scheme, Seconds, StoreUrl,
};

section! {
    /// The API for programs on this host, `berth` among them.
    Api = "api" {
        /// The Unix socket on which it answers; mode 0600.
        /// Empty: `berth.sock` in the home folder. A second server of the same home, which stands by
        /// until the first one ends, needs one of its own.
        socket: Option<PathBuf> = r#""""#,
    }
}

section! {
    /// The control database: what Berth knows about tenants, operations and people.
    Store = "store" {
        /// Where it is: `sqlite:/path/to/berth.db` or `postgres://user@host/database`.
        /// Empty: `berth.db` in the home folder.
        /// Another place is another installation: tenants that the old one holds are not seen.
        url: Option<StoreUrl> = r#""""#,
        /// A file (mode 0600) that holds the URL, for a PostgreSQL server that wants a password.
        /// Empty: none. With it, `url` must be empty.
        url_file: Option<PathBuf> = r#""""#,
    }
}

section! {
    /// The container engine that runs tenants.
    Engine = "engine" {
        /// Its socket, as in `unix:///run/podman/podman.sock`.
        /// Empty: `$DOCKER_HOST`, or else `unix:///var/run/docker.sock`.
        /// Another engine does not have the tenants of the first one: they show as missing until
        /// they are started there.
        host: Option<EngineHost> = r#""""#,
    }
}

section! {
    /// The edge: where visitors of tenants come in.
    Edge = "edge" {
        /// The address and port on which visitors are let in.
        /// `0.0.0.0:80` lets in everybody who can reach this host.
        listen: SocketAddr = r#""127.0.0.1:8069""#,
        /// A new tenant's host is its name under this domain.
        /// Browsers take names below `localhost` for this very machine; any other domain needs DNS.
        /// Existing tenants keep their hosts.
        base_domain: HostName = r#""localhost""#,
        /// `https` when something before the edge ends TLS. Only changes the URLs that Berth shows.
        public_scheme: Scheme = r#""http""#,
        /// The port in the URLs that Berth shows, when something before the edge listens elsewhere.
        /// 0: the port of `listen`.
        public_port: Option<u16> = "0",
        /// Proxies whose `X-Forwarded-*` headers are believed, as in `["10.0.0.0/8"]`.
        /// Whoever is listed here can claim to be any visitor.
        trusted_proxies: Vec<IpRange> = "[]",
        /// How many seconds a request may wait for a tenant that is being switched.
        /// Longer hides longer switches from visitors, and keeps more connections open meanwhile.
        hold_seconds: Seconds = "30",
        /// Connections of visitors at the same time. More are turned away at once.
        /// Each takes two file descriptors: raise the limit of the process with it.
        max_connections: u32 = "10000",
        /// Connections from one address at the same time; trusted proxies are exempt.
        /// Offices share one address: too few lock out the later half of them.
        max_connections_per_address: u32 = "512",
        /// Requests that one tenant is given, and as many may wait for it while it is switched.
        /// More are answered with 503, so that one tenant cannot use up the connections of all.
        max_requests_per_tenant: u32 = "256",
        /// Open `WebSocket`s of one tenant: about one for each browser tab. More get 503.
        max_websockets_per_tenant: u32 = "2000",
        /// The largest request body. Larger ones are answered with 413.
        /// It bounds the files that people can upload; Odoo's own limit is 128 MiB unless raised.
        max_body: Bytes = r#""256MiB""#,
        /// How many seconds a visitor may take to send the head of a request.
        /// Longer helps slow lines, and whoever wants to use up connections.
        header_seconds: Seconds = "15",
        /// How many seconds a connection may be idle between requests.
        /// So long, and a second more for each 500 bytes, a visitor is also waited for in all while one
        /// body comes or one answer is taken; and so long a `WebSocket` stays of which one side has ended
        /// or takes nothing. Shorter lets go of slow lines.
        idle_seconds: Seconds = "75",
        /// How many seconds a tenant may be silent while it works on an answer.
        /// Reports of Odoo take minutes; a shorter time cuts them off with 504.
        /// A `WebSocket` in which nothing passes for so long is cut too.
        answer_seconds: Seconds = "720",
        /// A file to which one JSON line per request is added. Empty: none.
        /// It grows without bound: rotate it.
        access_log: Option<PathBuf> = r#""""#,
    }
}

section! {
    /// The console: the API over TCP. Nobody is known there by the connection: every request shows a
    /// token (`berth token create`).
    Console = "console" {
        /// The address and port on which it listens, or `off`. Must differ from the edge's.
        /// An address that is not of this host itself needs TLS, here or in a proxy before it.
        listen: Listen = r#""127.0.0.1:8070""#,
        /// The names under which it is reached, as in `["berth.example.com"]`.
        /// Requests for other names are refused, so that no page of a stranger can speak to it through
        /// a browser. Addresses, and names below `localhost`, need not be listed.
        /// No tenant gets one of them as its host.
        names: Vec<HostName> = "[]",
        /// Where browsers reach it, as in `"https://berth.example.com"`. Its name belongs into `names` too.
        /// Providers of sign-ins send people back there. Empty: there are none.
        public_url: Option<PublicUrl> = r#""""#,
        /// A file with its certificate and what leads to the authority, in PEM. Empty: no TLS.
        /// A file that changes is read again within seconds.
        tls_certificate: Option<PathBuf> = r#""""#,
        /// A file with the private key, in PEM, that nobody else may read.
        tls_key: Option<PathBuf> = r#""""#,
        /// `true`: something before it ends TLS, and nobody else can reach it.
        /// Without that and without TLS, whoever is on the way reads every token.
        behind_proxy: bool = "false",
        /// Proxies whose `X-Forwarded-For` is believed, as in `["10.0.0.0/8"]`.
        /// Whoever is listed here can claim to be at any address, in the audit too.
        trusted_proxies: Vec<IpRange> = "[]",
        /// Connections at the same time. More are turned away at once.
        max_connections: u32 = "512",
        /// Connections from one address at the same time; trusted proxies are exempt.
        max_connections_per_address: u32 = "64",
    }
}

section! {
    /// The networks of tenants. Every tenant has its own, cut from one pool.
    Network = "network" {
        /// A private range that neither this host nor its neighbours use, /8 to /27.
        /// Every tenant takes sixteen addresses: a /16 is enough for 4096.
        /// Existing tenants move to the new range when they are started next.
        pool: SubnetPool = r#""10.213.0.0/16""#,
    }
}

section! {
    /// The PostgreSQL server that holds the tenants' databases.
    Postgres = "postgres" {
        /// `managed`: Berth makes and starts one in a container. `external`: somebody else does.
        /// Changing it moves no data: existing tenants lose their database.
        mode: PostgresMode = r#""managed""#,
        /// `external` only: a file (mode 0600) that holds the URL of a superuser.
        url_file: Option<PathBuf> = r#""""#,
        /// `managed` only: connections that the server accepts.
        /// Bounds how many tenants there can be: one with the default limits is promised 21.
        max_connections: u32 = "2000",
        /// `managed` only: memory of the server's container.
        /// A quarter of it becomes shared buffers.
        memory: Bytes = r#""2GiB""#,
        /// Connections that a server accepts which one tenant has for itself (`--own-cluster`).
        /// Enough for a tenant with 16 cores.
        own_max_connections: u32 = "400",
        /// Memory that such a server plans with. Each counts as promised memory beside its tenant's.
        own_memory: Bytes = r#""512MiB""#,
    }
}

section! {
    /// The disks that Berth stands on: the home, the managed PostgreSQL server and the engine.
    Disk = "disk" {
        /// Less than this free is told once, as a share (`"10%"`) or a size (`"20GiB"`).
        /// A share holds for the number of files too.
        low: Threshold = r#""10%""#,
        /// With less than this free nothing new is made: no tenant, no blueprint, no copy.
        /// What runs goes on running, until the disk itself refuses.
        full: Threshold = r#""1GiB""#,
    }
}

section! {
    /// What `berth serve` writes to standard error.
    Log = "log" {
        /// `text` for people, `json` for programs.
        format: LogFormat = r#""text""#,
        /// `error`, `warn`, `info`, `debug` or `trace`: the least important thing that is logged.
        level: Level = r#""info""#,
    }
}
