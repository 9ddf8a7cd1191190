//! Which addresses the engine has given out.

use anyhow::Result;
use serde::Deserialize;

use super::Engine;

impl Engine {
    /// Every range that a network of the engine has, as the engine writes it.
    pub(crate) fn subnets(&self) -> Result<Vec<String>> {
        self.get("/networks").map(subnets_of)
    }
}

fn subnets_of(networks: Vec<Network>) -> Vec<String> {
    let configs = networks.into_iter().filter_map(|network| network.ipam.config).flatten();
    configs.filter_map(|config| config.subnet).collect()
}

#[derive(Debug, Deserialize)]
struct Network {
    #[serde(rename = "IPAM", default)]
    ipam: Ipam,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Ipam {
    #[serde(default)]
    config: Option<Vec<IpamConfig>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct IpamConfig {
    subnet: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_without_addresses_are_read_too() {
        let text = r#"[
            { "Name": "host", "IPAM": { "Driver": "default", "Config": [] } },
            { "Name": "none", "IPAM": { "Driver": "default", "Config": null } },
            { "Name": "br", "IPAM": { "Config": [{ "Subnet": "10.214.0.0/28", "Gateway": "x" }] } }
        ]"#;

        let networks: Vec<Network> = serde_json::from_str(text).unwrap();

        assert_eq!(subnets_of(networks), ["10.214.0.0/28"]);
    }
}
