//! `berth service stop`

use super::process::Process;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Args {
    /// How many seconds to wait until it is gone
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout: u32,
    /// Say what would be stopped, and stop nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let printer = session.printer;
    let Some(process) = Process::find(&session.sources.home())? else {
        printer.talk("berth is not running");
        return Ok(Exit::Success);
    };
    if args.dry_run {
        printer.data(&format!("would stop process {}", process.pid))?;
        return Ok(Exit::Success);
    }
    process.terminate()?;
    printer.talk(&format!("process {} finishes what it is doing", process.pid));
    if !process.is_gone_within(args.timeout)? {
        let (pid, seconds) = (process.pid, args.timeout);
        return Err(anyhow::anyhow!(
            "cannot wait longer: process {pid} is still there after {seconds} s"
        )
        .into());
    }
    printer.data("stopped; tenants go on running")?;
    Ok(Exit::Success)
}
