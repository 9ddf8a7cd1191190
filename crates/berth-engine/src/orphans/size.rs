//! How large a thing is, where that is cheap to find out.

use std::path::{Path, PathBuf};

use berth_domain::Bytes;
use berth_domain::orphan::{Of, OrphanKind, Thing};

use crate::engine::Inner;

/// A folder with more in it is not counted through.
const MOST_FILES: usize = 20_000;

/// `None`: it has no size, or finding it out takes too long.
pub(crate) async fn size(engine: &Inner, thing: &Thing) -> Option<Bytes> {
    let Of::Object(object) = &thing.of else { return None };
    match thing.name.kind {
        OrphanKind::Database => {
            let cluster = engine.cluster.ready().await.ok()?;
            Some(cluster.server.find_database(object).await.ok()??.size)
        }
        OrphanKind::Folder => {
            let root = engine.settings.paths.object(object).root().to_owned();
            engine.file_work.spawn_blocking(move || of_folder(&root)).await.ok()?
        }
        OrphanKind::Route | OrphanKind::Container | OrphanKind::Network | OrphanKind::Role => None,
    }
}

fn of_folder(root: &Path) -> Option<Bytes> {
    let (mut bytes, mut files) = (0, 0);
    let mut folders: Vec<PathBuf> = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).ok()? {
            let entry = entry.ok()?;
            // Of a link, not of what it leads to.
            let meta = entry.metadata().ok()?;
            files += 1;
            if files > MOST_FILES {
                return None;
            }
            if meta.is_dir() {
                folders.push(entry.path());
            } else {
                bytes += meta.len();
            }
        }
    }
    Some(Bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_as_large_as_the_files_in_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("a")).unwrap();
        std::fs::write(folder.path().join("a/x"), "12345").unwrap();
        std::fs::write(folder.path().join("y"), "1").unwrap();
        std::os::unix::fs::symlink("/usr", folder.path().join("link")).unwrap();
        let link = u64::try_from("/usr".len()).unwrap();

        assert_eq!(of_folder(folder.path()), Some(Bytes(6 + link)));
        assert_eq!(of_folder(&folder.path().join("nowhere")), None);
    }
}
