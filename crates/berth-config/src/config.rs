//! The whole configuration.

mod rules;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use berth_domain::{Bytes, Limits};
use secrecy::SecretString;

use crate::environment::Sources;
use crate::mistake::{Invalid, Mistake, Place};
use crate::providers::{self, Provider};
use crate::reader::{File, Reader};
use crate::sections::{
    Api, Audit, Console, Development, Disk, Edge, Engine, Images, Log, Logs, Mail, Network, Notify,
    Operations, Postgres, Quotas, SignIn, Store, Tenants, Uploads,
};
use crate::setting::{EngineHost, Listen, Scheme};

/// A valid configuration. Read once, in `main`, and handed down in parts.
#[derive(Debug, Clone)]
pub struct Config {
    /// The home folder, absolute.
    pub home: PathBuf,
    pub api: Api,
    pub store: Store,
    pub engine: Engine,
    pub images: Images,
    pub edge: Edge,
    pub console: Console,
    pub sign_in: SignIn,
    /// Where else people may sign in.
    pub providers: Vec<Provider>,
    pub network: Network,
    pub postgres: Postgres,
    pub tenants: Tenants,
    pub quotas: Quotas,
    pub operations: Operations,
    pub disk: Disk,
    pub logs: Logs,
    pub uploads: Uploads,
    pub audit: Audit,
    pub notify: Notify,
    pub mail: Mail,
    pub development: Development,
    pub log: Log,
    /// Every setting in force, and who set it.
    pub effective: Vec<Effective>,
    store_url: SecretString,
    mail_password: Option<SecretString>,
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

/// Finds everything that is wrong with a file that would stand at `path` and hold `text`.
pub fn check_text(path: &Path, text: &str) -> Result<(), Invalid> {
    let sources = Sources { home: Some(PathBuf::from("/var/lib/berth")), ..Sources::default() };
    read_text(&sources, path, Some(text)).map(|_| ())
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
    read_text(sources, &path, text.as_deref())
}

/// The same with the file's text, if there is a file.
fn read_text(
    sources: &Sources,
    path: &Path,
    text: Option<&str>,
) -> Result<(Config, Vec<Effective>), Invalid> {
    let (file, mistakes) = match text.map(|text| File::parse(path, text)) {
        Some((file, mistakes)) => (Some(file), mistakes),
        None => (None, Vec::new()),
    };
    let mut reader = Reader::new(sources, file, mistakes);
    let mut config = Config::read(&mut reader, sources);
    let (mut mistakes, shown) = reader.finish();
    mistakes.sort_by_key(|mistake| mistake.place.rank());
    let effective = shown.into_iter().map(|(path, value, place)| Effective { path, value, place });
    let effective: Vec<Effective> = effective.collect();
    config.effective.clone_from(&effective);
    if mistakes.is_empty() { Ok((config, effective)) } else { Err(Invalid(mistakes)) }
}

/// Finds the Unix socket of the API for a client, who does not mind what else is configured, or
/// wrongly.
#[must_use]
pub fn socket(sources: &Sources) -> PathBuf {
    let (path, _) = sources.file();
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let (file, mistakes) = File::parse(&path, &text);
    let mut reader = Reader::new(sources, Some(file), mistakes);
    let home = std::path::absolute(sources.home()).unwrap_or_else(|_| sources.home());
    socket_of(&Api::read(&mut reader), &home)
}

fn socket_of(api: &Api, home: &Path) -> PathBuf {
    match &api.socket {
        Some(socket) => home.join(socket),
        None => home.join("berth.sock"),
    }
}

impl Config {
    fn read(reader: &mut Reader<'_>, sources: &Sources) -> Self {
        // Relative to where the command was typed. It exists by the time anybody else looks.
        let home = std::path::absolute(sources.home()).unwrap_or_else(|_| sources.home());
        let api = Api::read(reader);
        let store = Store::read(reader);
        let engine = Engine::read(reader);
        let images = Images::read(reader);
        let edge = Edge::read(reader);
        let console = Console::read(reader);
        let sign_in = SignIn::read(reader);
        let providers = providers::read(reader, &sign_in, &console);
        let network = Network::read(reader);
        let postgres = Postgres::read(reader);
        let tenants = Tenants::read(reader);
        let quotas = Quotas::read(reader);
        let operations = Operations::read(reader);
        let disk = Disk::read(reader);
        let logs = Logs::read(reader);
        let uploads = Uploads::read(reader);
        let audit = Audit::read(reader);
        let notify = Notify::read(reader);
        let mail = Mail::read(reader);
        let development = Development::read(reader);
        let log = Log::read(reader);

        rules::check_listeners(reader, &edge, &console);
        rules::check_console(reader, &console);
        rules::check_limits(reader, (&edge, &console), &tenants, &postgres);
        rules::check_disk(reader, &disk);
        rules::check_mail(reader, &mail, &notify);
        Self {
            effective: Vec::new(),
            mail_password: rules::mail_password(reader, &mail),
            store_url: rules::store_url(reader, &store, &home),
            engine_host: rules::engine_host(reader, &engine, sources),
            cluster: rules::cluster(reader, &postgres),
            cores: sources.environment.cores(),
            home,
            api,
            store,
            engine,
            images,
            edge,
            console,
            sign_in,
            providers,
            network,
            postgres,
            tenants,
            quotas,
            operations,
            disk,
            logs,
            uploads,
            audit,
            notify,
            mail,
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
        config.console.listen = Listen::At(any_port);
        config
    }

    /// The URL of the control database, with its password if it has one.
    #[must_use]
    pub fn store_url(&self) -> &SecretString {
        &self.store_url
    }

    /// What the mail server is told. `None`: it asks for nothing.
    #[must_use]
    pub fn mail_password(&self) -> Option<&SecretString> {
        self.mail_password.as_ref()
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
        socket_of(&self.api, &self.home)
    }
}
