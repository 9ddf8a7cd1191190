//! What was planted, and how it is found again.

use berth_testkit::wait;
use serde_json::{Value, json};

use crate::app::{App, DEADLINE};

/// Secrets by what they are of.
pub(crate) struct Planted {
    secrets: Vec<(&'static str, String)>,
    /// The operation that made the tenant.
    operation: String,
    /// The token and the webhook.
    token: String,
}

/// Makes a tenant and everything that has a secret.
pub(crate) async fn plant(app: &App) -> Planted {
    let begun = app.ours("POST", "/tenants", &json!({ "name": "acme" })).await;
    assert_eq!(begun.status, 202, "{}", begun.text());
    let operation = text(&begun.json()["id"]);
    let path = format!("/operations/{operation}");
    wait::until(DEADLINE, async || {
        app.ours("GET", &path, &Value::Null).await.json()["state"] == "done"
    })
    .await;

    let administrator = "canary-of-the-administrator-7Qh2";
    let set = json!({ "password": administrator });
    let set = app.ours("POST", "/tenants/acme/password", &set).await;
    assert_eq!(set.status, 200, "{}", set.text());
    let token = json!({ "account": "ci", "scope": "admin", "expires": "never" });
    let token = app.ours("POST", "/tokens", &token).await.json();
    let overall = json!({ "account": "prometheus", "scope": "metrics", "expires": "never" });
    let overall = app.call("POST", "/tokens", &overall).await.json();
    let hook = json!({ "name": "hook", "url": "https://hooks.example.com/" });
    let hook = app.ours("POST", "/webhooks", &hook).await.json();
    let setup = app.call("POST", "/setup-token", &Value::Null).await.json();
    let invitation = json!({ "email": "jo@example.com", "role": "viewer" });
    let invitation = app.ours("POST", "/invitations", &invitation).await.json();
    let (role, master) = of_odoo(app);
    let secrets = vec![
        ("administrator", administrator.to_owned()),
        ("role", role),
        ("master password", master),
        ("token", text(&token["secret"])),
        ("token of the installation", text(&overall["secret"])),
        ("webhook", text(&hook["secret"])),
        ("setup token", text(&setup["token"])),
        ("invitation", text(&invitation["code"])),
        // Nobody keeps it: it is only ever refused.
        ("refused", "canary-that-is-refused-5Xw9".to_owned()),
    ];
    Planted { secrets, operation, token: text(&token["token"]["id"]) }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is text")).to_owned()
}

/// The passwords of the tenant's role and of Odoo's database manager, from its `odoo.conf`.
fn of_odoo(app: &App) -> (String, String) {
    let folder = std::fs::read_dir(app.folder().join("tenants")).unwrap().next().unwrap().unwrap();
    let conf = std::fs::read_to_string(folder.path().join("conf/odoo.conf")).unwrap();
    let value = |key: &str| {
        let lines = conf.lines().filter_map(|line| line.split_once('='));
        let value = lines.into_iter().find(|(name, _)| name.trim() == key).map(|(_, it)| it.trim());
        value.unwrap_or_else(|| panic!("there is no {key}")).to_owned()
    };
    (value("db_password"), value("admin_passwd"))
}

impl Planted {
    pub(crate) fn secret(&self, of: &str) -> &str {
        let found = self.secrets.iter().find(|(whose, _)| *whose == of);
        &found.unwrap_or_else(|| panic!("there is no secret `{of}`")).1
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.secrets.iter().map(|(whose, secret)| (*whose, secret.as_str()))
    }

    /// Whose secrets are in a text, as sentences.
    pub(crate) fn in_text(&self, place: &str, text: &str) -> Vec<String> {
        self.in_text_but(None, place, text)
    }

    /// The same where one of them belongs.
    pub(crate) fn in_text_but(&self, own: Option<&str>, place: &str, text: &str) -> Vec<String> {
        let others = self.all().filter(|(whose, _)| Some(*whose) != own);
        let found = others.filter(|(_, secret)| text.contains(secret));
        found.map(|(whose, _)| format!("that of the {whose}: in {place}")).collect()
    }

    /// A path in which every name is that of something.
    pub(crate) fn path(&self, template: &str) -> String {
        let id = match template {
            path if path.contains("/tokens/") => &self.token,
            _ => &self.operation,
        };
        let name = if template.contains("/webhooks/") { "hook" } else { "acme" };
        let filled = template.replace("{org}", "default").replace("{name}", name);
        let filled = filled.replace("{id}", id).replace("{owner}", "jo");
        // Nobody and nothing of those there is, but of their form.
        let filled = filled.replace("{person}", "al@example.com").replace("{provider}", "corp");
        filled.replace("{code}", "00000-00000-00000-00000-00000").replace("{file}", "berth.css")
    }

    /// A body that is right, or nearly.
    pub(crate) fn body(template: &str) -> Value {
        match template.rsplit('/').next() {
            Some("tenants" | "rename") => json!({ "name": "beta" }),
            Some("tokens") => json!({ "account": "other", "scope": "read" }),
            Some("webhooks") => json!({ "url": "https://other.example.com/" }),
            Some("password") => json!({}),
            _ => json!({ "enabled": true }),
        }
    }
}
