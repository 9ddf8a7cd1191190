//! `berth export`

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use berth_api::v1 as api;
use berth_domain::{OrganisationName, TenantName};

use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::files;
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// Which tenants [default: all but those that are deleted]
    names: Vec<TenantName>,
    /// Write a file for each tenant into this folder [default: all to standard output]
    #[arg(long, value_name = "DIR")]
    output_dir: Option<PathBuf>,
    /// Replace files that exist
    #[arg(long, requires = "output_dir")]
    force: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { names, output_dir, force } = args;
    let tenants = chosen(every(session).await?, &names)?;
    let wishes: Vec<api::TenantWish> = tenants.iter().map(files::wish).collect();
    let printer = session.printer;
    // The one that is meant when nobody says needs no saying.
    let whose = Some(session.client.meant()).filter(|name| *name != OrganisationName::FIRST);
    if let Some(folder) = output_dir {
        let written = write(&folder, (whose, &wishes), force)?;
        if printer.is_json() {
            printer.json(&api::List { items: written, next: None })?;
        } else if written.is_empty() {
            printer.talk("there are no tenants");
        } else {
            let lines: Vec<String> = written.iter().map(|it| it.display().to_string()).collect();
            printer.data(&lines.join("\n"))?;
        }
    } else if printer.is_json() {
        printer.json(&api::List { items: wishes, next: None })?;
    } else if wishes.is_empty() {
        printer.talk("there are no tenants");
    } else {
        printer.data(&files::toml(whose, &wishes))?;
    }
    Ok(Exit::Success)
}

async fn every(session: &Session<'_>) -> Result<Vec<api::Tenant>, Failure> {
    const PAGE: u32 = 1000;
    let (mut tenants, mut after) = (Vec::new(), None);
    loop {
        let call = Call::get(session.client.path("/tenants"))
            .ask("after", after.as_ref())
            .ask("limit", Some(PAGE));
        let page: api::List<api::Tenant> = session.client.call(call).await?;
        tenants.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(tenants),
        }
    }
}

/// Those that were named, or all that are not going. Everything that is wrong with names is said at
/// once.
fn chosen(tenants: Vec<api::Tenant>, names: &[TenantName]) -> Result<Vec<api::Tenant>, Failure> {
    let is_going = |tenant: &api::Tenant| matches!(tenant.state.as_str(), "deleted" | "deleting");
    let find = |name: &TenantName| tenants.iter().find(|tenant| tenant.name == name.as_str());
    let wrong = names.iter().filter_map(|name| match find(name) {
        None => Some(format!("no tenant is called `{name}`")),
        Some(tenant) if is_going(tenant) => Some(format!("`{name}` is {}", tenant.state)),
        Some(_) => None,
    });
    let wrong: Vec<String> = wrong.collect();
    if !wrong.is_empty() {
        return Err(Failure::refused(wrong.join("; "), "list them with `berth tenant list`"));
    }
    let is_named = |tenant: &api::Tenant| names.iter().any(|name| name.as_str() == tenant.name);
    let is_chosen = |tenant: &api::Tenant| {
        if names.is_empty() { !is_going(tenant) } else { is_named(tenant) }
    };
    Ok(tenants.into_iter().filter(is_chosen).collect())
}

/// Writes a file for each tenant. None is written unless all may be.
fn write(
    folder: &Path,
    (whose, wishes): (Option<&str>, &[api::TenantWish]),
    force: bool,
) -> Result<Vec<PathBuf>, Failure> {
    let file = |wish: &api::TenantWish| folder.join(format!("{}.toml", wish.name));
    let files: Vec<PathBuf> = wishes.iter().map(file).collect();
    let there: Vec<String> = files
        .iter()
        .filter(|file| file.exists() && !force)
        .map(|file| format!("`{}` exists", file.display()))
        .collect();
    if !there.is_empty() {
        return Err(Failure::refused(there.join("; "), "use --force to replace them"));
    }
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make `{}`", folder.display()))?;
    for (file, wish) in files.iter().zip(wishes) {
        let text = files::toml(whose, std::slice::from_ref(wish));
        replace(file, &text).with_context(|| format!("cannot write `{}`", file.display()))?;
    }
    Ok(files)
}

/// Writes a file under another name first, so that under its own it is whole.
fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let part = file.with_extension(format!("toml.{}.part", std::process::id()));
    let mut out = std::fs::File::create(&part)?;
    out.write_all(text.as_bytes())?;
    out.sync_all()?;
    std::fs::rename(&part, file)
}
