//! What decides: `berth-domain`.

use crate::mutants::{Mutant, Tests};

const ACCESS: &str = "crates/berth-domain/src/access.rs";
const PROVIDER: &str = "crates/berth-domain/src/provider.rs";
const MET: &str = "provider::tests::an_account_is_met_by_its_address_once_and_an_operators_never";
const APPOINT: &str = "crates/berth-domain/src/access/appoint.rs";
const APPOINTED: &str =
    "access::tests::nobody_makes_anybody_more_than_they_are_and_a_token_makes_nobody_anything";
const ELSEWHERE: &str = "access::tests::a_membership_is_worth_nothing_elsewhere";
const TABLE: &str = "access::tests::roles_and_rights_are_this_table";
const SCOPE: &str =
    "access::tests::a_token_has_the_rights_of_its_scope_in_its_organisation_and_no_others";
const GIVE: &str = "access::tests::nobody_gives_what_they_do_not_have";

pub(super) const ALL: &[Mutant] = &[
    Mutant {
        about: "members have their rights in every organisation",
        file: ACCESS,
        check: "of.get(&organisation).is_some_and(|role|",
        instead: "of.values().any(|role|",
        tests: Tests::Domain,
        notices: ELSEWHERE,
    },
    Mutant {
        about: "members have all rights in their organisation",
        file: ACCESS,
        check: "is_some_and(|role| role.rights().contains(&right))",
        instead: "is_some()",
        tests: Tests::Domain,
        notices: TABLE,
    },
    Mutant {
        about: "members run the installation",
        file: ACCESS,
        check: "right == Right::Read && !of.is_empty()",
        instead: "!of.is_empty()",
        tests: Tests::Domain,
        notices: "access::tests::members_read_what_is_the_same_for_everybody_and_do_nothing_to_the_installation",
    },
    Mutant {
        about: "a token is good for every organisation",
        file: ACCESS,
        check: "*own == organisation && !right",
        instead: "!right",
        tests: Tests::Domain,
        notices: SCOPE,
    },
    Mutant {
        about: "a token of an organisation has rights of the installation",
        file: ACCESS,
        check: "!right.is_of_the_installation() && scope",
        instead: "scope",
        tests: Tests::Domain,
        notices: SCOPE,
    },
    Mutant {
        about: "a token of an organisation has every right there",
        file: ACCESS,
        check: "right.is_of_the_installation() && scope.covers(right)",
        instead: "right.is_of_the_installation()",
        tests: Tests::Domain,
        notices: SCOPE,
    },
    Mutant {
        about: "a token of the installation has every right",
        file: ACCESS,
        check: "(Grants::Token { within: None, scope }, _) => scope.covers(right)",
        instead: "(Grants::Token { within: None, .. }, _) => true",
        tests: Tests::Domain,
        notices: "access::tests::a_token_of_the_installation_has_the_rights_of_its_scope_everywhere",
    },
    Mutant {
        about: "a token of an organisation makes tokens",
        file: ACCESS,
        check: "(Grants::Token { .. }, _) | (Grants::Memberships(_), None) => false",
        instead: "(Grants::Token { .. } | Grants::Memberships(_), None) => false",
        tests: Tests::Domain,
        notices: GIVE,
    },
    Mutant {
        about: "a member makes tokens of the installation",
        file: ACCESS,
        check: "(Grants::Token { .. }, _) | (Grants::Memberships(_), None) => false",
        instead: "(Grants::Token { .. }, _) => false, (Grants::Memberships(_), None) => true",
        tests: Tests::Domain,
        notices: GIVE,
    },
    Mutant {
        about: "a token of an organisation is given rights of the installation",
        file: ACCESS,
        check: "within.is_some() && right.is_of_the_installation()",
        instead: "within.is_none() && right.is_of_the_installation()",
        tests: Tests::Domain,
        notices: GIVE,
    },
    Mutant {
        about: "a token is good after its end",
        file: "crates/berth-domain/src/token.rs",
        check: "if self.is_expired(now) {",
        instead: "if self.is_expired(now) && self.expires_at.is_none() {",
        tests: Tests::Domain,
        notices: "token::tests::a_token_grants_its_scope_until_its_time_is_over_and_nothing_from_then_on",
    },
    Mutant {
        about: "whoever belongs to one organisation is told of all",
        file: "crates/berth-domain/src/access/sees.rs",
        check: "Grants::Memberships(of) => Sees::Only(of.keys().copied().collect()),",
        instead: "Grants::Memberships(_) => Sees::All,",
        tests: Tests::Domain,
        notices: "access::tests::nobody_learns_of_an_organisation_in_which_they_may_do_nothing",
    },
    Mutant {
        about: "a viewer makes viewers",
        file: APPOINT,
        check: "own.rights().contains(&Right::Members) && role <= *own",
        instead: "role <= *own",
        tests: Tests::Domain,
        notices: APPOINTED,
    },
    Mutant {
        about: "a token makes somebody an operator",
        file: APPOINT,
        check: "(Grants::Token { .. }, _) => Err(NotToAppoint::ByAToken)",
        instead: "(Grants::Token { .. }, _) => Ok(())",
        tests: Tests::Domain,
        notices: APPOINTED,
    },
    Mutant {
        about: "whoever is disabled may what they could",
        file: "crates/berth-domain/src/person.rs",
        check: "(Some(_), _) => None,",
        instead: "(Some(_), true) => Some(Grants::Operator), (Some(_), false) => Some(Grants::Memberships(memberships)),",
        tests: Tests::Domain,
        notices: "person::tests::whoever_is_disabled_may_nothing_whatever_they_were",
    },
    Mutant {
        about: "a provider opens an operator's account by its address",
        file: PROVIDER,
        check: "        (Address::Believed, Some(Account { is_operator: true, .. })) => Err(NotWelcome::Operator),\n",
        instead: "",
        tests: Tests::Domain,
        notices: MET,
    },
    Mutant {
        about: "a provider opens an account by its address that somebody else there is linked with",
        file: PROVIDER,
        check: "            Err(NotWelcome::SomebodyElse)\n",
        instead: "            Ok(Welcome::Link)\n",
        tests: Tests::Domain,
        notices: MET,
    },
    Mutant {
        about: "an address that anybody could have typed opens an account",
        file: PROVIDER,
        check: "(Address::NotBelieved, _) => Err(NotWelcome::NotBelieved),",
        instead: "(Address::NotBelieved, None) => Err(NotWelcome::NotBelieved), (Address::NotBelieved, Some(_)) => Ok(Welcome::Link),",
        tests: Tests::Domain,
        notices: "provider::tests::an_address_that_does_not_count_opens_nothing",
    },
    Mutant {
        about: "whoever can sign in at a provider gets an account",
        file: PROVIDER,
        check: "let has_any = has_group || is_invited || lets_in_strangers;",
        instead: "let has_any = has_group || is_invited || lets_in_strangers || !lets_in_strangers;",
        tests: Tests::Domain,
        notices: "provider::tests::somebody_new_needs_a_reason",
    },
    Mutant {
        about: "a sign-in at a provider ends at another host",
        file: PROVIDER,
        check: "        && !text.starts_with(\"//\")\n",
        instead: "",
        tests: Tests::Domain,
        notices: "provider::tests::a_way_back_stays_on_this_host",
    },
];
