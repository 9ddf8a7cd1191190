//! Links that sign somebody in to a tenant as its administrator.
//!
//! # Invariants
//!
//! * Who opened a link is written down before there is one.
//! * A link is kept in memory only: a process that ends takes it along, and somebody asks for another.

use std::time::Duration;

use berth_domain::{Actor, Tenant};
use berth_edge::{LOGIN_PATH, RouteState};
use berth_odoo::session::{self, Minted};
use berth_runtime::{ExecInput, ExecOutput, ExecSession, ExecSpec, WorkloadName};
use bytes::Bytes;
use futures_util::StreamExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::timeout;

use super::access::not_running;
use super::audit::Deed;
use super::find_tenant;
use crate::Engine;
use crate::error::EngineError;
use crate::parts::{container, image};
use crate::secret;
use crate::view::LoginLink;

/// How long a link is good.
const LIFE: Duration = Duration::from_mins(1);
/// How long Odoo may take to make a session. It loads all of its modules for it.
const PATIENCE: Duration = Duration::from_mins(2);
/// How much of what it says is kept: far more than it ever says.
const MOST_OUTPUT: usize = 1 << 20;
/// How many characters of why it did not are told.
const LONGEST_LINE: usize = 400;

impl Engine {
    /// Makes a link that signs whoever uses it in as the administrator of a tenant that serves
    /// visitors: once, within a minute. It needs neither their password nor their second factor.
    pub async fn login_link(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
    ) -> Result<LoginLink, EngineError> {
        let (_, tenant) = find_tenant(&self.0, actor, org, name).await?;
        let route = self.0.routes.find(tenant.id);
        if route.is_none_or(|route| route.state != RouteState::Open) {
            return Err(not_running(&tenant));
        }
        self.demand_container(&tenant).await?;
        self.record_now(actor, Deed::to("tenant.login_link", &tenant)).await?;
        tracing::info!(actor = %actor, tenant.name = %tenant.name, "somebody opens a tenant as its administrator");
        let session = timeout(PATIENCE, self.mint(&tenant)).await;
        let session = session.unwrap_or(Err(EngineError::NoSession {
            tenant: tenant.name.to_string(),
            why: format!("Odoo did not make one within {} s", PATIENCE.as_secs()),
        }))?;
        let key = secret::secret();
        let expires_at = self.0.clock.now() + LIFE;
        self.0.logins.open(key.expose_secret(), (tenant.id, session), LIFE);
        let url = self.0.settings.url(&tenant.host);
        let url = format!("{}{LOGIN_PATH}{}", url.trim_end_matches('/'), key.expose_secret());
        Ok(LoginLink { url: url.into(), expires_at })
    }

    /// Has Odoo make a session.
    async fn mint(&self, tenant: &Tenant) -> Result<SecretString, EngineError> {
        let digest = &tenant.image.digest;
        let capabilities = image::capabilities(&self.0, &tenant.image.reference, digest).await?;
        let object = tenant.id.object_name();
        let command = container::shell(&capabilities, &object);
        let spec = ExecSpec { command, environment: Vec::new(), terminal: None };
        let workload = WorkloadName::tenant(&object);
        let exec = self.0.runtime.telemetry.exec(&workload, spec).await;
        let said = said(exec.map_err(EngineError::Runtime)?).await?;
        let because = |why: String| EngineError::NoSession { tenant: tenant.name.to_string(), why };
        match session::read(&said) {
            Some(Minted::Session(session)) => Ok(session),
            Some(Minted::Nobody) => {
                Err(EngineError::NoAdministrator { tenant: tenant.name.to_string() })
            }
            None => Err(because(last_line(&said))),
        }
    }
}

/// Gives Odoo's shell the program, and returns all that it says.
async fn said(ExecSession { input, mut output }: ExecSession) -> Result<String, EngineError> {
    // Whoever ended already says so by itself.
    let _ = input.send(ExecInput::Data(Bytes::from_static(session::SCRIPT.as_bytes()))).await;
    drop(input);
    let mut said = Vec::new();
    while let Some(piece) = output.next().await {
        match piece.map_err(EngineError::Runtime)? {
            ExecOutput::Out(bytes) | ExecOutput::Error(bytes) => {
                let room = MOST_OUTPUT.saturating_sub(said.len());
                said.extend_from_slice(&bytes[..bytes.len().min(room)]);
            }
            ExecOutput::Exit(_) => break,
        }
    }
    Ok(String::from_utf8_lossy(&said).into_owned())
}

/// What a program says last is mostly why it ended. A session that cannot be read is none to be shown.
fn last_line(said: &str) -> String {
    let is_why = |line: &&str| !line.is_empty() && !line.contains(session::MARK.trim_end());
    let Some(line) = said.lines().rev().map(str::trim).find(is_why) else {
        return "Odoo's shell said nothing".to_owned();
    };
    let line: String = line.chars().filter(|c| !c.is_control()).take(LONGEST_LINE).collect();
    format!("Odoo says: {line}")
}
