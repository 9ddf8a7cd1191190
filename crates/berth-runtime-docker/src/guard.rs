//! The host's own barrier in front of a tenant's network, for engines whose isolation does not last.
//!
//! One rule per network, in a table that engines leave alone: nobody's new connection is forwarded into it.
//! The host itself is not forwarded, so the edge reaches the tenant; answers to what the tenant began belong
//! to a connection that is not new.
//!
//! # Invariants
//!
//! * `iptables` is started with an argument list whose only variable part is a network's addresses.
//! * A barrier stands when the firewall was asked for it and has it. Without it no container is started.

use std::net::Ipv4Addr;

use berth_runtime::RuntimeError;

use crate::failure;

const ACTION: &str = "keep the networks of tenants apart";
/// Where programs of administrators are, which the search path of a service may leave out.
const PROGRAMS: [&str; 3] = ["/usr/sbin/iptables", "/sbin/iptables", "/usr/bin/iptables"];
/// Says to whoever lists the rules whose this one is.
const COMMENT: &str = "berth: nobody is forwarded to a tenant";

/// Makes sure that the barrier stands.
pub(crate) async fn raise(subnet: &str) -> Result<(), RuntimeError> {
    if stands(subnet).await? {
        return Ok(());
    }
    let said = iptables("-I", subnet).await?;
    if stands(subnet).await? { Ok(()) } else { Err(refused(&said.text)) }
}

/// Takes the barrier away, however often it stands.
pub(crate) async fn lower(subnet: &str) -> Result<(), RuntimeError> {
    while stands(subnet).await? {
        let said = iptables("-D", subnet).await?;
        if said.code != Some(0) {
            return Err(refused(&said.text));
        }
    }
    Ok(())
}

async fn stands(subnet: &str) -> Result<bool, RuntimeError> {
    let said = iptables("-C", subnet).await?;
    match said.code {
        Some(0) => Ok(true),
        // There is no such rule (iptables(8), "diagnostics"); anything else is a failure to look.
        Some(1) => Ok(false),
        _ => Err(refused(&said.text)),
    }
}

struct Said {
    /// `None`: a signal ended it.
    code: Option<i32>,
    text: String,
}

/// Waits for whoever else is changing the firewall.
fn arguments<'a>(command: &'a str, subnet: &'a str) -> [&'a str; 18] {
    [
        "--wait",
        "10",
        "-t",
        "mangle",
        command,
        "FORWARD",
        "-d",
        subnet,
        "-m",
        "conntrack",
        "--ctstate",
        "NEW,INVALID",
        "-m",
        "comment",
        "--comment",
        COMMENT,
        "-j",
        "DROP",
    ]
}

async fn iptables(command: &str, subnet: &str) -> Result<Said, RuntimeError> {
    if !is_addresses(subnet) {
        return Err(refused(&format!("`{subnet}` is no range of addresses")));
    }
    let program = PROGRAMS.into_iter().find(|path| std::path::Path::new(path).is_file());
    let program = program.ok_or_else(|| refused("there is no `iptables` on this host"))?;
    #[expect(clippy::disallowed_methods, reason = "an adapter starts what belongs to its engine")]
    let mut asked = tokio::process::Command::new(program);
    asked.args(arguments(command, subnet)).stdin(std::process::Stdio::null()).kill_on_drop(true);
    let output = asked.output().await.map_err(|error| refused(&error.to_string()))?;
    let text = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Ok(Said { code: output.status.code(), text })
}

fn refused(why: &str) -> RuntimeError {
    failure::refused(
        ACTION,
        &format!(
            "{why}: Podman's own isolation does not last, so Berth adds a rule to the host's \
                  firewall: install `iptables` and run `berth serve` as root"
        ),
    )
}

fn is_addresses(text: &str) -> bool {
    text.split_once('/').is_some_and(|(address, prefix)| {
        address.parse::<Ipv4Addr>().is_ok() && prefix.parse::<u8>().is_ok_and(|bits| bits <= 32)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_addresses_of_a_rule_vary() {
        let (one, other) = (arguments("-I", "10.0.0.0/28"), arguments("-I", "10.0.0.16/28"));

        let differ: Vec<_> = one.iter().zip(other).filter(|(one, other)| *one != other).collect();
        assert_eq!(differ, [(&"10.0.0.0/28", "10.0.0.16/28")]);
    }

    #[test]
    fn nothing_but_addresses_reaches_the_firewall() {
        for text in ["", "10.0.0.0", "-j", "10.0.0.0/33", "10.0.0.0/28 -j ACCEPT", "::/0"] {
            assert!(!is_addresses(text), "{text}");
        }
        assert!(is_addresses("10.0.0.0/28"));
    }
}
