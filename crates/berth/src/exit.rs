//! How a command ends.

use std::process::ExitCode;

/// How a command ended. `From` is the only place that knows the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Success,
    /// The request was understood and refused.
    Refused,
    /// What was compared is not the same, as with diff(1).
    Differs,
    /// Something broke. Also what `clap` uses for bad usage.
    Failed,
    /// Somebody pressed Ctrl-C.
    Interrupted,
    /// A command inside a tenant ended with this code.
    Command(u8),
}

impl Exit {
    /// How a server ends that is stuck: `EX_SOFTWARE` of sysexits.h(3), which no command returns.
    pub(crate) const STUCK: i32 = 70;
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Success => Self::from(0),
            Exit::Refused | Exit::Differs => Self::from(1),
            Exit::Failed => Self::from(2),
            // What shells report for a command that Ctrl-C ended: 128 and the number of SIGINT.
            Exit::Interrupted => Self::from(130),
            Exit::Command(code) => Self::from(code),
        }
    }
}
