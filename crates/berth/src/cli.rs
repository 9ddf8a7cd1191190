//! What can be typed. What each command takes stands beside the command.

use std::path::PathBuf;

use berth_config::{Environment, Sources};
use berth_domain::OrganisationName;
use clap::{Args, Parser, Subcommand};

use crate::command::{
    apply, audit, completions, config, diff, export, invitation, mail, member, operation,
    organisation, orphans, person, quota, schedule, serve, service, tenant, token, upload, webhook,
};
use crate::failure::Failure;
use crate::printer::Output;

/// Berth, a control plane for Odoo
#[derive(Debug, Parser)]
#[command(name = "berth", version, disable_help_subcommand = true, subcommand_required = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// The home folder [default: `$BERTH_HOME`, or /var/lib/berth for root, or ~/.local/share/berth]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    /// A server elsewhere, as in <https://berth.example.com:8070> [default: `$BERTH_URL`, or the one of
    /// the home folder]
    #[arg(long = "url", id = "server_url", global = true, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// A file that holds the token to show [default: `$BERTH_TOKEN` is the token itself]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// The authorities whose certificates count [default: `$BERTH_CA_FILE`, or those of the system]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// The organisation that is meant [default: `$BERTH_ORGANISATION`, or `default`]
    #[arg(long, global = true, value_name = "NAME", value_parser = organisation_name)]
    pub(crate) organisation: Option<String>,
    /// What is printed: text for people or JSON for programs
    #[arg(long, short, global = true, value_enum, default_value_t = Output::Text)]
    #[arg(hide_possible_values = true, value_name = "text|json")]
    pub(crate) output: Output,
    /// Print without colours, as with `NO_COLOR`
    #[arg(long, global = true)]
    pub(crate) no_color: bool,
    /// Print data and errors only
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

/// The nouns, and what can be done to the installation itself.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Tenants: isolated Odoos
    #[command(subcommand)]
    Tenant(tenant::Command),
    /// Operations: durable changes and how they go
    #[command(subcommand)]
    Operation(operation::Command),
    /// Orphans: what is there and belongs to nobody
    #[command(subcommand)]
    Orphans(orphans::Command),
    /// Backups that were sent in, to be imported
    #[command(subcommand)]
    Upload(upload::Command),
    /// Quotas: what tenants of an owner may have together
    #[command(subcommand)]
    Quota(quota::Command),
    /// Schedules: what is begun again and again
    #[command(subcommand)]
    Schedule(schedule::Command),
    /// Webhooks: who is told what happens
    #[command(subcommand)]
    Webhook(webhook::Command),
    /// People: everybody who has an account
    #[command(subcommand)]
    Person(person::Command),
    /// Organisations: who owns tenants
    #[command(subcommand)]
    Organisation(organisation::Command),
    /// Members: who is what in the organisation
    #[command(subcommand)]
    Member(member::Command),
    /// Invitations: how people get an account and a role
    #[command(subcommand)]
    Invitation(invitation::Command),
    /// Tokens: how programs show who they are
    #[command(subcommand)]
    Token(token::Command),
    /// Audit: who did what
    #[command(subcommand)]
    Audit(audit::Command),
    /// Mail to people who want to know
    #[command(subcommand)]
    Mail(mail::Command),
    /// Make tenants what files say they are to be
    ///
    /// What a file does not mention stays as it is. Nothing is begun unless all files are right, and one
    /// change that fails does not stop the others.
    Apply(apply::Args),
    /// Show what differs between tenants and files
    ///
    /// Ends with 0 when nothing differs, 1 when something does and 2 when something is wrong.
    Diff(diff::Args),
    /// Write files that describe tenants
    ///
    /// They say what tenants are to be, for `berth apply`, and nothing of what is in them: that is what
    /// `berth tenant export` writes. No password is in them.
    Export(export::Args),
    /// Show the installation in one look
    Status,
    /// Check everything that Berth needs
    Doctor,
    /// Show how full the disks are and what fills them
    Disk,
    /// Run the server
    Serve(serve::Args),
    /// Run the server with the system
    #[command(subcommand)]
    Service(service::Command),
    /// The configuration file
    #[command(subcommand)]
    Config(config::Command),
    /// Make the code with which the installation is claimed, in place of the one before
    ///
    /// Whoever types it becomes the first operator. It is good once, for a day.
    SetupToken,
    /// Print completions for a shell
    Completions(completions::Args),
}

/// Which configuration is meant.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ConfigArgs {
    /// The configuration file [default: `$BERTH_CONFIG`, or berth.toml in the home folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Set one setting, as in --set edge.listen=0.0.0.0:80
    #[arg(long = "set", value_name = "SECTION.KEY=VALUE", value_parser = setting)]
    pub(crate) settings: Vec<(String, String)>,
}

impl Global {
    /// The organisation that is meant, or why there can be none of that name.
    pub(crate) fn organisation(&self, environment: &Environment) -> Result<String, Failure> {
        let named = self.organisation.as_deref().or_else(|| environment.get("BERTH_ORGANISATION"));
        let named = named.unwrap_or(OrganisationName::FIRST);
        organisation_name(named).map_err(|why| {
            let message = format!("`BERTH_ORGANISATION` names no organisation: {why}");
            Failure::refused(message, "leave it out, or list them with `berth organisation list`")
        })
    }

    pub(crate) fn sources(&self, environment: Environment) -> Sources {
        Sources { home: self.home.clone(), environment, ..Sources::default() }
    }
}

impl ConfigArgs {
    /// Adds what was typed to where the configuration comes from.
    pub(crate) fn apply(self, sources: &mut Sources) {
        sources.file = self.config;
        sources.settings = self.settings;
    }
}

fn organisation_name(text: &str) -> Result<String, String> {
    let is_name = (1..=63).contains(&text.len())
        && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    if is_name { Ok(text.to_owned()) } else { Err("use a-z, 0-9 and -".to_owned()) }
}

fn setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write it like `edge.listen=0.0.0.0:80`".to_owned()),
    }
}

#[cfg(test)]
mod tests;
