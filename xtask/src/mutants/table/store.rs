//! What is given and used up: `berth-store`. What is found where is in `organisation`.

use crate::mutants::{Mutant, Tests};

const GIVEN: &str = "crates/berth-store/src/given.rs";
const BY_HAND: &str =
    "foreign::sqlite::groups_leave_alone_what_was_given_by_hand_or_by_another_provider";

pub(super) const ALL: &[Mutant] = &[
    Mutant {
        about: "groups change what somebody gave by hand",
        file: GIVEN,
        check: "\n               WHERE membership.given_by = excluded.given_by",
        instead: "",
        tests: Tests::Store,
        notices: BY_HAND,
    },
    Mutant {
        about: "groups take what somebody gave by hand",
        file: GIVEN,
        check: "AND person_id = $2 AND given_by = $3",
        instead: "AND person_id = $2 AND $3 = $3",
        tests: Tests::Store,
        notices: BY_HAND,
    },
    Mutant {
        about: "groups unmake an operator whom somebody made one",
        file: GIVEN,
        check: "AND operator_by = $2\";\n    tx.change(",
        instead: "AND $2 = $2\";\n    tx.change(",
        tests: Tests::Store,
        notices: "foreign::sqlite::an_operator_by_hand_is_not_unmade_by_groups",
    },
    Mutant {
        about: "what a browser brings back from a provider is good twice",
        file: "crates/berth-store/src/foreign.rs",
        check: "ON CONFLICT (digest) DO NOTHING",
        instead: "ON CONFLICT (digest) DO UPDATE SET ends_at = excluded.ends_at",
        tests: Tests::Store,
        notices: "foreign::sqlite::a_sign_in_is_used_up_once_and_forgotten_when_it_could_not_be_used_anyway",
    },
];
