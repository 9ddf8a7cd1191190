//! How large a thing is, where that is cheap to find out.

use std::path::PathBuf;

use berth_domain::Bytes;
use berth_domain::orphan::{Of, OrphanKind, Thing};
use tokio_util::sync::CancellationToken;

use crate::engine::Inner;
use crate::storage;

/// `None`: it has no size, or nobody can say. A folder is counted for as long as somebody waits.
pub(crate) async fn size(engine: &Inner, thing: &Thing) -> Option<Bytes> {
    let Of::Object(object) = &thing.of else { return None };
    match thing.name.kind {
        OrphanKind::Database => {
            let cluster = engine.cluster.ready().await.ok()?;
            Some(cluster.server.find_database(object).await.ok()??.size)
        }
        OrphanKind::Folder => {
            of_folder(engine, engine.settings.paths.object(object).root().to_owned()).await
        }
        OrphanKind::Route | OrphanKind::Container | OrphanKind::Network | OrphanKind::Role => None,
    }
}

async fn of_folder(engine: &Inner, root: PathBuf) -> Option<Bytes> {
    let stop = CancellationToken::new();
    let _waiting = stop.clone().drop_guard();
    let counted = engine.file_work.spawn_blocking(move || storage::count(&root, &stop)).await;
    let counted = counted.ok()?.ok()?;
    // What is not all of it is not its size.
    counted.problem.is_none().then_some(counted.bytes)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt as _;

    use super::*;
    use crate::engine::testing::TestEngine;

    #[test]
    fn a_folder_is_as_large_as_its_blocks_on_the_disk_each_once() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let test = async {
            let engine = TestEngine::new().await;
            let folder = tempfile::tempdir().unwrap();
            let blob = folder.path().join("blob");
            std::fs::write(&blob, vec![1; 100_000]).unwrap();
            std::fs::hard_link(&blob, folder.path().join("the same")).unwrap();
            std::fs::File::create(folder.path().join("hole")).unwrap().set_len(1 << 30).unwrap();
            let blocks = |path| std::fs::metadata(path).unwrap().blocks();
            let expected = (blocks(folder.path()) + blocks(&blob)) * 512;

            let size = of_folder(&engine.inner, folder.path().to_owned()).await;
            let nothing = of_folder(&engine.inner, folder.path().join("nowhere")).await;

            assert_eq!((size, nothing), (Some(Bytes(expected)), None));
        };
        tokio::task::LocalSet::new().block_on(&runtime.unwrap(), test);
    }
}
