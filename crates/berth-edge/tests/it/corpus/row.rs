//! The form of the corpus.
//!
//! ```text
//! # A remark.
//! [the name of a row]
//! > what the visitor sends: a line, which ends in CR LF
//! > a line that ends in a backslash has no end of its own: \
//! < what `acme` answers instead of what it was asked, in the same form
//! = 200 400 closed
//! acme: GET / HTTP/1.1
//! acme: content-length: 5
//! acme: | hello
//! got: | what the visitor got; shown where `acme` has an answer of its own
//! ```
//!
//! The line with `=` names the statuses of the answers, and whether the connection went on; where that
//! depends on how much had come, both ends stand there (`= 404 open | 404 closed`). Behind it stands
//! what reached the tenants, without what the edge says itself.

use super::escape::unescape;

pub(super) struct Row {
    pub(super) name: String,
    pub(super) sent: Vec<u8>,
    pub(super) said: Option<Vec<u8>>,
    pub(super) expected: String,
}

impl Row {
    /// Whether this is how the row may end. Its first line may name several ends.
    pub(super) fn allows(&self, observed: &str) -> bool {
        let cut = |text: &str| match text.split_once('\n') {
            Some((first, rest)) => (first[2..].to_owned(), rest.to_owned()),
            None => (text[2..].to_owned(), String::new()),
        };
        let ((ends, rest), (end, observed_rest)) =
            (cut(if self.expected.is_empty() { "= " } else { &self.expected }), cut(observed));
        ends.split(" | ").any(|allowed| allowed == end) && rest == observed_rest
    }
}

pub(super) fn read(corpus: &str) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for line in corpus.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            let (sent, expected) = (Vec::new(), String::new());
            rows.push(Row { name: name.to_owned(), sent, said: None, expected });
            continue;
        }
        let row = rows.last_mut().expect("a row begins with its name");
        match line.split_at(1) {
            (">", text) => row.sent.extend(bytes(text)),
            ("<", text) => row.said.get_or_insert_default().extend(bytes(text)),
            _ if row.expected.is_empty() => line.clone_into(&mut row.expected),
            _ => row.expected = format!("{}\n{line}", row.expected),
        }
    }
    rows
}

fn bytes(text: &str) -> Vec<u8> {
    let text = text.strip_prefix(' ').unwrap_or(text);
    match text.strip_suffix('\\') {
        Some(open) => unescape(open),
        None => [&unescape(text)[..], b"\r\n"].concat(),
    }
}
