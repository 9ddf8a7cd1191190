//! The form that comes back when something in it is wrong.

use crate::pages::html::clean;

/// Fields of which nothing is ever shown again.
const SECRETS: [&str; 4] = ["password", "code", "secret", "token"];

/// What is wrong with the page that a form is answered with: the form is not on it, or does not have any more
/// what was typed into it.
pub(super) fn fault(page: &str, path: &str, (field, text): (&str, &str)) -> Option<String> {
    let Some(form) = form(page, path) else {
        return Some("the form is not there to put it right in".to_owned());
    };
    if SECRETS.iter().any(|secret| field.contains(secret)) {
        return None;
    }
    let shown = shown(form, field)?;
    let is_kept = shown.trim() == clean(text).trim();
    (!is_kept).then(|| format!("{shown:?} is in its place"))
}

/// The form that goes to a path, has a button that sends it there, or is sent there while somebody types.
fn form<'a>(page: &'a str, path: &str) -> Option<&'a str> {
    let forms = page.split("<form ").skip(1).filter_map(|rest| rest.split("</form>").next());
    let goes = [format!("action=\"{path}\""), format!("hx-post=\"{path}\"")];
    let mut posted = forms.filter(|form| form.contains("method=\"post\""));
    posted.find(|form| goes.iter().any(|goes| form.contains(goes)))
}

/// What stands in a field into which people type. `None`: there is none of this name, or one chooses in it.
fn shown(form: &str, field: &str) -> Option<String> {
    let name = format!(" name=\"{field}\"");
    let (before, after) = form.split_once(&name)?;
    let start = before.rfind('<')?;
    let (kind, end) = (before[start + 1..].split(' ').next()?, after.find('>')?);
    let tag = &form[start..before.len() + name.len() + end];
    let text = match kind {
        "textarea" => after[end + 1..].split("</textarea>").next()?,
        "input" if is_typed(tag) => value(tag).unwrap_or_default(),
        _ => return None,
    };
    Some(unescaped(text))
}

fn is_typed(input: &str) -> bool {
    let others = ["hidden", "radio", "checkbox"];
    !others.iter().any(|kind| input.contains(&format!(" type=\"{kind}\"")))
}

fn value(input: &str) -> Option<&str> {
    input.split_once(" value=\"")?.1.split('"').next()
}

fn unescaped(text: &str) -> String {
    let known = [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")];
    known.into_iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[test]
fn a_form_is_found_by_where_it_goes_and_must_have_what_was_typed() {
    let out = "<form method=\"post\" action=\"/sign-out\"><button>Sign out</button></form>";
    let form = |fields: &str| format!("{out}<form method=\"post\" action=\"/a\">{fields}</form>");
    let fault =
        |page: &str| fault(page, "/a", ("name", "<b>\u{202e}")).map(|fault| fault.len() > 1);

    assert_eq!(fault(out), Some(true));
    assert_eq!(fault(&form("<input name=\"name\" value=\"&#60;b&#62;\u{fffd}\">")), None);
    assert_eq!(fault(&form("<textarea name=\"name\">&#60;b&#62;\u{fffd}</textarea>")), None);
    assert_eq!(fault(&form("<input name=\"name\" value=\"\">")), Some(true));
    assert_eq!(fault(&form("<input id=\"name\" name=\"name\">")), Some(true));
    assert_eq!(fault(&form("<select name=\"name\"><option>a</option></select>")), None);
}
