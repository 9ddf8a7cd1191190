//! What must hold between the settings of mail.

use std::os::unix::fs::PermissionsExt as _;

use berth_config::{load, setting::MailTls};

use crate::{home, listing, sources};

fn mistakes(file: &str) -> String {
    let home = home(file);
    let invalid = load(&sources(home.path(), &[], &[])).unwrap_err();
    listing(&invalid, home.path())
}

#[test]
fn without_a_server_nothing_else_is_needed() {
    let home = home("[mail]\ntls = \"none\"\n");

    let config = load(&sources(home.path(), &[], &[])).unwrap();

    assert!(config.mail.host.is_none() && config.mail_password().is_none());
}

#[test]
fn a_server_needs_addresses_and_a_way_that_others_cannot_read() {
    insta::assert_snapshot!(mistakes(
        "[mail]\nhost = \"mail.example.com\"\ntls = \"none\"\nuser = \"berth\"\n"
    ));
}

#[test]
fn crooked_values_are_all_listed() {
    insta::assert_snapshot!(mistakes(
        "[mail]\nhost = \"smtp://mail.example.com\"\nport = 70000\ntls = \"ssl\"\nfrom = \"berth\"\n\
         to = [\"ops@example.com\", \"a@example.com\\nBcc: b@example.com\"]\n\
         password_file = \"mail-password\"\n[notify]\nallow_private = [\"10.0.0.1/8\"]\n"
    ));
}

#[test]
fn plain_mail_goes_to_this_host_or_to_a_named_address() {
    for (host, range) in
        [("localhost", ""), ("127.0.0.1", ""), ("192.168.1.9", "\"192.168.1.0/24\"")]
    {
        let home = home(&format!(
            "[mail]\nhost = \"{host}\"\ntls = \"none\"\nfrom = \"b@example.com\"\nto = [\"o@example.com\"]\n\
             [notify]\nallow_private = [{range}]\n"
        ));

        let config = load(&sources(home.path(), &[], &[])).unwrap();

        assert_eq!(config.mail.tls, MailTls::None, "{host}");
    }
}

#[test]
fn a_password_is_read_from_its_file() {
    use secrecy::ExposeSecret as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, "hush\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let home = home(&format!(
        "[mail]\nhost = \"mail.example.com\"\nfrom = \"Berth <b@example.com>\"\nto = [\"o@example.com\"]\n\
         user = \"berth\"\npassword_file = {file:?}\n"
    ));

    let config = load(&sources(home.path(), &[], &[])).unwrap();

    assert_eq!(config.mail_password().unwrap().expose_secret(), "hush");
}
