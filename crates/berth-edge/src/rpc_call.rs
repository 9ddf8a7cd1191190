//! Which service a JSON-RPC call names.
//!
//! `/jsonrpc` takes `{"params": {"service": ..., "method": ..., "args": ...}}` and hands it to the
//! service of that name (`odoo/addons/base/controllers/rpc.py`); `db` is the database manager again.
//!
//! # Invariants
//!
//! * A key that stands twice counts both times: Python keeps the last, another reader the first.
//! * What cannot be read is refused by the caller, not passed on.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The name of the service that is closed.
const CLOSED_SERVICE: &str = "db";

/// Whether any call in the body, alone or in a batch, names the database service.
pub(crate) fn names_database_service(body: &[u8]) -> Result<bool, serde_json::Error> {
    serde_json::from_slice::<Calls>(body).map(|calls| calls.0)
}

/// One call or a batch of them.
struct Calls(bool);
/// The `params` of a call.
struct Params(bool);
/// The `service` of the params.
struct Service(bool);

/// Answers no for every JSON value that the reader did not ask for.
macro_rules! otherwise_no {
    ($name:ident) => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a JSON value")
        }

        fn visit_bool<E>(self, _: bool) -> Result<$name, E> {
            Ok($name(false))
        }

        fn visit_i64<E>(self, _: i64) -> Result<$name, E> {
            Ok($name(false))
        }

        fn visit_u64<E>(self, _: u64) -> Result<$name, E> {
            Ok($name(false))
        }

        fn visit_f64<E>(self, _: f64) -> Result<$name, E> {
            Ok($name(false))
        }

        fn visit_unit<E>(self) -> Result<$name, E> {
            Ok($name(false))
        }
    };
}

fn read_map<'de, M, V>(mut map: M, key: &str, named: fn(V) -> bool) -> Result<bool, M::Error>
where
    M: MapAccess<'de>,
    V: Deserialize<'de>,
{
    let mut found = false;
    while let Some(name) = map.next_key::<Cow<'de, str>>()? {
        if name == key {
            found |= named(map.next_value::<V>()?);
        } else {
            map.next_value::<IgnoredAny>()?;
        }
    }
    Ok(found)
}

impl<'de> Deserialize<'de> for Calls {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Calls;
            otherwise_no!(Calls);

            fn visit_str<E>(self, _: &str) -> Result<Calls, E> {
                Ok(Calls(false))
            }

            fn visit_seq<S: SeqAccess<'de>>(self, mut batch: S) -> Result<Calls, S::Error> {
                let mut found = false;
                while let Some(Calls(named)) = batch.next_element()? {
                    found |= named;
                }
                Ok(Calls(found))
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Calls, M::Error> {
                read_map(map, "params", |params: Params| params.0).map(Calls)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl<'de> Deserialize<'de> for Params {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Params;
            otherwise_no!(Params);

            fn visit_str<E>(self, _: &str) -> Result<Params, E> {
                Ok(Params(false))
            }

            fn visit_seq<S: SeqAccess<'de>>(self, mut values: S) -> Result<Params, S::Error> {
                // Positional: the service comes first.
                let mut found = false;
                let mut first = true;
                while first {
                    let Some(Service(named)) = values.next_element()? else { break };
                    found = named;
                    first = false;
                }
                while values.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Params(found))
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Params, M::Error> {
                read_map(map, "service", |service: Service| service.0).map(Params)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl<'de> Deserialize<'de> for Service {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Service;
            otherwise_no!(Service);

            fn visit_str<E>(self, service: &str) -> Result<Service, E> {
                Ok(Service(service.trim().eq_ignore_ascii_case(CLOSED_SERVICE)))
            }

            fn visit_seq<S: SeqAccess<'de>>(self, mut values: S) -> Result<Service, S::Error> {
                while values.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Service(false))
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Service, M::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Service(false))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(body: &str) -> Option<bool> {
        names_database_service(body.as_bytes()).ok()
    }

    #[test]
    fn a_call_to_the_database_service_is_seen_in_every_form() {
        for body in [
            r#"{"params":{"service":"db","method":"list","args":[]}}"#,
            r#"{"params":{"method":"list","serv\u0069ce":"\u0064b"}}"#,
            r#"{"params":{"service":"common","service":"db"}}"#,
            r#"{"params":{"service":"db","service":"common"}}"#,
            r#"{"params":{"service":"db"},"params":{"service":"common"}}"#,
            r#"[{"params":{"service":"common"}},{"params":{"service":"db"}}]"#,
            r#"{"params":["db","list",[]]}"#,
        ] {
            assert_eq!(named(body), Some(true), "{body}");
        }
    }

    #[test]
    fn other_calls_are_not_mistaken_for_it() {
        for body in [
            r#"{"params":{"service":"object","method":"execute_kw","args":["db",{"service":"db"}]}}"#,
            r#"{"service":"db"}"#,
            r#"{"params":{"service":["db"]}}"#,
            r#"{"params":{"service":{"service":"db"}}}"#,
            r#"{"params":["object","db"]}"#,
            r#"[1,"db",null,true,-1,1.5]"#,
            "{}",
        ] {
            assert_eq!(named(body), Some(false), "{body}");
        }
    }

    #[test]
    fn what_is_not_json_is_said_to_be_so() {
        for body in
            ["", "service=db", r#"{"params":{"service":"db"}"#, "{} {}", r#"{"params":NaN}"#]
        {
            assert_eq!(named(body), None, "{body}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(named(&deep), None, "a deep nest is refused and the stack holds");
    }
}
