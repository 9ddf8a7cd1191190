//! Dumps of somebody else, carried out as the role that owns the database.

use std::io;

use berth_postgres::dump::script::{Piece, Splitter};
use berth_postgres::dump::verdict::Skipped;
use berth_postgres::{Report, RestoreError, Server};
use berth_testkit::postgres::Server as TestServer;
use tokio::sync::mpsc;

use crate::fixture::{Tenant, as_superuser, fresh, one, role, server, sign_in, tenant};

const END: &str = "\n--\n-- PostgreSQL database dump complete\n--\n";

/// A role and an empty database that waits for its dump.
async fn waiting(server: &Server) -> Tenant {
    let tenant = role(server, 't').await;
    assert!(server.begin_restore(&tenant.name, &tenant.name).await.unwrap());
    tenant
}

async fn restore(server: &Server, to: &Tenant, dump: &[u8]) -> Result<Report, RestoreError> {
    let mut splitter = Splitter::default();
    let mut pieces = Vec::new();
    splitter.push(dump, &mut pieces);
    splitter.finish(&mut pieces);
    let (sender, mut receiver) = mpsc::channel(1);
    sender.send(Ok(pieces)).await.unwrap();
    drop(sender);
    let mut restorer = server.restorer(&to.name, &to.password).await.unwrap();
    restorer.run(&mut receiver).await?;
    Ok(restorer.finish().await)
}

async fn restored(server: &Server, dump: &str) -> (Tenant, Result<Report, RestoreError>) {
    let tenant = waiting(server).await;
    let result = restore(server, &tenant, format!("{dump}{END}").as_bytes()).await;
    (tenant, result)
}

/// Why a dump was not carried out, causes included.
async fn failure(server: &Server, dump: &str) -> String {
    let (_, result) = restored(server, dump).await;
    let error = result.expect_err("it is refused");
    error.to_string()
}

#[expect(clippy::disallowed_methods, reason = "the test needs a dump that pg_dump made")]
fn pg_dump(tenant: &Tenant) -> Vec<u8> {
    let test = TestServer::shared();
    let output = std::process::Command::new(test.programs().join("pg_dump"))
        .args(["--no-owner", "--dbname", &test.url(tenant.name.as_str())])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[tokio::test]
async fn what_pg_dump_wrote_is_the_same_afterwards() {
    let server = server().await;
    let original = tenant(&server, 't').await;
    as_superuser(
        original.name.as_str(),
        "SET ROLE NONE; CREATE TABLE public.lines (id serial PRIMARY KEY, note text, raw bytea);
         INSERT INTO public.lines (note, raw)
         SELECT E'\\\\.\\n\\t\\\\! id\\r;' || n, decode(repeat('5c2e0a00', n), 'hex') FROM generate_series(1, 300) n;
         INSERT INTO public.lines (note) VALUES (NULL), (''), (E'\\r' || 'estrict x');
         CREATE FUNCTION public.twice(a int) RETURNS int LANGUAGE sql IMMUTABLE BEGIN ATOMIC; SELECT a * 2; END;
         CREATE FUNCTION public.thrice(a int) RETURNS int LANGUAGE sql AS $x$ SELECT a * 3; $x$;
         CREATE INDEX ON public.lines (public.unaccent(note));
         CREATE VIEW public.notes AS SELECT note FROM public.lines;
         SELECT lo_from_bytea(4711, 'large');",
    );
    let copy = waiting(&server).await;

    let report = restore(&server, &copy, &pg_dump(&original)).await.unwrap();
    server.mark_complete(&copy.name).await.unwrap();

    assert_eq!(report.rows, 303);
    let question =
        "SELECT md5(string_agg(l::text, '|' ORDER BY id)) || public.twice(4) || public.thrice(5)
                    || nextval('public.lines_id_seq') || encode(lo_get(4711), 'escape')
                    || (SELECT count(*) FROM public.notes) FROM public.lines l";
    let answers = [&original, &copy].map(|tenant| as_superuser(tenant.name.as_str(), question));
    assert_eq!(answers[0], answers[1]);
    let owners =
        "SELECT string_agg(DISTINCT tableowner, ',') FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(as_superuser(copy.name.as_str(), owners), copy.name.as_str());
}

#[tokio::test]
async fn a_hostile_dump_has_no_more_rights_than_its_tenant() {
    let server = server().await;
    let deeds = [
        "DO $$ BEGIN EXECUTE 'COPY t FROM PROGRAM ''id'''; END $$;",
        "DO $$ BEGIN EXECUTE 'CREATE ROLE evil SUPERUSER'; END $$;",
        "SELECT pg_read_file('/etc/passwd');",
        "SELECT lo_import('/etc/passwd');",
        "CREATE FUNCTION f() RETURNS int LANGUAGE c AS '/tmp/evil.so', 'f';",
        "DO $$ BEGIN EXECUTE 'SET SESSION AUTHORIZATION postgres'; END $$;",
    ];
    for deed in deeds {
        let said = failure(&server, &format!("CREATE TABLE t (a text);\n{deed}")).await;
        assert!(said.starts_with("line 2: "), "{said}");
        let is_denied = ["denied", "only roles", "must be superuser", "permission"]
            .iter()
            .any(|word| said.contains(word));
        assert!(is_denied, "{said}");
    }
}

#[tokio::test]
async fn statements_that_belong_elsewhere_are_left_out_and_counted() {
    let server = server().await;
    let (tenant, result) = restored(
        &server,
        "SET transaction_timeout = 0;\nSET no_such_setting = 1;\n\
         CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;\nCREATE SCHEMA public;\n\
         CREATE TABLE public.t (a text);\nALTER TABLE public.t OWNER TO somebody_else;\n\
         GRANT ALL ON TABLE public.t TO somebody_else;\nCREATE EXTENSION citext;\n",
    )
    .await;

    let skipped = result.unwrap().skipped;

    for why in [Skipped::Owner, Skipped::Privilege, Skipped::PublicSchema, Skipped::Extension] {
        assert_eq!(skipped.get(&why), Some(&1), "{why}: {skipped:?}");
    }
    assert!(skipped.contains_key(&Skipped::Setting));
    let mut session = sign_in(&tenant, tenant.name.as_str()).await.unwrap();
    assert_eq!(
        one(&mut session, "SELECT count(*)::text FROM pg_extension WHERE extname = 'citext'").await,
        "1"
    );
}

#[tokio::test]
async fn the_first_statement_that_fails_is_named_with_its_line() {
    let server = server().await;
    let said = [
        failure(&server, "SELECT 1;\n\nSELECT\n  nonsense;").await,
        failure(&server, "CREATE TABLE t (a int);\nCOPY t FROM stdin;\n1\nx\n\\.\n").await,
        failure(&server, "COPY nowhere FROM stdin;\n1\n\\.\n").await,
        failure(&server, "CREATE EXTENSION dblink;").await,
        failure(&server, "CREATE DATABASE x;").await,
        failure(&server, "\\! id").await,
        // The server takes the backslash for the end of the text where the lexer did not.
        failure(&server, "DO $$ BEGIN PERFORM set_config('standard_conforming_strings', 'off', false); END $$;\nSELECT 'a\\'; COPY t FROM stdin; --';").await,
    ];

    insta::assert_snapshot!(said.join("\n"));
}

#[tokio::test]
async fn a_dump_that_breaks_off_is_no_success_and_the_next_attempt_begins_anew() {
    let server = server().await;
    let to = waiting(&server).await;
    let (sender, mut receiver) = mpsc::channel::<io::Result<Vec<Piece>>>(1);
    let text = "CREATE TABLE public.half (a int)".to_owned();
    sender.send(Ok(vec![Piece::Statement { line: 1, text }])).await.unwrap();
    drop(sender);
    let mut restorer = server.restorer(&to.name, &to.password).await.unwrap();

    let result = restorer.run(&mut receiver).await;

    assert!(matches!(result, Err(RestoreError::Source(_))), "{result:?}");
    assert!(server.begin_restore(&to.name, &to.name).await.unwrap());
    let there = "SELECT count(*) FROM pg_tables WHERE tablename = 'half'";
    assert_eq!(as_superuser(to.name.as_str(), there), "0");
    server.mark_complete(&to.name).await.unwrap();
    assert!(!server.begin_restore(&to.name, &to.name).await.unwrap());
    assert!(server.begin_restore(&fresh('t'), &to.name).await.unwrap());
}

#[tokio::test]
async fn extensions_that_no_tenant_gets_are_named_beforehand() {
    let server = server().await;
    let names = ["plpgsql", "pg_trgm", "unaccent", "citext", "dblink", "no_such\n"];

    let refused = server.refused_extensions(&names.map(str::to_owned)).await.unwrap();

    let said: Vec<String> = refused.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "its dump adds the extension `dblink`, which only a superuser may add",
            "its dump adds the extension `no_such\\n`, which the PostgreSQL server does not have",
        ]
    );
}

#[tokio::test]
async fn the_administrator_adds_only_what_is_on_the_list() {
    let server = server().await;
    let to = waiting(&server).await;

    let names = ["unaccent", "dblink"].map(str::to_owned);
    server.add_allowed_extensions(&to.name, &names).await.unwrap();

    let there = "SELECT string_agg(extname, ',' ORDER BY extname) FROM pg_extension";
    assert_eq!(as_superuser(to.name.as_str(), there), "pg_trgm,plpgsql,unaccent");
}
