//! The bridge that a second engine is given, so that it neither makes nor removes one of the host's.

use std::io;
use std::path::Path;

use crate::program::run;

const NAME: &str = "berth-test0";
/// Nothing is ever attached to it: tenants have networks of their own.
const ADDRESS: &str = "10.231.255.1/30";

/// A bridge for as long as the value lives.
#[derive(Debug)]
pub(super) struct Bridge(());

impl Bridge {
    /// Makes it, or takes over the one that a killed run left. The engine's lock keeps others out.
    pub(super) fn make() -> io::Result<Self> {
        if Path::new("/sys/class/net").join(NAME).exists() {
            return Ok(Self(()));
        }
        run("ip", &["link", "add", "name", NAME, "type", "bridge"])?;
        let bridge = Self(());
        run("ip", &["address", "add", ADDRESS, "dev", NAME])?;
        run("ip", &["link", "set", NAME, "up"])?;
        Ok(bridge)
    }

    #[expect(clippy::unused_self, reason = "only a bridge that is there has a name")]
    pub(super) const fn name(&self) -> &'static str {
        NAME
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        // One that stays is taken over by the next run.
        let _ = run("ip", &["link", "delete", NAME]);
    }
}
