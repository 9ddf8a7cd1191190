//! Dumps of somebody else's database.

use berth_postgres::dump::header::Header;
use berth_postgres::dump::script::{Piece, Splitter};
use berth_postgres::dump::verdict::{Verdict, copies_from_client, judge};

/// A script, taken apart at once and byte by byte.
pub(crate) fn script(bytes: &[u8]) -> bool {
    let whole = pieces(bytes, bytes.len().max(1));
    in_order(&whole);
    assert_eq!(joined(&whole), joined(&pieces(bytes, 1)), "how it arrives does not matter");
    let mut runs = false;
    for piece in &whole {
        match piece {
            Piece::Statement { text, .. } => {
                assert!(!copies_from_client(text), "{text:?} has data");
                runs |= judge(text) == Verdict::Run;
            }
            Piece::Copy { text, .. } => assert!(copies_from_client(text), "{text:?}"),
            _ => {}
        }
    }
    runs && whole.last() == Some(&Piece::End)
}

fn pieces(bytes: &[u8], at_once: usize) -> Vec<Piece> {
    let mut splitter = Splitter::default();
    let mut pieces = Vec::new();
    for part in bytes.chunks(at_once) {
        splitter.push(part, &mut pieces);
    }
    splitter.finish(&mut pieces);
    pieces
}

/// Data only after its statement, an end after the data, and one last piece.
fn in_order(pieces: &[Piece]) {
    let mut is_data = false;
    for piece in pieces {
        is_data = match piece {
            Piece::Data(_) => {
                assert!(is_data, "data of nobody");
                true
            }
            Piece::Copy { .. } => {
                assert!(!is_data, "a statement among data");
                true
            }
            Piece::EndOfData => {
                assert!(is_data, "the end of no data");
                false
            }
            Piece::Statement { .. } | Piece::End => {
                assert!(!is_data, "a statement among data");
                false
            }
            Piece::Refused(_) => is_data,
        };
    }
    let ends = pieces.iter().filter(|piece| **piece == Piece::End).count();
    assert!(matches!(pieces.last(), Some(Piece::End | Piece::Refused(_))));
    assert!(ends <= 1 && (ends == 0 || pieces.last() == Some(&Piece::End)));
}

/// The same with data that came in several pieces put together.
fn joined(pieces: &[Piece]) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (joined.last_mut(), piece) {
            (_, Piece::Data(more)) if more.is_empty() => {}
            (Some(Piece::Data(data)), Piece::Data(more)) => data.extend(more),
            _ => joined.push(piece.clone()),
        }
    }
    joined
}

/// The head of a dump in the custom format.
pub(crate) fn header(mut bytes: &[u8]) -> bool {
    Header::read(&mut bytes).is_ok()
}
