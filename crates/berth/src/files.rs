//! Tenants as files say they are to be.
//!
//! # Invariants
//!
//! * What differs and what stands in the way is decided by the server, which knows the tenants.
//! * Everything that is wrong with all files is said at once, each with its place, and then nothing
//!   is done.

mod read;
mod shown;

use std::path::PathBuf;

use berth_api::v1 as api;

pub(crate) use berth_files::{toml, wish};
pub(crate) use shown::{differences, summary};

use crate::client::Call;
use crate::failure::Failure;
use crate::session::Session;

/// Which files, and what they stand for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct FilesArgs {
    /// Files in TOML, or folders with such files; - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Tenants that were made of files and are in none of these any more are to be deleted
    #[arg(long)]
    prune: bool,
    /// The tag of tenants that are made of these files
    #[arg(long, value_name = "TAG", default_value = "from-files")]
    mark: String,
}

/// Files and tenants, held against each other.
#[derive(Debug)]
pub(crate) struct Compared {
    /// Those of the files first and in their order, then those that are in no file.
    pub(crate) differences: Vec<api::TenantDifference>,
    /// Those of the files.
    pub(crate) wishes: Vec<api::TenantWish>,
    pub(crate) mark: String,
}

/// One thing that is wrong, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) line: String,
    pub(crate) hint: Option<String>,
}

impl Compared {
    /// Whether something is not as it is to be.
    pub(crate) fn differs(&self) -> bool {
        self.differences.iter().any(|difference| difference.action != "none")
    }
}

/// Reads files and asks what would make tenants what the files say.
pub(crate) async fn compare(session: &Session<'_>, args: FilesArgs) -> Result<Compared, Failure> {
    let FilesArgs { files, prune, mark } = args;
    let meant = session.client.meant();
    let read::Read { described, mut mistakes, .. } = read::all(&files, meant);
    // With --prune this would delete everything: more likely the files are not where they should be.
    if described.is_empty() && mistakes.is_empty() {
        return Err(Failure::refused(
            "these files describe no tenant",
            "write one with `berth export NAME`, or begin it with `[[tenant]]`",
        ));
    }
    let wishes: Vec<_> = described.iter().map(|described| described.wish.clone()).collect();
    let body = api::TenantComparison { tenants: wishes.clone(), mark: Some(mark.clone()), prune };
    let call = Call::post(session.client.path("/comparisons")).json(&body);
    let answer: Result<api::List<api::TenantDifference>, _> = session.client.call(call).await;
    let differences = match answer {
        Ok(list) => list.items,
        // What is wrong with the files can be said without a server.
        Err(_) if !mistakes.is_empty() => Vec::new(),
        Err(failure) => return Err(failure),
    };
    let of_files = described.iter().zip(&differences);
    let found = of_files.flat_map(|(described, difference)| {
        difference.problems.iter().map(|problem| described.mistake(problem))
    });
    mistakes.extend(found);
    read::sort(&mut mistakes);
    let of_files = mistakes.into_iter().map(Wrong::from);
    let of_nobody = differences.iter().skip(described.len()).flat_map(|difference| {
        difference.problems.iter().map(|problem| Wrong {
            line: format!("{}: {}", difference.name, problem.message),
            hint: problem.hint.clone(),
        })
    });
    let wrong: Vec<Wrong> = of_files.chain(of_nobody).collect();
    if wrong.is_empty() {
        Ok(Compared { differences, wishes, mark })
    } else {
        Err(Failure::Files(wrong))
    }
}

impl From<berth_config::Mistake> for Wrong {
    fn from(mistake: berth_config::Mistake) -> Self {
        Self { line: mistake.to_string(), hint: mistake.hint }
    }
}
