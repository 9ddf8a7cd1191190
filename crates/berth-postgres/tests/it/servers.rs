//! Reaching a server.

use berth_postgres::{Address, PostgresError, Server};
use berth_testkit::postgres::{SUPERUSER, Server as TestServer};
use secrecy::SecretString;

use crate::fixture::{address, role, server};

#[tokio::test]
async fn a_server_answers_over_its_socket_and_over_tcp() {
    let server = server().await;
    let test = TestServer::shared();
    let tcp: Address = format!("postgres://{SUPERUSER}@127.0.0.1:{}?sslmode=disable", test.port())
        .parse()
        .unwrap();

    let over_tcp = Server::connect(&tcp, &SecretString::from(test.password())).await.unwrap();

    server.ping().await.unwrap();
    over_tcp.ping().await.unwrap();
    assert_eq!(over_tcp.version(), server.version());
    assert!(server.version().major() >= 15);
    over_tcp.close().await;
}

#[tokio::test]
async fn a_wrong_password_and_a_missing_server_are_told_apart() {
    let refused = Server::connect(&address(SUPERUSER), &SecretString::from("wrong")).await;
    let empty = tempfile::tempdir().unwrap();
    let nobody =
        Address::Socket { folder: empty.path().to_owned(), port: 5432, user: SUPERUSER.to_owned() };
    let missing = Server::connect(&nobody, &SecretString::from("x")).await;

    assert!(matches!(refused, Err(PostgresError::Refused { .. })), "{refused:?}");
    let missing = missing.unwrap_err();
    assert!(matches!(missing, PostgresError::Unreachable { .. }), "{missing:?}");
    assert!(missing.may_pass());
}

#[tokio::test]
async fn an_administrator_who_is_no_superuser_is_refused() {
    let server = server().await;
    let tenant = role(&server, 't').await;

    let refused = Server::connect(&address(tenant.name.as_str()), &tenant.password).await;

    assert!(matches!(refused, Err(PostgresError::NotSuperuser { .. })), "{refused:?}");
}
