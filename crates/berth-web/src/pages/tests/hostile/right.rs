//! What is right in forms, and what they answer.

use super::super::ground::Ground;
use crate::routes::Route;

/// What is right in a field of this name. What is to be refused, so that nothing is made of a form or taken
/// away, is called wrong. `None`: it is left out.
const RIGHT: &[(&str, Option<&str>)] = &[
    ("account", Some("ci")),
    ("action", Some("restart")),
    ("addons", Some("")),
    ("admin_login", Some("admin")),
    ("admin_password", Some("three small herons")),
    ("again", None),
    ("catch_up", Some("")),
    ("code", Some("wrong")),
    ("company", Some("Bolt")),
    ("confirm", Some("wrong")),
    ("country", Some("")),
    ("cpu", Some("1")),
    ("cron", Some("@yearly")),
    ("current_password", Some("wrong wrong wrong")),
    ("demo", None),
    ("own_cluster", None),
    ("email", Some("jo@example.com")),
    ("enabled", Some("on")),
    ("events", Some("*")),
    ("expires", Some("")),
    ("host", Some("")),
    ("image", Some("")),
    ("language", Some("")),
    ("memory", Some("512MiB")),
    ("module", Some("calendar")),
    ("missing_modules", None),
    ("modules", Some("")),
    ("name", Some("bolt-two")),
    ("neutralize", Some("")),
    ("notes", Some("")),
    ("once", None),
    ("only", Some("waiting")),
    ("organisation", Some("default")),
    ("orphan", Some("folder/tenants/t_0123456789")),
    ("owner", Some("anna")),
    ("password", Some("three small herons")),
    ("pids", Some("300")),
    ("role", Some("viewer")),
    ("scope", Some("read")),
    ("script", Some("SELECT 1")),
    ("send", None),
    ("stage", Some("test")),
    ("storage", Some("")),
    ("tag", Some("")),
    ("tags", Some("eu")),
    ("tenant", Some("acme")),
    ("tenants", Some("acme")),
    ("time_zone", Some("UTC")),
    ("title", Some("A title")),
    ("to", Some("/")),
    ("url", Some("https://hooks.example.com/")),
    ("version", None),
    ("way", Some("psql")),
    ("with_dependents", None),
    ("zone", Some("UTC")),
];

/// The same in one form, where it is another.
const RIGHT_IN: &[(&str, &str, &str)] = &[
    // Else a tenant would be made for each text that a field takes.
    ("new_tenant_form", "cpu", "wrong"),
    // Else it would be used up.
    ("join_link_form", "password", "short"),
    // Else it would have another name from then on.
    ("rename_form", "name", "acme"),
    // Else one would be made for each text that a field takes.
    ("new_schedule_form", "cron", "wrong"),
    ("import_form", "cpu", "wrong"),
    // There it is how many, and not which.
    ("quota_form", "tenants", "10"),
];

/// What forms answer beside what is usual.
pub(super) fn beside(id: &str) -> &'static [u16] {
    match id {
        // What was made is shown once, and what is about to be done is shown first.
        "invite_form" | "invite_operator_form" | "token_form" | "installation_token_form" => &[200],
        "webhook_form" => &[200],
        "new_tenant_check" | "open_as_admin_form" | "tenant_password_form" => &[200],
        "tenant_shell_form" => &[200],
        "new_schedule_check" | "set_schedule_check" | "import_check" | "reconcile_form" => &[200],
        // It takes a file, and nothing of what is typed.
        "upload_form" => &[415],
        // There is none any more, once it was sent.
        "revoke_invitation_form"
        | "revoke_operator_invitation_form"
        | "revoke_token_form"
        | "revoke_installation_token_form"
        | "remove_member_form"
        | "member_role_form"
        | "member_sessions_form"
        | "end_own_session_form"
        | "clear_quota_form"
        | "delete_webhook_form"
        | "redeliver_form"
        | "delete_schedule_form"
        | "remove_upload_form" => &[404],
        // No provider is configured.
        "link_provider_form" | "unlink_provider_form" | "unlink_person_form" => &[404],
        // Once a text is a password, it is used up.
        "join_link_form" => &[404, 429],
        "sign_in_form" => &[401, 429],
        "sign_out_form" => &[401],
        _ => &[],
    }
}

/// Forms that are not on the page, whose refusal comes without them.
pub(super) fn comes_without_form(id: &str, field: &str) -> bool {
    // They take away what is not there: a second factor, a provider that somebody is linked with, an orphan.
    let nothing_to_take = [
        "recovery_codes_form",
        "remove_second_factor_form",
        "unlink_provider_form",
        "remove_orphans_form",
    ];
    // Whose it is stands in them and is not typed; of somebody who cannot be, the page of all owners comes.
    let is_whose = ["quota_form", "clear_quota_form"].contains(&id) && field == "owner";
    // It is on the page for whoever is on the host.
    nothing_to_take.contains(&id) || is_whose || id == "reset_person_form"
}

impl Ground {
    /// A form with one text in one field, and what is right in the others.
    pub(super) async fn form(
        &self,
        (route, path): (&Route, &str),
        known: &[String],
        (field, text): (&str, &str),
    ) -> Vec<(String, String)> {
        // It says what it is about, which is another thing after each change.
        let page = match route.id {
            "tenant_settings_form" => self.site.get(path).await.text,
            _ => String::new(),
        };
        let mut form = vec![(field.to_owned(), text.to_owned())];
        for name in known.iter().filter(|name| *name != field) {
            let value = shown(&page, name).map(str::to_owned).or_else(|| right(route.id, name));
            form.extend(value.map(|value| (name.clone(), value)));
        }
        form
    }
}

/// What a page has in a field of one line.
fn shown<'a>(page: &'a str, field: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(&format!(" name=\"{field}\" "))?;
    let tag = rest.split('>').next()?;
    tag.split_once("value=\"")?.1.split('"').next()
}

fn right(id: &str, field: &str) -> Option<String> {
    if let Some((_, _, value)) =
        RIGHT_IN.iter().find(|(form, name, _)| (*form, *name) == (id, field))
    {
        return Some((*value).to_owned());
    }
    let known = RIGHT.iter().find(|(name, _)| *name == field);
    let (_, value) = known.unwrap_or_else(|| panic!("what is right in `{field}` of `{id}`?"));
    value.map(str::to_owned)
}
