//! What an operation consists of.

use std::time::Duration;

use async_trait::async_trait;
use berth_domain::chain;
use berth_domain::saga::Outcome;
use berth_odoo::probe::NotOdoo;
use berth_postgres::PostgresError;
use berth_runtime::RuntimeError;
use berth_store::{StoreError, Tx};

use super::Context;

/// One part of an operation. Its label is what the journal keeps, so labels never change.
pub(crate) trait Step: Copy + Eq + Send + Sync + 'static {
    /// In the order in which they run.
    const ALL: &'static [Self];

    fn label(self) -> &'static str;

    /// What people read while it runs.
    fn text(self) -> &'static str;

    /// After which one attempt is given up.
    fn deadline(self) -> Duration;

    fn find(label: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|step| step.label() == label)
    }
}

/// Declares the steps of an operation: variant, label, text, deadline in seconds.
macro_rules! steps {
    ($(#[$doc:meta])* $name:ident { $($(#[$step:meta])* $variant:ident = $label:literal, $text:literal, $seconds:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $name {
            $($(#[$step])* $variant),+
        }

        impl crate::operation::Step for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }

            fn text(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            fn deadline(self) -> std::time::Duration {
                match self { $(Self::$variant => std::time::Duration::from_secs($seconds)),+ }
            }
        }
    };
}
pub(crate) use steps;

/// An operation with fixed steps.
///
/// # Contract
///
/// * `run` called twice leaves what `run` called once leaves. So does `undo`.
/// * `undo` accepts that its step never happened, or happened by half.
/// * `settle` only writes to the control database, in the transaction that ends the operation.
#[async_trait]
pub(crate) trait Saga: Send + Sync {
    type Step: Step;

    /// From this step on there is no way back.
    const PIVOT: Self::Step;

    async fn run(&self, step: Self::Step, context: &Context) -> Result<(), StepError>;

    async fn undo(&self, step: Self::Step, context: &Context) -> Result<(), StepError>;

    async fn settle(
        &self,
        tx: &mut Tx,
        context: &Context,
        outcome: Outcome<Self::Step>,
    ) -> Result<(), StepError>;
}

/// Why a step did not succeed.
#[derive(Debug)]
pub(crate) struct StepError {
    /// One sentence for people, causes included.
    pub(crate) why: String,
    /// More of it, such as a traceback.
    pub(crate) detail: Option<String>,
    /// Whether trying again may help although nobody changed anything.
    pub(crate) may_pass: bool,
    /// What the step needed and may have been without.
    pub(crate) needs: Needs,
}

/// What a step may have been without. Whether it really was is asked of what it needs, not guessed
/// from an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Needs {
    pub(crate) engine: bool,
    pub(crate) cluster: bool,
    /// Somebody said that there is no space left.
    pub(crate) space: bool,
}

impl Needs {
    pub(crate) const ENGINE: Self = Self { engine: true, cluster: false, space: false };
    /// The cluster is in a container of the engine.
    pub(crate) const BOTH: Self = Self { engine: true, cluster: true, space: false };

    /// How engines, PostgreSQL and the kernel put it (`strerror` of `ENOSPC`).
    fn or_space(self, why: &str) -> Self {
        Self { space: why.to_lowercase().contains("no space left on device"), ..self }
    }
}

impl StepError {
    pub(crate) fn fail(why: impl Into<String>) -> Self {
        Self { why: why.into(), detail: None, may_pass: false, needs: Needs::default() }
    }

    pub(crate) fn retry(why: impl Into<String>) -> Self {
        Self { may_pass: true, ..Self::fail(why) }
    }

    pub(crate) fn needing(mut self, needs: Needs) -> Self {
        self.needs = needs.or_space(&self.why);
        self
    }

    pub(crate) fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        // The cause says whether the disk is full, so all of it is told.
        move |error| Self::retry(format!("{what}: {}", chain(&error))).needing(Needs::default())
    }
}

impl From<RuntimeError> for StepError {
    fn from(error: RuntimeError) -> Self {
        let may_pass = error.may_pass();
        Self { may_pass, ..Self::fail(chain(&error)) }.needing(Needs::ENGINE)
    }
}

impl From<PostgresError> for StepError {
    fn from(error: PostgresError) -> Self {
        let may_pass = error.may_pass();
        Self { may_pass, ..Self::fail(chain(&error)) }.needing(Needs::BOTH)
    }
}

impl From<StoreError> for StepError {
    fn from(error: StoreError) -> Self {
        Self::retry(chain(&error))
    }
}

impl From<NotOdoo> for StepError {
    fn from(error: NotOdoo) -> Self {
        Self::fail(chain(&error))
    }
}
