//! The checks of who may do what, and what takes each away.

use super::{Mutant, Tests};

const ACCESS: &str = "crates/berth-domain/src/access.rs";
const TOKENS: &str = "crates/berth-engine/src/usecase/tokens.rs";
const SCHEDULES: &str = "crates/berth-engine/src/usecase/schedules.rs";
const PEER: &str = "crates/berth-web/src/peer.rs";
const SHOWN: &str = "crates/berth-web/src/access.rs";
const APPOINT: &str = "crates/berth-domain/src/access/appoint.rs";
const APPOINTED: &str =
    "access::tests::nobody_makes_anybody_more_than_they_are_and_a_token_makes_nobody_anything";
const MEMBERS: &str = "crates/berth-engine/src/usecase/people/members.rs";
const OTHER_SITE: &str =
    "router::tests::a_cookie_that_another_site_sends_changes_nothing_on_every_route";

const ELSEWHERE: &str = "access::tests::a_membership_is_worth_nothing_elsewhere";
const TABLE: &str = "access::tests::roles_and_rights_are_this_table";
const SCOPE: &str =
    "access::tests::a_token_has_the_rights_of_its_scope_in_its_organisation_and_no_others";
const GIVE: &str = "access::tests::nobody_gives_what_they_do_not_have";
const PLACES: &str =
    "tokens::sqlite::tokens_are_listed_found_and_taken_away_where_they_belong_and_nowhere_else";
const CLOSING: &str = "life::tokens::only_an_operator_closes_a_tenant_and_has_its_closing_stopped";
const SCHEDULED: &str =
    "life::tokens::whoever_may_not_close_tenants_has_no_say_in_schedules_that_do";
const GIVER: &str =
    "life::tokens::whoever_gives_more_than_they_have_makes_nothing_and_is_written_down";
const NOBODY: &str = "router::tests::whoever_shows_what_is_no_good_token_is_nobody_on_every_route_though_root_connects";

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
        check: "WHERE (organisation_id = $1 OR ($1 IS NULL AND organisation_id IS NULL))",
        instead: "WHERE ($1 = $1 OR $1 IS NULL)",
        tests: Tests::Store,
        notices: "audit::sqlite::an_organisation_sees_its_own_and_the_installation_what_is_nobodys",
    },
    Mutant {
        about: "anybody closes a tenant",
        file: "crates/berth-engine/src/usecase/change/decide.rs",
        check: "is_for_operators && !asker.is_operator_in(tenant.organisation)",
        instead: "is_for_operators && asker.is_operator_in(tenant.organisation) && false",
        tests: Tests::Engine,
        notices: CLOSING,
    },
    Mutant {
        about: "anybody stops an operation that they may not begin",
        file: "crates/berth-engine/src/usecase/operations.rs",
        check: "        self.demand_operation(&operation)?;\n",
        instead: "",
        tests: Tests::Engine,
        notices: CLOSING,
    },
    Mutant {
        about: "anybody plans to stop an operation that they may not begin",
        file: "crates/berth-engine/src/usecase/operations/planned.rs",
        check: "        self.demand_operation(&operation)?;\n",
        instead: "",
        tests: Tests::Engine,
        notices: CLOSING,
    },
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
        about: "anybody has a folder of the host in their tenant",
        file: "crates/berth-engine/src/usecase/create.rs",
        check: "        self.demand_for(request, organisation.id)?;\n",
        instead: "",
        tests: Tests::Engine,
        notices: "life::tokens::folders_of_the_host_are_lent_by_an_operator_only",
    },
    Mutant {
        about: "anybody makes a token with any scope",
        file: TOKENS,
        check: "if let Err(why) = may_give(&self.1.grants, &token.scope, organisation) {",
        instead: "if let (Err(why), true) = (may_give(&self.1.grants, &token.scope, organisation), false) {",
        tests: Tests::Engine,
        notices: GIVER,
    },
    Mutant {
        about: "anybody plans a token with any scope",
        file: TOKENS,
        check: "        may_give(&self.1.grants, &token.scope, organisation).map_err(PeopleError::NotToGive)?;\n",
        instead: "",
        tests: Tests::Engine,
        notices: GIVER,
    },
    Mutant {
        about: "whoever may look reads what Odoos say",
        file: "crates/berth-engine/src/usecase/events.rs",
        check: "event.kind == LOG && !self.sees_logs",
        instead: "event.kind == LOG && !self.sees_logs && false",
        tests: Tests::Engine,
        notices: "life::tokens::what_odoos_say_is_told_to_whoever_may_read_logs_and_to_nobody_else",
    },
    Mutant {
        about: "whoever stays may stay when their token is revoked",
        file: "crates/berth-engine/src/usecase/tokens/bearer.rs",
        check: "Ok(_) => return,",
        instead: "Ok(_) => {}",
        tests: Tests::Engine,
        notices: "life::tokens::whoever_stays_is_told_when_their_token_is_not_good_any_more",
    },
    Mutant {
        about: "no route takes any right",
        file: "crates/berth-web/src/router.rs",
        check: "route.handler.route_layer(once).route_layer(guard)",
        instead: "{ let _ = guard; route.handler.route_layer(once) }",
        tests: Tests::Web,
        notices: "router::tests::everybody_gets_as_far_as_their_rights_go_on_every_route",
    },
    Mutant {
        about: "every user of the host is let in",
        file: PEER,
        check: "uid.and_then(|uid| Caller::local(uid, own))",
        instead: "uid.and_then(|_| Caller::local(own, own))",
        tests: Tests::Web,
        notices: "router::tests::strangers_are_turned_away_before_anything_else_on_every_route",
    },
    Mutant {
        about: "whoever shows nonsense is whom the connection says",
        file: SHOWN,
        check: "Shown::Crooked => Err(ApiError::BadToken)",
        instead: "Shown::Crooked => Ok(None)",
        tests: Tests::Web,
        notices: NOBODY,
    },
    Mutant {
        about: "whoever shows a revoked token is whom the connection says",
        file: SHOWN,
        check: "bearer.map(|bearer| Some(Caller::from(bearer))).ok_or(ApiError::BadToken)",
        instead: "Ok(bearer.map(Caller::from))",
        tests: Tests::Web,
        notices: NOBODY,
    },
    Mutant {
        about: "a token for SQL begins a shell",
        file: "crates/berth-web/src/api/tenants/exec_session.rs",
        check: "    context.demand(right, \"run_command\").await?;\n",
        instead: "    let _ = right;\n",
        tests: Tests::Api,
        notices: "tokens::a_token_for_sql_begins_no_shell",
    },
    Mutant {
        about: "streams outlive their tokens",
        file: "crates/berth-web/src/context.rs",
        check: "() = void => match",
        instead: "() = void, if false => match",
        tests: Tests::Api,
        notices: "tokens::a_stream_ends_when_its_token_is_revoked",
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
        about: "the last admin leaves",
        file: MEMBERS,
        check: "memberships::count_admins(tx, organisation).await? > 1",
        instead: "memberships::count_admins(tx, organisation).await? > 0",
        tests: Tests::Engine,
        notices: "life::people::roles::the_last_admin_stays_one_though_two_leave_at_once",
    },
    Mutant {
        about: "an admin signs an operator out",
        file: MEMBERS,
        check: "if member.person.is_operator {",
        instead: "if false {",
        tests: Tests::Engine,
        notices: "life::people::roles::an_admin_looks_after_the_sessions_of_members_and_not_of_operators",
    },
    Mutant {
        about: "whoever has a code adds to the account of somebody else",
        file: "crates/berth-engine/src/usecase/people/accept.rs",
        check: "Some(me) if me.person.id == person.id =>",
        instead: "Some(_) =>",
        tests: Tests::Engine,
        notices: "life::people::invited::whoever_has_an_account_accepts_with_it_and_loses_nothing",
    },
    Mutant {
        about: "a cookie changes something from another site",
        file: SHOWN,
        check: "site::refuse_other_pages(method, headers)?;",
        instead: "let _ = method;",
        tests: Tests::Web,
        notices: OTHER_SITE,
    },
];
