//! The fake passes the suite that real engines pass.

use berth_runtime::contract;

use crate::bed::FakeBed;

macro_rules! cases {
    ($($case:ident),* $(,)?) => {
        $(
            #[tokio::test]
            async fn $case() {
                contract::$case(&FakeBed::new()).await;
            }
        )*
    };
}

berth_runtime::for_each_contract_case!(cases);
