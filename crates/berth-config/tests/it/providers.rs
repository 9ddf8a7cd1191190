//! Foreign providers, from the file to what is in force.

use std::os::unix::fs::PermissionsExt as _;

use berth_config::{Place, explain, load};
use berth_domain::access::Role;
use berth_domain::provider::GroupRole;
use secrecy::ExposeSecret as _;

use crate::{home, listing, sources};

fn mistakes(file: &str) -> String {
    let home = home(file);
    let invalid = load(&sources(home.path(), &[], &[])).unwrap_err();
    listing(&invalid, home.path())
}

#[test]
fn a_provider_is_read_with_its_secret_and_roles() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "hush\n").unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    let home = home(&format!(
        "[console]\npublic_url = \"https://berth.example.com/\"\n\
         [[sign_in.provider]]\nid = \"corp\"\nname = \"Example Corp\"\n\
         issuer = \"https://login.example.com/realms/corp\"\nclient_id = \"berth\"\n\
         client_secret_file = {secret:?}\ngroups_claim = \"groups\"\ntrust_addresses = true\n\
         roles = [{{ group = \"it\", role = \"operator\" }},\n\
         {{ group = \"staff\", role = \"member\", organisation = \"default\" }}]\n\
         [[sign_in.provider]]\nid = \"other\"\nname = \"Other\"\n\
         issuer = \"https://other.example.com\"\nclient_id = \"x\"\nscopes = [\"email\"]\n"
    ));

    let config = load(&sources(home.path(), &[], &[])).unwrap();

    let [corp, other] = config.providers.as_slice() else { panic!("{:?}", config.providers) };
    assert_eq!((corp.id.as_str(), corp.scopes.join(" ")), ("corp", "email profile".to_owned()));
    assert_eq!(corp.client_secret.as_ref().unwrap().expose_secret(), "hush");
    let member = GroupRole::In { organisation: "default".to_owned(), role: Role::Member };
    let roles = [("it".to_owned(), GroupRole::Operator), ("staff".to_owned(), member)];
    assert_eq!(corp.roles, roles);
    assert!(corp.terms.vouches_for_addresses && !corp.terms.lets_in_strangers);
    assert!(other.client_secret.is_none() && !other.terms.vouches_for_addresses);
    assert_eq!(config.console.public_url.unwrap().as_str(), "https://berth.example.com");
    let shown = explain(&sources(home.path(), &[], &[])).unwrap();
    let shown = shown.iter().filter(|it| it.path == "sign_in.provider");
    let shown: Vec<_> = shown.map(|it| (it.value.as_str(), it.place != Place::Default)).collect();
    assert_eq!(shown, [("corp", true), ("other", true)]);
    assert!(!format!("{:?}", config.providers).contains("hush"));
}

#[test]
fn nothing_is_needed_where_there_is_no_provider() {
    for file in ["", "[sign_in]\nallow_private = [\"10.0.0.0/8\"]\n"] {
        let home = home(file);

        let config = load(&sources(home.path(), &[], &[])).unwrap();

        assert!(config.providers.is_empty() && config.console.public_url.is_none());
    }
}

#[test]
fn everything_that_is_wrong_with_providers_is_said_at_once_with_its_place() {
    insta::assert_snapshot!(mistakes(
        "[[sign_in.provider]]\nid = \"Corp\"\nname = \"\"\nissuer = \"http://login.example.com\"\n\
         client_id = \"a b\"\nclient_secret_file = \"secret\"\nscopes = [\"a b\", 1]\n\
         groups_clam = \"groups\"\n\
         roles = [{ group = \"it\", role = \"root\" }, { group = \"a\", role = \"admin\" },\n\
         { group = \"b\", role = \"operator\", organisation = \"default\" }, \"it\", { grup = \"c\" }]\n\
         trust_addresses = \"yes\"\nlet_in_strangers = true\n\
         [[sign_in.provider]]\n\
         [[sign_in.provider]]\nid = \"one\"\nname = \"One\"\nissuer = \"https://a.example\"\nclient_id = \"x\"\n\
         [[sign_in.provider]]\nid = \"one\"\nname = \"Two\"\nissuer = \"https://a.example\"\nclient_id = \"x\"\n"
    ));
}

#[test]
fn a_list_is_no_value_and_an_address_for_browsers_is_safe() {
    insta::assert_snapshot!(mistakes(
        "[console]\npublic_url = \"http://berth.example.com/console\"\n[sign_in]\nprovider = \"corp\"\n\
         providers = []\n"
    ));
}
