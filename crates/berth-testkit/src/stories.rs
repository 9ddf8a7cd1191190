//! Tests that share one world which is dear to make: told one after the other, by a harness that
//! understands the arguments and speaks the language of `cargo test`.
//!
//! # Invariants
//!
//! * The world is made by the first story that is told, and taken down after the last. Listing makes
//!   none.
//! * A story that fails does not keep the others from being told.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;

/// A story about a world.
pub type Story<W> = for<'a> fn(&'a W) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

/// What stories are told about.
pub trait World: Send + Sized + 'static {
    /// Makes it. Panics when that is not possible.
    fn make() -> impl Future<Output = Self>;

    /// What to show beside a story that failed: the end of a log.
    fn last_words(&self) -> String;
}

/// Names stories by their paths: `stories![World; module::a_sentence, …]`.
#[macro_export]
macro_rules! stories {
    ($world:ty; $($story:path),+ $(,)?) => {
        [$((
            stringify!($story),
            (|world| Box::pin($story(world))) as $crate::stories::Story<$world>,
        )),+]
    };
}

/// What all stories share.
struct Stage<W> {
    runtime: Runtime,
    world: Mutex<Option<W>>,
}

/// Tells the stories that the arguments ask for, in this order.
///
/// # Panics
///
/// When there is no runtime.
#[must_use]
pub fn tell<W: World>(stories: impl IntoIterator<Item = (&'static str, Story<W>)>) -> ExitCode {
    let mut arguments = Arguments::from_args();
    // They are about the same installation.
    arguments.test_threads = Some(1);
    let runtime = Runtime::new().expect("a runtime can be made");
    let stage = Arc::new(Stage { runtime, world: Mutex::default() });
    let trials = stories.into_iter().map(|(name, story)| {
        let stage = Arc::clone(&stage);
        Trial::test(name.replace(' ', ""), move || stage.play(story))
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    // Not when this process ends: nothing is dropped then.
    drop(stage.world.lock().unwrap_or_else(PoisonError::into_inner).take());
    conclusion.exit_code()
}

impl<W: World> Stage<W> {
    fn play(&self, story: Story<W>) -> Result<(), Failed> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let made = catch_unwind(AssertUnwindSafe(|| match world.take() {
            Some(world) => world,
            None => self.runtime.block_on(W::make()),
        }));
        let made = world.insert(made.map_err(|panic| Failed::from(said(&*panic)))?);
        let told = catch_unwind(AssertUnwindSafe(|| self.runtime.block_on(story(made))));
        told.map_err(|panic| format!("{}\n\n{}", said(&*panic), made.last_words()).into())
    }
}

/// Waits for a future that may panic, and returns what it said when it does.
pub async fn caught<T>(future: impl Future<Output = T>) -> Result<T, String> {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(|context| {
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            // It is not polled again.
            Err(panic) => std::task::Poll::Ready(Err(said(&*panic))),
        }
    })
    .await
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked").to_owned()
}
