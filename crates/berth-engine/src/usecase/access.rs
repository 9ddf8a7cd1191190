//! Commands inside a tenant.

use berth_domain::{Actor, Tenant};
use berth_runtime::{ExecSession, ExecSpec, ObservedState, TerminalSize, WorkloadName};
use serde_json::json;

use super::audit::Deed;
use super::find_tenant;
use crate::Engine;
use crate::error::EngineError;
use crate::parts::{container, image};
use crate::request::TenantCommand;

impl Engine {
    /// Runs a command inside a tenant's container, which must be running.
    ///
    /// One that is asked for with a key begins once: whoever asks again is told that it was
    /// ([`EngineError::Repeated`]). The key is used before it begins, so that one at which the process died in
    /// between never began.
    pub async fn run_command(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
        (command, terminal): (TenantCommand, Option<TerminalSize>),
    ) -> Result<ExecSession, EngineError> {
        let (_, tenant) = find_tenant(&self.0, actor, org, name).await?;
        self.demand_container(&tenant).await?;
        let workload = WorkloadName::tenant(&tenant.id.object_name());
        let deed = deed(&tenant, &command);
        let spec = self.command(&tenant, command, terminal).await?;
        let mut tx = self.0.store.begin().await?;
        self.record(&mut tx, actor, deed).await?;
        tx.commit().await?;
        tracing::info!(
            actor = %actor, tenant.name = %tenant.name, program = spec.command.first(),
            "somebody runs a command in a tenant"
        );
        self.0.runtime.telemetry.exec(&workload, spec).await.map_err(EngineError::Runtime)
    }

    async fn command(
        &self,
        tenant: &Tenant,
        command: TenantCommand,
        terminal: Option<TerminalSize>,
    ) -> Result<ExecSpec, EngineError> {
        let mut environment = Vec::new();
        if terminal.is_some() {
            environment.push(("TERM".to_owned(), "xterm-256color".to_owned()));
        }
        let command = match command {
            TenantCommand::Exec(command) => command,
            TenantCommand::Psql(arguments) => {
                environment.push(("PGPASSFILE".to_owned(), container::PGPASS.to_owned()));
                let cluster = self.0.cluster_of(tenant).await?;
                let mut command = cluster.psql(&tenant.id.object_name());
                command.extend(arguments);
                command
            }
            TenantCommand::Shell => {
                let digest = &tenant.image.digest;
                let capabilities =
                    image::capabilities(&self.0, &tenant.image.reference, digest).await?;
                container::shell(&capabilities, &tenant.id.object_name())
            }
        };
        if command.is_empty() {
            let mut problems = berth_domain::Problems::default();
            problems.add("command", "name a program to run");
            return Err(EngineError::Invalid(problems));
        }
        Ok(ExecSpec { command, environment, terminal })
    }
}

/// What is written down of a command: its program, and not its arguments, among which a password may
/// be.
fn deed(tenant: &Tenant, command: &TenantCommand) -> Deed {
    match command {
        TenantCommand::Exec(command) => {
            Deed::to("tenant.exec", tenant).after(json!({ "program": command.first() }))
        }
        TenantCommand::Psql(_) => Deed::to("tenant.psql", tenant),
        TenantCommand::Shell => Deed::to("tenant.shell", tenant),
    }
}

impl Engine {
    /// Refuses a tenant in whose container nothing can be run now.
    pub(super) async fn demand_container(&self, tenant: &Tenant) -> Result<(), EngineError> {
        let workload = WorkloadName::tenant(&tenant.id.object_name());
        let observed = self.0.runtime.workloads.observe(&workload).await;
        match observed.map_err(EngineError::Runtime)? {
            Some(observed) if observed.state == ObservedState::Running => Ok(()),
            _ => Err(not_running(tenant)),
        }
    }
}

pub(super) fn not_running(tenant: &Tenant) -> EngineError {
    EngineError::NotRunning { tenant: tenant.name.to_string(), state: tenant.state.label() }
}
