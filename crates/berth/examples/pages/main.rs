//! Pictures of every page, in both themes and on a phone: `cargo xtask pictures` builds and becomes this.
//!
//! The router, the engine, the store and PostgreSQL are the real ones; containers are in memory.
//!
//! # Invariants
//!
//! * Which pages there are stands in `table` and nowhere else.
//! * The clock stands still unless somebody moves it, and what is drawn by lot is covered with a sample, so
//!   that pictures differ only where pages do.
//! * Every word is one that a hosting company would have there.
//! * A page of which a picture is taken has nothing serious in anybody's way (axe-core), in any of its views.
#![expect(clippy::unwrap_used, reason = "pictures that cannot be taken are no pictures")]
#![expect(clippy::print_stdout, reason = "it is a program for people")]

mod app;
mod curves;
mod index;
mod png;
mod scene;
mod studio;
mod table;
#[expect(dead_code, reason = "tests of the API do more with it")]
#[path = "../../tests/api/tcp.rs"]
mod tcp;

use std::path::PathBuf;
use std::process::ExitCode;

use studio::Studio;
use table::CHAPTERS;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, only) = match &arguments[..] {
        [folder] => (PathBuf::from(folder), None),
        [folder, only] => (PathBuf::from(folder), Some(only.as_str())),
        _ => {
            println!("usage: pages FOLDER [WORD]");
            return ExitCode::FAILURE;
        }
    };
    std::fs::create_dir_all(&folder).unwrap();
    let mut studio = Studio::start(folder.clone()).await;
    for page in CHAPTERS.iter().flat_map(|chapter| chapter.pages) {
        let is_shot = only.is_none_or(|word| page.name.contains(word));
        println!("{}{}", page.name, if is_shot { "" } else { ": no picture" });
        studio.visit(page, is_shot).await;
    }
    let barriers = studio.end().await;
    if only.is_none() {
        index::write(&folder, CHAPTERS).unwrap();
    }
    for barrier in &barriers {
        println!("in somebody's way: {barrier}");
    }
    if barriers.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
