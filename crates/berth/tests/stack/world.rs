//! The installation that all stories are told on.

use std::path::Path;

use berth_domain::ObjectName;
use berth_testkit::home::{Home, Plan};
use berth_testkit::http::Answer;
use berth_testkit::sink::{MailSink, WebSink};
use berth_testkit::stories::World;
use tokio::sync::OnceCell;

/// Memory is promised several times over: twenty tenants at once are one of the stories.
const CONFIGURATION: &str =
    "[tenants]\nmemory = \"512MiB\"\nmemory_percent = 1000\ndelete_grace_days = 7\n";

/// An installation, and the tenants that several stories share.
pub(crate) struct Stack {
    pub(crate) home: Home,
    /// Below it, folders with addons may be mounted.
    pub(crate) addons: tempfile::TempDir,
    /// Where messages of webhooks and mail end up.
    pub(crate) hooks: WebSink,
    pub(crate) letters: MailSink,
    acme: OnceCell<Site>,
    globex: OnceCell<Site>,
}

/// A tenant that runs.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) name: String,
    pub(crate) host: String,
    pub(crate) object: ObjectName,
}

impl World for Stack {
    async fn make() -> Self {
        let addons = tempfile::tempdir().unwrap();
        let roots = addons.path().to_str().unwrap();
        let (hooks, letters) = (WebSink::start().await, MailSink::start().await);
        let configuration = format!(
            "{CONFIGURATION}\n[development]\naddons_roots = [{roots:?}]\n\n[notify]\nallow_private = \
             [\"127.0.0.1\"]\n\n[mail]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nfrom = \
             \"berth@example.com\"\nto = [\"ops@example.com\"]\n",
            letters.address().port()
        );
        let plan = Plan {
            program: Path::new(env!("CARGO_BIN_EXE_berth")),
            pool: "10.214.0.0/20",
            engine: None,
            configuration: &configuration,
            wrapper: &[],
        };
        let home = Home::start(&plan).await;
        Self { home, addons, hooks, letters, acme: OnceCell::new(), globex: OnceCell::new() }
    }

    fn last_words(&self) -> String {
        let log = self.home.log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

impl Stack {
    /// The tenant of most stories. It runs whenever a story begins, and is as it was made.
    pub(crate) async fn acme(&self) -> &Site {
        self.acme.get_or_init(|| self.create("acme")).await
    }

    /// Its neighbour, which is only ever looked at.
    pub(crate) async fn globex(&self) -> &Site {
        self.globex.get_or_init(|| self.create("globex")).await
    }

    /// Makes a tenant the way a person does.
    async fn create(&self, name: &str) -> Site {
        self.home.done(&["tenant", "create", name]).await;
        self.site(name).await
    }

    /// Looks up a tenant that was made.
    pub(crate) async fn site(&self, name: &str) -> Site {
        let object = self.home.object(name).await;
        Site { name: name.to_owned(), host: format!("{name}.localhost"), object }
    }

    pub(crate) async fn login_page(&self, site: &Site) -> Answer {
        self.home.visit(&site.host, "/web/login").await
    }

    /// The administrator's password, as a person asks for it.
    pub(crate) async fn password(&self, site: &Site) -> String {
        let said = self.home.done(&["tenant", "password", "show", &site.name]).await;
        said.text().trim_end().to_owned()
    }
}
