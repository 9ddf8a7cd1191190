use berth_store::secrets::{self, SecretName};
use berth_store::{Key, KeyError, Store, StoreError};
use secrecy::ExposeSecret as _;

use crate::home::{Home, on_both_databases};

on_both_databases!(
    a_secret_reads_back_and_is_replaced,
    a_secret_is_not_readable_in_the_database,
    a_secret_copied_to_another_row_does_not_open,
    with_the_key_gone_nothing_starts_and_no_key_is_made,
    another_key_is_refused,
    a_home_without_secrets_has_no_sealed_rows,
);

async fn put(home: &Home, owner: &str, name: SecretName, secret: &str) {
    let mut tx = home.begin().await;
    secrets::put(&mut tx, owner, name, &secret.into()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn get(home: &Home, owner: &str, name: SecretName) -> Result<Option<String>, StoreError> {
    let secret = secrets::get(&mut home.read().await, owner, name).await?;
    Ok(secret.map(|secret| secret.expose_secret().to_owned()))
}

async fn a_secret_reads_back_and_is_replaced(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    let owner = acme.id.to_string();
    let cluster = home.cluster.to_string();

    put(&home, &owner, SecretName::DbPassword, "hunter2").await;
    put(&home, &owner, SecretName::DbPassword, "pässword").await;
    put(&home, &cluster, SecretName::ServerUrl, "postgres://u:p@h/").await;

    let password = get(&home, &owner, SecretName::DbPassword).await.unwrap();
    assert_eq!(password.as_deref(), Some("pässword"));
    assert_eq!(get(&home, &owner, SecretName::MasterPassword).await.unwrap(), None);
    let url = get(&home, &cluster, SecretName::ServerUrl).await.unwrap();
    assert_eq!(url.as_deref(), Some("postgres://u:p@h/"));
}

async fn a_secret_is_not_readable_in_the_database(home: Home) {
    put(&home, "tnt_1", SecretName::DbPassword, "hunter2-in-clear-text").await;

    let values = home.peek("SELECT value FROM secret").await;

    let [value] = &values[..] else { panic!("{values:?}") };
    assert!(value.starts_with("v1:") && !value.contains("hunter2"), "{value}");
}

async fn a_secret_copied_to_another_row_does_not_open(home: Home) {
    put(&home, "tnt_1", SecretName::DbPassword, "hunter2").await;
    put(&home, "tnt_2", SecretName::DbPassword, "other").await;

    home.tamper(
        "UPDATE secret
         SET value = (SELECT value FROM secret WHERE owner = 'tnt_1')
         WHERE owner = 'tnt_2'",
    )
    .await;

    let copied = get(&home, "tnt_2", SecretName::DbPassword).await;
    assert!(matches!(copied, Err(StoreError::Key(KeyError::DoesNotOpen))));
    assert!(get(&home, "tnt_1", SecretName::DbPassword).await.unwrap().is_some());
}

async fn with_the_key_gone_nothing_starts_and_no_key_is_made(home: Home) {
    put(&home, "tnt_1", SecretName::DbPassword, "hunter2").await;
    let path = home.folder.path().join("key");
    std::fs::remove_file(&path).unwrap();

    let opened = home.reopen().await;

    assert!(matches!(opened, Err(StoreError::Key(KeyError::Missing { .. }))));
    assert!(!path.exists());
}

async fn another_key_is_refused(home: Home) {
    put(&home, "tnt_1", SecretName::DbPassword, "hunter2").await;
    let other = Key::load_or_create(&home.folder.path().join("other"), false).unwrap();
    let given_id = other.id().to_owned();

    let opened = Store::open(&home.location, other, false).await;

    match opened {
        Err(StoreError::WrongKey { found, given }) => {
            assert_eq!(given, given_id);
            assert_ne!(found, given);
        }
        other => panic!("{other:?}"),
    }
}

async fn a_home_without_secrets_has_no_sealed_rows(home: Home) {
    assert!(!Store::has_sealed_rows(&home.location).await.unwrap());

    put(&home, "tnt_1", SecretName::DbPassword, "hunter2").await;

    assert!(Store::has_sealed_rows(&home.location).await.unwrap());
}
