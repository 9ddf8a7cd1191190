//! How a request is known again when it is sent twice.

use aws_lc_rs::digest;

/// A request that is carried out once, however often it arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// Chosen by whoever asks, and theirs alone.
    key: String,
    /// The request that came with it this time.
    request: String,
    /// Of all that is asked for.
    hash: String,
}

impl Once {
    /// `asked` is everything by which requests differ, in an order of its own.
    #[must_use]
    pub fn new(key: String, request: String, asked: &[&[u8]]) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        for part in asked {
            // What moves from one part to the next is another request.
            context.update(&part.len().to_be_bytes());
            context.update(part);
        }
        let hash = context.finish();
        let hash =
            hash.as_ref().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        Self { key, request, hash }
    }

    /// The same for one of several things that are asked for at once, each of which is carried out once by
    /// itself.
    #[must_use]
    pub fn for_part(&self, part: &str) -> Self {
        Self { key: format!("{} {part}", self.key), ..self.clone() }
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    pub(crate) fn request(&self) -> &str {
        &self.request
    }

    pub(crate) fn hash(&self) -> &str {
        &self.hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(asked: &[&[u8]]) -> String {
        Once::new("key".to_owned(), "req_1".to_owned(), asked).hash
    }

    #[test]
    fn what_moves_from_one_part_to_the_next_is_another_request() {
        assert_ne!(hash(&[b"/a", b"b"]), hash(&[b"/ab", b""]));
        assert_ne!(hash(&[b"ab"]), hash(&[b"ab", b""]));
        assert_eq!(hash(&[b"/a", b"b"]), hash(&[b"/a", b"b"]));
    }
}
