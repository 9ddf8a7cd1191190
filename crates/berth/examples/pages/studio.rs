//! A browser before the installation, and what takes the pictures.

use std::path::{Path, PathBuf};
use std::time::Duration;

use berth_testkit::webdriver::{Browser, Element};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::app::{App, DEADLINE};
use crate::png;
use crate::scene::{PASSWORD, Places};
use crate::table::{Deed, Page};
use crate::tcp::Tcp;

/// Theme, width, least height, and what the files are called. A page that is longer is shown longer.
const VIEWS: [(&str, u32, u32, &str); 3] =
    [("light", 1440, 900, "light"), ("dark", 1440, 900, "dark"), ("light", 390, 844, "phone")];
/// No picture is higher: on screens, and on telephones, where everything is below everything else.
const HIGHEST: (u64, u64) = (1800, 2600);
/// How high it has to be for nothing to be scrolled.
const HEIGHT: &str = "
    const hidden = e => getComputedStyle(e).overflowY === 'visible' ? 0 : e.scrollHeight - e.clientHeight;
    const rolls = [...document.querySelectorAll('.app > .main, .split > *, .log, .plan')].map(hidden);
    return Math.max(document.scrollingElement.scrollHeight, innerHeight + Math.max(0, ...rolls));";
/// Covers what differs from run to run, and the caret, which blinks.
const COVERED: &str = r"
    document.documentElement.style.caretColor = 'transparent';
    const samples = [[/\/tmp\/\.tmp\w+(\/home)?/g, '/var/lib/berth'], [/127\.0\.0\.1:(?!80[67]\d\b)\d+/g, 'berth.nordquay.example'],
        [/^\d+, which drives/, '1842, which drives'], [/\/dev\/shm\/berth-test-pg-\w+/g, '/run/postgresql'],
        [/[\d.]+ GiB of [\d.]+ [GT]iB free/, '142 GiB of 236 GiB free'], [/^Fake 1.0.0/, 'Docker 20.10.24'],
        [/\b(op|req|inv|tok|org|per)_[0-9a-f]{32}/g, '$1_019b76daa85d7a1c8f3e5b2096d4c7e1'],
        [/\bt_[0-9a-f]{10}\b/g, 't_8cd5b3e61a']];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text; (text = texts.nextNode()); )
        for (const [odd, sample] of samples) text.data = text.data.replace(odd, sample);";
/// The fonts that are first in the style, and that this machine does not have.
const MISSING_FONTS: &str = "
    const pen = document.createElement('canvas').getContext('2d');
    const width = font => { pen.font = `72px ${font}`; return pen.measureText('mmmiil@').width; };
    return ['Inter', 'JetBrains Mono'].filter(font => width(`'${font}', serif`) === width('serif'));";
/// Nothing is fetched any more.
const STILL: &str = "return document.readyState === 'complete'
    && document.fonts.status === 'loaded' && !document.querySelector('.htmx-request')";

pub(crate) struct Studio {
    // In this order: the browser ends before what it looks at.
    browser: Browser,
    tcp: Tcp,
    app: App,
    places: Places,
    folder: PathBuf,
    /// Pictures that are being written.
    writing: JoinSet<()>,
    /// What is in somebody's way on the pages, as axe-core found it.
    barriers: Vec<String>,
}

impl Studio {
    pub(crate) async fn start(folder: PathBuf) -> Self {
        let mut app = App::start().await;
        let tcp = Tcp::unclaimed(&app, |_| {}).await;
        app.at(&tcp);
        let browser = Browser::start(1440, 900).await;
        let missing = browser.script(MISSING_FONTS).await;
        assert_eq!(missing, json!([]), "fonts that pictures are taken with have to be installed");
        let (places, writing, barriers) = (Places::default(), JoinSet::new(), Vec::new());
        Self { browser, tcp, app, places, folder, writing, barriers }
    }

    /// Goes to a page, does what is to be done there, and takes its pictures.
    pub(crate) async fn visit(&mut self, page: &Page, is_shot: bool) {
        self.view(VIEWS[0]).await;
        self.all(page.first).await;
        if !page.path.is_empty() {
            let path = self.places.fill(page.path);
            self.browser.open(&self.address(&path)).await;
        }
        self.all(page.then).await;
        if is_shot {
            for view in VIEWS {
                self.shoot(page.name, view).await;
            }
        }
    }

    async fn all(&mut self, deeds: &[Deed]) {
        for deed in deeds {
            self.carry_out(deed).await;
        }
    }

    async fn carry_out(&mut self, deed: &Deed) {
        match *deed {
            Deed::Come(scene) => scene.come(&mut self.app, &mut self.places).await,
            Deed::SignIn(email) => self.sign_in(email).await,
            Deed::Click(css) => {
                let element = self.element(css).await;
                self.browser.click(&element).await;
            }
            Deed::Type(css, text) => {
                let element = self.element(css).await;
                self.browser.type_into(&element, text).await;
            }
            Deed::See(css) => drop(self.element(css).await),
            Deed::Until(script) => self.until(script).await,
            Deed::Run(script) => drop(self.browser.script(script).await),
            Deed::Cover(css, sample) => self.cover(css, sample).await,
        }
    }

    /// Waits for an element; where it does not come, the page says what there was instead.
    async fn element(&self, css: &str) -> Element {
        self.until(&format!("return document.querySelector({}) !== null", json!(css))).await;
        self.browser.wait_for(css, DEADLINE).await
    }

    async fn until(&self, script: &str) {
        let end = Instant::now() + DEADLINE;
        while self.browser.script(script).await != Value::Bool(true) {
            if Instant::now() > end {
                let seen = self.browser.script("return document.body.innerText").await;
                panic!("{script} at {}: {seen:#}", self.browser.url().await);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn cover(&self, css: &str, sample: &str) {
        let script = format!(
            "const one = document.querySelector({}), sample = {};
             one.value === undefined ? (one.textContent = sample) : (one.value = sample)",
            json!(css),
            json!(sample)
        );
        self.browser.script(&script).await;
    }

    /// Whoever was signed in is not any more.
    async fn sign_in(&self, email: &str) {
        self.browser.open(&self.address("/sign-in")).await;
        let out = "const out = document.querySelector('form[action=\"/sign-out\"]');
                   out?.submit(); return !!out";
        if self.browser.script(out).await == Value::Bool(true) {
            self.until("return !!document.querySelector('form[action=\"/sign-in\"]')").await;
        }
        // Scripts that come late would take what is typed before for nothing.
        self.until(STILL).await;
        for (css, text) in [("#email", email), ("#password", PASSWORD)] {
            let field = self.browser.wait_for(css, DEADLINE).await;
            self.browser.type_into(&field, text).await;
        }
        let button = self.browser.wait_for("button[type=submit]", DEADLINE).await;
        self.browser.click(&button).await;
        self.until("return !!document.querySelector('#live')").await;
    }

    async fn shoot(&mut self, name: &str, view: (&str, u32, u32, &str)) {
        let (theme, width, least, kind) = view;
        self.view(view).await;
        let look = format!("document.documentElement.dataset.theme = '{theme}'");
        self.browser.script(&look).await;
        self.until(STILL).await;
        let barriers = self.browser.barriers().await;
        self.barriers.extend(barriers.iter().map(|barrier| format!("{name}, {kind}: {barrier}")));
        self.browser.script(COVERED).await;
        let height = self.browser.script(HEIGHT).await.as_u64().unwrap_or_default();
        let highest = if width < 700 { HIGHEST.1 } else { HIGHEST.0 };
        let height = u32::try_from(height.min(highest)).unwrap_or(least).max(least);
        self.browser.view(width, height).await;
        let picture = self.browser.picture().await;
        let file = self.folder.join(format!("{name}-{kind}.png"));
        self.writing.spawn_blocking(move || write(&file, &picture));
    }

    async fn view(&self, (_, width, height, _): (&str, u32, u32, &str)) {
        self.browser.view(width, height).await;
    }

    fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.tcp.address.port())
    }

    /// Returns when all pictures are there, with what is in somebody's way on their pages.
    pub(crate) async fn end(mut self) -> Vec<String> {
        while let Some(written) = self.writing.join_next().await {
            written.unwrap();
        }
        drop(self.browser);
        self.app.end().await;
        self.barriers
    }
}

fn write(file: &Path, picture: &[u8]) {
    std::fs::write(file, png::smaller(picture)).unwrap();
}
