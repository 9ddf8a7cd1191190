//! Names that become parts of paths, of SQL, of container and host names.

use berth_domain::orphan::OrphanName;
use berth_domain::{
    AuditId, BlueprintId, ClusterId, DeliveryId, Digest, HostName, ImageRef, InvitationId,
    ObjectName, OperationId, OrganisationId, OrganisationName, PersonId, ProviderId, ScheduleId,
    SessionId, SubscriptionId, TenantId, TenantName, TokenId, UploadId,
};

use crate::words::reads;

/// What a path, a shell, SQL and a header would make something of.
const MEANT: &[char] = &[
    '/', '\\', '\'', '"', '`', '$', ';', '|', '&', '<', '>', '(', ')', '%', '\0', '\r', '\n', ' ',
];

pub(crate) fn read(bytes: &[u8]) -> bool {
    let Some(text) = crate::text(bytes) else { return false };
    if let Ok(name) = text.parse::<TenantName>() {
        let harmless =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        assert_eq!(name.as_str(), text);
        assert!((3..=40).contains(&text.len()) && text.bytes().all(harmless), "{text:?}");
        assert!(text.as_bytes()[0].is_ascii_lowercase() && !text.contains("--"), "{text:?}");
        let base: HostName = "localhost".parse().expect("a host name");
        let host = HostName::of_tenant(&name, &base);
        assert_eq!(host.as_str().parse::<HostName>().as_ref(), Ok(&host));
    }
    if let Ok(host) = text.parse::<HostName>() {
        let harmless = |byte: u8| byte.is_ascii_graphic() && !byte.is_ascii_uppercase();
        assert!(host.as_str().bytes().all(harmless) && !host.as_str().contains(['@', ':', '*']));
        assert!(!host.as_str().contains(MEANT) && !host.as_str().contains(".."), "{host}");
    }
    if let Ok(name) = text.parse::<ObjectName>() {
        assert_eq!(name.as_str().len(), 12);
        assert!(!name.as_str().contains(MEANT), "{name}");
    }
    if let Ok(image) = text.parse::<ImageRef>() {
        assert!(!image.as_str().contains("..") && !image.as_str().starts_with(['-', '/', '.']));
        assert!(!image.as_str().replace('/', "").contains(MEANT), "{image}");
    }
    if let Ok(name) = text.parse::<OrganisationName>() {
        assert!(!name.as_str().contains(MEANT) && !name.as_str().contains(['@', '.']), "{name}");
    }
    if let Ok(provider) = text.parse::<ProviderId>() {
        assert!(!provider.as_str().contains(MEANT) && !provider.as_str().contains(['@', '.', ':']));
    }
    let names = [
        reads::<TenantName>(text),
        reads::<OrganisationName>(text),
        reads::<ProviderId>(text),
        reads::<HostName>(text),
        reads::<ObjectName>(text),
        reads::<OrphanName>(text),
        reads::<ImageRef>(text),
        reads::<Digest>(text),
    ];
    names.contains(&true) || is_id(text)
}

fn is_id(text: &str) -> bool {
    [
        reads::<OrganisationId>(text),
        reads::<TenantId>(text),
        reads::<OperationId>(text),
        reads::<ClusterId>(text),
        reads::<BlueprintId>(text),
        reads::<UploadId>(text),
        reads::<ScheduleId>(text),
        reads::<SubscriptionId>(text),
        reads::<DeliveryId>(text),
        reads::<AuditId>(text),
        reads::<TokenId>(text),
        reads::<PersonId>(text),
        reads::<SessionId>(text),
        reads::<InvitationId>(text),
    ]
    .contains(&true)
}
