//! Telling cases as a table, and every case as a property.

use std::fmt::Write as _;

use jiff::SignedDuration;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::lifecycle::Change;
use crate::tenant::{Image, OdooSettings};
use crate::{
    Actor, Bytes, ClusterId, Details, Digest, Generation, Limits, OperationId, OrganisationId,
    Stage, TenantId,
};

const LIMITS: Limits = Limits { cpu_millis: 1000, memory: Bytes::mib(512), pids: 100 };
const CONNECTIONS: i32 = 24;

fn digest(fill: char) -> Digest {
    format!("sha256:{}", String::from(fill).repeat(64)).parse().unwrap()
}

fn subnet(index: u32) -> Subnet {
    "10.213.0.0/16".parse::<crate::subnet::SubnetPool>().unwrap().subnet(index).unwrap()
}

fn now() -> Timestamp {
    "2026-05-04T10:00:00Z".parse().unwrap()
}

fn tenant(state: TenantState) -> Tenant {
    Tenant {
        id: TenantId::from_uuid(Uuid::from_u128(0xaa)),
        organisation: OrganisationId::from_uuid(Uuid::nil()),
        name: "acme".parse().unwrap(),
        host: "acme.localhost".parse().unwrap(),
        stage: Stage::Production,
        state,
        generation: Generation(3),
        cluster: ClusterId::from_uuid(Uuid::nil()),
        image: Image { reference: "odoo:19.0".parse().unwrap(), digest: digest('a') },
        odoo: OdooSettings {
            modules: Vec::new(),
            language: "en_US".parse().unwrap(),
            country: None,
            demo: false,
            company: "Acme".parse().unwrap(),
            admin_login: "admin".parse().unwrap(),
            email: None,
            time_zone: "UTC".parse().unwrap(),
        },
        limits: LIMITS,
        storage: None,
        addons: None,
        subnet: Some(1),
        blueprint: None,
        details: Details::default(),
        created_at: Timestamp::UNIX_EPOCH,
        created_by: Actor::System,
    }
}

fn desired(tenant: &Tenant) -> Desired<'_> {
    Desired {
        tenant,
        subnet: Some(subnet(1)),
        connections: CONNECTIONS,
        restarts: Restarts::default(),
    }
}

fn facts() -> ContainerFacts {
    ContainerFacts {
        state: ContainerState::Running,
        image: digest('a'),
        generation: Generation(3),
        limits: Some(LIMITS),
        is_connected: true,
        operation: None,
    }
}

/// A running tenant that has everything.
fn whole() -> Observed {
    Observed {
        container: Container::There(facts()),
        network: Network::There { subnet: subnet(1).to_string() },
        server: Server::Seen {
            database: Database::There(DatabaseFacts { is_open: true, is_owned: true }),
            role: Some(RoleFacts { can_login: true, connection_limit: CONNECTIONS }),
        },
        files: Files::Marked,
        conf: Conf::AsWritten,
        route: Some(RouteFacts { goal: Some(RouteGoal::Open), is_right: true }),
    }
}

fn with_container(change: impl FnOnce(&mut ContainerFacts)) -> Observed {
    let mut facts = facts();
    change(&mut facts);
    Observed { container: Container::There(facts), ..whole() }
}

fn with_server(database: Database, role: Option<RoleFacts>) -> Observed {
    Observed { server: Server::Seen { database, role }, ..whole() }
}

const ROLE: RoleFacts = RoleFacts { can_login: true, connection_limit: CONNECTIONS };

fn there(is_open: bool, is_owned: bool) -> Database {
    Database::There(DatabaseFacts { is_open, is_owned })
}

fn ended(code: i64, out_of_memory: bool) -> Observed {
    with_container(|facts| facts.state = ContainerState::Exited { code, out_of_memory })
}

/// What may have happened to a running tenant, by name.
fn drifts() -> Vec<(&'static str, Observed)> {
    vec![
        ("nothing", whole()),
        ("container died", ended(1, false)),
        ("container out of memory", ended(137, true)),
        ("container removed", Observed { container: Container::Missing, ..whole() }),
        ("container squatted", Observed { container: Container::Foreign, ..whole() }),
        ("container never started", with_container(|f| f.state = ContainerState::Created)),
        ("limits changed", with_container(|f| f.limits = None)),
        ("image changed", with_container(|f| f.image = digest('b'))),
        ("generation behind", with_container(|f| f.generation = Generation(2))),
        ("generation ahead", with_container(|f| f.generation = Generation(4))),
        ("container detached", with_container(|f| f.is_connected = false)),
        ("network removed", Observed { network: Network::Missing, ..whole() }),
        ("network squatted", Observed { network: Network::Foreign, ..whole() }),
        ("network wrong", {
            let network = Network::There { subnet: "172.30.0.0/16".to_owned() };
            Observed { network, ..whole() }
        }),
        ("role dropped", with_server(there(true, false), None)),
        ("role closed", {
            with_server(there(true, true), Some(RoleFacts { can_login: false, ..ROLE }))
        }),
        ("role limited", {
            with_server(there(true, true), Some(RoleFacts { connection_limit: 1, ..ROLE }))
        }),
        ("database closed", with_server(there(false, true), Some(ROLE))),
        ("database dropped", with_server(Database::Missing, Some(ROLE))),
        ("database half dropped", with_server(Database::HalfDropped, Some(ROLE))),
        ("server silent", {
            let server = Server::Silent("it did not start within 60 s".to_owned());
            Observed { server, container: ended(1, false).container, ..whole() }
        }),
        ("filestore removed", Observed { files: Files::Missing, ..whole() }),
        ("filestore removed, container dead", {
            Observed { files: Files::Missing, conf: Conf::Missing, ..ended(1, false) }
        }),
        ("filestore unmarked", Observed { files: Files::Unmarked, ..whole() }),
        ("filestore swapped", Observed { files: Files::OfAnother, ..whole() }),
        ("odoo.conf removed", Observed { conf: Conf::Missing, ..whole() }),
        ("odoo.conf altered", Observed { conf: Conf::Altered, ..whole() }),
        ("route removed", Observed { route: None, ..whole() }),
        ("route leads elsewhere", {
            let route = RouteFacts { goal: Some(RouteGoal::Open), is_right: false };
            Observed { route: Some(route), ..whole() }
        }),
    ]
}

fn describe(text: &mut String, title: &str, plan: &Plan) {
    writeln!(text, "{title}").unwrap();
    for Planned { action, reason } in &plan.actions {
        writeln!(text, "  {}: {reason}", action.label()).unwrap();
    }
    for Trouble { reason, hint } in &plan.troubles {
        writeln!(text, "  ! {reason}").unwrap();
        if let Some(hint) = hint {
            writeln!(text, "    hint: {hint}").unwrap();
        }
    }
    if plan.is_empty() {
        writeln!(text, "  -").unwrap();
    }
}

#[test]
fn what_is_done_about_each_drift_is_this_table() {
    let tenant = tenant(TenantState::Running);
    let mut text = String::new();

    for (title, seen) in drifts() {
        describe(&mut text, title, &plan(&desired(&tenant), &seen, now()));
    }

    insta::assert_snapshot!(text);
}

#[test]
fn what_is_done_in_each_state_is_this_table() {
    let operation = OperationId::from_uuid(Uuid::nil());
    let since = now();
    let states = [
        TenantState::Provisioning { operation },
        TenantState::OverLimit { since },
        TenantState::Drifted { since },
        TenantState::Changing { operation, change: Change::Restart },
        TenantState::Stopped { since },
        TenantState::Suspended { since },
        TenantState::Archived { since },
        TenantState::Deleted { since, until: since },
        TenantState::Broken { since, failed: operation, suspended: false },
        TenantState::Deleting { operation },
    ];
    let mut text = String::new();

    for state in states {
        let tenant = tenant(state);
        describe(&mut text, state.label(), &plan(&desired(&tenant), &whole(), now()));
    }

    insta::assert_snapshot!(text);
}

#[test]
fn what_ends_again_and_again_is_waited_for() {
    let tenant = tenant(TenantState::Running);
    let restarts = Restarts { count: 3, last: Some(now() - SignedDuration::from_secs(5)) };
    let desired = Desired { restarts, ..desired(&tenant) };

    let plan = plan(&desired, &ended(1, false), now());

    assert!(!plan.has(Action::RunContainer));
    assert_eq!(plan.wait_until, Some(now() + SignedDuration::from_secs(25)));
    assert_eq!(
        plan.troubles[0].reason,
        "Odoo ended with code 1, after 3 restarts in a row; the next one is not before 2026-05-04T10:00:25Z"
    );
}

/// What the world is after an action succeeded.
fn apply(seen: &mut Observed, tenant: &Tenant, action: Action) {
    let set = |goal| Some(RouteFacts { goal: Some(goal), is_right: true });
    match action {
        Action::EnsureRole => {
            if let Server::Seen { role, .. } = &mut seen.server {
                *role = Some(ROLE);
            }
        }
        Action::HandBackDatabase | Action::OpenDatabase => {
            if let Server::Seen { database: Database::There(facts), .. } = &mut seen.server {
                match action {
                    Action::OpenDatabase => facts.is_open = true,
                    _ => facts.is_owned = true,
                }
            }
        }
        Action::CloseDatabase => {
            if let Server::Seen { database, role } = &mut seen.server {
                if let Database::There(facts) = database {
                    facts.is_open = false;
                }
                if let Some(role) = role {
                    role.can_login = false;
                }
            }
        }
        Action::WriteConf => seen.conf = Conf::AsWritten,
        Action::VerifyFiles => seen.files = Files::Marked,
        Action::MakeNetwork => {
            seen.network = Network::There { subnet: subnet(1).to_string() };
        }
        Action::ReplaceNetwork => {
            seen.network = Network::There { subnet: subnet(1).to_string() };
            seen.container = Container::Missing;
        }
        Action::RunContainer => {
            let facts = ContainerFacts { generation: tenant.generation, ..facts() };
            seen.container = Container::There(facts);
        }
        Action::StopContainer => {
            if let Container::There(facts) = &mut seen.container {
                facts.state = ContainerState::Exited { code: 143, out_of_memory: false };
            }
        }
        Action::RemoveContainer => seen.container = Container::Missing,
        Action::RemoveNetwork => seen.network = Network::Missing,
        Action::Publish => seen.route = set(RouteGoal::Open),
        Action::SetRoute(goal) => seen.route = set(goal),
        Action::ForgetRoute => seen.route = None,
    }
}

fn states() -> impl Strategy<Value = TenantState> {
    let operation = OperationId::from_uuid(Uuid::nil());
    let since = now();
    prop_oneof![
        Just(TenantState::Provisioning { operation }),
        Just(TenantState::Running),
        Just(TenantState::OverLimit { since }),
        Just(TenantState::Drifted { since }),
        Just(TenantState::Changing { operation, change: Change::Set }),
        Just(TenantState::Stopped { since }),
        Just(TenantState::Suspended { since }),
        Just(TenantState::Archived { since }),
        Just(TenantState::Deleted { since, until: since }),
        Just(TenantState::Broken { since, failed: operation, suspended: false }),
        Just(TenantState::Deleting { operation }),
    ]
}

fn containers() -> impl Strategy<Value = Container> {
    let states = prop_oneof![
        Just(ContainerState::Created),
        Just(ContainerState::Running),
        (0..200i64, any::<bool>())
            .prop_map(|(code, out_of_memory)| ContainerState::Exited { code, out_of_memory }),
    ];
    let there = (states, any::<bool>(), 1..5u64, any::<bool>(), any::<bool>()).prop_map(
        |(state, image, generation, limits, is_connected)| {
            Container::There(ContainerFacts {
                state,
                image: digest(if image { 'a' } else { 'b' }),
                generation: Generation(generation),
                limits: limits.then_some(LIMITS),
                is_connected,
                operation: None,
            })
        },
    );
    prop_oneof![1 => Just(Container::Missing), 1 => Just(Container::Foreign), 4 => there]
}

fn servers() -> impl Strategy<Value = Server> {
    let databases = prop_oneof![
        Just(Database::Missing),
        Just(Database::HalfDropped),
        (any::<bool>(), any::<bool>()).prop_map(|(open, owned)| there(open, owned)),
    ];
    let role = (any::<bool>(), -1..30i32)
        .prop_map(|(can_login, connection_limit)| RoleFacts { can_login, connection_limit });
    prop_oneof![
        1 => Just(Server::Silent("it is gone".to_owned())),
        5 => (databases, proptest::option::of(role))
            .prop_map(|(database, role)| Server::Seen { database, role }),
    ]
}

fn worlds() -> impl Strategy<Value = Observed> {
    let networks = prop_oneof![
        Just(Network::Missing),
        Just(Network::Foreign),
        (1..3u32).prop_map(|index| Network::There { subnet: subnet(index).to_string() }),
    ];
    let files = prop_oneof![
        Just(Files::Missing),
        Just(Files::Unmarked),
        Just(Files::OfAnother),
        Just(Files::Marked),
    ];
    let conf = prop_oneof![
        Just(Conf::Missing),
        Just(Conf::Altered),
        Just(Conf::AsWritten),
        Just(Conf::Unknown),
    ];
    let goals = prop_oneof![
        Just(None),
        Just(Some(RouteGoal::Open)),
        Just(Some(RouteGoal::Stopped)),
        Just(Some(RouteGoal::Suspended)),
        Just(Some(RouteGoal::Failed)),
    ];
    let routes = proptest::option::of(
        (goals, any::<bool>()).prop_map(|(goal, is_right)| RouteFacts { goal, is_right }),
    );
    (containers(), networks, servers(), files, conf, routes).prop_map(
        |(container, network, server, files, conf, route)| Observed {
            container,
            network,
            server,
            files,
            conf,
            route,
        },
    )
}

fn touches_container(action: Action) -> bool {
    matches!(
        action,
        Action::RunContainer
            | Action::StopContainer
            | Action::RemoveContainer
            | Action::ReplaceNetwork
    )
}

fn touches_network(action: Action) -> bool {
    matches!(action, Action::MakeNetwork | Action::ReplaceNetwork | Action::RemoveNetwork)
}

proptest! {
    #[test]
    fn carrying_a_plan_out_leaves_nothing_to_do(state in states(), seen in worlds()) {
        let mut tenant = tenant(state);
        let mut seen = seen;

        let first = plan(&desired(&tenant), &seen, now());
        for planned in &first.actions {
            apply(&mut seen, &tenant, planned.action);
        }
        if first.troubles.is_empty() && matches!(tenant.state, TenantState::Drifted { .. }) {
            tenant.state = TenantState::Running;
        }
        let second = plan(&desired(&tenant), &seen, now());

        prop_assert_eq!(second.actions, vec![]);
        prop_assert_eq!(second.troubles.is_empty(), first.troubles.is_empty());
    }

    #[test]
    fn what_somebody_else_made_is_never_touched(state in states(), seen in worlds()) {
        let tenant = tenant(state);

        let plan = plan(&desired(&tenant), &seen, now());

        for Planned { action, .. } in plan.actions {
            prop_assert!(seen.container != Container::Foreign || !touches_container(action));
            prop_assert!(seen.network != Network::Foreign || !touches_network(action));
        }
    }

    #[test]
    fn a_tenant_with_an_operation_is_left_to_it(state in states(), seen in worlds()) {
        let tenant = tenant(state);

        let plan = plan(&desired(&tenant), &seen, now());

        prop_assert!(tenant.state.operation().is_none() || plan == Plan::default());
    }

    #[test]
    fn nothing_runs_without_its_data(state in states(), seen in worlds()) {
        let tenant = tenant(state);

        let plan = plan(&desired(&tenant), &seen, now());

        let has_database =
            matches!(&seen.server, Server::Seen { database: Database::There(_), .. });
        let has_files = matches!(seen.files, Files::Marked | Files::Unmarked);
        if plan.has(Action::RunContainer) {
            prop_assert!(has_database && has_files);
        }
        prop_assert!(has_files || !plan.has(Action::WriteConf));
    }
}
