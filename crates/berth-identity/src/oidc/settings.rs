//! What a person configures about a provider.

use berth_domain::Problems;
use berth_outbound::Outbound;
use openidconnect::{ClientId, ClientSecret, IssuerUrl, RedirectUrl, Scope};
use secrecy::{ExposeSecret as _, SecretString};

/// A provider, as it is configured.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// `https://login.example.com/realms/acme`, exactly as the provider calls itself.
    pub issuer: String,
    pub client_id: String,
    /// `None`: the provider knows us as a public client.
    pub client_secret: Option<SecretString>,
    /// Where the browser comes back to: one address of the console, never made of a request.
    pub redirect: String,
    /// Asked for beside `openid`: usually `email` and `profile`, and whatever brings the groups.
    pub scopes: Vec<String>,
    /// The claim with the groups. `None`: groups are not looked at.
    pub groups_claim: Option<String>,
}

/// The same, after every check.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) issuer: IssuerUrl,
    pub(super) client_id: ClientId,
    pub(super) client_secret: Option<ClientSecret>,
    pub(super) redirect: RedirectUrl,
    pub(super) scopes: Vec<Scope>,
    pub(super) groups_claim: Option<String>,
}

impl ProviderSettings {
    /// Checks everything that can be checked without asking the provider.
    pub(super) fn check(self, outbound: &Outbound) -> Result<Settings, Problems> {
        let mut problems = Problems::default();
        let issuer = problems.check("issuer", outbound.check(&self.issuer)).and_then(|url| {
            if url.query().is_some() {
                problems.add("issuer", "an issuer is an address without a query");
                return None;
            }
            problems.check("issuer", IssuerUrl::new(self.issuer))
        });
        let is_word = |text: &str| {
            !text.is_empty()
                && text.len() <= 255
                && text.bytes().all(|byte| byte.is_ascii_graphic())
        };
        if !is_word(&self.client_id) {
            problems.add("client_id", "write what the provider calls us, without spaces");
        }
        let secret = self.client_secret.as_ref().map(SecretString::expose_secret);
        if secret.is_some_and(|secret| secret.is_empty() || secret.len() > 1024) {
            problems.add("client_secret", "a secret has 1 to 1024 bytes");
        }
        let redirect = redirect(&self.redirect, &mut problems);
        for scope in self.scopes.iter().filter(|scope| !is_word(scope)) {
            problems.add("scopes", format!("`{}` is not a scope", scope.escape_debug()));
        }
        if self.groups_claim.as_deref().is_some_and(|claim| !is_word(claim)) {
            problems.add("groups_claim", "a claim is a word without spaces");
        }
        match (issuer, redirect) {
            (Some(issuer), Some(redirect)) if problems.is_empty() => Ok(Settings {
                issuer,
                client_id: ClientId::new(self.client_id),
                client_secret: secret.map(|secret| ClientSecret::new(secret.to_owned())),
                redirect,
                scopes: self.scopes.into_iter().map(Scope::new).collect(),
                groups_claim: self.groups_claim,
            }),
            _ => Err(problems),
        }
    }
}

/// The console's own address: https, or on this very machine.
fn redirect(text: &str, problems: &mut Problems) -> Option<RedirectUrl> {
    let parsed = problems.check("redirect", RedirectUrl::new(text.to_owned()))?;
    let url = parsed.url();
    let host = url.host_str().unwrap_or_default();
    let is_local =
        matches!(host, "127.0.0.1" | "[::1]" | "localhost") || host.ends_with(".localhost");
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_local);
    if !is_safe || host.is_empty() || url.fragment().is_some() || !url.username().is_empty() {
        problems.add("redirect", "write the console's own address, with https");
        return None;
    }
    Some(parsed)
}

#[cfg(test)]
mod tests {
    use berth_outbound::Policy;

    use super::*;

    fn checked(change: impl FnOnce(&mut ProviderSettings)) -> String {
        let mut settings = ProviderSettings {
            issuer: "https://login.example.com/realms/acme".to_owned(),
            client_id: "berth".to_owned(),
            client_secret: Some("hush".to_owned().into()),
            redirect: "https://console.example.com/sign-in/back".to_owned(),
            scopes: vec!["email".to_owned()],
            groups_claim: Some("groups".to_owned()),
        };
        change(&mut settings);
        let outbound = Outbound::new(Policy::public("x")).unwrap();
        settings.check(&outbound).map_or_else(|found| found.to_string(), |_| String::new())
    }

    #[test]
    fn good_settings_are_good() {
        assert_eq!(checked(|_| ()), "");
        assert_eq!(checked(|it| it.redirect = "http://localhost:8070/back".to_owned()), "");
        assert_eq!(checked(|it| it.client_secret = None), "");
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let said = checked(|it| {
            it.issuer = "http://login.example.com".to_owned();
            it.client_id = String::new();
            it.client_secret = Some(String::new().into());
            it.redirect = "http://console.example.com/".to_owned();
            it.scopes = vec!["e mail".to_owned()];
            it.groups_claim = Some(" ".to_owned());
        });

        insta::assert_snapshot!(said.replace("; ", "\n"), @r"
        issuer: only https is spoken, and http with ranges that `x` names
        client_id: write what the provider calls us, without spaces
        client_secret: a secret has 1 to 1024 bytes
        redirect: write the console's own address, with https
        scopes: `e mail` is not a scope
        groups_claim: a claim is a word without spaces
        ");
    }

    #[test]
    fn addresses_inside_and_crooked_ones_are_no_providers() {
        for issuer in ["https://169.254.169.254/", "https://a.example/?x=y", "file:///etc/passwd"] {
            assert!(
                checked(|it| it.issuer = issuer.to_owned()).starts_with("issuer: "),
                "{issuer}"
            );
        }
        for redirect in ["", "/back", "javascript:alert(1)", "https://a@console.example.com/"] {
            let said = checked(|it| it.redirect = redirect.to_owned());
            assert!(said.starts_with("redirect: "), "{redirect}: {said}");
        }
    }
}
