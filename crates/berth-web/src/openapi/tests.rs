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

/// What is answered to a request and what is answered when it is only planned, say: no document may be
/// taken for one of the other kind, or clients that are made from the description cannot read either.
#[test]
fn documents_that_answer_the_same_request_can_be_told_apart() {
    let document = document();
    let schema = |reference: &Value| {
        let pointer = reference["$ref"].as_str().and_then(|to| to.strip_prefix('#'));
        document.pointer(pointer.unwrap()).unwrap()
    };
    let operations = document["paths"].as_object().unwrap().values();
    let answers = operations
        .flat_map(|path| path.as_object().unwrap().values())
        .flat_map(|operation| operation["responses"].as_object().unwrap().values())
        .filter_map(|answer| answer["content"]["application/json"]["schema"]["oneOf"].as_array());
    let mut count = 0;
    for either in answers {
        for (one, other) in either.iter().flat_map(|one| either.iter().map(move |it| (one, it))) {
            let required = schema(one)["required"].as_array();
            let known = schema(other)["properties"].as_object().unwrap();
            let is_told = required.is_some_and(|all| {
                all.iter().any(|name| !known.contains_key(name.as_str().unwrap()))
            });
            assert!(one == other || is_told, "{one} and {other}");
            count += 1;
        }
    }
    assert!(count > 0);
}
