//! Dumps as `pg_dump` writes them, and as somebody would who means harm.

use proptest::prelude::*;

use super::*;

const END: &str = "\n--\n-- PostgreSQL database dump complete\n--\n";

fn split(bytes: &[u8]) -> Vec<Piece> {
    let mut splitter = Splitter::default();
    let mut pieces = Vec::new();
    splitter.push(bytes, &mut pieces);
    splitter.finish(&mut pieces);
    pieces
}

/// One line per piece.
fn told(text: &str) -> String {
    let lines: Vec<String> = split(format!("{text}{END}").as_bytes())
        .into_iter()
        .map(|piece| match piece {
            Piece::Statement { line, text } => format!("{line}: {}", text.escape_debug()),
            Piece::Copy { line, text } => format!("{line}: copy: {}", text.escape_debug()),
            Piece::Data(data) => format!("data: {}", String::from_utf8_lossy(&data).escape_debug()),
            Piece::EndOfData => "end of data".to_owned(),
            Piece::Refused(error) => format!("refused: {error}"),
            Piece::End => "end".to_owned(),
        })
        .collect();
    lines.join("\n")
}

#[test]
fn a_dump_of_pg_dump_is_taken_apart() {
    insta::assert_snapshot!(told(
        "--\n-- PostgreSQL database dump\n--\n\n\\restrict kGx8\n\n\
         -- Dumped from database version 18.6 (Debian 18.6-1)\n\
         SET client_encoding = 'UTF8';\n\
         CREATE TABLE public.t (\n    id integer, -- an id\n    a text\n);\n\n\
         COPY public.t (id, a) FROM stdin;\n1\tone; \\\\N two\n2\t\\N\n\\.\n\n\
         COPY public.empty (id) FROM stdin;\n\\.\n\n\
         ALTER TABLE ONLY public.t\n    ADD CONSTRAINT t_pkey PRIMARY KEY (id);\n\n\\unrestrict kGx8\n"
    ));
}

#[test]
fn semicolons_inside_quotes_comments_parentheses_and_bodies_end_nothing() {
    insta::assert_snapshot!(told(
        "SELECT 'a;b''c;d', \"x;\"\"y\", E'it\\'s;', U&'\\0041;', $1, 1;\n\
         SELECT $$a;b$$, $tag$ $$;$$ $x$;$tag$, a$b$c;\n\
         SELECT 1 /* a; /* b; */ c; */ - 2 -- d;\n + 3 / 4;\n\
         CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);\n\
         CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE 1 WHEN 2 THEN 3 END; SELECT 4; END;\n\
         CREATE FUNCTION \"end\"() RETURNS text LANGUAGE sql AS 'SELECT 1;';\n\
         BEGIN;\nCOMMIT;\n;;\nSELECT e'\\\\';"
    ));
}

#[test]
fn commands_of_psql_are_refused_wherever_they_stand() {
    insta::assert_snapshot!(told(
        "\\! id\nSELECT 1 \\g |cat > /tmp/x\n;\n\\copy t from program 'id'\n  \\o |sh\n\\i /etc/passwd\n\
         \\connect postgres\n\\setenv PATH x\nSELECT 2; \\! id\n\\\\\n\\.\n\\restrict\n\\restricted x\n\
         \\\x1b[31mred\nSELECT 3;\n"
    ));
}

#[test]
fn data_may_look_like_anything() {
    insta::assert_snapshot!(told(
        "COPY t FROM stdin;  \r\n\\! id\n\\.x\n\\\n.\n\\..\nSELECT 1;\n\\.\r\nSELECT 2;\n\
         COPY t FROM stdin; SELECT 3;\nSELECT 4;"
    ));
}

#[test]
fn a_dump_that_was_cut_off_says_so() {
    let last = |text: &str| split(text.as_bytes()).pop();
    for text in [
        "",
        "SELECT 1;",
        "SELECT 1",
        "SELECT 'a",
        "SELECT $$a",
        "/* a",
        "COPY t FROM stdin;",
        "COPY t FROM stdin;\n1\n",
        "COPY t FROM stdin;\n1\n\\",
    ] {
        let is_cut_off = matches!(last(text), Some(Piece::Refused(ScriptError::CutOff { .. })));
        assert!(is_cut_off, "{text}: {:?}", last(text));
    }
    assert_eq!(
        last(&format!("SELECT 1;{END}SELECT 2")),
        Some(Piece::Refused(ScriptError::CutOff { line: 5 }))
    );
}

#[test]
fn the_version_of_the_server_is_read_from_the_first_comment_that_names_it() {
    let mut splitter = Splitter::default();
    splitter.push(
        b"-- Dumped from database version 17.2\n-- Dumped from database version 12.1\n",
        &mut Vec::new(),
    );

    assert_eq!(splitter.server_major(), Some(17));
}

#[test]
fn a_statement_that_is_no_text_is_refused() {
    let pieces =
        split(format!("SELECT '\u{e4}'; SELECT 2;{END}").replace('\u{e4}', "e").as_bytes());
    assert_eq!(pieces.len(), 3);
    let mut bytes = b"SELECT '\xff';".to_vec();
    bytes.extend(END.bytes());

    assert_eq!(split(&bytes), [Piece::Refused(ScriptError::NotUtf8 { line: 1 }), Piece::End]);
}

/// Neighbouring pieces of data are one.
fn merged(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut all: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (all.last_mut(), piece) {
            (Some(Piece::Data(data)), Piece::Data(more)) => data.extend(more),
            (_, piece) => all.push(piece),
        }
    }
    all
}

const WORDS: [&str; 24] = [
    "SELECT",
    "COPY",
    " t ",
    "FROM stdin",
    ";",
    "\n",
    "'",
    "\"",
    "$$",
    "$a$",
    "E'",
    "\\",
    "\\.\n",
    "--",
    "/*",
    "*/",
    "(",
    ")",
    "CREATE FUNCTION",
    " BEGIN ",
    " END ",
    "\r\n",
    "\u{fc}",
    "\\restrict x\n",
];

proptest! {
    #[test]
    fn it_does_not_matter_in_which_pieces_a_dump_arrives(
        words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..60),
        size in 1_usize..20,
    ) {
        let text = words.concat();
        let mut splitter = Splitter::default();
        let mut pieces = Vec::new();
        for part in text.as_bytes().chunks(size) {
            splitter.push(part, &mut pieces);
        }
        splitter.finish(&mut pieces);

        prop_assert_eq!(merged(pieces), merged(split(text.as_bytes())));
    }

    #[test]
    fn whatever_the_bytes_pieces_come_in_an_order_that_can_be_carried_out(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..60),
    ) {
        for text in [bytes, words.concat().into_bytes()] {
            let (mut in_data, mut has_ended) = (false, false);
            for piece in split(&text) {
                prop_assert!(!has_ended);
                match piece {
                    Piece::Copy { .. } => { prop_assert!(!in_data); in_data = true; }
                    Piece::Data(data) => { prop_assert!(in_data); prop_assert!(!data.is_empty()); }
                    Piece::EndOfData => { prop_assert!(in_data); in_data = false; }
                    Piece::Statement { text, .. } => {
                        prop_assert!(!in_data);
                        prop_assert!(!text.trim().is_empty());
                    }
                    Piece::Refused(_) => {}
                    Piece::End => { prop_assert!(!in_data); has_ended = true; }
                }
            }
        }
    }
}
