//! One caller, one seed: schemathesis, and what it says.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::callers::Caller;

/// What is looked at in every answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,negative_data_rejection,\
    unsupported_method,allow_header_conformance";
/// Cases of each operation in each phase.
const EXAMPLES: &str = "20";

/// How everybody is asked.
#[derive(Debug)]
pub(crate) struct Round<'a> {
    pub(crate) program: &'a str,
    pub(crate) folder: &'a Path,
    pub(crate) door: SocketAddr,
    pub(crate) seed: u64,
}

/// What came of one round.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    cases: u64,
    /// What is wrong, with the operations of the API, and how often.
    wrong: BTreeMap<String, u64>,
}

/// What came of all.
#[derive(Debug, Default)]
pub(crate) struct Tally(BTreeMap<&'static str, Outcome>);

impl Round<'_> {
    /// Asks as one caller.
    #[expect(clippy::disallowed_methods, reason = "the trial is another program")]
    pub(crate) async fn ask(&self, caller: &Caller) -> Outcome {
        let named = |end: &str| self.folder.join(format!("{}-{}.{end}", caller.name, self.seed));
        let (report, said) = (named("json"), named("txt"));
        let mut command = tokio::process::Command::new(self.program);
        command.args(["run", "openapi.json", "--checks", CHECKS, "--max-examples", EXAMPLES]);
        command.args(["--phases", "examples,coverage,fuzzing", "--continue-on-failure"]);
        command.args(["--generation-database", "none", "--no-color", "--report", "json"]);
        command.args(["--request-timeout", "30", "--seed", &self.seed.to_string()]);
        command.args(["--url", &format!("http://{}", self.door), "--report-json-path"]);
        command.arg(&report);
        if let Some(token) = &caller.token {
            command.args(["--header", &format!("Authorization: Bearer {token}")]);
        }
        let file = std::fs::File::create(&said).unwrap();
        command.stdin(Stdio::null()).stderr(file.try_clone().unwrap()).stdout(file);
        command.current_dir(self.folder).kill_on_drop(true);
        let status = command.status().await.unwrap();
        let report = std::fs::read(&report)
            .unwrap_or_else(|_| panic!("schemathesis ended with {status}: see {}", said.display()));
        Outcome::of(&serde_json::from_slice(&report).unwrap())
    }
}

impl Outcome {
    fn of(report: &Value) -> Self {
        let mut wrong = BTreeMap::new();
        for kind in ["failures", "errors"] {
            for found in report[kind].as_array().into_iter().flatten() {
                let title = found["title"].as_str().unwrap_or("error");
                let what = format!("{title}: {}", found["operations"]);
                *wrong.entry(what).or_default() += found["count"].as_u64().unwrap_or(1);
            }
        }
        Self { cases: report["test_cases"]["generated"].as_u64().unwrap_or(0), wrong }
    }
}

impl Tally {
    pub(crate) fn add(&mut self, caller: &'static str, outcome: Outcome) {
        let all = self.0.entry(caller).or_default();
        all.cases += outcome.cases;
        for (what, count) in outcome.wrong {
            *all.wrong.entry(what).or_default() += count;
        }
    }

    pub(crate) fn cases(&self) -> u64 {
        self.0.values().map(|outcome| outcome.cases).sum()
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.0.values().all(|outcome| outcome.wrong.is_empty())
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<10} {:>8} {:>8}", "caller", "cases", "wrong")?;
        for (caller, Outcome { cases, wrong }) in &self.0 {
            writeln!(f, "{caller:<10} {cases:>8} {:>8}", wrong.values().sum::<u64>())?;
            for (what, count) in wrong {
                writeln!(f, "    {count} x {what}")?;
            }
        }
        Ok(())
    }
}
