//! Makes an archived tenant of a database, a role and a folder whose row is gone.
//!
//! 1. The role gets a new password and the database lets it in.
//! 2. The database says who it is, every file that it names is there, and that is written into the row.
//! 3. `odoo.conf` is written with the new passwords.
//! 4. Odoo is told the address that the tenant has now. **Pivot.**
//! 5. The database is closed to everybody again.
//!
//! Undone, the row is gone, database and role are as open as they were, and nothing of the data was
//! changed. The role's old password is not put back: whoever knew it had it from the row that is gone.

use async_trait::async_trait;
use berth_domain::Event;
use berth_domain::saga::Outcome;
use berth_store::{Tx, tenants};
use serde::{Deserialize, Serialize};

use super::{before, input, settle_tenant};
use crate::operation::step::steps;
use crate::operation::{Context, Saga, StepError};
use crate::parts::{adoption, database, files};

steps! {
    /// What an adoption consists of.
    AdoptStep {
        /// Undo: database and role are closed if they were.
        Role = "role", "giving the role a new password", 60;
        /// Looks at every file. Undo: nothing; the row goes with the operation.
        Identity = "identity", "reading who the database is", 600;
        /// Undo: nothing; the passwords of before are of no use to anybody.
        Files = "files", "writing odoo.conf", 60;
        Address = "address", "telling Odoo its address", 60;
        Close = "close", "closing the database", 60;
    }
}

pub(crate) struct Adopt;

/// How things were found. Its JSON is kept in the journal: fields are only ever added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AdoptInput {
    /// Whether the database took connections.
    pub(crate) open: bool,
    /// Whether the role could sign in.
    pub(crate) login: bool,
}

#[async_trait]
impl Saga for Adopt {
    type Step = AdoptStep;
    const PIVOT: AdoptStep = AdoptStep::Address;

    async fn run(&self, step: AdoptStep, context: &Context) -> Result<(), StepError> {
        match step {
            AdoptStep::Role => database::open(context).await,
            AdoptStep::Identity => adoption::read_identity(context).await,
            AdoptStep::Files => files::refresh_conf(context).await,
            AdoptStep::Address => {
                let tenant = context.tenant().await?;
                database::set_address(context, &tenant.host).await
            }
            AdoptStep::Close => database::close(context).await,
        }
    }

    async fn undo(&self, step: AdoptStep, context: &Context) -> Result<(), StepError> {
        match step {
            AdoptStep::Role => {
                let AdoptInput { open, login } = input(context)?;
                adoption::reopen_as_found(context, open, login).await
            }
            AdoptStep::Identity | AdoptStep::Files | AdoptStep::Address | AdoptStep::Close => {
                Ok(())
            }
        }
    }

    async fn settle(
        &self,
        tx: &mut Tx,
        context: &Context,
        outcome: Outcome<AdoptStep>,
    ) -> Result<(), StepError> {
        match outcome {
            Outcome::Committed => {
                settle_tenant(tx, context, Event::Archive { at: context.clock.now() }).await
            }
            Outcome::RolledBack => {
                let _ = tenants::delete(tx, context.tenant_id()).await?;
                Ok(())
            }
            Outcome::Stuck(_) => settle_tenant(tx, context, before::failure(context)).await,
        }
    }
}
