//! The whole configuration, and what holds between its parts.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use berth_domain::{Bytes, Limits};
use secrecy::SecretString;

use crate::environment::Sources;
use crate::mistake::{Invalid, Mistake, Place};
use crate::reader::{File, Reader};
use crate::secret_file;
use crate::sections::{
    Console, Development, Edge, Engine, Images, Log, Network, Operations, Postgres, Store, Tenants,
};
use crate::setting::{EngineHost, PostgresMode, Scheme, Setting as _};

/// A valid configuration. Read once, in `main`, and handed down in parts.
#[derive(Debug, Clone)]
pub struct Config {
    /// The home folder, absolute.
    pub home: PathBuf,
    pub store: Store,
    pub engine: Engine,
    pub images: Images,
    pub edge: Edge,
    pub console: Console,
    pub network: Network,
    pub postgres: Postgres,
    pub tenants: Tenants,
    pub operations: Operations,
    pub development: Development,
    pub log: Log,
    store_url: SecretString,
    engine_host: EngineHost,
    cluster: Cluster,
    cores: u32,
}

/// Which PostgreSQL server holds the tenants.
#[derive(Debug, Clone)]
pub enum Cluster {
    Managed {
        max_connections: u32,
        memory: Bytes,
    },
    /// `url` is that of a superuser.
    External {
        url: SecretString,
    },
}

/// A setting in force, and who set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    /// `section.key`.
    pub path: &'static str,
    /// As it was written.
    pub value: String,
    pub place: Place,
}

/// Reads the configuration.
pub fn load(sources: &Sources) -> Result<Config, Invalid> {
    read(sources).map(|(config, _)| config)
}

/// Reads the configuration and says where each setting comes from.
pub fn explain(sources: &Sources) -> Result<Vec<Effective>, Invalid> {
    read(sources).map(|(_, effective)| effective)
}

/// Finds everything that is wrong with the file at `path`, and with nothing else.
pub fn check_file(path: &Path) -> Result<(), Invalid> {
    let sources = Sources {
        home: Some(PathBuf::from("/var/lib/berth")),
        file: Some(path.to_owned()),
        ..Sources::default()
    };
    load(&sources).map(|_| ())
}

fn read(sources: &Sources) -> Result<(Config, Vec<Effective>), Invalid> {
    let (path, is_named) = sources.file();
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !is_named => None,
        Err(error) => {
            return Err(Invalid(vec![Mistake {
                place: Place::File { path, line: None },
                key: String::new(),
                message: format!("cannot read the file: {error}"),
                hint: None,
            }]));
        }
    };
    let (file, mistakes) = match text.as_deref().map(|text| File::parse(&path, text)) {
        Some((file, mistakes)) => (Some(file), mistakes),
        None => (None, Vec::new()),
    };
    let mut reader = Reader::new(sources, file, mistakes);
    let config = Config::read(&mut reader, sources);
    let (mut mistakes, shown) = reader.finish();
    mistakes.sort_by_key(|mistake| mistake.place.rank());
    let effective =
        shown.into_iter().map(|(path, value, place)| Effective { path, value, place }).collect();
    if mistakes.is_empty() { Ok((config, effective)) } else { Err(Invalid(mistakes)) }
}

impl Config {
    fn read(reader: &mut Reader<'_>, sources: &Sources) -> Self {
        // Relative to where the command was typed. It exists by the time anybody else looks.
        let home = std::path::absolute(sources.home()).unwrap_or_else(|_| sources.home());
        let store = Store::read(reader);
        let engine = Engine::read(reader);
        let images = Images::read(reader);
        let edge = Edge::read(reader);
        let console = Console::read(reader);
        let network = Network::read(reader);
        let postgres = Postgres::read(reader);
        let tenants = Tenants::read(reader);
        let operations = Operations::read(reader);
        let development = Development::read(reader);
        let log = Log::read(reader);

        check_listeners(reader, &edge, &console);
        check_limits(reader, &edge, &tenants, &postgres);
        Self {
            store_url: store_url(reader, &store, &home),
            engine_host: engine_host(reader, &engine, sources),
            cluster: cluster(reader, &postgres),
            cores: sources.environment.cores(),
            home,
            store,
            engine,
            images,
            edge,
            console,
            network,
            postgres,
            tenants,
            operations,
            development,
            log,
        }
    }

    /// The configuration of an installation in `home` that shares nothing with any other: ports are
    /// chosen by the system.
    ///
    /// # Panics
    ///
    /// Never: the defaults are valid.
    #[must_use]
    pub fn for_testing(home: &Path) -> Self {
        let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
        let sources = Sources { home: Some(home.to_owned()), ..Sources::default() };
        let mut config = load(&sources).expect("the defaults are valid");
        config.edge.listen = any_port;
        config.console.listen = any_port;
        config
    }

    /// The URL of the control database, with its password if it has one.
    #[must_use]
    pub fn store_url(&self) -> &SecretString {
        &self.store_url
    }

    #[must_use]
    pub fn engine_host(&self) -> &EngineHost {
        &self.engine_host
    }

    #[must_use]
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Operations at work at the same time.
    #[must_use]
    pub fn concurrency(&self) -> u32 {
        self.operations.concurrency.unwrap_or(2 * self.cores)
    }

    /// Limits of a tenant whose creator says nothing.
    #[must_use]
    pub fn default_limits(&self) -> Limits {
        Limits {
            cpu_millis: self.tenants.cpu.0,
            memory: self.tenants.memory,
            pids: self.tenants.pids,
        }
    }

    /// What a browser types after a tenant's host: `:8069`, or nothing for the scheme's own port.
    /// `listening` is the port on which the edge really listens.
    #[must_use]
    pub fn port_suffix(&self, listening: u16) -> String {
        let own = match self.edge.public_scheme {
            Scheme::Http => 80,
            Scheme::Https => 443,
        };
        match self.edge.public_port.unwrap_or(listening) {
            port if port == own => String::new(),
            port => format!(":{port}"),
        }
    }

    /// The Unix socket on which the API answers.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.home.join("berth.sock")
    }
}

fn check_listeners(reader: &mut Reader<'_>, edge: &Edge, console: &Console) {
    let (one, two) = (edge.listen, console.listen);
    let overlap = one.ip() == two.ip() || one.ip().is_unspecified() || two.ip().is_unspecified();
    if one.port() == two.port() && one.port() != 0 && overlap {
        let message = format!("`{two}` is taken by the edge (`edge.listen` is `{one}`)");
        reader.note("console.listen", message, Some("choose another port"));
    }
}

fn check_limits(reader: &mut Reader<'_>, edge: &Edge, tenants: &Tenants, postgres: &Postgres) {
    if tenants.memory < Limits::MIN_MEMORY {
        let message = format!("Odoo does not start with less than {}", Limits::MIN_MEMORY);
        reader.note("tenants.memory", message, None);
    }
    if tenants.pids < Limits::MIN_PIDS {
        let message = format!("Odoo needs at least {} processes and threads", Limits::MIN_PIDS);
        reader.note("tenants.pids", message, None);
    }
    if postgres.memory < Limits::MIN_MEMORY {
        let message = format!("PostgreSQL needs at least {}", Limits::MIN_MEMORY);
        reader.note("postgres.memory", message, None);
    }
    for (path, value, least) in [
        ("edge.max_connections", edge.max_connections, 1),
        ("edge.max_connections_per_address", edge.max_connections_per_address, 1),
        ("edge.max_requests_per_tenant", edge.max_requests_per_tenant, 1),
        ("edge.max_websockets_per_tenant", edge.max_websockets_per_tenant, 1),
        ("tenants.memory_percent", tenants.memory_percent, 1),
        ("postgres.max_connections", postgres.max_connections, 20),
    ] {
        if value < least {
            reader.note(path, format!("must be at least {least}, not {value}"), None);
        }
    }
}

fn store_url(reader: &mut Reader<'_>, store: &Store, home: &Path) -> SecretString {
    let file = store.url_file.as_deref();
    if file.is_some() && store.url.is_some() {
        let message = "`store.url` is set too, and only one of them can be right".to_owned();
        reader.note("store.url_file", message, Some("remove one of them"));
    }
    match (file, &store.url) {
        (Some(file), _) => secret(reader, "store.url_file", file),
        (None, Some(url)) => SecretString::from(url.as_str()),
        (None, None) => SecretString::from(format!("sqlite:{}/berth.db", home.display())),
    }
}

fn engine_host(reader: &mut Reader<'_>, engine: &Engine, sources: &Sources) -> EngineHost {
    const DEFAULT: &str = "unix:///var/run/docker.sock";
    if let Some(host) = &engine.host {
        return host.clone();
    }
    let text = sources.environment.get("DOCKER_HOST").unwrap_or(DEFAULT);
    EngineHost::from_text(text).unwrap_or_else(|message| {
        let hint = "Berth talks to an engine on its own host; `engine.host` beats `DOCKER_HOST`";
        reader.note("engine.host", format!("`DOCKER_HOST`: {message}"), Some(hint));
        EngineHost::from_text(DEFAULT).expect("the default is valid")
    })
}

fn cluster(reader: &mut Reader<'_>, postgres: &Postgres) -> Cluster {
    let managed =
        Cluster::Managed { max_connections: postgres.max_connections, memory: postgres.memory };
    match (postgres.mode, postgres.url_file.as_deref()) {
        (PostgresMode::Managed, None) => managed,
        (PostgresMode::Managed, Some(_)) => {
            let message = "only an external server has a URL".to_owned();
            reader.note("postgres.url_file", message, Some("set `postgres.mode` to `external`"));
            managed
        }
        (PostgresMode::External, Some(file)) => {
            Cluster::External { url: secret(reader, "postgres.url_file", file) }
        }
        (PostgresMode::External, None) => {
            let message = "an external server needs `postgres.url_file`".to_owned();
            let hint = "put `postgres://superuser:password@host/postgres` into a file, mode 0600";
            reader.note("postgres.mode", message, Some(hint));
            managed
        }
    }
}

fn secret(reader: &mut Reader<'_>, path: &'static str, file: &Path) -> SecretString {
    secret_file::read(file).unwrap_or_else(|message| {
        reader.note(path, message, None);
        SecretString::default()
    })
}
