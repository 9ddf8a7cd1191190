//! The images that tenants and clusters run: official if possible, else our own.
//!
//! # Invariants
//!
//! * An image that is there already is used; nothing is fetched to replace it.
//! * Our own image counts only if it was made from the recipe as it is now.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::time::Instant;

use super::recipe::Suites;
use super::{debian, host, recipe, tiny};
use crate::engine::{Build, Engine, Narration};
use crate::process::Tool;
use crate::{progress, workspace};

/// An image that is wanted, under its two names.
struct Wanted {
    /// The official name, and the directory of our recipe.
    name: &'static str,
    tag: &'static str,
}

const ODOO: Wanted = Wanted { name: "odoo", tag: "19.0" };
const POSTGRES: Wanted = Wanted { name: "postgres", tag: "18" };

/// Everything that set-up found or made, as tests and `run` read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct References {
    pub(crate) odoo: String,
    pub(crate) postgres: String,
    pub(crate) tiny: String,
    pub(crate) docker_host: String,
}

impl Wanted {
    fn official(&self) -> String {
        format!("{}:{}", self.name, self.tag)
    }

    fn ours(&self) -> String {
        format!("berth.local/{}:{}", self.name, self.tag)
    }

    /// The hash of everything that shapes our own image.
    fn recipe(&self) -> Result<String> {
        recipe::hash(&["base", self.name])
    }
}

/// Makes sure that every image exists.
pub(crate) fn ensure(engine: &Engine, yes: bool) -> Result<References> {
    let mut registry = Registry { is_silent: false };
    let tiny = tiny::ensure(engine, &mut registry)?;
    let postgres = ensure_one(engine, &POSTGRES, &mut registry, yes)?;
    let odoo = ensure_one(engine, &ODOO, &mut registry, yes)?;
    Ok(References { odoo, postgres, tiny, docker_host: engine.host() })
}

/// The references of images that only set-up makes, for removal.
pub(crate) fn built_references() -> Result<Vec<String>> {
    let base = format!("{}:{}", debian::REPOSITORY, Suites::read()?.suite);
    Ok(vec![ODOO.ours(), POSTGRES.ours(), base, "berth.local/tiny:1".to_owned()])
}

fn ensure_one(
    engine: &Engine,
    wanted: &Wanted,
    registry: &mut Registry,
    yes: bool,
) -> Result<String> {
    if let Some(reference) = present(engine, wanted)? {
        return Ok(reference);
    }
    if registry.pull(engine, wanted.name, wanted.tag)? {
        return Ok(wanted.official());
    }
    build(engine, wanted, yes).with_context(|| format!("build the image {}", wanted.ours()))?;
    Ok(wanted.ours())
}

fn present(engine: &Engine, wanted: &Wanted) -> Result<Option<String>> {
    let official = wanted.official();
    if engine.image(&official)?.is_some() {
        return Ok(Some(official));
    }
    let hash = wanted.recipe()?;
    let Some(image) = engine.image(&wanted.ours())? else { return Ok(None) };
    if image.label(recipe::LABEL) == Some(hash.as_str()) {
        return Ok(Some(wanted.ours()));
    }
    progress::say(format!("{} was made from another recipe than today's", wanted.ours()));
    Ok(None)
}

fn build(engine: &Engine, wanted: &Wanted, yes: bool) -> Result<()> {
    let began = Instant::now();
    let suites = Suites::read()?;
    let mirror = host::debian_mirror()?;
    let base = debian::base(engine, &suites, &mirror, yes)?;
    progress::say(format!("building {} on {base}", wanted.ours()));
    let directory = workspace::root().join("images").join(wanted.name);
    // Owner and time would only tell machines apart.
    let tar = ["--owner=0", "--group=0", "--mtime=@0", "-C", &debian::text(&directory)?, "-c", "."];
    let context = Tool::new("tar").args(tar).output()?;
    let hash = wanted.recipe()?;
    let proxies = debian::proxies();
    let mut arguments = vec![
        ("BASE", base.as_str()),
        ("MIRROR", mirror.as_str()),
        ("SUITE", suites.suite.as_str()),
        ("NEWER_SUITE", suites.newer_suite.as_str()),
    ];
    arguments.extend(proxies.iter().map(|(name, value)| (*name, value.as_str())));
    let log = workspace::scratch()?.join(format!("{}.log", wanted.name));
    let mut narration = Narration::into_log(&log)?;
    let build = Build {
        reference: &wanted.ours(),
        context: &context,
        arguments: &arguments,
        labels: &[(recipe::LABEL, &hash)],
    };
    let told =
        || format!("run images/{}/Dockerfile; its output is in {}", wanted.name, log.display());
    let outdated = engine.image(&wanted.ours())?;
    engine.build(&build, &mut narration).with_context(told)?;
    if let Some(image) = outdated {
        // A container may still be made from it; then it stays until that is gone.
        if let Err(error) = engine.remove_image(&image.id) {
            progress::say(format!("the image it replaces stays: {error:#}"));
        }
    }
    let size = engine.image(&wanted.ours())?.map_or(0, |image| image.size) / 1_000_000;
    let took = progress::human(began.elapsed());
    progress::say(format!("built {} in {took}, {size} MB", wanted.ours()));
    Ok(())
}

/// The public registry, as far as this machine can reach it.
#[derive(Debug)]
pub(crate) struct Registry {
    /// Set once a pull failed: the next one would only wait again.
    is_silent: bool,
}

impl Registry {
    /// Pulls `name:tag`; `false` when no registry answers.
    pub(crate) fn pull(&mut self, engine: &Engine, name: &str, tag: &str) -> Result<bool> {
        if self.is_silent {
            return Ok(false);
        }
        progress::say(format!("pulling {name}:{tag}"));
        let log = workspace::scratch()?.join(format!("pull-{name}.log"));
        match engine.pull(name, tag, &mut Narration::into_log(&log)?) {
            Ok(()) => Ok(true),
            Err(error) => {
                self.is_silent = true;
                progress::say(format!("it cannot be pulled: {error:#}"));
                Ok(false)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_images_cannot_be_mistaken_for_official_ones() {
        assert_eq!(ODOO.official(), "odoo:19.0");
        assert_eq!(ODOO.ours(), "berth.local/odoo:19.0");
        assert!(built_references().unwrap().iter().all(|name| name.starts_with("berth.local/")));
    }
}
