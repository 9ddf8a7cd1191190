//! Clones of blueprints.

use berth_postgres::{PostgresError, Strategy};
use sqlx::Connection as _;

use crate::fixture::{
    as_superuser, blueprint, code, fresh, open, role, server, sign_in, sql, tenant,
};

#[tokio::test]
async fn a_clone_holds_what_the_blueprint_holds_and_belongs_to_its_owner() {
    let server = server().await;
    let (blueprint, tenant) = (blueprint(&server).await, role(&server, 't').await);

    let cloned = server.clone_database(&blueprint.name, &tenant.name, &tenant.name).await.unwrap();

    assert_eq!(cloned.strategy, Strategy::WalLog);
    let mut db = open(&server, &tenant).await;
    let rows = db.rows(&sql("SELECT login FROM res_users")).await.unwrap();
    assert_eq!(rows, [[Some("admin".to_owned())]]);
    db.apply(&[
        sql("ALTER TABLE res_users ADD COLUMN lang text"),
        sql("INSERT INTO res_users (login) VALUES ('demo')"),
        sql("DROP FUNCTION more.one()"),
        sql("DROP SCHEMA more"),
    ])
    .await
    .unwrap();
    let owned_by_blueprint = format!(
        "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = '{}'",
        blueprint.name
    );
    assert_eq!(as_superuser(tenant.name.as_str(), &owned_by_blueprint), "0");
    let found = server.find_database(&blueprint.name).await.unwrap().unwrap();
    assert_eq!(found.owner, berth_testkit::postgres::SUPERUSER);
}

#[tokio::test]
async fn neither_the_blueprints_role_nor_another_tenant_gets_into_a_clone() {
    let server = server().await;
    let (blueprint, mine) = (blueprint(&server).await, role(&server, 't').await);
    let other = role(&server, 't').await;

    server.clone_database(&blueprint.name, &mine.name, &mine.name).await.unwrap();

    for stranger in [&blueprint, &other] {
        assert_eq!(code(sign_in(stranger, mine.name.as_str()).await), "42501");
    }
}

#[tokio::test]
async fn cloning_twice_keeps_what_the_tenant_wrote() {
    let server = server().await;
    let (blueprint, tenant) = (blueprint(&server).await, role(&server, 't').await);
    server.clone_database(&blueprint.name, &tenant.name, &tenant.name).await.unwrap();
    as_superuser(tenant.name.as_str(), "CREATE TABLE written (id int)");

    let again = server.clone_database(&blueprint.name, &tenant.name, &tenant.name).await.unwrap();

    assert_eq!(again.strategy, Strategy::Kept);
    assert_eq!(as_superuser(tenant.name.as_str(), "SELECT to_regclass('written') IS NULL"), "f");
}

#[tokio::test]
async fn a_half_made_target_is_made_again() {
    let server = server().await;
    let (blueprint, tenant) = (blueprint(&server).await, role(&server, 't').await);
    let name = tenant.name.as_str();
    as_superuser("postgres", &format!("CREATE DATABASE {name} TEMPLATE template0"));
    as_superuser(name, "CREATE TABLE half (id int)");

    let cloned = server.clone_database(&blueprint.name, &tenant.name, &tenant.name).await.unwrap();

    assert_eq!(cloned.strategy, Strategy::WalLog);
    assert_eq!(as_superuser(name, "SELECT to_regclass('half') IS NULL"), "t");
    assert_eq!(as_superuser(name, "SELECT count(*) FROM res_users"), "1");
}

#[tokio::test]
async fn only_sealed_blueprints_are_cloned() {
    let server = server().await;
    let (open_one, target) = (tenant(&server, 'b').await, role(&server, 't').await);

    let refused = server.clone_database(&open_one.name, &target.name, &target.name).await;
    assert!(matches!(refused, Err(PostgresError::NotSealed(_))), "{refused:?}");

    let refused = server.clone_database(&fresh('b'), &target.name, &target.name).await;
    assert!(matches!(refused, Err(PostgresError::NoSuchDatabase(_))), "{refused:?}");
    assert_eq!(server.find_database(&target.name).await.unwrap(), None);
}

#[tokio::test]
async fn one_blueprint_is_cloned_several_times_at_once() {
    let server = server().await;
    let blueprint = blueprint(&server).await;
    let tenants = [role(&server, 't').await, role(&server, 't').await, role(&server, 't').await];

    let clone = |index: usize| {
        server.clone_database(&blueprint.name, &tenants[index].name, &tenants[index].name)
    };
    let (one, two, three) = tokio::join!(clone(0), clone(1), clone(2));

    for cloned in [one, two, three] {
        assert_eq!(cloned.unwrap().strategy, Strategy::WalLog);
    }
}

#[tokio::test]
async fn a_copy_whose_caller_left_is_over_before_anybody_looks_what_is_there() {
    let server = server().await;
    let blueprint = blueprint(&server).await;
    let url = berth_testkit::postgres::Server::shared().url("postgres");
    let mut looking = sqlx::PgConnection::connect(&url).await.unwrap();
    for _ in 0..5 {
        let tenant = role(&server, 't').await;
        let copying = server.clone_database(&blueprint.name, &tenant.name, &tenant.name);
        let is_copying = async {
            let sql =
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE $1";
            let begun = format!("CREATE DATABASE \"{}%", tenant.name);
            loop {
                let found: i64 =
                    sqlx::query_scalar(sql).bind(&begun).fetch_one(&mut looking).await.unwrap();
                if found > 0 {
                    return;
                }
            }
        };
        tokio::select! {
            // It was faster than the look at it, which is no reason to fail.
            copied = copying => drop(copied.unwrap()),
            () = is_copying => {}
        }

        server.drop_database(&tenant.name).await.unwrap();
        server.drop_role(&tenant.name).await.unwrap();

        assert_eq!(server.find_database(&tenant.name).await.unwrap(), None);
        assert_eq!(server.find_role(&tenant.name).await.unwrap(), None);
    }
}
