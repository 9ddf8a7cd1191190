//! Every section and field of the configuration.
//!
//! The first paragraph of a field's documentation says what it is, the rest what changes with it.
//! All of it ends up in the sample file, together with the default.

use std::net::SocketAddr;
use std::path::PathBuf;

use berth_domain::disk::Threshold;
use berth_domain::subnet::SubnetPool;
use berth_domain::{Bytes, HostName, ImageRef, IpRange, Language, Stage, TimeZoneName};

use crate::reader::Reader;
use crate::setting::{
    Age, Cores, EngineHost, Level, Listen, LogFormat, MailHost, MailTls, Mailbox, PostgresMode,
    PublicUrl, Scheme, Seconds, StoreUrl, Word,
};

/// A section as the sample and the reader see it.
#[derive(Debug)]
pub struct Section {
    pub name: &'static str,
    /// Lines, each as written after `///`.
    pub doc: &'static [&'static str],
    pub fields: &'static [Field],
}

/// A field as the sample and the reader see it.
#[derive(Debug)]
pub struct Field {
    /// `section.key`.
    pub path: &'static str,
    pub key: &'static str,
    /// In TOML.
    pub default: &'static str,
    /// Lines, each as written after `///`.
    pub doc: &'static [&'static str],
}

macro_rules! section {
    ($(#[doc = $doc:literal])+ $name:ident = $section:literal {
        $($(#[doc = $field_doc:literal])+ $key:ident: $type:ty = $default:literal,)+
    }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone)]
        pub struct $name {
            $($(#[doc = $field_doc])+ pub $key: $type,)+
        }

        impl $name {
            pub const SECTION: Section = Section {
                name: $section,
                doc: &[$($doc),+],
                fields: &[$(Field {
                    path: concat!($section, ".", stringify!($key)),
                    key: stringify!($key),
                    default: $default,
                    doc: &[$($field_doc),+],
                }),+],
            };

            pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
                Self { $($key: reader.value(concat!($section, ".", stringify!($key))),)+ }
            }
        }
    };
}

/// Every section, in the order of the sample.
pub const ALL: [Section; 20] = [
    Api::SECTION,
    Store::SECTION,
    Engine::SECTION,
    Images::SECTION,
    Edge::SECTION,
    Console::SECTION,
    SignIn::SECTION,
    Network::SECTION,
    Postgres::SECTION,
    Tenants::SECTION,
    Quotas::SECTION,
    Operations::SECTION,
    Disk::SECTION,
    Logs::SECTION,
    Uploads::SECTION,
    Audit::SECTION,
    Notify::SECTION,
    Mail::SECTION,
    Development::SECTION,
    Log::SECTION,
];

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
    /// The images that are run when nobody asks for another one.
    Images = "images" {
        /// The Odoo of new tenants. The engine must have it or be able to pull it.
        /// Existing tenants keep the image that they were made with.
        odoo: ImageRef = r#""odoo:19.0""#,
        /// The PostgreSQL of the managed server.
        /// A higher major version cannot read the files of a lower one: Berth refuses to start then.
        postgres: ImageRef = r#""postgres:18""#,
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
        idle_seconds: Seconds = "75",
        /// How many seconds a tenant may be silent while it works on an answer.
        /// Reports of Odoo take minutes; a shorter time cuts them off with 504.
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
    /// Sign-in at foreign providers (`OpenID` Connect), of which there may be several; see below.
    /// They are told to send people back to `/api/v1/sign-in/providers/ID/callback` of
    /// `console.public_url`.
    SignIn = "sign_in" {
        /// Ranges that are not public and where providers may be all the same, as in `["10.0.0.0/8"]`.
        /// A provider can have Berth ask whatever is in them; http without TLS is allowed there only.
        allow_private: Vec<IpRange> = "[]",
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
    }
}

section! {
    /// What a tenant gets when its creator says nothing. Existing tenants keep what they have.
    Tenants = "tenants" {
        /// `production`, `staging`, `development` or `test`.
        stage: Stage = r#""production""#,
        /// A language code of Odoo. The first tenant of each language takes longer to make.
        language: Language = r#""en_US""#,
        /// A name of the IANA database, for the administrator and the company's calendar.
        time_zone: TimeZoneName = r#""UTC""#,
        /// Processor time in cores: `2`, `0.5`, `"1500m"`. With more than one core Odoo runs workers.
        cpu: Cores = "1",
        /// Memory of a tenant's container. A tenant that reaches it is killed; a restart
        /// brings it back.
        memory: Bytes = r#""1GiB""#,
        /// Processes and threads of a tenant's container.
        pids: u32 = "256",
        /// Memory limits handed out in all, in percent of the host's memory.
        /// Beyond 100 tenants share memory, and the host runs out if all of them use theirs.
        memory_percent: u32 = "150",
        /// For how many days a deleted tenant can be brought back. 0: it is gone at once.
        /// Meanwhile its name, its host and its disk space stay taken.
        delete_grace_days: u32 = "7",
    }
}

section! {
    /// What all tenants of one owner may have together, unless the owner has a quota of their own
    /// (`berth quota set`). Tenants without an owner are not counted.
    Quotas = "quotas" {
        /// Tenants that are not archived or deleted. 0: no bound.
        tenants: Option<u32> = "0",
        /// Processor time in cores, as in `8` or `"1500m"`. 0: no bound.
        cpu: Option<Cores> = "0",
        /// Memory, as in `"16GiB"`. Empty: no bound.
        memory: Option<Bytes> = r#""""#,
        /// What databases and files may fill, as in `"100GiB"`. Empty: no bound.
        /// With a bound, every tenant of an owner needs a storage limit.
        storage: Option<Bytes> = r#""""#,
    }
}

section! {
    /// Durable operations.
    Operations = "operations" {
        /// How many are at work at the same time. 0: twice the number of processors.
        /// More finish sooner together and later each.
        concurrency: Option<u32> = "0",
        /// Blueprints that are kept, one for each image, language and set of modules.
        /// The longest unused goes first; making it again takes up to a minute. Each takes about
        /// 100 MB.
        blueprint_keep: u32 = "8",
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
    /// How messages leave this host: webhooks, and mail (see below).
    Notify = "notify" {
        /// Ranges that are not public and may be reached all the same, as in `["192.168.1.0/24"]`.
        /// Whoever may make webhooks can then send messages to everything in them; http without TLS is
        /// allowed there and nowhere else.
        allow_private: Vec<IpRange> = "[]",
    }
}

section! {
    /// What is kept of the logs of tenants and of the managed PostgreSQL server, beyond the life of
    /// their containers.
    Logs = "logs" {
        /// For how long, as in `"14d"` or `"12h"`.
        keep: Age = r#""14d""#,
        /// How much of one tenant, as it lies on the disk: about a tenth of what was said.
        /// The oldest goes first.
        max_per_tenant: Bytes = r#""200MiB""#,
    }
}

section! {
    /// Backups that are sent in, to be imported.
    Uploads = "uploads" {
        /// The largest one. It is also refused when the disk has no room for it.
        max_size: Bytes = r#""64GiB""#,
        /// For how many hours one is kept that nobody imports. One that was imported goes at once.
        keep_hours: u32 = "24",
    }
}

section! {
    /// Who did what.
    Audit = "audit" {
        /// For how many days it is known. 0: for ever.
        keep_days: u32 = "365",
    }
}

section! {
    /// Mail to people who want to know when something is wrong.
    Mail = "mail" {
        /// The mail server. Empty: no mail is sent.
        host: Option<MailHost> = r#""""#,
        /// Its port. 0: 587 with `starttls`, 465 with `implicit`, 25 with `none`.
        port: Option<u16> = "0",
        /// `starttls`, `implicit` (TLS from the first byte) or `none`.
        /// `none` only to this host itself, or to an address that `notify.allow_private` names.
        tls: MailTls = r#""starttls""#,
        /// The name to sign in with. Empty: the server asks for none.
        user: Option<Word> = r#""""#,
        /// A file (mode 0600) that holds the password. Needs `user`.
        password_file: Option<PathBuf> = r#""""#,
        /// Whom the mail is from, as in `"Berth <berth@example.com>"`.
        from: Option<Mailbox> = r#""""#,
        /// Whom it goes to, as in `["ops@example.com"]`.
        to: Vec<Mailbox> = "[]",
        /// Where answers go. Empty: to `from`.
        reply_to: Option<Mailbox> = r#""""#,
    }
}

section! {
    /// Tenants of the stage `development`.
    Development = "development" {
        /// Folders below which `--addons` may point, as in `["/home/dev/addons"]`.
        /// Empty: `--addons` is refused. A tenant can read everything in the folder it is given.
        addons_roots: Vec<PathBuf> = "[]",
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
