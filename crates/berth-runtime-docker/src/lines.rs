//! Cuts output into lines.

/// The longest line that is kept in one piece. A longer one comes in several.
const LONGEST: usize = 256 * 1024;

/// Output that has not ended its line yet.
#[derive(Debug, Default)]
pub(crate) struct LineBuffer {
    pending: Vec<u8>,
}

impl LineBuffer {
    /// Whether the next byte begins a line.
    pub(crate) fn is_at_line_start(&self) -> bool {
        self.pending.is_empty()
    }

    /// Takes more output and returns the lines that it completes, without their ends.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            self.pending.extend_from_slice(piece);
            if piece.ends_with(b"\n") || self.pending.len() >= LONGEST {
                lines.push(self.take());
            }
        }
        lines
    }

    /// Returns what was said without a line end; `None` when there is nothing.
    pub(crate) fn finish(&mut self) -> Option<String> {
        (!self.pending.is_empty()).then(|| self.take())
    }

    fn take(&mut self) -> String {
        let line = std::mem::take(&mut self.pending);
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        String::from_utf8_lossy(text).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined_across_pieces_and_cut_within_them() {
        let mut buffer = LineBuffer::default();

        assert_eq!(buffer.push(b"one\r\ntw"), ["one"]);
        assert_eq!(buffer.push(b"o\n\nthr"), ["two", ""]);
        assert_eq!(buffer.finish().as_deref(), Some("thr"));
        assert_eq!(buffer.finish(), None);
    }

    #[test]
    fn a_character_that_is_cut_in_two_is_whole_in_the_line() {
        let mut buffer = LineBuffer::default();
        let (first, second) = "ü\n".as_bytes().split_at(1);

        assert!(buffer.push(first).is_empty());
        assert_eq!(buffer.push(second), ["ü"]);
    }

    #[test]
    fn output_without_line_ends_does_not_pile_up() {
        let mut buffer = LineBuffer::default();
        let said = buffer.push(&vec![b'x'; LONGEST]);

        assert_eq!(said.len(), 1);
        assert!(buffer.is_at_line_start());
    }
}
