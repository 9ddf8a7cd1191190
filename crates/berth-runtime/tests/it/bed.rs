//! The fake engine, with the programs of the suite acted out.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use berth_domain::subnet::{Subnet, SubnetPool};
use berth_domain::{Bytes, Digest, ImageRef, ObjectName, Timestamp};
use berth_runtime::contract::{ContractBed, Fresh, Program};
use berth_runtime::fake::{ExecAnswer, FakeEngine, JobAnswer};
use berth_runtime::{
    ExecOutput, ExecSpec, Exit, ImageInfo, LogLine, Runtime, RuntimeError, WorkloadName,
    WorkloadSpec,
};

const SUCCESS: Exit = Exit { code: 0, out_of_memory: false };
const FAILURE: Exit = Exit { code: 3, out_of_memory: false };

#[derive(Debug)]
pub(crate) struct FakeBed {
    pub(crate) engine: FakeEngine,
    runtime: Runtime,
    next: AtomicU32,
}

impl FakeBed {
    pub(crate) fn new() -> Self {
        let engine = FakeEngine::new("test-fake");
        engine.add_image(&reference("berth.local/tiny:1"), &digest('1'));
        let info = ImageInfo { digest: digest('2'), size: Bytes::mib(3), labels: [].into() };
        engine.add_registry_image(&reference("registry.example/tiny:2"), info);
        engine.answer_jobs(job);
        let acting = engine.clone();
        let said = AtomicU32::new(0);
        engine.answer_execs(move |name, spec| exec(&acting, &said, name, spec));
        Self { runtime: engine.runtime(), engine, next: AtomicU32::new(0) }
    }
}

pub(crate) fn reference(text: &str) -> ImageRef {
    text.parse().unwrap()
}

pub(crate) fn digest(digit: char) -> Digest {
    format!("sha256:{}", String::from(digit).repeat(64)).parse().unwrap()
}

fn line(text: &str, is_error: bool) -> LogLine {
    LogLine { at: None, is_error, text: text.to_owned() }
}

fn job(spec: &WorkloadSpec) -> JobAnswer {
    let (lines, exit) = match Program::recognise(&spec.command) {
        Some(Program::Wait) => return JobAnswer::Hangs { lines: Vec::new() },
        Some(Program::Count(last)) => {
            ((1..=last).map(|number| line(&number.to_string(), false)).collect(), SUCCESS)
        }
        Some(Program::Fail) => (vec![line("to output", false), line("to error", true)], FAILURE),
        other => panic!("no job runs {other:?}"),
    };
    JobAnswer::Ends { lines, exit }
}

fn exec(engine: &FakeEngine, said: &AtomicU32, name: &str, spec: &ExecSpec) -> ExecAnswer {
    let output = match Program::recognise(&spec.command) {
        Some(Program::Copy) => return ExecAnswer::CopiesInput,
        Some(Program::Say(text)) => {
            let second = said.fetch_add(1, Ordering::Relaxed);
            let at = Timestamp::from_second(i64::from(second)).ok();
            engine.push_log(name, LogLine { at, ..line(&text, false) });
            vec![ExecOutput::Exit(SUCCESS)]
        }
        Some(Program::End) => {
            engine.exit(name, FAILURE);
            vec![ExecOutput::Exit(SUCCESS)]
        }
        Some(Program::Fail) => vec![
            ExecOutput::Out("to output\n".into()),
            ExecOutput::Error("to error\n".into()),
            ExecOutput::Exit(FAILURE),
        ],
        Some(Program::PrintArguments(arguments)) => {
            let printed =
                arguments.iter().flat_map(|argument| [argument.as_bytes(), b"\0"].concat());
            let printed: Vec<u8> = printed.collect();
            vec![ExecOutput::Out(printed.into()), ExecOutput::Exit(SUCCESS)]
        }
        other => panic!("no command runs {other:?}"),
    };
    ExecAnswer::Ends(output)
}

#[async_trait]
impl ContractBed for FakeBed {
    fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    fn unreachable(&self) -> Runtime {
        let engine = FakeEngine::new("test-fake");
        engine.set_reachable(false);
        engine.runtime()
    }

    fn image(&self) -> (ImageRef, Digest) {
        (reference("berth.local/tiny:1"), digest('1'))
    }

    async fn registry(&self) -> (ImageRef, ImageRef) {
        (reference("registry.example/tiny:2"), reference("registry.example/nothing:2"))
    }

    fn fresh(&self) -> Fresh {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let pool: SubnetPool = "10.250.0.0/16".parse().unwrap();
        Fresh {
            tenant: format!("tnt_{number:032x}").parse().unwrap(),
            operation: format!("op_{number:032x}").parse().unwrap(),
            subnet: pool.subnet(number).unwrap(),
        }
    }

    fn folder(&self) -> PathBuf {
        panic!("nothing in memory has a folder")
    }

    async fn plant_workload(&self, name: &WorkloadName) {
        self.engine.plant_foreign_workload(name.as_str());
    }

    async fn runs_planted_workload(&self, name: &WorkloadName) -> bool {
        self.engine.has_foreign_workload(name.as_str())
    }

    async fn plant_network(&self, name: &ObjectName, subnet: Subnet) {
        self.engine.plant_foreign_network(name.as_str(), &subnet.to_string());
    }

    async fn has_planted_network(&self, name: &ObjectName) -> bool {
        self.engine.has_foreign_network(name.as_str())
    }
}

/// A container without a network.
pub(crate) fn spec(bed: &FakeBed) -> WorkloadSpec {
    let fresh = bed.fresh();
    WorkloadSpec {
        name: WorkloadName::tenant(&fresh.tenant.object_name()),
        role: berth_runtime::Role::Tenant,
        labels: berth_runtime::Labels { tenant: Some(fresh.tenant), operation: None },
        generation: berth_domain::Generation(1),
        image: digest('1'),
        command: Program::Wait.command(),
        environment: [].into(),
        user: None,
        mounts: Vec::new(),
        attachment: berth_runtime::Attachment::None,
        limits: None,
        read_only_root: true,
        scratch: Vec::new(),
        shared_memory: None,
        stop_grace: std::time::Duration::from_secs(1),
        stop_signal: None,
    }
}

pub(crate) fn broken() -> RuntimeError {
    RuntimeError::TimedOut { action: "answer", seconds: 1 }
}
