//! How an operation goes: ticking on a terminal, line by line elsewhere.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use berth_api::v1 as api;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::printer::Printer;
use crate::visible::visible;

/// Shows an operation while it goes on.
#[derive(Debug)]
pub(super) struct Display {
    printer: Printer,
    /// `None` where nothing can be redrawn.
    bar: Option<ProgressBar>,
    /// The last state of each step that was shown.
    shown: HashMap<String, String>,
    /// What is being done, as it was said last.
    doing: String,
    /// Whether what steps say is shown as it comes.
    shows_log: bool,
    /// The end of what steps said, for when it goes wrong.
    recent: VecDeque<String>,
}

/// Lines that are recalled after something went wrong.
const RECENT: usize = 10;

impl Display {
    pub(super) fn new(printer: &Printer, shows_log: bool) -> Self {
        let bar = printer.is_live().then(|| {
            let bar = ProgressBar::with_draw_target(Some(1000), ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{spinner} {bar:20} {elapsed:>4}  {wide_msg}");
            bar.set_style(style.expect("the template is a constant").progress_chars("=> "));
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Self {
            printer: printer.clone(),
            bar,
            shown: HashMap::new(),
            doing: String::new(),
            shows_log,
            recent: VecDeque::new(),
        }
    }

    /// Shows what changed.
    pub(super) fn update(&mut self, operation: &api::Operation) {
        let mut has_begun = false;
        for step in &operation.steps {
            let before = self.shown.insert(step.name.clone(), step.state.clone());
            if before.as_ref() != Some(&step.state) && step.state != "waiting" {
                self.step(step);
                has_begun |= step.state == "running";
            }
        }
        // Later the events say it better, and this may be from before the last of them.
        if let Some(progress) = &operation.progress
            && has_begun
        {
            self.show(progress.permille.into(), &progress.text);
        }
    }

    /// Shows how far it is.
    pub(super) fn progress(&mut self, event: &api::Event) {
        let permille = event.data["permille"].as_u64();
        let text = event.data["text"].as_str();
        if let (Some(permille), Some(text)) = (permille, text) {
            self.show(permille, text);
        }
    }

    /// Shows a line that a step said, or keeps it for later.
    pub(super) fn log(&mut self, event: &api::Event) {
        let Some(text) = event.data["text"].as_str() else { return };
        if self.shows_log {
            self.line(&format!("  {text}"));
            return;
        }
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(text.to_owned());
    }

    /// Shows the end of what steps said, unless it was shown already.
    pub(super) fn recall(&self) {
        if !self.recent.is_empty() {
            self.printer.talk("what it said last:");
        }
        for text in &self.recent {
            self.printer.talk(&format!("  {text}"));
        }
    }

    /// Shows what went wrong in a step, which may be tried again.
    pub(super) fn trouble(&self, event: &api::Event) {
        let step = event.data["step"].as_str();
        if let (Some(step), Some(error)) = (step, event.data["error"].as_str()) {
            let attempt = event.data["attempt"].as_u64().unwrap_or(1);
            self.line(&format!("{step}: attempt {attempt} failed: {error}"));
        }
    }

    /// Clears what would be redrawn.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn step(&self, step: &api::Step) {
        let api::Step { name, state, started_at, finished_at } = step;
        match (started_at, finished_at) {
            (Some(started), Some(finished)) => {
                let seconds = finished.duration_since(*started).as_secs_f64();
                self.line(&format!("{name}: {state} in {seconds:.1} s"));
            }
            // What is going on is in the bar already.
            _ if self.bar.is_some() && state == "running" => {}
            _ => self.line(&format!("{name}: {state}")),
        }
    }

    fn show(&mut self, permille: u64, text: &str) {
        if let Some(bar) = &self.bar {
            bar.set_position(permille);
            bar.set_message(visible(text).into_owned());
        } else if self.doing != text {
            self.line(&format!("  {text}"));
        }
        text.clone_into(&mut self.doing);
    }

    fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(visible(text)),
            None => self.printer.talk(text),
        }
    }
}
