//! `berth serve`: everything is built here, wired together, and taken down again.
//!
//! # Invariants
//!
//! * One process drives a home: whoever does not hold its locks stands by or is refused.
//! * The edge listens before anything else is ready, with the routes that were good last.
//! * On SIGTERM nobody new is let in; what is at work is left to the next start, which continues it. A
//!   second one ends the process at once.
//! * On SIGUSR2 a new process takes over, or everything stays as it is.

mod build;
mod compose;
mod console_door;
mod door;
#[cfg(feature = "failpoints")]
mod failpoints;
mod handover;
#[cfg(feature = "failpoints")]
mod hang;
mod home;
mod lead;
mod messages;
mod notify;
mod numbers;
mod role;
mod signals;
mod sockets;
mod system;
mod upgrade;
mod watchdog;

use std::time::Duration;

use anyhow::Context as _;
use berth_config::{Config, Environment, Invalid};
use berth_web::{ApiSocket, Console, WebError};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

use self::build::Server;
use self::handover::{Program, Taker};
use self::notify::Notify;
use self::role::{Driving, Wish};
use self::signals::{Signal, Signals};
pub(crate) use self::sockets::Offered;
pub(crate) use self::system::SystemIds;
use self::upgrade::Upgrade;
pub(crate) use self::upgrade::failure_note;
use crate::exit::Exit;

/// How long running requests have to finish.
const DRAIN: Duration = Duration::from_secs(30);
/// How long everything may take that is not a request: the log, locks, the last bytes of answers.
const REST: Duration = Duration::from_secs(5);

/// Why the process stops serving.
enum Ending {
    Told(&'static str),
    Succeeded(u32),
    Failed(anyhow::Error),
}

/// Serves until a signal says otherwise, or another process takes over.
pub(crate) async fn run(
    config: Config,
    offered: Offered,
    environment: &Environment,
) -> anyhow::Result<Exit> {
    let mut inherited = offered.sort()?;
    let mut taker = inherited.handover.take().map(Taker::new).transpose()?;
    let signals = Signals::listen()?;
    #[cfg(feature = "failpoints")]
    hang::on_signal()?;
    let program = Program::of_process()?;
    let built = Server::build(&config, inherited, taker.as_mut()).await;
    match (built, taker) {
        (Ok(server), taker) => {
            serve(server, taker, (signals, program, Notify::of(environment))).await
        }
        (Err(error), None) => Err(error),
        (Err(error), Some(mut taker)) => {
            taker.failed(&error).await;
            Err(error)
        }
    }
}

/// Tells the process that is to be succeeded why this one does not even begin.
pub(crate) async fn refuse(offered: Offered, invalid: &Invalid) {
    let stream = offered.sort().ok().and_then(|inherited| inherited.handover);
    if let Some(mut taker) = stream.and_then(|stream| Taker::new(stream).ok()) {
        let mistakes = invalid.0.iter().map(|mistake| format!("; {mistake}"));
        taker.failed(&anyhow::anyhow!("{invalid}{}", mistakes.collect::<String>())).await;
    }
}

async fn serve(
    server: Server,
    taker: Option<Taker>,
    (mut signals, program, notify): (Signals, Program, Notify),
) -> anyhow::Result<Exit> {
    let Server { home, engine, lead, epoch, web, edge, console, mut api, tasks, stop } = server;
    let (door, is_open) = watch::channel(true);
    let (wish, wished) = watch::channel(Wish::Lead);
    let (left, has_left) = watch::channel(false);
    let edge_socket = edge.socket().context("use the socket of the edge")?;
    let console_socket = console.as_ref().map(Console::socket).transpose();
    let console_socket = console_socket.context("use the socket of the console")?;
    if let Some(console) = console {
        let (web, is_open) = (web.clone(), is_open.clone());
        tasks.spawn(berth_web::serve_console(web, console, is_open, stop.clone()));
    }
    let mut answering = tasks.spawn(berth_web::serve(web, &api.socket, is_open, stop.clone()));
    let turns = edge.turns();
    let mut serving = tasks.spawn(edge.serve(stop.clone()));
    watchdog::start(&engine, turns, notify.clone()).context("start the watchdog")?;
    tasks.spawn(Driving { engine, lead, wish: wished, left }.run(epoch, stop.clone()));
    api.keep(taker).await;
    notify.ready();

    let (edge, console) = (edge_socket, console_socket);
    let mut upgrade = Upgrade { program, edge, console, door, wish, has_left, home };
    let ending =
        live((&mut answering, &mut serving), &mut signals, &mut upgrade, &api.socket).await;
    match &ending {
        Ending::Told(signal) => {
            tracing::info!(signal, "stopping; tenants keep running");
            notify.stopping();
        }
        Ending::Succeeded(pid) => {
            tracing::info!(pid, "another process has taken over; this one finishes and ends");
            notify.succeeded_by(*pid);
            api.socket.leave();
        }
        Ending::Failed(_) => {}
    }
    stop.cancel();
    // From here on nothing listens, unless somebody else does too.
    drop(upgrade);
    api.socket.close();
    finish(&tasks, &mut signals).await;
    match ending {
        Ending::Failed(error) => Err(error),
        Ending::Told(_) | Ending::Succeeded(_) => Ok(Exit::Success),
    }
}

/// Lives until there is a reason to end.
async fn live(
    (answering, serving): (&mut JoinHandle<Result<(), WebError>>, &mut JoinHandle<()>),
    signals: &mut Signals,
    upgrade: &mut Upgrade,
    api: &ApiSocket,
) -> Ending {
    loop {
        let signal = tokio::select! {
            signal = signals.next() => signal,
            ended = &mut *answering => return Ending::Failed(match ended {
                Ok(Ok(())) => anyhow::anyhow!("the API ended by itself"),
                Ok(Err(error)) => anyhow::Error::new(error).context("serve the API"),
                Err(error) => anyhow::Error::new(error).context("serve the API"),
            }),
            // Nobody else would: its threads are at rest then, and its socket goes on to listen.
            ended = &mut *serving => return Ending::Failed(match ended {
                Ok(()) => anyhow::anyhow!("the edge ended by itself"),
                Err(error) => anyhow::Error::new(error).context("serve visitors"),
            }),
        };
        match signal {
            Signal::Stop(name) => return Ending::Told(name),
            Signal::Upgrade => tokio::select! {
                succeeded = upgrade.attempt(api) => if let Some(pid) = succeeded {
                    return Ending::Succeeded(pid);
                },
                name = signals.stop() => return Ending::Told(name),
            },
        }
    }
}

/// Waits for what is running, for a bounded time.
async fn finish(tasks: &TaskTracker, signals: &mut Signals) {
    tasks.close();
    tokio::select! {
        () = tasks.wait() => {}
        signal = signals.stop() => tracing::warn!(signal, "ending at once, as told again"),
        () = tokio::time::sleep(DRAIN + REST) => {
            tracing::warn!("some work did not end in time and was cut off");
        }
    }
}
