//! How long is waited, how much is kept, and what is said of it.

use berth_runtime::Stream;
use futures_util::stream;
use tokio::sync::mpsc::{self, Receiver};

use super::*;

/// Longer than any of these takes.
const LONG: Duration = Duration::from_secs(30);

type Pieces = Vec<ExecOutput>;

/// Something that says this, and what it is given.
fn session(output: Stream<ExecOutput>) -> (ExecSession, Receiver<ExecInput>) {
    let (input, given) = mpsc::channel(4);
    (ExecSession { input, output }, given)
}

fn says(pieces: Pieces) -> (ExecSession, Receiver<ExecInput>) {
    session(stream::iter(pieces).map(Ok).boxed())
}

fn exit(code: i64, out_of_memory: bool) -> ExecOutput {
    ExecOutput::Exit(Exit { code, out_of_memory })
}

async fn told(pieces: Pieces) -> Outcome {
    let (session, _given) = says(pieces);
    let ran = follow((session, Bytes::new()), LONG, std::future::pending()).await;
    Outcome::of(ran, ToString::to_string)
}

#[tokio::test]
async fn what_is_typed_goes_in_and_the_end_of_it_too() {
    let (session, mut given) = says(vec![exit(0, false)]);

    follow((session, "select 1".into()), LONG, std::future::pending()).await;

    let Some(ExecInput::Data(data)) = given.recv().await else { panic!("nothing went in") };
    assert_eq!(data, "select 1");
    assert!(given.recv().await.is_none(), "it would wait for more");
}

#[tokio::test]
async fn both_outputs_are_told_and_do_nothing() {
    let said = "one\r\n\u{1b}[31mtwo\u{202e}\n".into();
    let outcome = told(vec![ExecOutput::Out(said), ExecOutput::Error("no".into()), exit(3, false)]);

    let Outcome { status, notes, out, error, .. } = outcome.await;

    assert_eq!((status.shape, status.word.as_str()), ("error", "Failed with 3"));
    assert_eq!((out.as_str(), error.as_str()), ("one\ntwo[U+202E]\n", "no"));
    assert_eq!(notes, [""; 0]);
}

#[tokio::test]
async fn how_it_ended_is_said_in_words() {
    let word = async |code, is_out| told(vec![exit(code, is_out)]).await.status.word;

    assert_eq!(word(0, false).await, "Ended with 0");
    assert_eq!(word(1, false).await, "Failed with 1");
    assert_eq!(word(137, true).await, "Out of memory");
    let killed = told(vec![exit(137, false)]).await;
    assert_eq!(killed.status.word, "Failed with 137");
    assert!(killed.notes[0].contains("memory limit"), "{:?}", killed.notes);
    assert_eq!(told(vec![exit(0, false)]).await.notes, ["It said nothing."]);
}

#[tokio::test]
async fn too_much_is_cut_off_and_the_end_is_told_all_the_same() {
    let much = |byte: u8| Bytes::from(vec![byte; MOST_SAID - 1]);
    let pieces = vec![
        ExecOutput::Out(much(b'x')),
        ExecOutput::Error(much(b'y')),
        ExecOutput::Out("z".into()),
        exit(0, false),
    ];

    let Outcome { status, notes, out, error, .. } = told(pieces).await;

    assert_eq!((out.len(), error.as_str()), (MOST_SAID - 1, "y"));
    assert_eq!(notes, ["It said more than 256 KiB. The rest was cut off."]);
    assert_eq!(status.word, "Ended with 0");
}

#[tokio::test]
async fn what_fits_is_not_said_to_be_cut_off() {
    let whole = Bytes::from(vec![b'x'; MOST_SAID]);

    let outcome = told(vec![ExecOutput::Out(whole), exit(0, false)]).await;

    assert_eq!(outcome.notes, [""; 0]);
}

#[tokio::test]
async fn what_takes_too_long_is_let_go_with_what_it_said_so_far() {
    let said = stream::iter([Ok(ExecOutput::Out("begun\n".into()))]);
    let (session, mut given) = session(said.chain(stream::pending()).boxed());

    let ran = follow((session, "x".into()), Duration::from_millis(1), std::future::pending());
    let outcome = Outcome::of(ran.await, ToString::to_string);

    assert_eq!((outcome.status.shape, outcome.status.word.as_str()), ("warn", "Not over yet"));
    assert!(outcome.notes[0].contains("no such limit"), "{:?}", outcome.notes);
    assert_eq!(outcome.out, "begun\n");
    assert!(matches!(given.recv().await, Some(ExecInput::Data(_))));
    assert!(given.recv().await.is_none(), "its input is open");
}

#[tokio::test]
async fn whoever_may_not_stay_is_told_why_and_waits_no_longer() {
    let (session, _given) = session(stream::pending().boxed());

    let ran = follow((session, Bytes::new()), LONG, async { ApiError::BadSession }).await;

    let outcome = Outcome::of(ran, ToString::to_string);
    assert_eq!(outcome.status.word, "Contact was lost");
    let why = "the session is over: sign in again It may go on in the tenant all the same.";
    assert_eq!(outcome.notes, [why, "It said nothing."]);
}

#[tokio::test]
async fn an_output_that_breaks_off_is_no_end() {
    let broken = told(vec![ExecOutput::Out("so far".into())]).await;

    assert_eq!(broken.status.word, "Contact was lost");
    assert!(broken.notes[0].contains("broke off"), "{:?}", broken.notes);
    assert_eq!(broken.out, "so far");
}
