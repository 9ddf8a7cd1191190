//! Which server is meant, and what is shown to it.

use std::path::Path;

use anyhow::Context as _;
use berth_config::Sources;
use berth_domain::OrganisationName;
use secrecy::SecretString;

use crate::cli::{Command, Global};
use crate::client::{Address, Client, Place};
use crate::failure::Failure;

/// No token is longer, with what stands around it in a file.
const LONGEST: u64 = 1024;

/// Returns a client of the server that was typed, or that the environment names, or of the home folder.
pub(crate) fn client(
    global: &Global,
    sources: &Sources,
    command: &Command,
) -> Result<Client, Failure> {
    let environment = &sources.environment;
    let url = global.url.as_deref().or_else(|| environment.get("BERTH_URL"));
    let place = match url {
        // What runs here has nothing to do with a server elsewhere.
        _ if is_of_this_host(command) => refuse_url(global, sources)?,
        None => Place::Socket(berth_config::socket(sources)),
        Some(url) => {
            let authorities = global.ca_file.as_deref();
            let authorities =
                authorities.or_else(|| environment.get("BERTH_CA_FILE").map(Path::new));
            Place::Url(Address::parse(url, authorities)?)
        }
    };
    let token = match &global.token_file {
        Some(file) => Some(read(file)?),
        None => environment.get("BERTH_TOKEN").map(SecretString::from),
    };
    let organisation = if is_of_this_host(command) {
        OrganisationName::FIRST.to_owned()
    } else {
        global.organisation(environment)?
    };
    Ok(Client::new(place, organisation).showing(token))
}

fn is_of_this_host(command: &Command) -> bool {
    matches!(
        command,
        Command::Serve(_) | Command::Service(_) | Command::Config(_) | Command::Completions(_)
    )
}

fn refuse_url(global: &Global, sources: &Sources) -> Result<Place, Failure> {
    match &global.url {
        Some(_) => Err(Failure::refused(
            "this command is about this host, and `--url` names a server elsewhere",
            "leave `--url` out, or log in to that host",
        )),
        None => Ok(Place::Socket(berth_config::socket(sources))),
    }
}

/// Reads a token from a file.
fn read(file: &Path) -> Result<SecretString, Failure> {
    let cannot = || format!("cannot read the token in `{}`", file.display());
    if std::fs::metadata(file).with_context(cannot)?.len() > LONGEST {
        let message = format!("what is in `{}` is no token", file.display());
        return Err(Failure::refused(message, "it is one line that begins with `berth_`"));
    }
    let text = std::fs::read_to_string(file).with_context(cannot)?;
    Ok(SecretString::from(text.trim()))
}
