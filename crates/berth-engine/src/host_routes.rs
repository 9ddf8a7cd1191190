//! Where the host sends packets, as the kernel lists it: whoever is given addresses that lead somewhere
//! else is never reached.

use std::io;
use std::net::Ipv4Addr;
use std::path::Path;

/// The kernel's list of its main routes (proc(5), `/proc/net/route`).
pub const KERNEL: &str = "/proc/net/route";

/// A range of addresses that the host reaches through a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRoute {
    pub device: String,
    pub network: Ipv4Addr,
    pub prefix: u8,
}

/// Reads the list. Where there is none, nothing is known of any route.
pub fn read(list: &Path) -> io::Result<Vec<HostRoute>> {
    match std::fs::read_to_string(list) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        read => Ok(parse(&read?)),
    }
}

/// Device, destination and mask in hexadecimal, in the byte order of the host. The route to everywhere
/// leads to nobody in particular and is left out.
fn parse(text: &str) -> Vec<HostRoute> {
    let number = |hex: &str| u32::from_str_radix(hex, 16).ok().map(u32::to_be);
    let route = |line: &str| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let network = Ipv4Addr::from(number(columns.get(1)?)?);
        let prefix = u8::try_from(number(columns.get(7)?)?.count_ones()).ok()?;
        Some(HostRoute { device: columns[0].to_owned(), network, prefix })
    };
    text.lines().skip(1).filter_map(route).filter(|route| route.prefix > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTES: &str = "\
Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	0100A8C0	0003	0	0	0	00000000	0	0	0
docker0	000011AC	00000000	0001	0	0	0	0000FFFF	0	0	0
br-36b55aead72c	1000D50A	00000000	0001	0	0	0	F0FFFFFF	0	0	0
";

    #[test]
    fn routes_are_read_as_the_kernel_writes_them() {
        let found = parse(ROUTES);

        let route = |device: &str, network: [u8; 4], prefix| HostRoute {
            device: device.to_owned(),
            network: network.into(),
            prefix,
        };
        let docker = route("docker0", [172, 17, 0, 0], 16);
        assert_eq!(found, [docker, route("br-36b55aead72c", [10, 213, 0, 16], 28)]);
    }

    #[test]
    fn a_host_that_lists_no_routes_has_none_that_are_known() {
        assert_eq!(read(Path::new("/proc/net/nothing-like-it")).unwrap(), []);
    }
}
