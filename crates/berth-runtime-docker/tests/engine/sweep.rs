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
/// After so many, something stays that a later sweep or a look at what is left finds.
const ATTEMPTS: u32 = 5;

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

/// Looks again after each attempt: Podman cannot list containers while one of them is being removed, and
/// does not remove every one at the first request when there is much to do.
async fn remove_labelled(docker: &Docker, label: &str, is_unwanted: impl Fn(&str) -> bool) {
    let is_unwanted = |labels: Option<HashMap<String, String>>| {
        labels.as_ref().and_then(|labels| labels.get(label)).is_some_and(|home| is_unwanted(home))
    };
    for _ in 0..ATTEMPTS {
        let containers = containers(docker, label, &is_unwanted).await;
        let networks = networks(docker, label, &is_unwanted).await;
        if containers.as_ref().is_ok_and(Vec::is_empty)
            && networks.as_ref().is_ok_and(Vec::is_empty)
        {
            return;
        }
        stream::iter(containers.unwrap_or_default())
            .for_each_concurrent(AT_ONCE, async |id| {
                let options = RemoveContainerOptions { force: true, v: true, link: false };
                // Somebody else may be removing it.
                let _ = docker.remove_container(&id, Some(options)).await;
            })
            .await;
        stream::iter(networks.unwrap_or_default())
            .for_each_concurrent(AT_ONCE, async |id| {
                let _ = docker.remove_network(&id).await;
            })
            .await;
    }
}

type Labels = Option<HashMap<String, String>>;

async fn containers(
    docker: &Docker,
    label: &str,
    is_unwanted: impl Fn(Labels) -> bool,
) -> Result<Vec<String>, bollard::errors::Error> {
    let filters = Some(HashMap::from([("label".to_owned(), vec![label.to_owned()])]));
    let all = ListContainersOptions { all: true, filters, ..Default::default() };
    let found = docker.list_containers(Some(all)).await?.into_iter();
    Ok(found.filter(|it| is_unwanted(it.labels.clone())).filter_map(|it| it.id).collect())
}

async fn networks(
    docker: &Docker,
    label: &str,
    is_unwanted: impl Fn(Labels) -> bool,
) -> Result<Vec<String>, bollard::errors::Error> {
    let filters = Some(HashMap::from([("label".to_owned(), vec![label.to_owned()])]));
    let found = docker.list_networks(Some(ListNetworksOptions { filters })).await?.into_iter();
    Ok(found.filter(|it| is_unwanted(it.labels.clone())).filter_map(|it| it.id).collect())
}
