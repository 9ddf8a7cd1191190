//! What an engine's failure means to whoever called.

use berth_runtime::RuntimeError;
use bollard::errors::Error;

/// What engines say, and what the operator can do about it. The text is searched for in lower case.
const ADVICE: [(&str, &str); 7] = [
    ("pool overlaps", CHOOSE_ANOTHER_POOL),
    ("invalid pool request", CHOOSE_ANOTHER_POOL),
    ("non-overlapping", CHOOSE_ANOTHER_POOL),
    (
        "address already in use",
        "another container has this address: remove it, or give Berth another range of addresses \
         for its tenants' networks",
    ),
    (
        "rlimit",
        "the engine cannot raise limits as far as it is told to: on Docker let `LimitNOFILE` of its \
         service be 4096 or more, on Podman set `default_ulimits` in `containers.conf`",
    ),
    ("no space left on device", "free some disk space on the engine's host"),
    ("docker-init", "install the engine's init program (`tini` on Debian) and restart Berth"),
];

const CHOOSE_ANOTHER_POOL: &str = "another network of this host uses these addresses: give Berth \
                                   another range of addresses for its tenants' networks";

/// Whether the engine answered that there is no such thing.
pub(crate) fn is_missing(error: &Error) -> bool {
    matches!(error, Error::DockerResponseServerError { status_code: 404, .. })
}

/// Whether the engine answered that it is already doing this.
pub(crate) fn is_conflict(error: &Error) -> bool {
    matches!(error, Error::DockerResponseServerError { status_code: 409, .. })
}

/// The engine understood and refused. Adds what to do when that is known.
pub(crate) fn refused(action: &'static str, message: &str) -> RuntimeError {
    let message = message.trim();
    let lower = message.to_lowercase();
    let advice = ADVICE.iter().find(|(said, _)| lower.contains(said));
    let message = match advice {
        Some((_, advice)) => format!("{message}: {advice}"),
        None => message.to_owned(),
    };
    RuntimeError::Refused { action, message }
}

/// Sorts a failure of the client library. `seconds` is the deadline that the call had.
pub(crate) fn sort(action: &'static str, seconds: u64, error: Error) -> RuntimeError {
    match error {
        Error::DockerResponseServerError { message, .. }
        | Error::DockerStreamError { error: message }
        | Error::DockerContainerWaitError { error: message, .. } => refused(action, &message),
        Error::RequestTimeoutError => RuntimeError::TimedOut { action, seconds },
        // Trying again does not help when the two do not understand each other.
        Error::JsonDataError { message, .. } => {
            refused(action, &format!("its answer cannot be read: {message}"))
        }
        error => RuntimeError::Unreachable(Box::new(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status_code: u16, message: &str) -> Error {
        Error::DockerResponseServerError { status_code, message: message.to_owned() }
    }

    #[test]
    fn a_refusal_keeps_the_engines_words_and_says_what_to_do() {
        let error = sort(
            "make the network",
            30,
            answer(403, "Pool overlaps with other one on this address space"),
        );

        assert_eq!(
            error.to_string(),
            "the container engine refused to make the network: Pool overlaps with other one on this \
             address space: another network of this host uses these addresses: give Berth another \
             range of addresses for its tenants' networks"
        );
        assert!(!error.may_pass());
    }

    #[test]
    fn a_broken_connection_may_pass_and_keeps_its_cause() {
        let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        let error = sort("list containers", 30, Error::from(broken));

        assert!(matches!(error, RuntimeError::Unreachable(_)));
        assert!(error.may_pass());
    }

    #[test]
    fn a_deadline_says_how_long_it_was() {
        let error = sort("start the container", 30, Error::RequestTimeoutError);

        assert_eq!(
            error.to_string(),
            "the container engine did not start the container within 30 s"
        );
    }
}
