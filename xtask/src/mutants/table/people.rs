//! What use cases ask about people: `berth-engine`, `usecase/people`.

use crate::mutants::{Mutant, Tests};

const ACCOUNT: &str = "crates/berth-engine/src/usecase/people/account.rs";
const DIRECTORY: &str = "crates/berth-engine/src/usecase/people/directory.rs";
const FACTOR: &str = "crates/berth-engine/src/usecase/people/factor.rs";
const INVITE: &str = "crates/berth-engine/src/usecase/people/invite.rs";
const LINKS: &str = "crates/berth-engine/src/usecase/people/foreign/links.rs";
const MEMBERS: &str = "crates/berth-engine/src/usecase/people/members.rs";
const SESSION: &str = "crates/berth-engine/src/usecase/people/session.rs";
const ABOVE: &str =
    "life::people::invited::nobody_invites_above_their_own_role_and_trying_is_written_down";
const DEMOTED: &str =
    "life::people::meanwhile::whoever_is_demoted_while_they_ask_changes_nobody_on_sqlite";
const DISABLED: &str =
    "life::people::meanwhile::whoever_is_disabled_while_they_ask_changes_nobody_on_sqlite";
const ELSEWHERE: &str = "life::people::roles::sessions_of_somebody_who_is_something_elsewhere_are_not_an_admins_to_see_or_end";
const LAST_ADMIN: &str = "life::people::roles::the_last_admin_stays_one_though_two_leave_at_once";
const OPERATORS: &str =
    "life::people::looked_after::only_operators_look_after_people_of_the_installation";
const RESET: &str =
    "life::people::looked_after::a_reset_is_for_whoever_is_on_the_host_and_leads_to_a_new_password";
const ROLES: &str = "life::people::roles::nobody_gives_or_takes_a_role_without_the_right_to";

pub(super) const ALL: &[Mutant] = &[
    Mutant {
        about: "whoever may look sees who is invited",
        file: INVITE,
        check: "        self.demand(right, place)?;\n",
        instead: "        let _ = (right, place);\n",
        tests: Tests::Engine,
        notices: "life::rights::whoever_may_only_look_is_refused_by_each_use_case_itself",
    },
    Mutant {
        about: "anybody plans to invite somebody as anything",
        file: INVITE,
        check: "        may_appoint(&self.1.grants, post).map_err(PeopleError::NotToAppoint)?;\n",
        instead: "",
        tests: Tests::Engine,
        notices: ABOVE,
    },
    Mutant {
        about: "anybody invites somebody as anything",
        file: INVITE,
        check: "if let Err(why) = may_appoint(&by_now.1.grants, post) {",
        instead: "if let Err(why) = Ok::<(), berth_domain::access::NotToAppoint>(()) {",
        tests: Tests::Engine,
        notices: ABOVE,
    },
    Mutant {
        about: "anybody takes an invitation back",
        file: INVITE,
        check: "let may = by_now.demand(right, place).and_then(|()| match found.offer {",
        instead: "let _ = right;\n        let may = Ok(()).and_then(|()| match found.offer {",
        tests: Tests::Engine,
        notices: DEMOTED,
    },
    Mutant {
        about: "a code for a new password is taken away from elsewhere",
        file: INVITE,
        check: "Offer::Password => Self::demand_local(actor),",
        instead: "Offer::Password => Ok(()),",
        tests: Tests::Engine,
        notices: "life::people::invited::a_code_for_a_new_password_is_taken_back_on_the_host_only",
    },
    Mutant {
        about: "anybody plans to give a role",
        file: MEMBERS,
        check: "        self.may_change(organisation, &member, role).map_err(PeopleError::NotToAppoint)?;\n",
        instead: "",
        tests: Tests::Engine,
        notices: ROLES,
    },
    Mutant {
        about: "anybody gives a role",
        file: MEMBERS,
        check: "if let Err(why) = by_now.may_change(organisation, &member, role) {",
        instead: "if let Err(why) = Ok::<(), berth_domain::access::NotToAppoint>(()) {",
        tests: Tests::Engine,
        notices: ROLES,
    },
    Mutant {
        about: "anybody takes a role away",
        file: MEMBERS,
        check: "        may_appoint(grants, Post::In(organisation, member.role))?;\n",
        instead: "",
        tests: Tests::Engine,
        notices: ROLES,
    },
    Mutant {
        about: "the last admin plans to leave",
        file: MEMBERS,
        check: "        self.refuse_last_admin(&mut tx, organisation, &member, role).await?;\n",
        instead: "",
        tests: Tests::Engine,
        notices: LAST_ADMIN,
    },
    Mutant {
        about: "whoever is the last admin is not asked",
        file: MEMBERS,
        check: "        by_now.refuse_last_admin(&mut tx, organisation, &member, role).await?;\n",
        instead: "",
        tests: Tests::Engine,
        notices: LAST_ADMIN,
    },
    Mutant {
        about: "the last admin leaves",
        file: MEMBERS,
        check: "memberships::count_admins(tx, organisation).await? > 1",
        instead: "memberships::count_admins(tx, organisation).await? > 0",
        tests: Tests::Engine,
        notices: LAST_ADMIN,
    },
    Mutant {
        about: "an admin signs an operator out",
        file: MEMBERS,
        check: "let is_more = member.person.is_operator ||",
        instead: "let is_more =",
        tests: Tests::Engine,
        notices: "life::people::roles::an_admin_looks_after_the_sessions_of_members_and_not_of_operators",
    },
    Mutant {
        about: "an admin signs somebody out who works for others too",
        file: MEMBERS,
        check: "for post in posts.chain(is_more.then_some(Post::Operator)) {",
        instead: "for post in posts.take(0).chain(is_more.then_some(Post::Operator)) {",
        tests: Tests::Engine,
        notices: ELSEWHERE,
    },
    Mutant {
        about: "anybody sees the sessions of a member",
        file: MEMBERS,
        check: "        self.may_look_after(&mut tx, &member).await?;\n",
        instead: "",
        tests: Tests::Engine,
        notices: ELSEWHERE,
    },
    Mutant {
        about: "anybody ends the sessions of a member",
        file: MEMBERS,
        check: "if let Err(why) = by_now.may_look_after(&mut tx, &member).await {",
        instead: "if let Err(why) = Ok::<(), EngineError>(()) {",
        tests: Tests::Engine,
        notices: ELSEWHERE,
    },
    Mutant {
        about: "nothing that a member is counts when their sessions are looked after",
        file: MEMBERS,
        check: "            may_appoint(&self.1.grants, post).map_err(PeopleError::NotToAppoint)?;\n",
        instead: "            let _ = post;\n",
        tests: Tests::Engine,
        notices: ELSEWHERE,
    },
    Mutant {
        about: "anybody plans to disable somebody",
        file: DIRECTORY,
        check: "        self.may_disable(&mut tx, &person, is_disabled).await?;\n",
        instead: "",
        tests: Tests::Engine,
        notices: OPERATORS,
    },
    Mutant {
        about: "anybody disables somebody",
        file: DIRECTORY,
        check: "        by_now.may_disable(&mut tx, &person, is_disabled).await?;\n",
        instead: "",
        tests: Tests::Engine,
        notices: OPERATORS,
    },
    Mutant {
        about: "only the last operator is not disabled by anybody",
        file: DIRECTORY,
        check: "        may_appoint(&self.1.grants, Post::Operator).map_err(PeopleError::NotToAppoint)?;\n",
        instead: "",
        tests: Tests::Engine,
        notices: OPERATORS,
    },
    Mutant {
        about: "anybody ends the sessions of somebody",
        file: DIRECTORY,
        check: "        may_appoint(&by_now.1.grants, Post::Operator).map_err(PeopleError::NotToAppoint)?;\n",
        instead: "",
        tests: Tests::Engine,
        notices: OPERATORS,
    },
    Mutant {
        about: "somebody is to be reset from elsewhere than the host",
        file: DIRECTORY,
        check: "        Self::demand_local(actor)?;\n        let person",
        instead: "        let _ = actor;\n        let person",
        tests: Tests::Engine,
        notices: RESET,
    },
    Mutant {
        about: "somebody is reset from elsewhere than the host",
        file: DIRECTORY,
        check: "        Self::demand_local(actor)?;\n        let mut tx",
        instead: "        let mut tx",
        tests: Tests::Engine,
        notices: RESET,
    },
    Mutant {
        about: "the code that claims the installation is shown elsewhere than on the host",
        file: "crates/berth-engine/src/usecase/people/claim.rs",
        check: "        Self::demand_local(actor)?;\n",
        instead: "",
        tests: Tests::Engine,
        notices: "life::people::doors::a_code_to_claim_is_made_on_the_host_replaced_by_the_next_and_over_after_a_day",
    },
    Mutant {
        about: "anybody plans to unlink somebody from a provider",
        file: LINKS,
        check: "        may_appoint(&self.1.grants, Post::Operator).map_err(PeopleError::NotToAppoint)?;\n        let mut tx = self.0.store.read().await?;\n",
        instead: "        let mut tx = self.0.store.read().await?;\n",
        tests: Tests::Engine,
        notices: OPERATORS,
    },
    Mutant {
        about: "anybody unlinks somebody from a provider",
        file: LINKS,
        check: "        may_appoint(&self.1.grants, Post::Operator).map_err(PeopleError::NotToAppoint)?;\n        let mut tx = self.0.store.begin().await?;\n",
        instead: "        let mut tx = self.0.store.begin().await?;\n",
        tests: Tests::Engine,
        notices: OPERATORS,
    },
    Mutant {
        about: "whoever finds an open session links it with a provider of theirs",
        file: LINKS,
        check: "        self.prove_once_more(me, whence, request.password).await?;\n",
        instead: "        let _ = whence;\n",
        tests: Tests::Api,
        notices: "providers::links::a_link_takes_the_password_and_a_session_that_goes_on",
    },
    Mutant {
        about: "whoever finds an open session unlinks it from its provider",
        file: LINKS,
        check: "        self.prove_once_more(me, whence, password).await?;\n",
        instead: "        let _ = (whence, password);\n",
        tests: Tests::Api,
        notices: "providers::links::whoever_unlinks_themselves_needs_a_password_and_ends_other_sessions",
    },
    Mutant {
        about: "whoever has a code adds to the account of somebody else",
        file: "crates/berth-engine/src/usecase/people/accept.rs",
        check: "(Offer::Post(_), Some(person), Some(me)) if person.id == me.person.id => CodeAsks::Nothing,",
        instead: "(Offer::Post(_), Some(_), Some(_)) => CodeAsks::Nothing,",
        tests: Tests::Engine,
        notices: "life::people::invited::whoever_has_an_account_accepts_with_it_and_loses_nothing",
    },
    Mutant {
        about: "whoever is disabled while they accept an invitation becomes more",
        file: "crates/berth-engine/src/usecase/people/accept.rs",
        check: "        self.still_signed_in(&mut tx, me).await?;\n",
        instead: "",
        tests: Tests::Engine,
        notices: "life::people::meanwhile::an_invitation_adds_nothing_to_whoever_is_disabled_while_they_accept_it",
    },
    Mutant {
        about: "whoever is disabled meanwhile has another password",
        file: ACCOUNT,
        check: "        self.still_signed_in(&mut tx, me).await?;\n",
        instead: "",
        tests: Tests::Engine,
        notices: DISABLED,
    },
    Mutant {
        about: "whoever is disabled meanwhile begins with an authenticator",
        file: FACTOR,
        check: "        self.still_signed_in(&mut tx, me).await?;\n        let sealed",
        instead: "        let sealed",
        tests: Tests::Engine,
        notices: DISABLED,
    },
    Mutant {
        about: "whoever is disabled meanwhile has an authenticator",
        file: FACTOR,
        check: "        self.still_signed_in(&mut tx, me).await?;\n        let Some(sealed)",
        instead: "        let Some(sealed)",
        tests: Tests::Engine,
        notices: DISABLED,
    },
    Mutant {
        about: "whoever is disabled meanwhile has no authenticator any more",
        file: FACTOR,
        check: "        self.still_signed_in(&mut tx, me).await?;\n        forget(",
        instead: "        forget(",
        tests: Tests::Engine,
        notices: DISABLED,
    },
    Mutant {
        about: "whoever is disabled meanwhile has new codes on paper",
        file: FACTOR,
        check: "        self.still_signed_in(&mut tx, me).await?;\n        let codes",
        instead: "        let codes",
        tests: Tests::Engine,
        notices: DISABLED,
    },
    Mutant {
        about: "whoever is disabled meanwhile ends one session",
        file: SESSION,
        check: "        self.still_signed_in(&mut tx, me).await?;\n        if !sessions",
        instead: "        if !sessions",
        tests: Tests::Engine,
        notices: DISABLED,
    },
    Mutant {
        about: "whoever is disabled meanwhile ends other sessions",
        file: SESSION,
        check: "        self.still_signed_in(&mut tx, me).await?;\n        let actor",
        instead: "        let actor",
        tests: Tests::Engine,
        notices: DISABLED,
    },
];
