//! Which addresses tenants are given on a host where others have some.

use super::stage::Stage;

/// `10.213.0.0/28` and `10.213.0.32/28`, as the kernel lists them on a little-endian host.
const ROUTES: &str = "\
Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
br-36b55aead72c	0000D50A	00000000	0001	0	0	0	F0FFFFFF	0	0	0
br-0ed2fa63f861	2000D50A	00000000	0001	0	0	0	F0FFFFFF	0	0	0
";

async fn number(stage: &Stage, name: &str) -> Option<u32> {
    stage.create(name).await;
    stage.get(name).await.subnet
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_the_host_reaches_elsewhere_are_given_to_nobody() {
    let stage = Stage::with(|it| {
        std::fs::write(&it.settings.host_routes, ROUTES).unwrap();
    })
    .await;

    assert_eq!(number(&stage, "acme").await, Some(1));
    assert_eq!(number(&stage, "globex").await, Some(3));
}
