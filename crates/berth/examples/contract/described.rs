//! The description of the API, made stricter for the trial.
//!
//! * The one answer for everything that goes wrong becomes one for each status that `docs/API.md` names.
//!   Nothing that begins with 5 is among them.
//! * Parameters of paths have values that lead somewhere, most of the time.
//! * What streams without an end is left out, and tested by itself.

use std::path::Path;

use serde_json::{Value, json};

use crate::callers::Known;

/// How a request may be refused.
const REFUSALS: [&str; 11] =
    ["400", "401", "403", "404", "405", "409", "412", "413", "415", "422", "429"];
const ENDLESS: &str = "/api/v1/organisations/{org}/events";
/// Waits for more lines until the container ends.
const FOLLOW: &str = "follow";

/// Writes the description to `openapi.json` in a folder.
pub(crate) fn write(folder: &Path, known: &Known) {
    let mut document = berth_web::openapi();
    let paths = document["paths"].as_object_mut().unwrap();
    paths.remove(ENDLESS);
    for (path, methods) in paths {
        for operation in methods.as_object_mut().unwrap().values_mut() {
            refine(path, operation, known);
        }
    }
    std::fs::write(folder.join("openapi.json"), document.to_string()).unwrap();
}

fn refine(path: &str, operation: &mut Value, known: &Known) {
    let responses = operation["responses"].as_object_mut().unwrap();
    let refused = responses.remove("default").unwrap();
    for status in REFUSALS {
        responses.insert(status.to_owned(), refused.clone());
    }
    let parameters = operation["parameters"].as_array_mut().unwrap();
    parameters.retain(|parameter| parameter["name"] != FOLLOW);
    for parameter in parameters.iter_mut().filter(|parameter| parameter["in"] == "path") {
        let place = format!("/{{{}}}", parameter["name"].as_str().unwrap());
        let before = path.split(&place).next().and_then(|before| before.rsplit('/').next());
        if let Some(values) = before.and_then(|before| known.get(before))
            && !values.is_empty()
        {
            let mut values = values.clone();
            values.sort();
            values.dedup();
            parameter["schema"] = json!({ "type": "string", "enum": values });
        }
    }
}
