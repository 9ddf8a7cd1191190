//! Whether the console can be reached, and nobody is misled on the way to it.

use std::time::Duration;

use berth_domain::{Timestamp, chain};
use berth_store::{StoreError, claim};
use jiff::tz::TimeZone;

use super::{failed, ok, warning};
use crate::admission::taken;
use crate::door::{Certificate, ConsoleSeen};
use crate::engine::Inner;
use crate::error::EngineError;
use crate::settings::ConsoleSettings;
use crate::view::Check;

/// How long before its end a certificate is spoken of: those that last 90 days are renewed a month ahead.
const SOON: Duration = Duration::from_hours(24 * 14);
const DAY: Duration = Duration::from_hours(24);

pub(super) async fn check(engine: &Inner) -> Vec<Check> {
    let Some(settings) = &engine.settings.console else {
        return vec![ok("console", "off: the API answers on its socket only")];
    };
    let mut checks = Vec::new();
    if let Some(door) = &engine.console {
        let seen = door.look().await;
        // Whether anybody is let in is seen by whoever comes; nobody is misled by one that cannot be told.
        let is_claimed = is_claimed(engine).await.unwrap_or(true);
        checks.push(answer(settings, &seen, is_claimed));
        checks.extend(certificate(&seen, engine.clock.now()));
    }
    checks.extend(proxy(settings));
    checks.extend(names(engine).await);
    checks
}

/// Writes into the log which tenants have names of the console. It keeps working: requests for it come to
/// another port than those for tenants.
pub(crate) async fn warn_of_console_names(engine: &Inner) {
    match taken_names(engine).await {
        Ok(None) => {}
        Ok(Some(found)) => tracing::warn!("{found}: rename the tenant, or the console"),
        Err(error) => tracing::warn!(
            error = %chain(&error), "cannot look whether tenants have names of the console"
        ),
    }
}

async fn is_claimed(engine: &Inner) -> Result<bool, StoreError> {
    claim::is_claimed(&mut engine.store.read().await?).await
}

fn answer(
    ConsoleSettings { url, address, .. }: &ConsoleSettings,
    seen: &ConsoleSeen,
    is_claimed: bool,
) -> Check {
    match &seen.answer {
        Ok(200) if !is_claimed => {
            ok("console", format!("nobody claimed the installation yet: only {url}/claim answers"))
        }
        Ok(200) => ok("console", format!("the API answers at {url} whoever shows a token")),
        Ok(status) => failed(
            "console",
            format!("it answers {status} at {address}"),
            "is another server on its port?",
        ),
        Err(why) => failed(
            "console",
            format!("nobody answers at {address}: {why}"),
            "see the log of `berth serve`",
        ),
    }
}

fn certificate(seen: &ConsoleSeen, now: Timestamp) -> Vec<Check> {
    const NAME: &str = "console certificate";
    const HINT: &str = "put another into the files of `console.tls_certificate` and `console.tls_key`: it is taken within seconds";
    let mut checks = Vec::new();
    if let Some(why) = &seen.unusable {
        let detail = format!("its files cannot be used, and the one from before stays: {why}");
        checks.push(failed(NAME, detail, HINT));
    }
    checks.extend(seen.certificate.as_ref().map(|shown| match shown {
        Err(why) => failed(NAME, format!("it cannot be read: {why}"), HINT),
        Ok(shown) => match judge(shown, now) {
            Judged::Good(detail) => ok(NAME, detail),
            Judged::Soon(detail) => warning(NAME, detail, HINT),
            Judged::Bad(detail) => failed(NAME, detail, HINT),
        },
    }));
    checks
}

/// What browsers make of a certificate.
enum Judged {
    Good(String),
    Soon(String),
    Bad(String),
}

fn judge(Certificate { valid_from, valid_until, misses }: &Certificate, now: Timestamp) -> Judged {
    let day = |at: &Timestamp| at.to_zoned(TimeZone::UTC).date();
    if now < *valid_from {
        return Judged::Bad(format!("it is not valid before {}", day(valid_from)));
    }
    let Ok(left) = Duration::try_from(valid_until.duration_since(now)) else {
        return Judged::Bad(format!("it ended on {}", day(valid_until)));
    };
    if !misses.is_empty() {
        let names: Vec<String> = misses.iter().map(|name| format!("`{name}`")).collect();
        return Judged::Bad(format!("it is not for {}, so browsers refuse it", names.join(", ")));
    }
    let days = left.as_secs() / DAY.as_secs();
    let detail = format!("it ends on {}, in {days} days", day(valid_until));
    if left < SOON { Judged::Soon(detail) } else { Judged::Good(detail) }
}

fn proxy(settings: &ConsoleSettings) -> Vec<Check> {
    const NAME: &str = "console proxy";
    let ConsoleSettings { address, names, has_tls, is_behind_proxy, trusted_proxies, .. } =
        settings;
    let mut checks = Vec::new();
    if let Some(all) = trusted_proxies.iter().find(|range| range.is_everybody()) {
        checks.push(warning(
            NAME,
            format!("whoever comes is believed to come from anywhere: `{all}` is trusted"),
            "list the addresses of your proxies only in `console.trusted_proxies`",
        ));
    }
    if !is_behind_proxy {
        return checks;
    }
    if *has_tls {
        checks.push(warning(
            NAME,
            "a proxy ends TLS (`console.behind_proxy`), and the console has a certificate all the same",
            "take one of the two out of the configuration",
        ));
    } else if address.ip().is_unspecified() {
        checks.push(warning(
            NAME,
            format!("who comes to {address} past the proxy shows tokens in the open"),
            "listen on the address that the proxy comes to, or close the port to all others",
        ));
    }
    if names.is_empty() {
        checks.push(warning(
            NAME,
            "the console has no name, so what comes through the proxy for one is refused",
            "list the name that people type in `console.names`",
        ));
    }
    if checks.is_empty() {
        checks.push(ok(NAME, "a proxy before the console ends TLS"));
    }
    checks
}

async fn names(engine: &Inner) -> Option<Check> {
    match taken_names(engine).await {
        Ok(found) => found.map(|found| {
            warning(
                "console names",
                found,
                "give the tenant another host with `berth tenant rename`, or take the name out of `console.names`",
            )
        }),
        Err(error) => Some(failed("console names", chain(&error), "look at the control database")),
    }
}

/// Says which names of the console tenants have. `None`: none.
async fn taken_names(engine: &Inner) -> Result<Option<String>, EngineError> {
    if engine.settings.console_names().is_empty() {
        return Ok(None);
    }
    let mut tx = engine.store.read().await?;
    let found = taken::from_console(engine, &mut tx).await?;
    let said = found.into_iter().map(|(host, tenant)| match tenant {
        Some(tenant) => format!("`{host}` is a name of the console and the host of `{tenant}`"),
        None => format!("`{host}` is a name of the console and the host of a tenant"),
    });
    Ok(Some(said.collect::<Vec<_>>().join("; ")).filter(|said| !said.is_empty()))
}

#[cfg(test)]
mod tests;
