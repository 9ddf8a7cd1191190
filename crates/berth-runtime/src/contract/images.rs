//! Images.

use super::ContractBed;
use super::scene::must;
use crate::RuntimeError;

pub async fn an_image_is_found_by_its_name(bed: &dyn ContractBed) {
    let (reference, digest) = bed.image();
    let absent = "berth.local/nothing-of-this-name:1".parse().expect("it is a reference");

    let found = must(bed.runtime().images.find(&reference).await);

    assert_eq!(found.map(|image| image.digest), Some(digest));
    assert_eq!(must(bed.runtime().images.find(&absent).await), None);
}

pub async fn an_image_is_fetched_with_progress(bed: &dyn ContractBed) {
    let (present, absent) = bed.registry().await;
    let images = &bed.runtime().images;
    assert_eq!(must(images.find(&present).await), None);

    let mut progress = Vec::new();
    let fetched = must(images.pull(&present, &mut |now| progress.push(now)).await);
    let refused = images.pull(&absent, &mut |_| ()).await;

    assert_eq!(must(images.find(&present).await), Some(fetched));
    let last = progress.last().expect("it reported progress");
    assert_eq!(last.done, last.total);
    assert!(matches!(refused, Err(RuntimeError::NoSuchImage(_))), "{refused:?}");
}
