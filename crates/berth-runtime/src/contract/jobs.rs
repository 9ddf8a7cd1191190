//! Containers that run to their end.

use std::time::Duration;

use super::scene::{PATIENCE, Scene, eventually, exit, must, text};
use super::{ContractBed, Program};
use crate::{ObservedState, RuntimeError, WorkloadSpec};

pub async fn a_job_hands_over_its_output_and_exit_code_and_is_gone(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let job = scene.job(Program::Fail.command());

    let (ended, lines) = scene.run(&job).await;

    assert_eq!(ended, exit(3));
    let said = |is_error| {
        lines.iter().filter(|line| line.is_error == is_error).map(text).collect::<Vec<_>>()
    };
    assert_eq!((said(false), said(true)), (vec!["to output"], vec!["to error"]));
    assert_eq!(must(scene.runtime.workloads.observe(&job.name).await), None);
}

pub async fn a_job_loses_no_line(bed: &dyn ContractBed) {
    const LAST: u32 = 20_000;
    let scene = Scene::new(bed);

    let (ended, lines) = scene.run(&scene.job(Program::Count(LAST).command())).await;

    assert_eq!(ended, exit(0));
    let expected: Vec<_> = (1..=LAST).map(|number| number.to_string()).collect();
    assert_eq!(lines.iter().map(text).collect::<Vec<_>>(), expected);
}

pub async fn a_leftover_of_the_same_name_makes_way_for_a_job(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let leftover = scene.job(Program::Wait.command());
    scene.run_from(&leftover).await;

    let job = WorkloadSpec { command: Program::Count(1).command(), ..leftover };
    let (ended, lines) = scene.run(&job).await;

    assert_eq!(ended, exit(0));
    assert_eq!(lines.iter().map(text).collect::<Vec<_>>(), ["1"]);
}

pub async fn a_job_that_outlives_its_deadline_is_removed(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let job = scene.job(Program::Wait.command());

    let deadline = Duration::from_secs(1);
    let ended = scene.runtime.workloads.run(&job, deadline, &mut |_| ()).await;

    assert!(matches!(ended, Err(RuntimeError::TimedOut { seconds: 1, .. })), "{ended:?}");
    assert_eq!(must(scene.runtime.workloads.observe(&job.name).await), None);
}

pub async fn a_job_whose_caller_went_away_makes_way_for_the_next(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let job = scene.job(Program::Wait.command());
    let runs = eventually("the job to run", async || {
        let observed = must(scene.runtime.workloads.observe(&job.name).await);
        observed.filter(|observed| observed.state == ObservedState::Running)
    });
    let mut ignore = |_| ();
    tokio::select! {
        ended = scene.runtime.workloads.run(&job, PATIENCE, &mut ignore) => {
            panic!("it does not end by itself: {ended:?}")
        }
        _ = runs => {}
    }

    let next = WorkloadSpec { command: Program::Count(1).command(), ..job };
    let (ended, _) = scene.run(&next).await;

    assert_eq!(ended, exit(0));
}
