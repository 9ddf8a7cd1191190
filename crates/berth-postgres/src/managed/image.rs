//! What an image says about its PostgreSQL.

use std::time::Duration;

use berth_domain::{Digest, Generation};
use berth_runtime::{
    Attachment, Labels, Role, Runtime, RuntimeError, UserIds, WorkloadName, WorkloadSpec,
};

use super::{parse_id, parse_major};
use crate::error::ClusterError;

const DEADLINE: Duration = Duration::from_mins(1);

/// Where Debian keeps the programs, for images that do not put them on the path.
const FOLDERS: [&str; 4] = [
    "/usr/lib/postgresql/18/bin",
    "/usr/lib/postgresql/17/bin",
    "/usr/lib/postgresql/16/bin",
    "/usr/lib/postgresql/15/bin",
];

/// What Berth must know of an image to run it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageFacts {
    pub major: u16,
    /// As whom the server runs: the image's user `postgres`.
    pub user: UserIds,
    /// The folder of `initdb` and `postgres`. `None`: they are on the image's path.
    pub bin_dir: Option<String>,
}

/// Looks into an image, by running two short containers.
///
/// Fails with [`ClusterError::NotPostgres`] when it holds no server of PostgreSQL 15 or later.
pub async fn probe_image(
    runtime: &Runtime,
    image: &Digest,
    home: &str,
) -> Result<ImageFacts, ClusterError> {
    let not = |why: String| ClusterError::NotPostgres { why };
    let (major, bin_dir) = find_server(runtime, image, home).await?;
    if u32::from(major) < crate::ServerVersion::OLDEST {
        return Err(not(format!("its PostgreSQL {major} is too old, 15 or later is needed")));
    }
    let id = ["id".to_owned(), "postgres".to_owned()];
    let output = run(runtime, probe(image, home, id.to_vec())).await?;
    let user = parse_id(&output).ok_or_else(|| not("it has no user `postgres`".to_owned()))?;
    Ok(ImageFacts { major, user, bin_dir })
}

async fn find_server(
    runtime: &Runtime,
    image: &Digest,
    home: &str,
) -> Result<(u16, Option<String>), ClusterError> {
    let on_path = std::iter::once(None);
    let candidates = on_path.chain(FOLDERS.into_iter().map(|folder| Some(folder.to_owned())));
    for bin_dir in candidates {
        let program =
            bin_dir.as_ref().map_or("postgres".to_owned(), |dir| format!("{dir}/postgres"));
        let command = vec![program, "--version".to_owned()];
        match run(runtime, probe(image, home, command)).await {
            Ok(output) => {
                if let Some(major) = parse_major(&output) {
                    return Ok((major, bin_dir));
                }
            }
            // No such program: the engine refuses to start the container.
            Err(ClusterError::Runtime(RuntimeError::Refused { .. })) => {}
            Err(error) => return Err(error),
        }
    }
    Err(ClusterError::NotPostgres { why: "it has no program `postgres`".to_owned() })
}

fn probe(image: &Digest, home: &str, command: Vec<String>) -> WorkloadSpec {
    WorkloadSpec {
        name: WorkloadName::probe(image, home),
        role: Role::Job,
        labels: Labels::default(),
        generation: Generation(1),
        image: image.clone(),
        command,
        environment: [("LANG".to_owned(), "C.UTF-8".to_owned())].into(),
        user: None,
        mounts: Vec::new(),
        attachment: Attachment::None,
        limits: None,
        read_only_root: false,
        scratch: Vec::new(),
        shared_memory: None,
        stop_grace: Duration::from_secs(1),
        stop_signal: None,
    }
}

async fn run(runtime: &Runtime, spec: WorkloadSpec) -> Result<String, ClusterError> {
    let mut output = String::new();
    let mut collect = |line: berth_runtime::LogLine| {
        output.push_str(&line.text);
        output.push('\n');
    };
    runtime.workloads.run(&spec, DEADLINE, &mut collect).await.map_err(ClusterError::Runtime)?;
    Ok(output)
}
