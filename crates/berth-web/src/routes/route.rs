//! What is known of one route.

use axum::routing::MethodRouter;
use berth_api::v1 as api;
use berth_domain::access::Right;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::context::WebState;

/// What an answer that goes on is written in.
pub(crate) const EVENT_STREAM: &str = "text/event-stream";

/// Makes the schema of a type.
pub(crate) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// What a route takes of whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing: there people prove who they are.
    Nobody,
    /// To be signed in: it is about their own account.
    Account,
    /// A right, in the organisation that the path names.
    Right(Right),
    /// The least of those that running something takes: what is more than SQL takes `exec`, once the first
    /// frame says so.
    Command,
}

impl Needs {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Account => "account",
            Self::Right(right) => right.as_str(),
            Self::Command => Right::Psql.as_str(),
        }
    }
}

impl From<Right> for Needs {
    fn from(right: Right) -> Self {
        Self::Right(right)
    }
}

/// One method of one path.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    /// What it takes. There is no route without one.
    pub(crate) needs: Needs,
    pub(crate) handler: MethodRouter<WebState>,
    pub(crate) id: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) query: Option<SchemaOf>,
    pub(crate) body: Option<SchemaOf>,
    /// The media type of a body that is no JSON.
    pub(crate) stream: Option<&'static str>,
    /// Whether it takes an `Idempotency-Key`: every change does, unless it may be made again.
    pub(crate) is_once: bool,
    /// Whether what it answers is kept for whoever asks again. Else they are told that it was done.
    pub(crate) is_kept: bool,
    pub(crate) answers: Vec<Answer>,
    /// It is for people who look at it.
    pub(crate) is_page: bool,
}

/// One way in which a route succeeds.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) media: Option<&'static str>,
    pub(crate) schema: Option<SchemaOf>,
    pub(crate) text: &'static str,
}

impl Answer {
    pub(crate) fn json<T: JsonSchema>(status: u16) -> Self {
        let text = if status == 202 { "The operation to follow." } else { "What was asked for." };
        Self { status, media: Some("application/json"), schema: Some(subschema::<T>), text }
    }

    /// One of two documents.
    pub(crate) fn either<A: JsonSchema, B: JsonSchema>(status: u16) -> Self {
        Self { schema: Some(one_of::<A, B>), ..Self::json::<A>(status) }
    }

    /// `Location` says where the browser goes on.
    pub(crate) fn redirect() -> Self {
        let text = "`Location` says where the browser goes on.";
        Self { status: 303, media: None, schema: None, text }
    }

    /// Nothing to say.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, media: None, schema: None, text: "It is done." }
    }

    /// An event stream whose events hold a `T` as JSON.
    pub(crate) fn events<T: JsonSchema>() -> Self {
        let text = "Events; the data of each is JSON. An event `problem` is the last one.";
        Self { status: 200, media: Some(EVENT_STREAM), schema: Some(subschema::<T>), text }
    }

    /// A WebSocket whose first frame is a `T`.
    pub(crate) fn upgrade<T: JsonSchema>() -> Self {
        let text = "A WebSocket. The first text frame of the client is this.";
        Self { status: 101, media: Some("application/json"), schema: Some(subschema::<T>), text }
    }

    pub(crate) fn media(status: u16, media: &'static str) -> Self {
        Self { status, media: Some(media), schema: None, text: "What was asked for." }
    }
}

impl Route {
    pub(crate) fn new(
        method: &'static str,
        path: &'static str,
        needs: impl Into<Needs>,
        handler: MethodRouter<WebState>,
    ) -> Self {
        let needs = needs.into();
        Self {
            method,
            path,
            needs,
            handler,
            id: "",
            summary: "",
            query: None,
            body: None,
            stream: None,
            // Of what is said to prove who somebody is, nothing is kept.
            is_once: method != "GET" && matches!(needs, Needs::Right(_)),
            is_kept: true,
            answers: Vec::new(),
            is_page: false,
        }
    }

    /// One of a page: what it answers is for people, and not in the description of the API.
    pub(crate) fn page(
        method: &'static str,
        path: &'static str,
        needs: impl Into<Needs>,
        handler: MethodRouter<WebState>,
        id: &'static str,
    ) -> Self {
        let page = Self { is_page: true, ..Self::new(method, path, needs, handler) };
        page.about(id, "A page.").answers(Answer::media(200, "text/html"))
    }

    pub(crate) fn about(self, id: &'static str, summary: &'static str) -> Self {
        Self { id, summary, ..self }
    }

    /// The parameters of its query.
    pub(crate) fn asks<T: JsonSchema>(self) -> Self {
        Self { query: Some(subschema::<T>), ..self }
    }

    /// Its JSON body.
    pub(crate) fn takes<T: JsonSchema>(self) -> Self {
        Self { body: Some(subschema::<T>), ..self }
    }

    /// Its body is bytes, as many as there are.
    pub(crate) fn streams(self, media: &'static str) -> Self {
        Self { stream: Some(media), ..self }
    }

    /// Nothing is wrong with making it again, so that it takes no `Idempotency-Key`.
    pub(crate) fn repeats(self) -> Self {
        Self { is_once: false, ..self }
    }

    /// A form that is carried out once, and whose answer nobody keeps. Its handler says so to whoever
    /// sends it again ([`berth_engine::EngineError::Repeated`]).
    pub(crate) fn once_unkept(self) -> Self {
        Self { is_once: true, is_kept: false, ..self }
    }

    /// Whether it begins an operation.
    pub(crate) fn is_begun(&self) -> bool {
        self.answers.iter().any(|answer| answer.status == 202)
    }

    pub(crate) fn answers(mut self, answer: Answer) -> Self {
        self.answers.push(answer);
        self
    }

    /// It answers a `T` at once, or says what it would do.
    pub(crate) fn does<T: JsonSchema>(self) -> Self {
        self.answers(Answer::json::<T>(200)).answers(Answer::json::<api::Plan>(200))
    }

    /// It begins an operation, or says what that would do.
    pub(crate) fn begins(self) -> Self {
        self.answers(Answer::json::<api::Plan>(200)).answers(Answer::json::<api::Operation>(202))
    }
}

fn subschema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

fn one_of<A: JsonSchema, B: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let either = [generator.subschema_for::<A>(), generator.subschema_for::<B>()];
    schemars::json_schema!({ "oneOf": either })
}
