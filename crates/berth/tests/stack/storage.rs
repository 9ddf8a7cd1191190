//! What a tenant fills, and what becomes of one that fills more than it may.

use std::fs::File;
use std::time::Duration;

use berth_testkit::wait;

use crate::world::Stack;

const MEASURED: Duration = Duration::from_mins(2);
/// Not compressed, not shared with anything: a scanned catalogue.
const ATTACHMENT: &str = "INSERT INTO ir_attachment (name, type, db_datas)
    SELECT 'catalogue', 'binary',
           (SELECT string_agg(sha512(random()::text::bytea), ''::bytea) FROM generate_series(1, 500000))
    RETURNING id";

pub(crate) async fn a_tenant_that_outgrows_its_limit_is_told_about_and_serves_on(stack: &Stack) {
    let home = &stack.home;
    home.done(&["tenant", "create", "erlich", "--storage", "256MiB"]).await;
    let erlich = stack.site("erlich").await;
    until_state(stack, "running").await;
    let measured = wait::until_some(MEASURED, async || used(stack, "database_bytes").await).await;
    let says = "SELECT pg_database_size(current_database())";
    let really: u64 = home.sql(&erlich.object, says).await[0].parse().unwrap();
    assert!(measured.abs_diff(really) < 16 << 20, "{measured} and {really}");

    home.sql(&erlich.object, ATTACHMENT).await;
    let scan = home.path().join(format!("tenants/{}/data/scan", erlich.object));
    let scan = File::create(scan).unwrap();
    rustix::fs::fallocate(&scan, rustix::fs::FallocateFlags::empty(), 0, 260 << 20).unwrap();
    home.done(&["tenant", "restart", "erlich"]).await;
    until_state(stack, "over_limit").await;

    assert_eq!(stack.login_page(&erlich).await.status, 200);
    assert!(used(stack, "used_bytes").await.unwrap() > 256 << 20);
    let said = home.done(&["tenant", "show", "erlich"]).await;
    assert!(said.text().contains(" of 256 MiB, measured "), "{said:?}");
    let quotas = home.done(&["quota", "list"]).await;
    assert_eq!(quotas.code, Some(0), "{quotas:?}");

    home.done(&["tenant", "set", "erlich", "--storage", "2GiB"]).await;
    assert_eq!(home.get("tenants/erlich").await["state"], "running");
    home.done(&["tenant", "delete", "erlich", "--now", "--yes"]).await;
}

async fn until_state(stack: &Stack, state: &str) {
    wait::until(MEASURED, async || stack.home.get("tenants/erlich").await["state"] == state).await;
}

async fn used(stack: &Stack, what: &str) -> Option<u64> {
    stack.home.get("tenants/erlich").await["storage"][what].as_u64()
}
