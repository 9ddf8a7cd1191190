//! Operations, events and plans.

use berth_api::v1 as api;
use berth_engine::view::{EventView, OperationView, PlanView, StepView};

pub(crate) fn operation(view: OperationView) -> api::Operation {
    api::Operation {
        id: view.id.to_string(),
        kind: view.kind.to_string(),
        target: view.target,
        state: view.state.to_string(),
        queue: view.queue.to_string(),
        steps: view.steps.into_iter().map(step).collect(),
        progress: view.progress.map(|(permille, text)| api::Progress { permille, text }),
        error: view.error,
        created_at: view.created_at,
        created_by: view.created_by,
        started_at: view.started_at,
        finished_at: view.finished_at,
    }
}

fn step(view: StepView) -> api::Step {
    api::Step {
        name: view.name,
        state: view.state.to_owned(),
        started_at: view.started_at,
        finished_at: view.finished_at,
    }
}

pub(crate) fn event(view: EventView) -> api::Event {
    api::Event {
        id: view.id,
        at: view.at,
        operation: view.operation.map(|id| id.to_string()),
        kind: view.kind,
        data: view.data,
    }
}

pub(crate) fn plan(view: PlanView) -> api::Plan {
    api::Plan {
        summary: view.summary,
        actions: view
            .actions
            .into_iter()
            .map(|action| api::PlanAction { step: action.step.to_owned(), text: action.text })
            .collect(),
        settings: view.settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    }
}
