//! Makes a tenant of a backup that was sent in.
//!
//! 1. A network of its own is reserved and made.
//! 2. Role and database; the dump is carried out as that role; what came of it is read and judged.
//! 3. Stored files and `odoo.conf`.
//! 4. A copy that is to be harmless is neutralised by its own Odoo, before any other Odoo sees it.
//! 5. The container.
//! 6. Its login page answers through the edge.
//! 7. The route opens. **Pivot.** What was sent in is removed.

use async_trait::async_trait;
use berth_domain::saga::Outcome;
use berth_domain::{Stage, UploadId};
use berth_store::{Tx, uploads};
use serde::{Deserialize, Serialize};

use super::{input, remove_network, settle_new};
use crate::operation::step::steps;
use crate::operation::{Context, Saga, StepError};
use crate::parts::{container, database, files, network, neutralize, restore, route};
use crate::usecase::discard_upload;

steps! {
    /// What an import consists of.
    ImportStep {
        /// Undo: remove the network, free its number.
        Network = "network", "preparing a network", 60;
        /// Undo: drop database and role.
        Database = "database", "restoring the database", 14_400;
        /// Undo: remove the folder.
        Files = "files", "unpacking files and writing odoo.conf", 14_400;
        /// Undo: remove the container that neutralises.
        Neutralize = "neutralize", "neutralizing the copy", 1800;
        /// Undo: remove the container.
        Container = "container", "starting the container", 120;
        /// Undo: forget the route.
        Check = "check", "waiting for the login page", 600;
        /// From here on the tenant takes traffic.
        Publish = "publish", "opening the route", 60;
    }
}

pub(crate) struct Import;

/// What the operation was asked to do. Its JSON is kept in the journal: fields are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ImportInput {
    pub(crate) upload: String,
    pub(crate) neutralize: bool,
    pub(crate) allow_missing_modules: bool,
}

impl ImportInput {
    pub(crate) fn of(context: &Context) -> Result<Self, StepError> {
        input(context)
    }

    /// Whether it moves in beside what it was made of, and so must not pass for it: with the UUID of
    /// the original it would spend its credit and be taken for it by Odoo's services.
    pub(crate) const fn is_copy(&self, stage: Stage) -> bool {
        self.neutralize || !matches!(stage, Stage::Production)
    }

    pub(crate) fn upload(&self) -> Result<UploadId, StepError> {
        self.upload.parse().map_err(|error| StepError::fail(format!("{error}")))
    }
}

#[async_trait]
impl Saga for Import {
    type Step = ImportStep;
    const PIVOT: ImportStep = ImportStep::Publish;

    async fn run(&self, step: ImportStep, context: &Context) -> Result<(), StepError> {
        match step {
            ImportStep::Network => network::ensure(context).await,
            ImportStep::Database => restore::ensure(context).await,
            ImportStep::Files => files::unpack(context).await,
            ImportStep::Neutralize => neutralize::ensure(context).await,
            ImportStep::Container => container::ensure_started(context).await,
            ImportStep::Check => route::check(context).await,
            ImportStep::Publish => route::open(context).await,
        }
    }

    async fn undo(&self, step: ImportStep, context: &Context) -> Result<(), StepError> {
        match step {
            ImportStep::Network => remove_network(context).await,
            ImportStep::Database => {
                restore::remove(context).await?;
                database::remove(context).await
            }
            ImportStep::Files => files::remove(context).await,
            ImportStep::Neutralize => neutralize::remove(context).await,
            ImportStep::Container => container::remove(context).await,
            ImportStep::Check | ImportStep::Publish => route::forget(context).await,
        }
    }

    async fn settle(
        &self,
        tx: &mut Tx,
        context: &Context,
        outcome: Outcome<ImportStep>,
    ) -> Result<(), StepError> {
        // Otherwise what was sent in stays for another try. While this one was stuck another import may
        // have taken it: then it is that one's.
        if outcome == Outcome::Committed
            && uploads::used_up(tx, context.operation.id).await?.is_updated()
        {
            discard_upload(context, ImportInput::of(context)?.upload()?);
        }
        settle_new(tx, context, outcome).await
    }
}
