//! Checks of what goes on by itself, for whoever asked for it once: schedules and webhooks.

use crate::mutants::{Mutant, Tests};

const SCHEDULES: &str = "crates/berth-engine/src/usecase/schedules.rs";
const RESTS: &str =
    "life::people::clockwork::a_schedule_rests_when_its_maker_may_not_do_it_any_more_on_sqlite";
const HOOK: &str =
    "life::people::hooks::a_webhook_rests_when_its_maker_may_not_look_after_it_any_more_on_sqlite";
const SCHEDULED: &str =
    "life::tokens::whoever_may_not_close_tenants_has_no_say_in_schedules_that_do";

pub(super) const ALL: &[Mutant] = &[
    Mutant {
        about: "anybody makes or changes a schedule that closes tenants",
        file: "crates/berth-engine/src/usecase/schedules/read.rs",
        check: "action.is_for_operators() && !asker.is_operator_in(organisation.id)",
        instead: "action.is_for_operators() && asker.is_operator_in(organisation.id) && false",
        tests: Tests::Engine,
        notices: SCHEDULED,
    },
    Mutant {
        about: "anybody runs a schedule that closes tenants",
        file: SCHEDULES,
        check: "        self.demand_schedule(&schedule)?;\n        self.record(",
        instead: "        self.record(",
        tests: Tests::Engine,
        notices: SCHEDULED,
    },
    Mutant {
        about: "anybody takes a schedule away that closes tenants",
        file: SCHEDULES,
        check: "        self.demand_schedule(&schedule)?;\n        let _",
        instead: "        let _",
        tests: Tests::Engine,
        notices: SCHEDULED,
    },
    Mutant {
        about: "schedules and webhooks of whoever left go on",
        file: "crates/berth-engine/src/usecase/maker.rs",
        check: "Ok(grants.is_some_and(|grants| needed.is_in(&grants)))",
        instead: "Ok(grants.is_some())",
        tests: Tests::Engine,
        notices: RESTS,
    },
    Mutant {
        about: "schedules and webhooks of tokens that were revoked go on",
        file: "crates/berth-engine/src/usecase/maker.rs",
        check: "if token.grants(now, &makers).is_some_and(|grants| needed.is_in(&grants)) {",
        instead: "if token.grants(now, &makers).is_some() {",
        tests: Tests::Engine,
        notices: "life::people::clockwork::a_schedule_of_an_account_goes_on_as_long_as_it_has_a_token_that_may",
    },
    Mutant {
        about: "webhooks of whoever left are told what happens",
        file: "crates/berth-engine/src/usecase/notify/digest.rs",
        check: "if maker::webhook_lost(&mut tx, subscription, engine.clock.now()).await?.is_some() {",
        instead: "if maker::webhook_lost(&mut tx, subscription, engine.clock.now()).await?.is_some_and(|why| why.is_empty()) {",
        tests: Tests::Engine,
        notices: HOOK,
    },
    Mutant {
        about: "what waits for webhooks of whoever left is sent",
        file: "crates/berth-engine/src/usecase/notify/send.rs",
        check: "&& let Some(why) = maker::webhook_lost(&mut tx, subscription, now).await?",
        instead: "&& let Some(why) = maker::webhook_lost(&mut tx, subscription, now).await?.filter(String::is_empty)",
        tests: Tests::Engine,
        notices: HOOK,
    },
    Mutant {
        about: "whoever answers for what goes on by itself may everything",
        file: "crates/berth-engine/src/usecase/maker.rs",
        check: "decide(grants, self.right, Place::Organisation(self.organisation)).is_allowed()",
        instead: "decide(grants, self.right, Place::Organisation(self.organisation)).is_allowed() || true",
        tests: Tests::Engine,
        notices: RESTS,
    },
    Mutant {
        about: "a schedule that closes tenants takes no right",
        file: SCHEDULES,
        check: "        self.demand(right, Place::Organisation(schedule.organisation))\n",
        instead: "        let _ = (right, Place::Organisation(schedule.organisation)); Ok(())\n",
        tests: Tests::Engine,
        notices: SCHEDULED,
    },
    Mutant {
        about: "a schedule fires for whoever left",
        file: "crates/berth-engine/src/usecase/schedules/fire.rs",
        check: "let lost = maker::schedule_lost(&mut tx, schedule, now).await?;",
        instead: "let lost = maker::schedule_lost(&mut tx, schedule, now).await?.filter(String::is_empty);",
        tests: Tests::Engine,
        notices: RESTS,
    },
    Mutant {
        about: "nobody is told that a schedule rests",
        file: "crates/berth-engine/src/usecase/schedules/view.rs",
        check: "None if !schedule.paused => maker::schedule_lost(tx, &schedule, engine.clock.now()).await?,",
        instead: "None if !schedule.paused => maker::schedule_lost(tx, &schedule, engine.clock.now()).await?.filter(String::is_empty),",
        tests: Tests::Engine,
        notices: RESTS,
    },
    Mutant {
        about: "nobody is told that a webhook rests",
        file: "crates/berth-engine/src/usecase/webhooks.rs",
        check: "None => maker::webhook_lost(tx, &subscription, self.0.clock.now()).await?,",
        instead: "None => maker::webhook_lost(tx, &subscription, self.0.clock.now()).await?.filter(String::is_empty),",
        tests: Tests::Engine,
        notices: HOOK,
    },
];
