//! What requests accept.

use berth_api::v1::{
    DemoCreate, PasswordReset, TenantComparison, TenantCreate, TenantSet, TenantWish, exec,
};

#[test]
fn requests_refuse_fields_that_they_do_not_know() {
    let unknown = r#"{"name":"acme","organisation_id":"org_1"}"#;

    assert!(serde_json::from_str::<TenantCreate>(unknown).is_err());
    assert!(serde_json::from_str::<DemoCreate>(unknown).is_err());
    assert!(serde_json::from_str::<TenantWish>(unknown).is_err());
    let force = r#"{"tenants":[],"force":true}"#;
    assert!(serde_json::from_str::<TenantComparison>(force).is_err());
    assert!(serde_json::from_str::<TenantSet>(r#"{"state":"running"}"#).is_err());
    assert!(serde_json::from_str::<PasswordReset>(r#"{"login":"admin"}"#).is_err());
    assert!(serde_json::from_str::<exec::Start>(r#"{"run":"shell","user":"root"}"#).is_err());
}

#[test]
fn a_tenant_needs_nothing_but_a_name() {
    let create: TenantCreate = serde_json::from_str(r#"{"name":"acme"}"#).unwrap();

    assert_eq!(create.name, "acme");
    assert_eq!(serde_json::to_string(&create).unwrap(), r#"{"name":"acme"}"#);
}

#[test]
fn a_request_shows_no_secret_in_debug_output() {
    let create: TenantCreate =
        serde_json::from_str(r#"{"name":"acme","admin_password":"canary-1"}"#).unwrap();
    let reset: PasswordReset = serde_json::from_str(r#"{"password":"canary-1"}"#).unwrap();

    assert!(!format!("{create:?} {reset:?}").contains("canary"));
}

#[test]
fn every_way_to_run_a_command_reads_back() {
    for text in
        [r#"{"run":{"command":["ls","-l"]}}"#, r#"{"run":{"psql":[]}}"#, r#"{"run":"shell"}"#]
    {
        let start: exec::Start = serde_json::from_str(text).unwrap();

        assert_eq!(serde_json::to_string(&start).unwrap(), text);
    }
    assert_eq!(
        serde_json::to_string(&exec::ClientMessage::EndOfInput).unwrap(),
        r#""end_of_input""#
    );
}
