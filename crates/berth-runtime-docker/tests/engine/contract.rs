//! The suite that every runtime passes, and the one that only real engines can pass.

use berth_runtime::contract;

use crate::bed::EngineBed;

macro_rules! cases {
    ($($case:ident),* $(,)?) => {
        $(
            #[tokio::test]
            async fn $case() {
                contract::$case(&EngineBed::new().await).await;
            }
        )*
    };
}

berth_runtime::for_each_contract_case!(cases);
berth_runtime::for_each_real_engine_case!(cases);
