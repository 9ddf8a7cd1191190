//! Takes away what tests made, at their end and after one that was killed.

use std::collections::HashMap;
use std::time::Duration;

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
const ATTEMPTS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(200);

/// The home of a test. It names the process, so a later one can tell whether it still runs.
pub(crate) fn home(number: u32) -> String {
    format!("{PREFIX}{}-{number}", std::process::id())
}

/// Removes what processes left behind that no longer run.
pub(crate) async fn leftovers(docker: &Docker) {
    for label in [HOME, TEST] {
        let removed = remove_labelled(docker, label, |home| {
            let pid = home.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next());
            pid.is_some_and(|pid| !std::path::Path::new("/proc").join(pid).exists())
        })
        .await;
        // What stays bothers nobody who has names and addresses of his own.
        let _ = removed;
    }
}

/// Removes what one test made.
///
/// # Panics
///
/// When something stays.
pub(crate) async fn home_of_test(docker: &Docker, home: &str, images: &[String]) {
    for label in [HOME, TEST] {
        let removed = remove_labelled(docker, label, |owner| owner == home).await;
        removed.unwrap_or_else(|stays| panic!("{stays}"));
    }
    for image in images {
        // It is there only when the test came that far.
        let _ = docker.remove_image(image, None::<RemoveImageOptions>, None).await;
    }
}

/// Looks again after each attempt: Podman neither lists nor removes everything at the first request while
/// it is busy with a container that ends. Says what stays, and why.
async fn remove_labelled(
    docker: &Docker,
    label: &str,
    is_unwanted: impl Fn(&str) -> bool,
) -> Result<(), String> {
    let is_unwanted = |labels: Labels| {
        labels.as_ref().and_then(|labels| labels.get(label)).is_some_and(|home| is_unwanted(home))
    };
    let mut refused = Vec::new();
    for _ in 0..ATTEMPTS {
        refused = match attempt(docker, label, &is_unwanted).await {
            Ok(refused) if refused.is_empty() => return Ok(()),
            Ok(refused) => refused,
            Err(error) => vec![error.to_string()],
        };
        tokio::time::sleep(PAUSE).await;
    }
    Err(format!("something stays: {refused:?}"))
}

/// Removes what is there. Says what was there and what came of it.
async fn attempt(
    docker: &Docker,
    label: &str,
    is_unwanted: impl Fn(Labels) -> bool,
) -> Result<Vec<String>, bollard::errors::Error> {
    let filters = || Some(HashMap::from([("label".to_owned(), vec![label.to_owned()])]));
    let all = ListContainersOptions { all: true, filters: filters(), ..Default::default() };
    let containers = docker.list_containers(Some(all)).await?.into_iter();
    let containers = containers.filter(|it| is_unwanted(it.labels.clone())).filter_map(|it| it.id);
    let options = || RemoveContainerOptions { force: true, v: true, link: false };
    let removed = stream::iter(containers).map(async |id| {
        // Somebody else may be removing it.
        let removed = docker.remove_container(&id, Some(options())).await;
        format!("container {id}: {removed:?}")
    });
    let mut said: Vec<String> = removed.buffer_unordered(AT_ONCE).collect().await;

    let options = ListNetworksOptions { filters: filters() };
    let networks = docker.list_networks(Some(options)).await?.into_iter();
    let networks = networks.filter(|it| is_unwanted(it.labels.clone())).filter_map(|it| it.id);
    let removed = stream::iter(networks).map(async |id| {
        let removed = docker.remove_network(&id).await;
        format!("network {id}: {removed:?}")
    });
    said.extend(removed.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await);
    Ok(said)
}

type Labels = Option<HashMap<String, String>>;
