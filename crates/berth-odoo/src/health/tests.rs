use super::*;

fn rows(cells: &[Option<&str>]) -> Vec<Row> {
    vec![cells.iter().map(|cell| cell.map(str::to_owned)).collect()]
}

const LONG_UP: Duration = Duration::from_hours(1);

fn status_and_detail(probe: Probe) -> (Status, String) {
    (probe.status, probe.detail)
}

#[test]
fn a_database_with_base_is_well() {
    assert_eq!(
        status_and_detail(registry(&rows(&[Some("installed"), Some("44"), Some("0")]))),
        (Status::Ok, "44 modules are installed".into())
    );
    assert_eq!(
        status_and_detail(registry(&rows(&[Some("absent"), Some("0"), Some("0")]))),
        (Status::Failed, "the module `base` is absent".into())
    );
    assert_eq!(
        registry(&rows(&[Some("installed"), Some("44"), Some("2")])).status,
        Status::Warning
    );
}

#[test]
fn overdue_jobs_with_nothing_running_are_a_dead_scheduler() {
    let overdue = |lastcall, active| rows(&[Some("3"), Some("1260"), lastcall, Some(active)]);

    assert_eq!(
        status_and_detail(cron(&overdue(None, "0"), LONG_UP)),
        (
            Status::Failed,
            "3 jobs are overdue, the oldest by 21 minutes, and none has run for ten minutes".into()
        )
    );
    assert_eq!(cron(&overdue(Some("30"), "0"), LONG_UP).status, Status::Warning);
    assert_eq!(cron(&overdue(None, "1"), LONG_UP).status, Status::Warning);
    assert_eq!(cron(&overdue(None, "0"), Duration::from_secs(10)).status, Status::Warning);
}

#[test]
fn a_job_that_is_only_due_is_not_overdue() {
    assert_eq!(cron(&rows(&[Some("0"), Some("30"), None, Some("0")]), LONG_UP).status, Status::Ok);
}

#[test]
fn mail_that_waits_long_or_failed_is_a_warning() {
    assert_eq!(mail(&rows(&[Some("2"), Some("60"), Some("0")])).status, Status::Ok);
    assert_eq!(
        status_and_detail(mail(&rows(&[Some("2"), Some("7200"), Some("0")]))),
        (Status::Warning, "2 mails wait, the oldest for 120 minutes".into())
    );
    assert_eq!(mail(&rows(&[Some("0"), Some("0"), Some("1")])).status, Status::Warning);
    assert_eq!(mail_statement(&Schema::of(&[("ir_cron", "id")])), None);
}

#[test]
fn files_that_are_gone_or_empty_are_missing() {
    let folder = tempfile::tempdir().unwrap();
    let blob = |letter: char| {
        let sha1: String = std::iter::repeat_n(letter, 40).collect();
        format!("{}/{sha1}", &sha1[..2])
    };
    for (letter, content) in [('a', "x"), ('b', "")] {
        let path = folder.path().join(blob(letter));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let row = |name: &str| vec![Some(name.to_owned())];

    let whole = blobs(&[row(&blob('a'))], folder.path());
    let broken = blobs(
        &[row(&blob('a')), row(&blob('b')), row(&blob('c')), row("../../../etc/passwd")],
        folder.path(),
    );

    assert_eq!(status_and_detail(whole), (Status::Ok, "1 file is there".into()));
    assert_eq!(broken.status, Status::Failed);
    assert!(broken.detail.starts_with("3 of 4 files are missing, such as `bb/bbb"));
}
