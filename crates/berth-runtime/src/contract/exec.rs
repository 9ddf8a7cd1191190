//! Commands inside containers.

use super::programs::list;
use super::scene::{Scene, exit, must, next, read_to_end, send};
use super::{ContractBed, Program};
use crate::{ExecInput, ExecOutput, ExecSession, ExecSpec, RuntimeError, TerminalSize};

/// Arguments that a shell, a terminal or an option parser would take for something else.
fn hostile_arguments() -> Vec<String> {
    let arguments = [
        "; touch /scratch/owned",
        "$(id)",
        "`id`",
        "a|b&c",
        "line\nend\r\t",
        "'\"\\",
        "--help",
        "-x",
        "../../etc/passwd",
        "%s%n\\0",
        "$HOME",
        "*",
        "",
        "ü 中 \u{1F680}",
        "\u{1}\u{1b}[2J",
    ];
    list(&arguments)
}

/// What [`Program::PrintArguments`] prints.
fn printed(arguments: &[String]) -> Vec<u8> {
    arguments.iter().flat_map(|argument| [argument.as_bytes(), b"\0"].concat()).collect()
}

pub async fn arguments_of_a_command_arrive_byte_by_byte(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    scene.run_from(&scene.spec(&Program::Wait)).await;

    let arguments = hostile_arguments();
    let executed = scene.exec(Program::PrintArguments(arguments.clone()).command()).await;

    assert_eq!(
        String::from_utf8_lossy(&executed.out),
        String::from_utf8_lossy(&printed(&arguments))
    );
    assert_eq!(executed.out, printed(&arguments));
    assert_eq!(executed.exit, exit(0));
}

pub async fn arguments_of_a_container_arrive_byte_by_byte(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let arguments = hostile_arguments();

    let job = scene.job(Program::PrintArguments(arguments.clone()).command());
    let (ended, lines) = scene.run(&job).await;

    assert_eq!(ended, exit(0));
    let printed = String::from_utf8(printed(&arguments)).expect("all of them are text");
    let expected: Vec<_> =
        printed.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    assert_eq!(lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), expected);
}

pub async fn a_command_reads_its_input_to_the_end(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    scene.run_from(&scene.spec(&Program::Wait)).await;
    let ExecSession { input, mut output } = open(&scene, Program::Copy.command(), None).await;

    send(&input, "in and out\n").await;
    let copied = next(&mut output, "the copy").await.map(must);
    assert_eq!(copied, Some(ExecOutput::Out("in and out\n".into())));

    send(&input, "without a line end").await;
    drop(input);
    let rest = read_to_end(output).await;
    assert_eq!((rest.out.as_slice(), rest.exit), (&b"without a line end"[..], exit(0)));
}

pub async fn a_command_tells_how_it_ended(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    scene.run_from(&scene.spec(&Program::Wait)).await;

    let executed = scene.exec(Program::Fail.command()).await;

    assert_eq!(String::from_utf8_lossy(&executed.out), "to output\n");
    assert_eq!(String::from_utf8_lossy(&executed.error), "to error\n");
    assert_eq!(executed.exit, exit(3));
}

pub async fn a_command_needs_a_running_container(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let exec = async || {
        let command = Program::Copy.command();
        let spec = ExecSpec { command, environment: Vec::new(), terminal: None };
        scene.runtime.telemetry.exec(&scene.name(), spec).await.map(drop)
    };

    let absent = exec().await;
    scene.ensure(&scene.spec(&Program::Wait)).await;
    let stopped = exec().await;

    assert!(matches!(absent, Err(RuntimeError::NoSuchWorkload(_))), "{absent:?}");
    assert!(matches!(stopped, Err(RuntimeError::Refused { .. })), "{stopped:?}");
}

/// Some engines refuse, others start something that fails.
pub async fn a_command_that_does_not_exist_fails(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    scene.run_from(&scene.spec(&Program::Wait)).await;

    let command = list(&["no-program-has-this-name"]);
    let spec = ExecSpec { command, environment: Vec::new(), terminal: None };
    match scene.runtime.telemetry.exec(&scene.name(), spec).await {
        Ok(session) => assert_ne!(read_to_end(session.output).await.exit, exit(0)),
        Err(refused) => assert!(matches!(refused, RuntimeError::Refused { .. }), "{refused:?}"),
    }
}

pub async fn a_terminal_has_the_size_it_was_given(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    scene.run_from(&scene.spec(&Program::Wait)).await;
    let size = TerminalSize { columns: 100, rows: 30 };
    // Says its size whenever it is sent a line.
    let command = list(&["awk", "{ system(\"stty size\") }"]);
    let ExecSession { input, mut output } = open(&scene, command, Some(size)).await;

    send(&input, "\n").await;
    read_until(&mut output, "30 100").await;

    let resized = input.send(ExecInput::Resize(TerminalSize { columns: 90, rows: 20 })).await;
    assert!(resized.is_ok(), "the terminal no longer takes input");
    send(&input, "\n").await;
    read_until(&mut output, "20 90").await;
}

pub async fn a_terminal_whose_input_is_dropped_reads_to_the_end(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    scene.run_from(&scene.spec(&Program::Wait)).await;
    let size = TerminalSize { columns: 80, rows: 24 };
    let ExecSession { input, output } = open(&scene, Program::Copy.command(), Some(size)).await;

    send(&input, "hello\n").await;
    drop(input);

    let executed = read_to_end(output).await;
    assert!(String::from_utf8_lossy(&executed.out).contains("hello"), "{executed:?}");
    assert_eq!(executed.exit, exit(0));
}

async fn open(
    scene: &Scene<'_>,
    command: Vec<String>,
    terminal: Option<TerminalSize>,
) -> ExecSession {
    let spec = ExecSpec { command, environment: Vec::new(), terminal };
    must(scene.runtime.telemetry.exec(&scene.name(), spec).await)
}

/// Reads until the text was printed.
async fn read_until(output: &mut crate::Stream<ExecOutput>, wanted: &str) {
    let mut seen = String::new();
    while !seen.contains(wanted) {
        match next(output, wanted).await.map(must) {
            Some(ExecOutput::Out(data)) => seen.push_str(&String::from_utf8_lossy(&data)),
            other => panic!("expected `{wanted}` after `{seen}`, got {other:?}"),
        }
    }
}
