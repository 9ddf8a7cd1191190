//! The table on disk.

use std::fs;

use berth_edge::table_file::{self, TableFileError};
use berth_edge::{RouteState, RouteTable, Upstream};

use crate::door::named_route;

fn table() -> RouteTable {
    let mut routes = Vec::new();
    for (number, state) in (1..).zip(RouteState::ALL) {
        let mut route = named_route(&format!("tenant{number}"), number, None);
        route.state = state;
        route.language = (number == 1).then(|| "de_DE".parse().unwrap());
        route.upstream = (number != 2).then(|| Upstream {
            http: "10.213.0.2:8069".parse().unwrap(),
            websocket: (number == 3).then(|| "10.213.0.2:8072".parse().unwrap()),
        });
        routes.push(route);
    }
    RouteTable::new(routes)
}

#[test]
fn what_is_saved_is_loaded_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("routes.json");
    assert_eq!(table_file::load(&path).unwrap(), None);

    table_file::save(&path, &table()).unwrap();
    assert_eq!(table_file::load(&path).unwrap(), Some(table()));

    table_file::save(&path, &RouteTable::default()).unwrap();
    assert_eq!(table_file::load(&path).unwrap(), Some(RouteTable::default()));
}

#[test]
fn a_crash_before_the_rename_leaves_the_old_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("routes.json");
    table_file::save(&path, &table()).unwrap();

    // What a crash in the middle of the writing leaves behind.
    fs::write(folder.path().join("routes.json.new"), "{\"format\":1,\"rou").unwrap();

    assert_eq!(table_file::load(&path).unwrap(), Some(table()));
    table_file::save(&path, &table()).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "and the next one clears it away");
}

#[test]
fn a_row_that_cannot_be_read_costs_only_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("routes.json");
    table_file::save(&path, &table()).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let broken = text.replacen("tenant2.localhost", "not a host", 1).replacen(
        "\"stopped\"",
        "\"asleep\"",
        1,
    );
    fs::write(&path, broken).unwrap();

    let loaded = table_file::read(&path).unwrap().unwrap();

    assert_eq!(loaded.table.routes().len(), RouteState::ALL.len() - 2);
    assert_eq!(loaded.dropped.len(), 2);
    assert!(loaded.dropped[0].contains("`not a host` is not a host name"), "{:?}", loaded.dropped);
    assert!(loaded.dropped[1].contains("asleep"), "{:?}", loaded.dropped);
}

#[test]
fn a_file_that_is_no_table_is_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("routes.json");
    for text in ["", "{", "[]", "{\"format\":1}", "\0\0\0"] {
        fs::write(&path, text).unwrap();
        let error = table_file::load(&path).unwrap_err();
        assert!(matches!(error, TableFileError::Malformed { .. }), "{text:?}: {error}");
    }
    fs::write(&path, "{\"format\":2,\"routes\":[]}").unwrap();
    assert!(matches!(table_file::load(&path), Err(TableFileError::Format { found: 2, .. })));
}

#[test]
fn of_two_routes_for_one_host_the_first_one_stays() {
    let (first, mut second) = (named_route("acme", 1, None), named_route("beta", 2, None));
    second.host = first.host.clone();
    let table = RouteTable::new(vec![first.clone(), second]);

    assert_eq!(table.find(&first.host), Some(&first));
    assert_eq!(table.routes().len(), 1);
}
