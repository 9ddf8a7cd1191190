use std::path::Path;

use super::*;

#[test]
fn the_committed_description_is_the_generated_one() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let generated = serde_json::to_string_pretty(&document()).unwrap() + "\n";

    let committed = std::fs::read_to_string(workspace.join("docs/openapi.json"));

    if committed.unwrap_or_default() != generated {
        let fresh = workspace.join("target/openapi.json");
        std::fs::write(&fresh, generated).unwrap();
        panic!("look at what changed, then: cp target/openapi.json docs/openapi.json");
    }
}

#[test]
fn every_route_but_those_of_pages_is_in_the_description() {
    let document = document();

    for route in routes::all() {
        let described = &document["paths"][route.path][route.method.to_lowercase()]["operationId"];

        if route.is_page {
            assert!(described.is_null(), "{described}");
        } else {
            assert_eq!(described, route.id);
        }
    }
}

#[test]
fn everything_that_is_referred_to_exists() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    match value {
                        Value::String(to) if key == "$ref" => found.push(to),
                        value => references(value, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);

    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}
