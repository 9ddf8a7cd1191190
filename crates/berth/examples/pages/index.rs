//! `README.md` beside the pictures, which shows them.

use std::fmt::Write as _;
use std::path::Path;

use crate::table::{Chapter, Page};

const HEAD: &str = "\
# The pages

Pictures of every page: light, dark, and 390 pixels wide. `cargo xtask pictures` takes them, and writes this file,
of the real program over containers in memory; what is in them is made up. [The guide](../guide/README.md) says how
people work with the pages.
";

pub(crate) fn write(folder: &Path, chapters: &[Chapter]) -> std::io::Result<()> {
    let mut text = HEAD.to_owned();
    for chapter in chapters {
        let _ = write!(text, "\n## {}\n", chapter.title);
        for page in chapter.pages {
            text.push_str(&shown(page));
        }
    }
    std::fs::write(folder.join("README.md"), text)
}

fn shown(page: &Page) -> String {
    let Page { name, about, .. } = page;
    let picture = |kind: &str, width: u32| {
        format!("<img src=\"{name}-{kind}.png\" width=\"{width}\" alt=\"{name}, {kind}\">")
    };
    format!(
        "\n### {name}\n\n{about}\n\n| Light | Dark | Phone |\n|---|---|---|\n| {} | {} | {} |\n",
        picture("light", 420),
        picture("dark", 420),
        picture("phone", 150)
    )
}
