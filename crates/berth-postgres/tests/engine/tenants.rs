//! What tenants' containers see of the cluster.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::Path;
use std::time::Duration;

use berth_domain::ObjectName;
use berth_postgres::{Expect, Server, dump};
use berth_runtime::{ExecOutput, ExecSpec, Exit, WorkloadSpec};
use futures_util::StreamExt as _;
use secrecy::{ExposeSecret as _, SecretString};

use crate::scene::{Scene, TENANT, mount};

const DEADLINE: Duration = Duration::from_mins(1);

async fn tenant(server: &Server) -> (ObjectName, SecretString) {
    let (name, password) =
        ("t_00000000aa".parse().unwrap(), SecretString::from("canary:of\\tenant"));
    server.ensure_role(&name, &password, 5).await.unwrap();
    server.create_blank(&name, &name).await.unwrap();
    (name, password)
}

async fn run(scene: &Scene, spec: &WorkloadSpec) -> (Exit, String) {
    let mut output = String::new();
    let mut collect = |line: berth_runtime::LogLine| output.push_str(&line.text);
    let exit = scene.runtime.workloads.run(spec, DEADLINE, &mut collect).await.unwrap();
    (exit, output)
}

#[tokio::test]
async fn a_tenant_signs_in_over_a_socket_folder_that_it_cannot_write_to() {
    let scene = Scene::new().await;
    let server = scene.start(Expect::New).await.unwrap();
    let (name, password) = tenant(&server).await;
    let pass = scene.cluster.folder.join("tenant.pgpass");
    write_for_tenant(&pass, dump::pass_file(&name, &password).expose_secret());

    let pass = mount(&pass, "/berth/pass/tenant", true);
    let (host, user) = (format!("--host={}", "/run/postgresql"), format!("--username={name}"));
    let database = format!("--dbname={name}");
    let psql = ["psql", &host, &user, &database, "--no-password", "-Atc", "SELECT current_user"];
    let (exit, output) = run(&scene, &scene.tenant_job(&psql, vec![pass])).await;
    assert_eq!((exit.code, output.as_str()), (0, name.as_str()));

    let touch = ["touch", "/run/postgresql/planted"];
    let (exit, output) = run(&scene, &scene.tenant_job(&touch, Vec::new())).await;
    assert_ne!(exit.code, 0, "{output}");
}

/// What somebody tries who can run any SQL as a tenant's role, by database. Each is refused.
const TRIED: [(&str, &str); 20] = [
    ("t_00000000bb", "SELECT 1"),
    ("template1", "SELECT 1"),
    ("t_00000000aa", "SET ROLE t_00000000bb"),
    ("t_00000000aa", "SET ROLE postgres"),
    ("t_00000000aa", "ALTER ROLE t_00000000aa SUPERUSER"),
    ("t_00000000aa", "ALTER ROLE t_00000000bb PASSWORD 'x'"),
    ("t_00000000aa", "CREATE ROLE other"),
    ("t_00000000aa", "CREATE DATABASE other"),
    ("t_00000000aa", "DROP DATABASE t_00000000bb"),
    ("t_00000000aa", "ALTER SYSTEM SET log_statement = 'all'"),
    ("t_00000000aa", "SELECT rolpassword FROM pg_authid"),
    ("t_00000000aa", "SELECT pg_read_file('/etc/passwd')"),
    ("t_00000000aa", "SELECT pg_ls_dir('.')"),
    ("t_00000000aa", "SELECT lo_import('/etc/passwd')"),
    ("t_00000000aa", "COPY (SELECT 1) TO PROGRAM 'id'"),
    ("t_00000000aa", "COPY (SELECT 1) TO '/tmp/planted'"),
    ("t_00000000aa", "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'libc.so.6', 'getpid'"),
    ("t_00000000aa", "CREATE EXTENSION dblink"),
    ("postgres", "CREATE TABLE planted ()"),
    ("postgres", "CREATE TEMP TABLE planted ()"),
];

#[tokio::test]
async fn a_tenant_gets_nowhere_else_in_the_cluster() {
    let scene = Scene::new().await;
    let server = scene.start(Expect::New).await.unwrap();
    let (name, _) = tenant(&server).await;
    let (other, secret) = ("t_00000000bb".parse().unwrap(), SecretString::from("of another"));
    server.ensure_role(&other, &secret, 5).await.unwrap();
    server.create_blank(&other, &other).await.unwrap();
    let pass = scene.cluster.folder.join("tenant.pgpass");
    // Its own password, wherever it is asked for one.
    write_for_tenant(&pass, "*:*:*:*:canary\\:of\\\\tenant\n");
    let psql = async |user: &ObjectName, database: &str, sql: &str| {
        let pass = mount(&pass, "/berth/pass/tenant", true);
        let (user, database) = (format!("--username={user}"), format!("--dbname={database}"));
        let host = "--host=/run/postgresql";
        let psql = ["psql", host, &user, &database, "--no-password", "-Atc", sql];
        run(&scene, &scene.tenant_job(&psql, vec![pass])).await
    };

    let (exit, said) = psql(&name, name.as_str(), "SELECT current_user").await;
    assert_eq!((exit.code, said.as_str()), (0, name.as_str()), "otherwise nothing is tried");
    for (database, sql) in TRIED {
        let (exit, said) = psql(&name, database, sql).await;
        assert_ne!(exit.code, 0, "{database}: {sql}: {said}");
    }
    let (exit, said) = psql(&other, other.as_str(), "SELECT 1").await;
    assert_ne!(exit.code, 0, "{said}");
    let (exit, _) = psql(&name, "postgres", "LISTEN imbus").await;
    assert_eq!(exit.code, 0, "Odoo listens there: SECURITY.md says what that gives away");
}

#[tokio::test]
async fn a_dump_runs_inside_the_cluster_with_the_password_in_a_file() {
    let scene = Scene::new().await;
    let server = scene.start(Expect::New).await.unwrap();
    let (name, password) = tenant(&server).await;
    let file = scene.cluster.write_pass_file(&name, &password).unwrap();

    let spec = ExecSpec {
        command: dump::argv(&name, dump::Format::Plain),
        environment: dump::environment(&name),
        terminal: None,
    };
    assert!(!format!("{spec:?}").contains("canary"));
    let container = scene.cluster.workload_name();
    let mut session = scene.runtime.telemetry.exec(&container, spec).await.unwrap();
    let mut text = Vec::new();
    let mut ended = None;
    while let Some(output) = session.output.next().await {
        match output.unwrap() {
            ExecOutput::Out(chunk) | ExecOutput::Error(chunk) => text.extend_from_slice(&chunk),
            ExecOutput::Exit(exit) => ended = Some(exit.code),
        }
    }

    let text = String::from_utf8_lossy(&text);
    assert_eq!(ended, Some(0), "{text}");
    assert!(text.contains("CREATE EXTENSION IF NOT EXISTS pg_trgm"), "{text}");
    fs::remove_file(file).unwrap();
}

fn write_for_tenant(path: &Path, content: &str) {
    fs::write(path, content).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    chown(path, Some(TENANT.uid), Some(TENANT.gid)).unwrap();
}
