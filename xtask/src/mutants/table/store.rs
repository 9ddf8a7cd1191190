//! What is found where: `berth-store`.

use crate::mutants::{Mutant, Tests};

const GIVEN: &str = "crates/berth-store/src/given.rs";
const BY_HAND: &str =
    "foreign::sqlite::groups_leave_alone_what_was_given_by_hand_or_by_another_provider";
const PLACES: &str =
    "tokens::sqlite::tokens_are_listed_found_and_taken_away_where_they_belong_and_nowhere_else";

pub(super) const ALL: &[Mutant] = &[
    Mutant {
        about: "a token is found from another organisation",
        file: "crates/berth-store/src/tokens.rs",
        check: "\"WHERE (t.organisation_id = $1 OR ($1 IS NULL AND t.organisation_id IS NULL))\n           AND t.id = $2\"",
        instead: "\"WHERE ($1 = $1 OR $1 IS NULL) AND t.id = $2\"",
        tests: Tests::Store,
        notices: PLACES,
    },
    Mutant {
        about: "a token is revoked from another organisation",
        file: "crates/berth-store/src/tokens.rs",
        check: "WHERE (organisation_id = $1 OR ($1 IS NULL AND organisation_id IS NULL))\n                 AND id = $2",
        instead: "WHERE ($1 = $1 OR $1 IS NULL) AND id = $2",
        tests: Tests::Store,
        notices: PLACES,
    },
    Mutant {
        about: "the audit of one organisation is read from another",
        file: "crates/berth-store/src/audit.rs",
        check: r#"listing!("audit", "organisation_id = $1")"#,
        instead: r#"listing!("audit", "$1 = $1")"#,
        tests: Tests::Store,
        notices: "audit::sqlite::an_organisation_sees_its_own_and_the_installation_what_is_nobodys",
    },
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
