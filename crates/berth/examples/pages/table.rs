//! Which pages there are, and what is done there before a picture is taken. The order is that of the
//! pictures' index, and that in which things come about.

mod chapters;

pub(crate) use chapters::CHAPTERS;

use crate::scene::Scene;

/// Pages that belong together.
#[derive(Debug)]
pub(crate) struct Chapter {
    pub(crate) title: &'static str,
    pub(crate) pages: &'static [Page],
}

/// A page, as it is when it is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    /// What its files are called.
    pub(crate) name: &'static str,
    /// What there is to see.
    pub(crate) about: &'static str,
    /// Where it is. `{failed}` and the like stand for ids (`Studio::place`). Empty: where the browser is.
    pub(crate) path: &'static str,
    /// What is done before it is opened.
    pub(crate) first: &'static [Deed],
    /// What is done there.
    pub(crate) then: &'static [Deed],
}

/// Something that somebody does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Deed {
    /// Has something come about behind the browser's back.
    Come(Scene),
    /// Signs in as somebody, in place of whoever was.
    SignIn(&'static str),
    Click(&'static str),
    Type(&'static str, &'static str),
    /// Waits until it is displayed.
    See(&'static str),
    /// Waits until the body of a function returns true.
    Until(&'static str),
    /// Runs the body of a function.
    Run(&'static str),
    /// Shows a sample where something stands that is drawn by lot: as its value, or as its text.
    Cover(&'static str, &'static str),
}

const fn page(name: &'static str, about: &'static str, path: &'static str) -> Page {
    Page { name, about, path, first: &[], then: &[] }
}

impl Page {
    const fn first(self, first: &'static [Deed]) -> Self {
        Self { first, ..self }
    }

    const fn then(self, then: &'static [Deed]) -> Self {
        Self { then, ..self }
    }
}
