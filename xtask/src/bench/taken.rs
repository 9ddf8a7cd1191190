//! What a process takes of the machine, as `/proc` says.

use std::fs::{read_dir, read_to_string};

use anyhow::{Context, Result};

/// What `/proc` counts in, on every Linux that we know (`USER_HZ`).
const TICK_US: u64 = 10_000;

/// What a process has taken since it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) cpu_us: u64,
    /// How often one of its threads waited and went on.
    pub(super) waits: u64,
}

impl Taken {
    pub(super) fn by(process: u32) -> Result<Self> {
        let mut waits = 0;
        for thread in read_dir(format!("/proc/{process}/task")).context("look at a process")? {
            let path = thread.context("look at a process")?.path().join("status");
            // It may have ended since.
            let status = read_to_string(path).unwrap_or_default();
            waits += number(&status, "voluntary_ctxt_switches:").unwrap_or(0);
        }
        Ok(Self { cpu_us: cpu_us(process)?, waits })
    }
}

/// Time on processors, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Used {
    pub(super) user: u64,
    pub(super) system: u64,
}

impl Used {
    /// What was used since then.
    pub(super) fn since(self, before: Self) -> Self {
        Self { user: self.user - before.user, system: self.system - before.system }
    }
}

/// The time on processors that a process has used so far.
pub(super) fn used(process: u32) -> Result<Used> {
    let stat = read_to_string(format!("/proc/{process}/stat"));
    let ticks = cpu_ticks(&stat.context("read what a process has used")?);
    let (user, system) = ticks.context("a line of /proc/PID/stat has its fields")?;
    Ok(Used { user: user * TICK_US, system: system * TICK_US })
}

/// The same, user and system together, in microseconds.
pub(super) fn cpu_us(process: u32) -> Result<u64> {
    let Used { user, system } = used(process)?;
    Ok(user + system)
}

pub(super) fn resident_kib(process: u32) -> Result<u64> {
    let status = read_to_string(format!("/proc/{process}/status"));
    number(&status.context("look at a process")?, "VmRSS:").context("a process has memory")
}

/// User and system time (proc(5), fields 14 and 15). The name in the second field may hold blanks.
fn cpu_ticks(stat: &str) -> Option<(u64, u64)> {
    let (_, behind_name) = stat.rsplit_once(") ")?;
    let mut fields = behind_name.split(' ').skip(11);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

/// The number behind a name at the beginning of a line.
fn number(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_read_as_the_kernel_shows_it() {
        let status = "Name:\tberth\nVmHWM:\t   70000 kB\nVmRSS:\t   65432 kB\n\
                      voluntary_ctxt_switches:\t12\nnonvoluntary_ctxt_switches:\t3\n";

        assert_eq!(number(status, "VmRSS:"), Some(65432));
        assert_eq!(number(status, "voluntary_ctxt_switches:"), Some(12));
        assert_eq!(number(status, "VmSwap:"), None);
    }

    #[test]
    fn the_time_of_a_process_is_read_behind_its_name() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194560 100 0 0 0 12 34 0 0 20 0 3 0 5 6 7";

        assert_eq!(cpu_ticks(stat), Some((12, 34)));
        assert_eq!(cpu_ticks("7 (a"), None);
    }
}
