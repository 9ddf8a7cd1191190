//! Arguments of statements, in the two types that both databases store alike.

use berth_domain::Timestamp;

/// One argument. The `Option` is inside, so that PostgreSQL learns the type of a NULL.
#[derive(Debug, Clone)]
pub(crate) enum Arg {
    Text(Option<String>),
    Integer(Option<i64>),
}

#[expect(clippy::needless_pass_by_value, reason = "takes ids by value and names by reference")]
pub(crate) fn text(value: impl ToString) -> Arg {
    Arg::Text(Some(value.to_string()))
}

pub(crate) fn text_or_null(value: Option<impl ToString>) -> Arg {
    Arg::Text(value.map(|value| value.to_string()))
}

pub(crate) fn integer(value: impl Into<i64>) -> Arg {
    Arg::Integer(Some(value.into()))
}

pub(crate) fn integer_or_null(value: Option<impl Into<i64>>) -> Arg {
    Arg::Integer(value.map(Into::into))
}

/// A count or size. Both databases hold 63 bits; what is larger than that becomes the largest.
pub(crate) fn unsigned(value: u64) -> Arg {
    Arg::Integer(Some(i64::try_from(value).unwrap_or(i64::MAX)))
}

pub(crate) fn unsigned_or_null(value: Option<u64>) -> Arg {
    Arg::Integer(value.map(|value| i64::try_from(value).unwrap_or(i64::MAX)))
}

/// Microseconds since the epoch; what is finer is cut off.
pub(crate) fn time(value: Timestamp) -> Arg {
    Arg::Integer(Some(value.as_microsecond()))
}

pub(crate) fn time_or_null(value: Option<Timestamp>) -> Arg {
    Arg::Integer(value.map(Timestamp::as_microsecond))
}
