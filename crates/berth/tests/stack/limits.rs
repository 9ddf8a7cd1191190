//! What a tenant may use, and what it may not reach.

use serde_json::Value;

use crate::world::{Site, Stack};

/// Prints what the kernel enforces: memory, processes, processor time in microseconds per period.
/// The files are those of version 2 and 1 of the kernel's cgroups.
const ENFORCED: &str = "
import pathlib
groups = pathlib.Path('/sys/fs/cgroup')
def first(*names):
    return next(p.read_text().split() for p in map(groups.joinpath, names) if p.exists())
print(first('memory.max', 'memory/memory.limit_in_bytes')[0])
print(first('pids.max', 'pids/pids.max')[0])
print(first('cpu.max', 'cpu/cpu.cfs_quota_us')[0])
";
/// Ends with success when somebody takes a connection.
const CONNECT: &str = "
import socket, sys
socket.create_connection((sys.argv[1], int(sys.argv[2])), 3).close()
";
/// Prints what of the host is mounted here: folder of the host, folder inside.
const MOUNTED: &str = "
for line in open('/proc/self/mountinfo'):
    fields = line.split()
    print(fields[3], fields[4])
";
const WRITE: &str = "open('/usr/evil', 'w')";

pub(crate) async fn every_limit_and_every_restriction_is_in_force(stack: &Stack) {
    let acme = stack.acme().await;
    let shown = stack.home.get("tenants/acme").await;
    let container = stack.home.engine().container(acme.object.as_str()).await.unwrap();
    let host = &container["HostConfig"];

    let limits = &shown["limits"];
    assert_eq!(host["Memory"], limits["memory_bytes"]);
    assert_eq!(host["MemorySwap"], limits["memory_bytes"]);
    assert_eq!(host["PidsLimit"], limits["pids"]);
    assert_eq!(host["NanoCpus"].as_u64(), limits["cpu_millis"].as_u64().map(|m| m * 1_000_000));
    let enforced = python(stack, acme, ENFORCED, &[]).await.1;
    let enforced: Vec<u64> = enforced.lines().map(|line| line.parse().unwrap()).collect();
    let cpu = limits["cpu_millis"].as_u64().unwrap() * 100;
    assert_eq!(
        enforced[..2],
        [&limits["memory_bytes"], &limits["pids"]].map(|l| l.as_u64().unwrap())
    );
    assert_eq!(enforced[2], cpu);

    assert_eq!(host["Privileged"], false);
    assert_eq!(host["CapDrop"], serde_json::json!(["ALL"]));
    assert_eq!(host["CapAdd"], Value::Null);
    assert_eq!(host["ReadonlyRootfs"], true);
    assert_eq!(host["RestartPolicy"]["Name"], "no");
    assert!(host["PortBindings"].as_object().is_none_or(serde_json::Map::is_empty));
    let status =
        stack.home.engine().exec(acme.object.as_str(), &["cat", "/proc/1/status"], &[]).await;
    let line = |key: &str| {
        let line = status.stdout.lines().find_map(|line| line.strip_prefix(key));
        line.unwrap_or_default().trim_start_matches(':').trim().to_owned()
    };
    assert_eq!(line("CapEff"), "0000000000000000");
    assert_eq!(line("CapBnd"), "0000000000000000");
    assert_eq!(line("NoNewPrivs"), "1");
    assert_ne!(line("Uid").split_whitespace().next(), Some("0"));
    let (code, said) = python(stack, acme, WRITE, &[]).await;
    assert!(code != 0 && said.contains("Read-only file system"), "{said}");
}

pub(crate) async fn tenants_reach_neither_each_other_nor_what_the_host_keeps_to_itself(
    stack: &Stack,
) {
    let (acme, globex) = (stack.acme().await, stack.globex().await);
    let (own, other) = (network(stack, acme).await, network(stack, globex).await);
    assert!(own.subnet.ends_with("/28") && own.subnet.starts_with("10.214."), "{}", own.subnet);
    assert_ne!(own.subnet, other.subnet);
    let edge = stack.home.edge().await.port().to_string();
    let console = stack.home.console().await.port().to_string();

    // The probe works: the tenant's own door is open.
    let reached = python(stack, acme, CONNECT, &[&own.address, "8069"]).await;
    assert_eq!(reached.0, 0, "{}", reached.1);

    for (address, port) in [
        (&other.address, "8069"),
        (&other.address, "8072"),
        (&own.gateway, &edge),
        (&other.gateway, &edge),
        (&"127.0.0.1".to_owned(), &edge),
        (&own.gateway, &console),
        (&other.gateway, &console),
        (&"127.0.0.1".to_owned(), &console),
    ] {
        let (code, said) = python(stack, acme, CONNECT, &[address, port]).await;
        assert_ne!(code, 0, "a tenant reaches {address}:{port}: {said}");
    }
}

pub(crate) async fn of_the_home_a_tenant_sees_its_own_two_folders_and_a_socket(stack: &Stack) {
    let acme = stack.acme().await;
    stack.globex().await;

    let (code, said) = python(stack, acme, MOUNTED, &[]).await;

    assert_eq!(code, 0, "{said}");
    // A mount is told by its path on its own file system, which may be shorter than that of the home.
    let home = stack.home.path().file_name().unwrap().to_str().unwrap();
    let of_home = said.lines().filter_map(|line| line.split_once(&format!("{home}/")));
    let mut seen: Vec<&str> = of_home.map(|(_, rest)| rest).collect();
    seen.sort_unstable();
    let object = &acme.object;
    assert_eq!(
        seen,
        [
            "clusters/main/run /run/postgresql".to_owned(),
            format!("tenants/{object}/conf /etc/odoo"),
            format!("tenants/{object}/data /var/lib/odoo"),
        ]
    );
}

pub(crate) async fn no_tenant_opens_the_database_of_another(stack: &Stack) {
    let (acme, globex) = (stack.acme().await, stack.globex().await);

    let other = stack.home.psql(&acme.object, globex.object.as_str(), "SELECT 1").await;
    assert!(other.code != 0 && other.stderr.contains("permission denied"), "{}", other.stderr);

    let user = format!("--username={}", globex.object);
    let argv = ["psql", "--no-password", "--host=/run/postgresql", &user, "-c", "SELECT 1"];
    let pass = ["PGPASSFILE=/etc/odoo/pgpass", "PGDATABASE=postgres"];
    let posing = stack.home.engine().exec(acme.object.as_str(), &argv, &pass).await;
    assert!(posing.code != 0 && posing.stderr.contains("password"), "{}", posing.stderr);

    for (database, statement) in [
        ("postgres", "CREATE TABLE evil (x int)"),
        ("postgres", "CREATE TEMPORARY TABLE evil (x int)"),
        (acme.object.as_str(), "CREATE DATABASE evil"),
        (acme.object.as_str(), "CREATE ROLE evil"),
        (acme.object.as_str(), "SELECT pg_read_file('/etc/passwd')"),
        (acme.object.as_str(), "COPY (SELECT 1) TO PROGRAM 'id'"),
    ] {
        let tried = stack.home.psql(&acme.object, database, statement).await;
        assert!(
            tried.code != 0 && tried.stderr.contains("permission denied"),
            "{statement} on {database}: {tried:?}"
        );
    }
}

/// Where a tenant's container is.
struct Network {
    subnet: String,
    gateway: String,
    address: String,
}

async fn network(stack: &Stack, site: &Site) -> Network {
    let engine = stack.home.engine();
    let networks = engine.networks(stack.home.id()).await;
    let network = networks.iter().find(|network| network["Name"] == site.object.as_str()).unwrap();
    let container = engine.container(site.object.as_str()).await.unwrap();
    let attached = &container["NetworkSettings"]["Networks"];
    assert_eq!(attached.as_object().unwrap().len(), 1, "{attached:#}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Network {
        subnet: text(&network["IPAM"]["Config"][0]["Subnet"]),
        gateway: text(&attached[site.object.as_str()]["Gateway"]),
        address: text(&attached[site.object.as_str()]["IPAddress"]),
    }
}

/// Runs Python inside a tenant, not through Berth. Returns its code and everything that it said.
async fn python(stack: &Stack, site: &Site, program: &str, arguments: &[&str]) -> (i64, String) {
    let argv: Vec<&str> = ["python3", "-c", program].iter().chain(arguments).copied().collect();
    let ran = stack.home.engine().exec(site.object.as_str(), &argv, &[]).await;
    (ran.code, ran.stdout + &ran.stderr)
}
