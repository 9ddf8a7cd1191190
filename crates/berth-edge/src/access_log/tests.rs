use berth_domain::Timestamp;
use http::{HeaderValue, Method};

use super::*;

fn entry() -> LogEntry {
    LogEntry {
        time: Timestamp::from_microsecond(1_500_000).unwrap(),
        request_id: HeaderValue::from_static("abc-1"),
        visitor: "192.0.2.1".parse().unwrap(),
        method: Method::GET,
        host: Some(HeaderValue::from_static("\"")),
        target: Some("/a?b".parse().unwrap()),
        route: None,
        status: 404,
        bytes_in: 0,
        bytes_out: 1,
        duration_us: 2,
        upstream_us: None,
        websocket: false,
    }
}

const LINE: &str = r#"{"time":"1970-01-01T00:00:01.5Z","request_id":"abc-1","visitor":"192.0.2.1","method":"GET","host":"\"","path":"/a","status":404,"bytes_in":0,"bytes_out":1,"duration_us":2}"#;

async fn open(path: PathBuf) -> (AccessLog, AccessLogWriter, Counter<u64, AtomicU64>) {
    let (two, dropped) = (NonZeroUsize::new(2).unwrap(), Counter::default());
    let (log, writer) = AccessLog::open(path, two, dropped.clone()).await.unwrap();
    (log, writer, dropped)
}

/// Writes what is there.
async fn finish(writer: AccessLogWriter) {
    let stop = CancellationToken::new();
    stop.cancel();
    writer.run(stop).await;
}

#[tokio::test]
async fn a_line_is_json() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("access.log");
    let (log, writer, _) = open(path.clone()).await;

    log.write(0, &entry());
    finish(writer).await;

    assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{LINE}\n"));
}

#[tokio::test]
async fn a_full_page_takes_no_line_and_the_others_still_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("access.log");
    let (log, writer, dropped) = open(path.clone()).await;
    let whole_lines = PAGE.div_ceil(LINE.len() + 1);
    for _ in 0..whole_lines {
        log.write(0, &entry());
    }

    log.write(0, &entry());
    log.write(1, &entry());
    finish(writer).await;

    assert_eq!(dropped.get(), 1);
    let written = std::fs::read_to_string(&path).unwrap();
    assert_eq!(written.lines().filter(|line| *line == LINE).count(), whole_lines + 1);
    assert!(log.0.of(0).is_empty(), "there is room again");
}

#[tokio::test]
async fn lines_that_the_disk_does_not_take_are_counted() {
    let (log, writer, dropped) = open("/dev/full".into()).await;

    log.write(0, &entry());
    log.write(1, &entry());
    log.write(1, &entry());
    finish(writer).await;

    assert_eq!(dropped.get(), 3);
}
