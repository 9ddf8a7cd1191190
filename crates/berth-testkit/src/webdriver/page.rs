//! What is asked of a page that is open: keys, what the browser complains about, accessibility.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::Browser;
use crate::wait;

/// Rules of accessibility, as Deque publishes them (axe-core, MPL-2.0).
const AXE: &str = include_str!("../../vendor/axe-core-4.14.1.min.js");

/// A key that is no character (W3C, WebDriver, "Keyboard actions").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    Tab,
    /// Tab with Shift.
    Back,
    Enter,
    Space,
    Escape,
    Up,
    Down,
    /// A character with Control.
    Control(char),
    Char(char),
}

impl Key {
    fn held_and_pressed(self) -> (Option<char>, char) {
        const SHIFT: char = '\u{e008}';
        const CONTROL: char = '\u{e009}';
        match self {
            Self::Tab => (None, '\u{e004}'),
            Self::Back => (Some(SHIFT), '\u{e004}'),
            Self::Enter => (None, '\u{e007}'),
            Self::Space => (None, ' '),
            Self::Escape => (None, '\u{e00c}'),
            Self::Up => (None, '\u{e013}'),
            Self::Down => (None, '\u{e015}'),
            Self::Control(c) => (Some(CONTROL), c),
            Self::Char(c) => (None, c),
        }
    }
}

impl Browser {
    /// Presses keys one after the other, wherever the focus is.
    pub async fn press(&self, keys: &[Key]) {
        let mut actions = Vec::new();
        for (held, pressed) in keys.iter().map(|key| key.held_and_pressed()) {
            actions.extend(held.map(|held| json!({ "type": "keyDown", "value": held })));
            actions.push(json!({ "type": "keyDown", "value": pressed }));
            actions.push(json!({ "type": "keyUp", "value": pressed }));
            actions.extend(held.map(|held| json!({ "type": "keyUp", "value": held })));
        }
        let wish = json!({ "actions": [{ "type": "key", "id": "keys", "actions": actions }] });
        self.must("POST", "actions", &wish).await;
    }

    /// Types text wherever the focus is.
    pub async fn write(&self, text: &str) {
        let keys: Vec<Key> = text.chars().map(Key::Char).collect();
        self.press(&keys).await;
    }

    /// Gives the page a view of this size, in CSS pixels, whatever its window has. What is taken of it
    /// is as large.
    pub async fn view(&self, width: u32, height: u32) {
        let view =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        let wish = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": view });
        self.must("POST", "goog/cdp/execute", &wish).await;
    }

    /// Has the browser reach no address that is like this pattern, or every one again
    /// (<https://chromedevtools.github.io/devtools-protocol/tot/Network/>).
    pub async fn block(&self, pattern: Option<&str>) {
        let urls: Vec<&str> = pattern.into_iter().collect();
        for (command, parameters) in
            [("Network.enable", json!({})), ("Network.setBlockedURLs", json!({ "urls": urls }))]
        {
            let wish = json!({ "cmd": command, "params": parameters });
            self.must("POST", "goog/cdp/execute", &wish).await;
        }
    }

    /// Waits for another window, and goes on in it.
    pub async fn follow(&self, deadline: Duration) {
        let here = self.must("GET", "window", &Value::Null).await;
        let other = wait::until_some(deadline, async || {
            let windows = self.must("GET", "window/handles", &Value::Null).await;
            windows.as_array()?.iter().find(|window| **window != here).cloned()
        });
        self.must("POST", "window", &json!({ "handle": other.await })).await;
    }

    /// Goes back to the first window, and closes the one that is open.
    pub async fn come_back(&self) {
        let left = self.must("DELETE", "window", &Value::Null).await;
        self.must("POST", "window", &json!({ "handle": left[0] })).await;
    }

    /// What the browser complained about since the last time: errors of scripts, files that were not
    /// found, policies that were broken.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.must("POST", "se/log", &json!({ "type": "browser" })).await;
        let entries = log.as_array().map(Vec::as_slice).unwrap_or_default();
        let severe = entries.iter().filter(|entry| entry["level"] == "SEVERE");
        severe.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// What axe-core finds in the page that is serious or critical: one line for each element.
    ///
    /// # Panics
    ///
    /// When it does not run there.
    pub async fn barriers(&self) -> BTreeSet<String> {
        let script = format!(
            "{AXE}\nconst done = arguments[arguments.length - 1];\n\
             axe.run(document, {{ resultTypes: ['violations'] }})\n\
             .then(found => done(found.violations), error => done(String(error)));"
        );
        let wish = json!({ "script": script, "args": [] });
        let found = self.must("POST", "execute/async", &wish).await;
        let found = found.as_array().unwrap_or_else(|| panic!("axe-core: {found}"));
        let bad = |rule: &&Value| matches!(rule["impact"].as_str(), Some("serious" | "critical"));
        let mut lines = BTreeSet::new();
        for rule in found.iter().filter(bad) {
            for node in rule["nodes"].as_array().into_iter().flatten() {
                let mut line =
                    format!("{}: {}", rule["id"].as_str().unwrap_or_default(), node["html"]);
                let _ =
                    write!(line, " ({})", node["any"][0]["message"].as_str().unwrap_or_default());
                lines.insert(line);
            }
        }
        lines
    }
}
