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
