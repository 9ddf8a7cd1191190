use std::path::Path;

use secrecy::SecretString;

use super::files::DataFolder;
use super::*;

fn cluster(folder: &Path) -> ManagedCluster {
    // The test's own ids: only the administrator of the host may give files away.
    let own = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(folder).unwrap());
    let gid = std::os::unix::fs::MetadataExt::gid(&std::fs::metadata(folder).unwrap());
    ManagedCluster {
        name: "main".into(),
        home: "test-unit".into(),
        folder: folder.to_owned(),
        image: format!("sha256:{}", "0".repeat(64)).parse().unwrap(),
        facts: ImageFacts { major: 18, user: UserIds { uid: own, gid }, bin_dir: None },
        memory: Bytes::mib(4096),
        shared_memory: Bytes::mib(256),
        max_connections: 300,
        reflink: true,
        syncfs_reports: true,
    }
}

#[test]
fn the_configuration_is_sized_from_memory_and_listens_nowhere() {
    let folder = tempfile::tempdir().unwrap();

    insta::assert_snapshot!(settings::postgresql_conf(&cluster(folder.path())));
}

#[test]
fn blocks_are_shared_only_where_server_and_disk_can() {
    let folder = tempfile::tempdir().unwrap();
    let mut cluster = cluster(folder.path());
    cluster.facts.major = 17;

    assert!(!settings::postgresql_conf(&cluster).contains("file_copy_method"));
}

#[test]
fn a_kernel_that_hides_what_was_lost_is_asked_file_by_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut cluster = cluster(folder.path());
    cluster.syncfs_reports = false;

    assert!(!settings::postgresql_conf(&cluster).contains("recovery_init_sync_method"));
}

#[test]
fn the_server_has_no_network_and_no_password_anywhere_in_its_specification() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = cluster(folder.path());
    cluster.begin_filling(&SecretString::from("canary-password")).unwrap();

    for spec in [server(&cluster).unwrap(), initdb(&cluster).unwrap()] {
        assert_eq!(spec.attachment, berth_runtime::Attachment::None);
        assert!(!format!("{spec:?}").contains("canary-password"));
    }
}

#[test]
fn a_socket_path_that_the_kernel_would_cut_is_refused() {
    let mut cluster = cluster(tempfile::tempdir().unwrap().path());
    cluster.folder = PathBuf::from(format!("/srv/{}", "x".repeat(90)));

    let refused = cluster.address().map_err(|error| error.to_string()).unwrap_err();

    assert!(refused.contains("must stay under 108 bytes"), "{refused}");
}

#[test]
fn an_empty_folder_is_filled_only_on_the_first_start() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = cluster(folder.path());

    assert_eq!(cluster.inspect_data(Expect::New).unwrap(), DataFolder::ToBeFilled);
    assert!(matches!(cluster.inspect_data(Expect::Existing), Err(ClusterError::DataMissing(_))));
}

#[test]
fn files_that_berth_did_not_make_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = cluster(folder.path());
    std::fs::create_dir(cluster.data_folder()).unwrap();
    std::fs::write(cluster.data_folder().join("PG_VERSION"), "18\n").unwrap();

    assert!(matches!(cluster.inspect_data(Expect::New), Err(ClusterError::ForeignData(_))));
}

#[test]
fn a_half_made_data_folder_of_ours_is_filled_again() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = cluster(folder.path());
    let password = SecretString::from("secret");
    cluster.begin_filling(&password).unwrap();
    std::fs::write(cluster.data_folder().join("PG_VERSION"), "18\n").unwrap();

    assert_eq!(cluster.inspect_data(Expect::New).unwrap(), DataFolder::ToBeFilled);

    cluster.begin_filling(&password).unwrap();
    assert!(!cluster.data_folder().join("PG_VERSION").exists());
}

#[test]
fn a_finished_folder_whose_disk_is_missing_is_never_filled_again() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = cluster(folder.path());
    cluster.begin_filling(&SecretString::from("secret")).unwrap();
    std::fs::write(cluster.data_folder().join("PG_VERSION"), "18\n").unwrap();
    cluster.finish_filling().unwrap();

    assert_eq!(cluster.inspect_data(Expect::New).unwrap(), DataFolder::Ready);
    assert!(!cluster.secret_folder().exists());

    std::fs::remove_dir_all(cluster.data_folder()).unwrap();
    assert!(matches!(cluster.inspect_data(Expect::New), Err(ClusterError::DataMissing(_))));
}

#[test]
fn data_of_another_major_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut cluster = cluster(folder.path());
    cluster.begin_filling(&SecretString::from("secret")).unwrap();
    std::fs::write(cluster.data_folder().join("PG_VERSION"), "17\n").unwrap();
    cluster.finish_filling().unwrap();
    cluster.facts.major = 18;

    let refused = cluster.inspect_data(Expect::New).map_err(|error| error.to_string());

    assert_eq!(
        refused,
        Err("the cluster holds data of PostgreSQL 17, and the image is PostgreSQL 18".to_owned())
    );
}

#[test]
fn what_an_image_answers_is_read() {
    assert_eq!(
        parse_id("uid=999(postgres) gid=998(postgres) groups=998(postgres),101(ssl)\n"),
        Some(UserIds { uid: 999, gid: 998 })
    );
    assert_eq!(parse_id("id: 'postgres': no such user"), None);
    assert_eq!(parse_major("postgres (PostgreSQL) 18.1 (Debian 18.1-1)\n"), Some(18));
    assert_eq!(parse_major("sh: postgres: not found"), None);
}
