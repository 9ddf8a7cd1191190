//! `cargo xtask clean`: removes what `run` made, and nothing else.
//!
//! # Invariants
//!
//! * Engine objects are found by this home's label, never by their names.
//! * The home goes last: until then a failed removal can be tried again.

use anyhow::{Context, Result, bail};

use crate::engine::{Engine, Kind};
use crate::home::Home;
use crate::process::Tool;
use crate::progress::{self, Unattended};
use crate::{run, setup};

/// Removes the home and everything labelled with it; our own images if `images`.
pub(crate) fn run(images: bool) -> Result<()> {
    let home = Home::find()?;
    let directory = home.directory().display();
    if home.directory().exists() {
        let id = home.id()?;
        if id.is_none() && !home.file("berth.toml").exists() {
            bail!("{directory} is not a home of berth: check BERTH_HOME, nothing was removed");
        }
        let question = format!("Remove {directory} with all its tenants, databases and files?");
        progress::consent(&question, false, Unattended::Refuses)?;
        run::stop_in(&home)?;
        refuse_under_a_server(&home)?;
        if let Some(id) = id {
            remove_labelled(&id)?;
        }
        let path = home.directory().to_str().context("the path of BERTH_HOME is not UTF-8")?;
        Tool::new("rm").args(["-rf", "--one-file-system", path]).with_root()?.run()?;
        progress::say(format!("removed {directory}"));
    } else {
        progress::say(format!("there is no home at {directory}"));
    }
    setup::debian::forget_attempt()?;
    if images {
        remove_images()?;
    }
    Ok(())
}

/// A server may live on although its program was removed with `target`, and then nobody can ask it.
fn refuse_under_a_server(home: &Home) -> Result<()> {
    let Ok(pid) = std::fs::read_to_string(home.file("serve.pid")) else { return Ok(()) };
    let name = std::fs::read_to_string(format!("/proc/{}/comm", pid.trim()));
    if name.is_ok_and(|name| name.trim() == "berth") {
        bail!("berth still runs as process {}: stop it first, nothing was removed", pid.trim());
    }
    Ok(())
}

fn engine() -> Result<Engine> {
    let told = "the container engine is down, so what it holds cannot be removed: \
                run `cargo xtask setup` first";
    Engine::find()?.context(told)
}

fn remove_labelled(id: &str) -> Result<()> {
    let engine = engine()?;
    for kind in Kind::ALL {
        let objects = engine.labelled(kind, &format!("berth.home={id}"))?;
        for object in &objects {
            engine.remove(kind, object)?;
        }
        progress::say(format!("{} removed: {}", kind.plural(), objects.len()));
    }
    Ok(())
}

fn remove_images() -> Result<()> {
    let engine = engine()?;
    for reference in setup::images::built_references()? {
        engine.remove_image(&reference).with_context(|| format!("remove {reference}"))?;
        progress::say(format!("removed {reference}"));
    }
    Ok(())
}
