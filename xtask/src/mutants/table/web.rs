//! What is asked of requests: `berth-web`.

use crate::mutants::{Mutant, Tests};

const RULES: &str = "crates/berth-web/src/console/rules.rs";
const HOST: &str =
    "console::rules::tests::a_host_is_named_exactly_once_and_the_target_names_no_other";
const MATRIX: &str = "router::tests::everybody_gets_as_far_as_their_rights_go_on_every_route";
const STRANGE: &str = "router::tests::a_page_of_somebody_else_has_nobody_do_anything_on_every_route_though_root_connects";
const PEER: &str = "crates/berth-web/src/peer.rs";
const SHOWN: &str = "crates/berth-web/src/access.rs";
const OTHER_SITE: &str =
    "router::tests::a_cookie_that_another_site_sends_changes_nothing_on_every_route";
const NOBODY: &str = "router::tests::whoever_shows_what_is_no_good_token_is_nobody_on_every_route_though_root_connects";

pub(super) const ALL: &[Mutant] = &[
    Mutant {
        about: "no route takes any right",
        file: "crates/berth-web/src/router.rs",
        check: "move |state, request, next| {\n            authorise(state, (needs, id), request, next)",
        instead: "move |_: axum::extract::State<WebState>, request, next: axum::middleware::Next| {\n            let _ = (needs, id); next.run(request)",
        tests: Tests::Web,
        notices: MATRIX,
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
        about: "whoever shows a token comes in over TCP before somebody claimed",
        file: PEER,
        check: "        && let Err(error) = rules.demand_claim(&state.engine).await\n",
        instead: "        && let Err(error) = { let _ = rules; Ok::<(), ApiError>(()) }\n",
        tests: Tests::Api,
        notices: "console::until_somebody_claimed_the_installation_only_that_can_be_done_over_tcp",
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
        about: "a token for SQL begins a shell by a form",
        file: "crates/berth-web/src/pages/tenant/shell.rs",
        check: "    context.demand(wish.right, \"tenant_shell_form\").await?;\n",
        instead: "    let _ = wish.right;\n",
        tests: Tests::Web,
        notices: "pages::tenant::shell::tests::whoever_may_only_speak_sql_is_offered_nothing_else_and_runs_nothing_else",
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
        about: "nobody is looked up again whose request takes long",
        file: "crates/berth-web/src/context.rs",
        check: "shown: caller.credential(),",
        instead: "shown: None,",
        tests: Tests::Api,
        notices: "tokens::what_is_sent_after_its_token_was_revoked_changes_nothing",
    },
    Mutant {
        about: "a cookie changes something from another site",
        file: SHOWN,
        check: "site::refuse_other_pages(method, headers)?;",
        instead: "let _ = method;",
        tests: Tests::Web,
        notices: OTHER_SITE,
    },
    Mutant {
        about: "a page of somebody else has the host's operator do something",
        file: SHOWN,
        check: "            site::refuse_strange_pages(headers)?;\n",
        instead: "",
        tests: Tests::Web,
        notices: STRANGE,
    },
    Mutant {
        about: "a frame of another page ends a sign-in at a provider",
        file: "crates/berth-web/src/api/sign_in/providers.rs",
        check: "    access::refuse_embedded(&headers)?;\n",
        instead: "    let _ = &headers;\n",
        tests: Tests::Api,
        notices: "providers::attacks::a_page_of_somebody_else_begins_nothing_and_embeds_nothing",
    },
    Mutant {
        about: "a picture or a frame of another page arrives like somebody who follows a link",
        file: "crates/berth-web/src/access/site.rs",
        check: "        && refuse_embedded(headers).is_ok()\n",
        instead: "",
        tests: Tests::Web,
        notices: "access::site::tests::somebody_arrives_by_a_link_and_nothing_else_does",
    },
    Mutant {
        about: "a page from a stranger's name reaches the console",
        file: RULES,
        check: "!self.is_ours(host) ||",
        instead: "!(self.is_ours(host) || true) ||",
        tests: Tests::Web,
        notices: HOST,
    },
    Mutant {
        about: "a request for a stranger's name reaches the console",
        file: RULES,
        check: "|| !self.is_ours(target)",
        instead: "|| !(self.is_ours(target) || true)",
        tests: Tests::Web,
        notices: HOST,
    },
    Mutant {
        about: "a token has an account to look after",
        file: PEER,
        check: "Needs::Account => account(&request),",
        instead: "Needs::Account => account(&request).or(Ok(())),",
        tests: Tests::Web,
        notices: MATRIX,
    },
    Mutant {
        about: "whoever may look may do what any route does",
        file: PEER,
        check: "demand(&state, &mut request, (right, route)).await,",
        instead: "{ let _ = right; demand(&state, &mut request, (Right::Read, route)).await },",
        tests: Tests::Web,
        notices: MATRIX,
    },
    Mutant {
        about: "whoever may look comes as far as a command",
        file: PEER,
        check: "demand(&state, &mut request, (Right::Psql, route))",
        instead: "demand(&state, &mut request, (Right::Read, route))",
        tests: Tests::Web,
        notices: MATRIX,
    },
    Mutant {
        about: "no right is asked of the engine",
        file: PEER,
        check: "    context.demand(right, route).await\n",
        instead: "    let _ = (context, right, route); Ok(())\n",
        tests: Tests::Web,
        notices: MATRIX,
    },
];
