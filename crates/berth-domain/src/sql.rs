//! SQL statements as values: made by whoever knows the tables, run by whoever has the connection.

use std::fmt;

/// One SQL statement in PostgreSQL's dialect, with its parameters.
///
/// Its text is made of constants only; whatever a person typed is a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// With `$1`, `$2`, … in place of the parameters.
    pub sql: String,
    pub params: Vec<Param>,
}

impl Statement {
    #[must_use]
    pub fn new(sql: impl Into<String>, params: Vec<Param>) -> Self {
        Self { sql: sql.into(), params }
    }
}

/// The value of one parameter. `Debug` never shows a text, because password hashes are among them.
#[derive(Clone, PartialEq, Eq)]
pub enum Param {
    Text(String),
    Int(i64),
    Bool(bool),
    /// Of type `text`: cast it where another type is wanted.
    Null,
}

impl Param {
    #[must_use]
    pub fn text(value: impl Into<String>) -> Self {
        Self::Text(value.into())
    }
}

impl fmt::Debug for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Int(value) => write!(f, "Int({value})"),
            Self::Bool(value) => write!(f, "Bool({value})"),
            Self::Null => f.write_str("Null"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_parameter_is_never_shown() {
        let statement = Statement::new("SELECT $1, $2", vec![Param::text("s3cret"), Param::Int(7)]);

        let shown = format!("{statement:?}");

        assert!(!shown.contains("s3cret") && shown.contains("Int(7)"), "{shown}");
    }
}
