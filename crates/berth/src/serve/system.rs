//! The real clock, the real source of ids, real randomness, the program itself: the only ones in the
//! product.

use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;

use berth_domain::{Clock, IdSource, Timestamp};

/// The host's clock.
#[derive(Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else is given")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// UUIDs of version 7 from the host's clock and generator.
#[derive(Debug)]
pub(crate) struct SystemIds;

impl IdSource for SystemIds {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the source that everybody else is given"
    )]
    fn uuid(&self) -> uuid::Uuid {
        uuid::Uuid::now_v7()
    }
}

/// Reads from the kernel's generator.
pub(crate) fn random_bytes<const N: usize>() -> std::io::Result<[u8; N]> {
    let mut bytes = [0; N];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Which build of the program this process is; `None` without `/proc`.
///
/// The link leads to the file that was started, also when another one has its name by now (proc(5)).
pub(crate) fn build() -> Option<String> {
    let program = std::fs::metadata("/proc/self/exe").ok()?;
    Some(format!("{:x}-{:x}-{:x}", program.size(), program.mtime(), program.mtime_nsec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_is_the_file_that_was_started() {
        let program = std::fs::metadata(std::env::current_exe().unwrap()).unwrap();

        let build = build().unwrap();

        let size = build.split('-').next().map(|size| u64::from_str_radix(size, 16));
        assert_eq!(size, Some(Ok(program.len())));
        assert_eq!(build.split('-').count(), 3);
    }
}
