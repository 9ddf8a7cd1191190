//! Lists, one page at a time.

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing<T> {
    pub items: Vec<T>,
    /// What to ask for the ones that come after. `None`: there are none.
    pub next: Option<String>,
}

impl<T> Listing<T> {
    /// Each of them in another form.
    #[must_use]
    pub fn map<U>(self, form: impl FnMut(T) -> U) -> Listing<U> {
        Listing { items: self.items.into_iter().map(form).collect(), next: self.next }
    }
}
