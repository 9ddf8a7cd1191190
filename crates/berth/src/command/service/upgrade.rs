//! `berth service upgrade`

use std::time::Duration;

use berth_api::v1 as api;
use tokio::time::Instant;

use super::process::Process;
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::serve::failure_note;
use crate::session::Session;

/// How often to look how far it is.
const LOOK: Duration = Duration::from_millis(100);

#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Args {
    /// How many seconds to wait until the new process serves
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    timeout: u32,
    /// Say what would be replaced, and replace nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let printer = session.printer;
    let home = session.sources.home();
    let Some(old) = Process::find(&home)? else {
        return Err(Failure::refused(
            "berth is not running, so there is nothing to hand over",
            "start it with `berth serve`, or `systemctl start berth`",
        ));
    };
    if args.dry_run {
        printer.data(&format!("would hand the work of process {} to a new one", old.pid))?;
        return Ok(Exit::Success);
    }
    let note = failure_note(&home);
    // One of an earlier attempt; the server removes it too, but later.
    let _ = std::fs::remove_file(&note);
    old.upgrade()?;
    printer.talk(&format!("process {} starts its successor", old.pid));
    let give_up = Instant::now() + Duration::from_secs(args.timeout.into());
    loop {
        if let Ok(why) = std::fs::read_to_string(&note) {
            return Err(Failure::refused(
                format!("process {} goes on, nobody took over: {why}", old.pid),
                "put right what it says, or the program, and try again",
            ));
        }
        if let Some(pid) = successor(session, old.pid).await? {
            printer.data(&format!("process {pid} has taken over from process {}", old.pid))?;
            return Ok(Exit::Success);
        }
        if Instant::now() > give_up {
            let seconds = args.timeout;
            let cannot = format!("cannot wait longer: nobody took over within {seconds} s");
            return Err(anyhow::anyhow!(cannot).into());
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Returns the process that has the home now, if that is another one and it answers.
async fn successor(session: &Session<'_>, old: u32) -> Result<Option<u32>, Failure> {
    let Some(process) = Process::find(&session.sources.home())? else { return Ok(None) };
    if process.pid == old {
        return Ok(None);
    }
    let status = session.client.call::<api::Status>(Call::get("/api/v1/status")).await;
    Ok(status.ok().map(|status| status.pid).filter(|pid| *pid == process.pid))
}
