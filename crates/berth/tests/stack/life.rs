//! Everything that can happen to a tenant between its making and its end, with its data.

use berth_testkit::home::Inventory;

use crate::world::{Site, Stack};

const MARK: &str = "CREATE TABLE marker AS SELECT generate_series(1, 1000) AS n";
const DATA: &str = "SELECT (SELECT sum(n) FROM marker), (SELECT string_agg(login, ',' ORDER BY id) FROM res_users)";
const ADDRESS: &str = "SELECT value FROM ir_config_parameter WHERE key = 'web.base.url'";

pub(crate) async fn a_tenant_is_closed_put_away_renamed_and_deleted_and_keeps_everything_it_had(
    stack: &Stack,
) {
    let witness = &stack.acme().await.object;
    let home = &stack.home;
    home.done(&["tenant", "create", "hooli"]).await;
    let hooli = stack.site("hooli").await;
    home.sql(&hooli.object, MARK).await;
    let blob = home.path().join(format!("tenants/{0}/data/filestore/{0}/marker", hooli.object));
    std::fs::write(&blob, "a scanned invoice").unwrap();
    let before = home.sql(&hooli.object, DATA).await;

    home.done(&["tenant", "suspend", "hooli"]).await;
    let page = stack.login_page(&hooli).await;
    assert_eq!((page.status, page.header("retry-after")), (403, None));
    assert!(page.text().contains("This site is closed"), "{}", page.text());
    let container = home.engine().container(hooli.object.as_str()).await.unwrap();
    assert_eq!(container["State"]["Running"], false);
    home.done(&["tenant", "resume", "hooli"]).await;
    assert_eq!(stack.login_page(&hooli).await.status, 200);

    home.done(&["tenant", "archive", "hooli"]).await;
    put_away(stack, &hooli).await;
    home.done(&["tenant", "unarchive", "hooli"]).await;
    assert_eq!(stack.login_page(&hooli).await.status, 200);

    home.done(&["tenant", "rename", "hooli", "hooli2"]).await;
    assert_eq!(stack.login_page(&hooli).await.status, 404);
    let hooli = stack.site("hooli2").await;
    assert_eq!(stack.login_page(&hooli).await.status, 200);
    let address = home.sql(&hooli.object, ADDRESS).await;
    assert!(address[0].starts_with("http://hooli2.localhost:"), "{address:?}");

    let said = home.done(&["tenant", "delete", "hooli2", "--yes"]).await;
    assert!(said.text().contains("hooli2 is deleted and kept until "), "{said:?}");
    put_away(stack, &hooli).await;
    let again = home.berth(&["tenant", "create", "hooli2"]).await;
    assert_eq!(again.code, Some(1), "{again:?}");
    assert!(again.stderr.contains("berth tenant restore-deleted hooli2"), "{again:?}");
    home.done(&["tenant", "restore-deleted", "hooli2"]).await;

    assert_eq!(stack.login_page(&hooli).await.status, 200);
    assert_eq!(home.sql(&hooli.object, DATA).await, before);
    assert_eq!(std::fs::read_to_string(&blob).unwrap(), "a scanned invoice");

    home.done(&["tenant", "delete", "hooli2", "--now", "--yes"]).await;
    let left = Inventory::of(home, witness).await.mentioning(&hooli.object);
    assert_eq!(left, Vec::<String>::new());
}

/// Nothing of it runs and nobody gets in, and its database and files are there.
async fn put_away(stack: &Stack, site: &Site) {
    let witness = &stack.acme().await.object;
    assert_eq!(stack.login_page(site).await.status, 404);
    let left = Inventory::of(&stack.home, witness).await.mentioning(&site.object);
    let object = &site.object;
    let kept = [
        format!("database {object}"),
        format!("role {object}"),
        format!("folder tenants/{object}"),
    ];
    assert_eq!(left, kept);
    let closed = format!(
        "SELECT (SELECT datallowconn FROM pg_database WHERE datname = '{object}'),
                (SELECT rolcanlogin FROM pg_roles WHERE rolname = '{object}')"
    );
    assert_eq!(stack.home.sql(witness, &closed).await, ["f|f"]);
}
