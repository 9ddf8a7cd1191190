//! What a home looks like from outside: to visitors, and to PostgreSQL.

use std::net::SocketAddr;

use berth_domain::{ObjectName, TenantId};
use http::Request;
use serde_json::Value;

use super::{ANSWER, Home};
use crate::engine::Ran;
use crate::http::{Answer, Place, request, send};

impl Home {
    /// The address on which the edge listens.
    ///
    /// # Panics
    ///
    /// When Berth does not say.
    pub async fn edge(&self) -> SocketAddr {
        self.listener("edge").await
    }

    /// The address on which the console listens.
    ///
    /// # Panics
    ///
    /// When Berth does not say.
    pub async fn console(&self) -> SocketAddr {
        self.listener("console").await
    }

    async fn listener(&self, name: &str) -> SocketAddr {
        let status = self.get("/status").await;
        let said = status[name].as_str().unwrap_or_default();
        let port = said.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        let port: u16 = port.unwrap_or_else(|| panic!("no port in the {name} `{said}`"));
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    /// Visits a host through the edge, as a browser on this machine would.
    ///
    /// # Panics
    ///
    /// When the edge does not answer.
    pub async fn visit(&self, host: &str, path: &str) -> Answer {
        let asked = request("GET", path, &Value::Null);
        self.visit_with(host, asked).await
    }

    /// Sends a request to a host through the edge.
    ///
    /// # Panics
    ///
    /// When the edge does not answer.
    pub async fn visit_with(&self, host: &str, mut asked: Request<bytes::Bytes>) -> Answer {
        let edge = self.edge().await;
        let value = http::HeaderValue::from_str(&format!("{host}:{}", edge.port()));
        asked.headers_mut().insert(http::header::HOST, value.expect("hosts are plain text"));
        let answer = send(&Place::Address(edge), asked, ANSWER).await;
        answer.unwrap_or_else(|error| panic!("a visit of {host}: {error:?}\n{}", self.log()))
    }

    /// What a tenant's container, database and role are called.
    ///
    /// # Panics
    ///
    /// When there is no such tenant.
    pub async fn object(&self, tenant: &str) -> ObjectName {
        let tenant = self.get(&format!("tenants/{tenant}")).await;
        let id: TenantId =
            tenant["id"].as_str().unwrap_or_default().parse().expect("a tenant's id");
        id.object_name()
    }

    /// Asks the PostgreSQL server something as a tenant's own role, from inside its container and
    /// without Berth. One row per line, columns separated by `|`.
    ///
    /// # Panics
    ///
    /// When the server refuses.
    pub async fn sql(&self, object: &ObjectName, query: &str) -> Vec<String> {
        let ran = self.psql(object, object.as_str(), query).await;
        assert_eq!(ran.code, 0, "{query}: {}", ran.stderr);
        ran.stdout.lines().map(str::to_owned).collect()
    }

    /// The same on any database, whatever comes of it.
    ///
    /// # Panics
    ///
    /// When the container has no password file.
    pub async fn psql(&self, object: &ObjectName, database: &str, query: &str) -> Ran {
        let user = format!("--username={object}");
        let database = format!("--dbname={database}");
        let mut argv =
            vec!["psql", "--no-psqlrc", "--no-password", "-qAt", "-v", "ON_ERROR_STOP=1"];
        argv.extend(["--host=/run/postgresql", &user, &database, "-c", query]);
        // The file is good for the tenant's own database only; its password may open more.
        let file =
            self.engine.exec(object.as_str(), &["cat", "/etc/odoo/pgpass"], &[]).await.stdout;
        let password = file.trim_end().rsplit_once(':').map(|(_, password)| password);
        let password = format!("PGPASSWORD={}", password.expect("the file has five columns"));
        self.engine.exec(object.as_str(), &argv, &[&password]).await
    }
}
