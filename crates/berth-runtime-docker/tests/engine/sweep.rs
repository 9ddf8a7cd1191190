//! Takes away what tests made, at their end and after one that was killed.

use std::collections::HashMap;

use bollard::Docker;
use bollard::query_parameters::{
    ListContainersOptions, ListNetworksOptions, RemoveContainerOptions, RemoveImageOptions,
};
use futures_util::{StreamExt, stream};

/// Marks everything that a test made, whosever it claims to be.
pub(crate) const TEST: &str = "berth.test";
pub(crate) const HOME: &str = "berth.home";
const PREFIX: &str = "test-runtime-";
const AT_ONCE: usize = 4;

/// The home of a test. It names the process, so a later one can tell whether it still runs.
pub(crate) fn home(number: u32) -> String {
    format!("{PREFIX}{}-{number}", std::process::id())
}

/// Removes what processes left behind that no longer run.
pub(crate) async fn leftovers(docker: &Docker) {
    for label in [HOME, TEST] {
        remove_labelled(docker, label, |home| {
            let pid = home.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next());
            pid.is_some_and(|pid| !std::path::Path::new("/proc").join(pid).exists())
        })
        .await;
    }
}

/// Removes what one test made.
pub(crate) async fn home_of_test(docker: &Docker, home: &str, images: &[String]) {
    for label in [HOME, TEST] {
        remove_labelled(docker, label, |owner| owner == home).await;
    }
    for image in images {
        // It is there only when the test came that far.
        let _ = docker.remove_image(image, None::<RemoveImageOptions>, None).await;
    }
}

async fn remove_labelled(docker: &Docker, label: &str, is_unwanted: impl Fn(&str) -> bool) {
    let filters = || Some(HashMap::from([("label".to_owned(), vec![label.to_owned()])]));
    let is_unwanted = |labels: Option<HashMap<String, String>>| {
        labels.as_ref().and_then(|labels| labels.get(label)).is_some_and(|home| is_unwanted(home))
    };

    let all = ListContainersOptions { all: true, filters: filters(), ..Default::default() };
    let containers = docker.list_containers(Some(all)).await.unwrap_or_default();
    let unwanted = containers.into_iter().filter(|found| is_unwanted(found.labels.clone()));
    stream::iter(unwanted.filter_map(|found| found.id))
        .for_each_concurrent(AT_ONCE, async |id| {
            let options = RemoveContainerOptions { force: true, v: true, link: false };
            // Somebody else may be removing it.
            let _ = docker.remove_container(&id, Some(options)).await;
        })
        .await;

    let options = ListNetworksOptions { filters: filters() };
    let networks = docker.list_networks(Some(options)).await.unwrap_or_default();
    let unwanted = networks.into_iter().filter(|found| is_unwanted(found.labels.clone()));
    stream::iter(unwanted.filter_map(|found| found.id))
        .for_each_concurrent(AT_ONCE, async |id| {
            let _ = docker.remove_network(&id).await;
        })
        .await;
}
