//! A browser: Chromium without a window, driven over W3C WebDriver (<https://www.w3.org/TR/webdriver2/>).
//!
//! # Invariants
//!
//! * It knows no address but this machine's: names below `localhost` are, and everything that a
//!   browser asks its maker for is off.
//! * Browser, driver and profile are gone when it is dropped.

mod driver;
mod page;

use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use serde_json::{Value, json};

use crate::http::{Place, request, send};
use crate::program::Program;
use crate::wait;

/// How long one command may take: the longest loads a page.
const COMMAND: Duration = Duration::from_mins(2);
/// The key under which an element's reference stands (WebDriver, "Elements").
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

pub use page::Key;

/// What keeps Chromium to this machine, and going as root and in a container.
const FLAGS: [&str; 14] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
    "--host-resolver-rules=MAP *.localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--hide-scrollbars",
    "--force-prefers-reduced-motion",
];

/// A running browser with one window.
#[derive(Debug)]
pub struct Browser {
    /// Ended after the session, which ends the browser.
    driver: Program,
    place: Place,
    session: String,
    /// The browser's process, which outlives a driver that is killed.
    process: Option<rustix::process::Pid>,
    _profile: tempfile::TempDir,
}

/// An element of the page that was open when it was found.
#[derive(Debug, Clone)]
pub struct Element(String);

/// Why the browser did not do something.
#[derive(Debug, thiserror::Error)]
#[error("{command}: {error}: {message}")]
pub struct Refused {
    command: String,
    /// A code of WebDriver: `no such element`.
    pub error: String,
    message: String,
}

impl Browser {
    /// Starts a browser with a window of this size, in CSS pixels.
    ///
    /// # Panics
    ///
    /// When `chromedriver` or Chromium is missing or does not start.
    pub async fn start(width: u32, height: u32) -> Self {
        let (driver, port) = driver::start();
        let place = Place::Address(SocketAddr::from(([127, 0, 0, 1], port)));
        let profile = tempfile::tempdir().expect("a folder for the profile can be made");

        let mut flags: Vec<String> = FLAGS.iter().map(|&flag| flag.to_owned()).collect();
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        flags.push(format!("--window-size={width},{height}"));
        let wish = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "args": flags },
            "goog:loggingPrefs": { "browser": "ALL" },
        } } });
        let answer = send(&place, request("POST", "/session", &wish), COMMAND).await;
        let answer = answer.expect("chromedriver answers").json();
        let value = &answer["value"];
        let session =
            value["sessionId"].as_str().unwrap_or_else(|| panic!("no session: {answer:#}"));
        let process = value["capabilities"]["goog:processID"].as_i64();
        let process = process.and_then(|pid| i32::try_from(pid).ok());
        let browser = Self {
            driver,
            place,
            session: session.to_owned(),
            process: process.and_then(rustix::process::Pid::from_raw),
            _profile: profile,
        };
        browser.be_in_front().await;
        browser
    }

    /// Has pages be as those of a window that somebody looks at. Without a screen none is, and `:focus`
    /// matches nothing until a key is pressed (Chromium 148).
    async fn be_in_front(&self) {
        let emulate =
            json!({ "cmd": "Emulation.setFocusEmulationEnabled", "params": { "enabled": true } });
        self.must("POST", "goog/cdp/execute", &emulate).await;
    }

    /// Opens a page and waits until it is loaded.
    ///
    /// # Panics
    ///
    /// When it cannot be loaded.
    pub async fn open(&self, url: &str) {
        self.must("POST", "url", &json!({ "url": url })).await;
    }

    /// The address of the page that is open.
    pub async fn url(&self) -> String {
        self.must("GET", "url", &Value::Null).await.as_str().unwrap_or_default().to_owned()
    }

    /// The first element that a CSS selector matches, `None` when there is none.
    ///
    /// # Panics
    ///
    /// When the selector is none.
    pub async fn find(&self, css: &str) -> Option<Element> {
        let wish = json!({ "using": "css selector", "value": css });
        match self.command("POST", "element", &wish).await {
            Ok(value) => value[ELEMENT].as_str().map(|id| Element(id.to_owned())),
            Err(refused) if refused.error == "no such element" => None,
            Err(refused) => panic!("{refused}"),
        }
    }

    /// Waits until a CSS selector matches a displayed element.
    pub async fn wait_for(&self, css: &str, deadline: Duration) -> Element {
        wait::until_some(deadline, async || {
            let element = self.find(css).await?;
            let path = format!("element/{}/displayed", element.0);
            // The page may have replaced it meanwhile.
            let displayed = self.command("GET", &path, &Value::Null).await.ok()?;
            (displayed == json!(true)).then_some(element)
        })
        .await
    }

    /// # Panics
    ///
    /// When it cannot be clicked.
    pub async fn click(&self, element: &Element) {
        self.must("POST", &format!("element/{}/click", element.0), &json!({})).await;
    }

    /// Types text into an element.
    ///
    /// # Panics
    ///
    /// When it takes none.
    pub async fn type_into(&self, element: &Element, text: &str) {
        let wish = json!({ "text": text });
        self.must("POST", &format!("element/{}/value", element.0), &wish).await;
    }

    /// The text that is displayed in an element.
    pub async fn text(&self, element: &Element) -> String {
        let text = self.must("GET", &format!("element/{}/text", element.0), &Value::Null).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Runs the body of a function in the page and returns what it returns.
    pub async fn script(&self, body: &str) -> Value {
        self.must("POST", "execute/sync", &json!({ "script": body, "args": [] })).await
    }

    /// The window as a picture, in PNG.
    ///
    /// # Panics
    ///
    /// When none can be taken.
    pub async fn picture(&self) -> Vec<u8> {
        let text = self.must("GET", "screenshot", &Value::Null).await;
        let text = text.as_str().unwrap_or_default();
        base64::engine::general_purpose::STANDARD.decode(text).expect("pictures come in base64")
    }

    /// Gives the window another size, in CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) {
        self.must("POST", "window/rect", &json!({ "width": width, "height": height })).await;
    }

    async fn must(&self, method: &str, path: &str, body: &Value) -> Value {
        self.command(method, path, body).await.unwrap_or_else(|refused| panic!("{refused}"))
    }

    async fn command(&self, method: &str, path: &str, body: &Value) -> Result<Value, Refused> {
        let command = format!("{method} {path}");
        let path = format!("/session/{}/{path}", self.session);
        let answer = send(&self.place, request(method, &path, body), COMMAND).await;
        let answer = answer.unwrap_or_else(|error| panic!("{command}: {error:?}"));
        let mut content = answer.json();
        let value = content["value"].take();
        if answer.status == 200 {
            return Ok(value);
        }
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        Err(Refused { command, error: text("error"), message: text("message") })
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.driver.kill();
        if let Some(process) = self.process {
            // It ends by itself when its driver is gone, unless it hangs.
            let _ = rustix::process::kill_process(process, rustix::process::Signal::KILL);
        }
    }
}
