use super::*;

fn new_key(folder: &tempfile::TempDir) -> Key {
    Key::load_or_create(&folder.path().join("key"), false).unwrap()
}

#[test]
fn a_sealed_value_opens_in_its_own_place() {
    let folder = tempfile::tempdir().unwrap();
    let key = new_key(&folder);

    let sealed = key.seal("secret/value/tnt_1", &"hunter2".into()).unwrap();

    assert!(sealed.starts_with(&format!("v1:{}:", key.id())), "{sealed}");
    assert!(!sealed.contains("hunter2"));
    assert_eq!(key.open("secret/value/tnt_1", &sealed).unwrap().expose_secret(), "hunter2");
}

#[test]
fn a_sealed_value_does_not_open_in_another_place() {
    let folder = tempfile::tempdir().unwrap();
    let key = new_key(&folder);

    let sealed = key.seal("secret/value/tnt_1", &"hunter2".into()).unwrap();

    assert!(matches!(key.open("secret/value/tnt_2", &sealed), Err(KeyError::DoesNotOpen)));
}

#[test]
fn a_sealed_value_does_not_open_with_another_key() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());

    let sealed = new_key(&here).seal("place", &"hunter2".into()).unwrap();

    assert!(matches!(new_key(&there).open("place", &sealed), Err(KeyError::OtherKey { .. })));
}

#[test]
fn nonsense_does_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let key = new_key(&folder);

    for text in ["", "v1", "hunter2", "v2:0:AA", &format!("v1:{}:", key.id()), "v1::"] {
        assert!(key.open("place", text).is_err(), "{text}");
    }
}

#[test]
fn the_same_value_is_never_sealed_the_same_way_twice() {
    let folder = tempfile::tempdir().unwrap();
    let key = new_key(&folder);

    assert_ne!(
        key.seal("place", &"hunter2".into()).unwrap(),
        key.seal("place", &"hunter2".into()).unwrap()
    );
}

#[test]
fn the_key_file_is_for_its_owner_only_and_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");

    let made = new_key(&folder);
    let read = Key::load_or_create(&path, true).unwrap();

    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(made.id(), read.id());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn with_sealed_rows_and_no_key_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");

    let answer = Key::load_or_create(&path, true);

    assert!(matches!(answer, Err(KeyError::Missing { .. })));
    assert!(!path.exists());
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    new_key(&folder);

    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();

    assert!(matches!(Key::load_or_create(&path, false), Err(KeyError::Exposed { .. })));
}

#[test]
fn a_key_file_with_one_changed_digit_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    new_key(&folder);
    let text = fs::read_to_string(&path).unwrap();
    let last = text.trim_end().chars().last().unwrap();
    let other = if last == '0' { '1' } else { '0' };

    fs::write(&path, format!("{}{other}\n", &text[..text.len() - 2])).unwrap();

    assert!(matches!(Key::load_or_create(&path, true), Err(KeyError::Damaged { .. })));
}

#[test]
fn a_crash_while_the_key_was_written_leaves_a_home_that_starts() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("key.partial"), "half").unwrap();

    let key = new_key(&folder);

    assert_eq!(Key::load_or_create(&folder.path().join("key"), true).unwrap().id(), key.id());
}

#[test]
fn the_key_does_not_show_in_debug_output() {
    let folder = tempfile::tempdir().unwrap();
    let key = new_key(&folder);
    let text = fs::read_to_string(folder.path().join("key")).unwrap();
    let secret = text.trim_end().split_once(':').unwrap().1;

    assert!(!format!("{key:?}").contains(secret));
}
