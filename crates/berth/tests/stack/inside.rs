//! Commands inside a tenant: what is typed arrives as it was typed.

use serde_json::json;

use crate::world::Stack;

const ECHO: &str = "import json, sys; print(json.dumps(sys.argv[1:]))";

pub(crate) async fn arguments_input_and_codes_pass_unchanged(stack: &Stack) {
    stack.acme().await;
    let arguments = [
        "a;$(id)",
        "`id`",
        "",
        " ",
        "*",
        "--help",
        "-rf",
        "--",
        "'single' \"double\"",
        "back\\slash",
        "line\nbreak",
        "%s${HOME}~",
        "\u{fc}\u{4e2d}\u{1f6a2}",
    ];

    let argv = [&["tenant", "exec", "acme", "--", "python3", "-c", ECHO][..], &arguments].concat();
    let said = stack.home.done(&argv).await;
    assert_eq!(said.json(), json!(arguments));

    let input: Vec<u8> =
        (0..1_000_000_u32).map(|n| n.to_le_bytes()[usize::from(n % 3 == 0)]).collect();
    let argv = ["tenant", "exec", "acme", "--", "cat"];
    let said = stack.home.berth_with_input(&argv, &input).await;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(said.stdout == input, "{} of {} bytes came back", said.stdout.len(), input.len());

    let exit = "import sys; print('out'); print('error', file=sys.stderr); sys.exit(7)";
    let said = stack.home.berth(&["tenant", "exec", "acme", "--", "python3", "-c", exit]).await;
    assert_eq!((said.code, said.text(), said.stderr.as_str()), (Some(7), "out\n", "error\n"));

    let said = stack.home.berth(&["tenant", "exec", "acme", "--", "no-such-program"]).await;
    assert!(!matches!(said.code, Some(0)), "{said:?}");
}

pub(crate) async fn psql_and_the_shell_work_on_the_tenants_own_database(stack: &Stack) {
    let acme = stack.acme().await;

    let ask = "SELECT current_user, current_database()";
    let said = stack.home.done(&["tenant", "psql", "acme", "--", "-Atc", ask]).await;
    assert_eq!(said.text(), format!("{0}|{0}\n", acme.object));
    let said = stack.home.berth(&["tenant", "psql", "acme", "--", "-c", "SELECT nonsense"]).await;
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.contains("nonsense"), "{}", said.stderr);

    let input = b"print('users:', env['res.users'].search_count([]))\n";
    let said = stack.home.berth_with_input(&["tenant", "shell", "acme"], input).await;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let users = "SELECT count(*) FROM res_users WHERE active";
    let users = stack.home.sql(&acme.object, users).await;
    assert!(said.text().contains(&format!("users: {}", users[0])), "{said:?}");
}

pub(crate) async fn the_log_is_what_the_container_wrote(stack: &Stack) {
    let acme = stack.acme().await;

    let said = stack.home.done(&["tenant", "logs", "acme", "--tail", "5"]).await;

    let lines: Vec<&str> = said.text().lines().collect();
    let written = stack.home.engine().logs(acme.object.as_str()).await;
    assert_eq!(lines.len(), 5, "{lines:?}");
    for line in lines {
        assert!(written.contains(line), "{line}");
    }
}

pub(crate) async fn a_log_outlives_its_container_and_a_kill_of_berth(stack: &Stack) {
    let home = &stack.home;
    home.done(&["tenant", "create", "piper", "--memory", "512MiB"]).await;
    let piper = stack.site("piper").await;
    let log = async || home.done(&["tenant", "logs", "piper"]).await.text().to_owned();
    let before = home.engine().logs(piper.object.as_str()).await;
    assert!(!before.is_empty());

    home.done(&["tenant", "set", "piper", "--memory", "600MiB"]).await;

    let kept = log().await;
    for line in before.lines() {
        assert!(kept.contains(line), "{line} of {kept}");
    }
    // The last word of a server that was asked to end.
    let previous = home.done(&["tenant", "logs", "piper", "--previous"]).await;
    assert!(previous.text().contains("Initiating shutdown"), "{previous:?}");

    home.kill();
    home.serve().await;
    stack.login_page(&piper).await;
    let after = log().await;
    assert!(after.starts_with(&kept), "{after}");
    let container = home.engine().logs(piper.object.as_str()).await;
    let times = |text: &str, line: &str| text.lines().filter(|it| *it == line).count();
    for line in container.lines().filter(|line| !line.is_empty()) {
        assert_eq!(times(&after, line), times(&container, line), "{line}");
    }

    home.done(&["tenant", "archive", "piper"]).await;
    assert!(log().await.starts_with(&kept));
    home.done(&["tenant", "delete", "piper", "--now", "--yes"]).await;
    assert!(!home.path().join(format!("tenants/{}", piper.object)).exists());
}
