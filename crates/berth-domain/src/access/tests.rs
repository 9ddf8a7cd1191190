use std::fmt::Write as _;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;

const OWN: u128 = 1;
const OTHER: u128 = 2;

fn organisation(number: u128) -> OrganisationId {
    OrganisationId::from_uuid(Uuid::from_u128(number))
}

fn member(role: Role) -> Grants {
    Grants::Memberships(BTreeMap::from([(organisation(OWN), role)]))
}

#[test]
fn roles_and_rights_are_this_table() {
    let own = Place::Organisation(organisation(OWN));
    let columns = [
        ("nobody", Grants::Memberships(BTreeMap::new())),
        ("viewer", member(Role::Viewer)),
        ("member", member(Role::Member)),
        ("admin", member(Role::Admin)),
        ("operator", Grants::Operator),
    ];
    let mut table = format!("{:<12}", "");
    for (name, _) in &columns {
        write!(table, " {name:<8}").unwrap();
    }
    for right in Right::ALL {
        write!(table, "\n{:<12}", right.as_str()).unwrap();
        for (_, grants) in &columns {
            let mark = if decide(grants, *right, own).is_allowed() { "yes" } else { "-" };
            write!(table, " {mark:<8}").unwrap();
        }
    }
    let table: Vec<&str> = table.lines().map(str::trim_end).collect();

    insta::assert_snapshot!(table.join("\n"), @r"
                 nobody   viewer   member   admin    operator
    read         -        yes      yes      yes      yes
    operate      -        -        yes      yes      yes
    administer   -        -        -        yes      yes
    logs         -        -        yes      yes      yes
    exec         -        -        -        yes      yes
    psql         -        -        -        yes      yes
    secrets      -        -        -        yes      yes
    export       -        -        -        yes      yes
    audit        -        -        -        yes      yes
    members      -        -        -        yes      yes
    metrics      -        -        -        -        yes
    installation -        -        -        -        yes
    ");
}

#[test]
fn a_membership_is_worth_nothing_elsewhere() {
    for role in Role::ALL {
        for right in Right::ALL {
            let elsewhere = Place::Organisation(organisation(OTHER));
            assert!(!decide(&member(*role), *right, elsewhere).is_allowed(), "{role:?} {right:?}");
            assert!(!decide(&member(*role), *right, Place::Nowhere).is_allowed());
        }
    }
}

#[test]
fn nobody_learns_of_an_organisation_in_which_they_may_do_nothing() {
    let of_own = Grants::Token { within: Some(organisation(OWN)), scope: "read".parse().unwrap() };
    let (own, other) =
        (Place::Organisation(organisation(OWN)), Place::Organisation(organisation(OTHER)));
    for grants in [member(Role::Viewer), member(Role::Admin), of_own] {
        let sees = sees(&grants);
        assert!(sees.has(own) && sees.has(Place::Installation), "{grants:?}");
        assert!(!sees.has(other) && !sees.has(Place::Nowhere), "{grants:?}");
    }
    let of_all = Grants::Token { within: None, scope: "metrics".parse().unwrap() };
    for grants in [Grants::Operator, of_all] {
        assert_eq!(sees(&grants), Sees::All);
    }
    let nobody = sees(&Grants::Memberships(BTreeMap::new()));
    assert!(!nobody.has(own) && !nobody.has(Place::Nowhere));
}

#[test]
fn members_read_what_is_the_same_for_everybody_and_do_nothing_to_the_installation() {
    for right in Right::ALL {
        let may = decide(&member(Role::Admin), *right, Place::Installation).is_allowed();
        assert_eq!(may, *right == Right::Read, "{right:?}");
        let nobody = Grants::Memberships(BTreeMap::new());
        assert!(!decide(&nobody, *right, Place::Installation).is_allowed(), "{right:?}");
    }
}

/// The same, as slowly and plainly as it can be said.
fn naive(grants: &[(u128, &str)], is_operator: bool, right: &str, place: &str) -> bool {
    if is_operator {
        return true;
    }
    let needs = match right {
        "read" => 1,
        "operate" | "logs" => 2,
        "administer" | "exec" | "psql" | "secrets" | "export" | "audit" | "members" => 3,
        _ => 4,
    };
    let mut may = false;
    for (organisation, role) in grants {
        let has = ["viewer", "member", "admin"].iter().position(|name| name == role).unwrap() + 1;
        if place == organisation.to_string() && has >= needs {
            may = true;
        }
        if place == "installation" && right == "read" {
            may = true;
        }
    }
    may
}

proptest! {
    #[test]
    fn decisions_are_those_of_the_naive_reference(
        held in proptest::collection::btree_map(1_u128..6, 0_usize..3, 0..5),
        is_operator in proptest::bool::weighted(0.2),
        right in 0..Right::ALL.len(),
        place in 0_u128..8,
    ) {
        let right = Right::ALL[right];
        let (place, told) = match place {
            0 => (Place::Installation, "installation".to_owned()),
            7 => (Place::Nowhere, "nowhere".to_owned()),
            number => (Place::Organisation(organisation(number)), number.to_string()),
        };
        let plain: Vec<(u128, &str)> =
            held.iter().map(|(number, role)| (*number, Role::ALL[*role].as_str())).collect();
        let grants = if is_operator {
            Grants::Operator
        } else {
            let roles = held.iter().map(|(number, role)| (organisation(*number), Role::ALL[*role]));
            Grants::Memberships(roles.collect())
        };

        let expected = naive(&plain, is_operator, right.as_str(), &told);

        prop_assert_eq!(decide(&grants, right, place).is_allowed(), expected);
    }
}

fn scope(text: &str) -> Scope {
    text.parse().unwrap()
}

fn token(within: Option<u128>, text: &str) -> Grants {
    Grants::Token { within: within.map(organisation), scope: scope(text) }
}

#[test]
fn a_token_has_the_rights_of_its_scope_in_its_organisation_and_no_others() {
    let own = Place::Organisation(organisation(OWN));
    let elsewhere = [Place::Organisation(organisation(OTHER)), Place::Nowhere];
    for right in Right::ALL {
        let grants = token(Some(OWN), right.as_str());
        for asked in Right::ALL {
            let is_of_all = matches!(asked, Right::Metrics | Right::Installation);
            let is_within = (*right, *asked) == (Right::Exec, Right::Psql);
            let expected = !is_of_all && (asked == right || is_within);

            assert_eq!(decide(&grants, *asked, own).is_allowed(), expected, "{right:?} {asked:?}");
            for place in elsewhere {
                assert!(!decide(&grants, *asked, place).is_allowed(), "{right:?} {asked:?}");
            }
            let read = decide(&grants, *asked, Place::Installation).is_allowed();
            assert_eq!(read, *asked == Right::Read, "{right:?} {asked:?}");
        }
    }
}

#[test]
fn a_token_of_the_installation_has_the_rights_of_its_scope_everywhere() {
    let grants = token(None, "read,metrics");
    let everywhere =
        [Place::Installation, Place::Organisation(organisation(OTHER)), Place::Nowhere];
    for place in everywhere {
        for right in Right::ALL {
            let expected = matches!(right, Right::Read | Right::Metrics);
            assert_eq!(decide(&grants, *right, place).is_allowed(), expected, "{right:?}");
        }
    }
}

#[test]
fn nobody_gives_what_they_do_not_have() {
    let own = Some(organisation(OWN));
    let other = Some(organisation(OTHER));
    let admin = member(Role::Admin);

    assert_eq!(may_give(&admin, &scope("admin"), own), Ok(()));
    assert_eq!(may_give(&Grants::Operator, &scope("admin"), other), Ok(()));
    assert_eq!(may_give(&Grants::Operator, &scope("installation,metrics,read"), None), Ok(()));
    let refusals = [
        may_give(&member(Role::Member), &scope("read,secrets,exec"), own),
        may_give(&admin, &scope("read"), other),
        may_give(&admin, &scope("read"), None),
        may_give(&token(Some(OWN), "admin"), &scope("read"), own),
        may_give(&token(None, "members,read"), &scope("read"), None),
        may_give(&Grants::Operator, &scope("read,installation,metrics"), own),
    ];
    let told = refusals.map(|refusal| refusal.unwrap_err().to_string());
    insta::assert_snapshot!(told.join("\n"), @r"
    you cannot give rights that you do not have: exec,secrets
    you cannot give rights that you do not have: read
    you cannot give rights that you do not have: read
    a token cannot make tokens: they would outlive it
    a token cannot make tokens: they would outlive it
    these are rights of the whole installation, not of an organisation: metrics,installation
    ");
}

#[test]
fn a_scope_is_written_as_rights_and_roles_and_reads_back() {
    assert_eq!(scope("logs, read").to_string(), "read,logs");
    assert_eq!(scope("member,export").to_string(), "read,operate,logs,export");
    for role in Role::ALL {
        assert_eq!(scope(role.as_str()).rights().collect::<Vec<_>>(), role.rights(), "{role:?}");
    }
    for text in ["", ",", " ", "read;logs", "READ", "\u{1b}[31m", "operator"] {
        assert!(text.parse::<Scope>().is_err(), "{text:?}");
    }
    let hostile = "write\n".repeat(30).parse::<Scope>().unwrap_err().to_string();
    assert!(
        hostile.starts_with("there is no right `write\\nwrite\\n") && hostile.len() < 250,
        "{hostile}"
    );
}

proptest! {
    // Most of what is tried is not given at all.
    #![proptest_config(ProptestConfig::with_cases(4_000))]
    #[test]
    fn a_token_never_does_what_whoever_made_it_may_not(
        held in proptest::collection::btree_map(1_u128..4, 0_usize..3, 0..4),
        given in proptest::collection::btree_set(0..Right::ALL.len(), 1..4),
        within in proptest::option::of(1_u128..5),
        asked in 0..Right::ALL.len(),
        place in 0_u128..6,
    ) {
        let roles = held.iter().map(|(number, role)| (organisation(*number), Role::ALL[*role]));
        let giver = Grants::Memberships(roles.collect());
        let scope = Scope::new(given.into_iter().map(|right| Right::ALL[right])).unwrap();
        let within = within.map(organisation);
        if may_give(&giver, &scope, within).is_err() {
            return Ok(());
        }
        let place = match place {
            0 => Place::Installation,
            5 => Place::Nowhere,
            number => Place::Organisation(organisation(number)),
        };
        let token = Grants::Token { within, scope };

        if decide(&token, Right::ALL[asked], place).is_allowed() {
            prop_assert!(decide(&giver, Right::ALL[asked], place).is_allowed());
        }
    }
}

#[test]
fn nobody_makes_anybody_more_than_they_are_and_a_token_makes_nobody_anything() {
    let (own, other) = (organisation(1), organisation(2));
    let posts = |of| Role::ALL.iter().map(move |role| Post::In(of, *role));
    let all: Vec<Post> = posts(own).chain(posts(other)).chain([Post::Operator]).collect();
    let allowed = |grants: &Grants| -> Vec<Post> {
        all.iter().copied().filter(|post| may_appoint(grants, *post).is_ok()).collect()
    };
    let as_role = |role| Grants::Memberships(BTreeMap::from([(own, role)]));

    assert_eq!(allowed(&as_role(Role::Viewer)), []);
    assert_eq!(allowed(&as_role(Role::Member)), []);
    assert_eq!(allowed(&as_role(Role::Admin)), posts(own).collect::<Vec<_>>());
    assert_eq!(allowed(&Grants::Operator), all);
    for within in [None, Some(own)] {
        let scope = Scope::new(Right::ALL.iter().copied()).unwrap();
        assert_eq!(allowed(&Grants::Token { within, scope }), []);
    }
}

#[test]
fn what_somebody_gave_away_shrinks_with_what_they_have() {
    let (own, other) = (organisation(1), organisation(2));
    let scope: Scope = "read,operate,members".parse().unwrap();
    let as_role = |role| Grants::Memberships(BTreeMap::from([(own, role)]));
    let left =
        |grants: &Grants, within| narrowed(&scope, grants, within).map(|scope| scope.to_string());

    let all = Some("read,operate,members".to_owned());
    assert_eq!(left(&Grants::Operator, None), all);
    assert_eq!(left(&as_role(Role::Admin), Some(own)), all);
    assert_eq!(left(&as_role(Role::Member), Some(own)), Some("read,operate".to_owned()));
    assert_eq!(left(&as_role(Role::Viewer), Some(own)), Some("read".to_owned()));
    assert_eq!(left(&as_role(Role::Admin), Some(other)), None);
    assert_eq!(left(&as_role(Role::Admin), None), None);
    assert_eq!(left(&Grants::Memberships(BTreeMap::new()), Some(own)), None);
}
