//! The description of the API (`OpenAPI` 3.1), made from the table of routes and the wire types.

use berth_api::v1::{PROBLEM_MEDIA_TYPE, Problem};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::if_match;
use crate::routes::{self, Answer, EVENT_STREAM, Route};

/// Returns the description. It is committed as `docs/openapi.json`.
#[must_use]
pub fn document() -> Value {
    let settings = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();

    let mut paths = Map::new();
    for route in routes::all().into_iter().filter(|route| !route.is_page) {
        let described = operation(&mut generator, &route);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.to_lowercase()] = described;
    }
    generator.subschema_for::<Problem>();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Berth",
            "version": "1",
            "summary": "A self-hosted control plane for Odoo.",
            "description": "Spoken on the Unix socket `berth.sock` in the home folder and, to whoever \
                shows a token, over TCP (`console.listen`). Every answer carries `x-request-id`; every failure is a problem document (RFC 9457).",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        // Nothing: whoever may open the socket runs the installation.
        "security": [{}, { "token": [] }, { "session": [] }],
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "session": { "type": "apiKey", "in": "cookie", "name": "__Host-berth" },
            },
        },
    })
}

fn operation(generator: &mut SchemaGenerator, route: &Route) -> Value {
    let mut described = json!({
        "operationId": route.id,
        "summary": route.summary,
        "x-berth-right": route.needs.as_str(),
        "parameters": parameters(route),
        "responses": responses(generator, &route.answers),
    });
    if let Some(body) = route.body {
        let schema = body(generator);
        described["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": schema } } });
    }
    if let Some(media) = route.stream {
        described["requestBody"] = json!({ "required": true, "content": { media: {} } });
    }
    described
}

fn parameters(route: &Route) -> Vec<Value> {
    let in_path = route.path.split('/').filter_map(|part| part.strip_prefix('{'));
    let mut parameters: Vec<Value> = in_path
        .map(|part| part.trim_end_matches('}'))
        .map(|name| {
            let schema = json!({ "type": "string" });
            json!({ "name": name, "in": "path", "required": true, "schema": schema })
        })
        .collect();
    if let Some(query) = route.query {
        // A query is a flat list of parameters, so its type is read apart instead of named.
        let mut apart = SchemaSettings::draft2020_12()
            .with(|settings| settings.inline_subschemas = true)
            .into_generator();
        let schema = query(&mut apart).to_value();
        let properties = schema["properties"].as_object().into_iter().flatten();
        parameters.extend(
            properties
                .map(|(name, schema)| json!({ "name": name, "in": "query", "schema": schema })),
        );
    }
    if route.is_once {
        parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "description": "The same key and the same request are carried out once.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
        }));
    }
    if if_match::is_taken(route.method, route.path) {
        parameters.push(json!({
            "name": "If-Match",
            "in": "header",
            "description": "Only if the tenant still is what its `ETag` said, else 412.",
            "schema": { "type": "string" },
        }));
    }
    parameters
}

/// What an event of a stream is, when a document stands in it.
fn carried(document: &Value) -> Value {
    let data = json!({
        "type": "string", "contentMediaType": "application/json", "contentSchema": document,
    });
    let text = json!({ "type": "string" });
    json!({
        "type": "object",
        "properties": { "id": text, "event": text, "data": data },
        "required": ["data"],
    })
}

fn responses(generator: &mut SchemaGenerator, answers: &[Answer]) -> Value {
    let mut responses = Map::new();
    for answer in answers {
        let response = responses
            .entry(answer.status.to_string())
            .or_insert_with(|| json!({ "description": answer.text }));
        if let Some(media) = answer.media {
            let content = &mut response["content"][media];
            match answer.schema.map(|schema| schema(generator).to_value()) {
                Some(schema) if media == EVENT_STREAM => one_of(content, carried(&schema)),
                Some(schema) => one_of(content, schema),
                None => *content = json!({}),
            }
        }
    }
    let problem = generator.subschema_for::<Problem>();
    responses.insert(
        "default".to_owned(),
        json!({
            "description": "Why it was not carried out.",
            "content": { PROBLEM_MEDIA_TYPE: { "schema": problem } },
        }),
    );
    Value::Object(responses)
}

/// Adds a form that the content may have.
fn one_of(content: &mut Value, schema: Value) {
    let schema = match content["schema"].take() {
        Value::Null => schema,
        first => json!({ "oneOf": [first, schema] }),
    };
    content["schema"] = schema;
}

#[cfg(test)]
mod tests;
