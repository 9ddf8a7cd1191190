//! Specifications for tests.

use std::path::Path;
use std::time::Duration;

use berth_domain::{Bytes, Generation, Limits, TenantId};
use berth_runtime::{
    Attachment, Labels, Mount, MountSource, Role, UserIds, WorkloadName, WorkloadSpec,
};

/// A tenant's Odoo, with everything that a specification can ask for.
pub(crate) fn tenant() -> WorkloadSpec {
    let tenant: TenantId = "tnt_0190aaaabbbb7ccc8dddeeeeffff0001".parse().unwrap();
    let object = tenant.object_name();
    WorkloadSpec {
        name: WorkloadName::tenant(&object),
        role: Role::Tenant,
        labels: Labels {
            tenant: Some(tenant),
            operation: Some("op_0190aaaabbbb7ccc8dddeeeeffff0002".parse().unwrap()),
        },
        generation: Generation(7),
        image: format!("sha256:{}", "ab".repeat(32)).parse().unwrap(),
        command: ["odoo", "--config=/etc/odoo/odoo.conf"].map(str::to_owned).to_vec(),
        environment: [("LANG".to_owned(), "C.UTF-8".to_owned())].into(),
        user: Some(UserIds { uid: 100, gid: 101 }),
        mounts: vec![
            mount("/srv/berth/tenants/t_eeffff0001/filestore", "/var/lib/odoo", false),
            mount("/srv/berth/clusters/main/socket", "/run/postgresql", true),
        ],
        attachment: Attachment::Network { name: object, address: [10, 213, 0, 2].into() },
        limits: Some(Limits { cpu_millis: 1500, memory: Bytes::mib(1024), pids: 256 }),
        read_only_root: true,
        scratch: vec!["/tmp"],
        shared_memory: Some(Bytes::mib(128)),
        stop_grace: Duration::from_millis(20_500),
        stop_signal: None,
    }
}

pub(crate) fn mount(source: &str, target: &'static str, read_only: bool) -> Mount {
    Mount { source: MountSource::new(Path::new(source)).unwrap(), target, read_only }
}
