//! The program that drives the browser.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _};
use std::process::{ChildStdout, Stdio};

use crate::program::{Program, bound};

const DRIVER: &str = "chromedriver";
/// How many ports it may choose before one is free on IPv6 as well.
const PORTS: usize = 5;
/// What it says when the port that it chose on IPv4 was somebody else's on IPv6.
const TAKEN: &str = "port not available";

/// Starts it, on a port of its own choice.
///
/// # Panics
///
/// When it does not start, with what it said.
pub(super) fn start() -> (Program, u16) {
    let mut said = String::new();
    for _ in 0..PORTS {
        match start_as(&[DRIVER, "--port=0"]) {
            Ok(started) => return started,
            Err(why) => said = why,
        }
        if !said.contains(TAKEN) {
            break;
        }
    }
    panic!(
        "{DRIVER} does not start (`apt-get install chromium-driver` installs it); it said: {said}"
    )
}

/// Starts a driver, or returns all that it said before it ended.
fn start_as(argv: &[&str]) -> Result<(Program, u16), String> {
    let mut errors = tempfile::tempfile().expect("a file for what it complains about can be made");
    let stderr = File::try_clone(&errors).expect("a file can be held twice");
    let mut command = bound(argv);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr);
    let (driver, output) = Program::start(command).expect("`setpriv` can be started");
    match port(output.expect("its output is a pipe")) {
        Ok(port) => Ok((driver, port)),
        Err(mut said) => {
            drop(driver);
            // What cannot be read is missing in a message, and nowhere else.
            let _ = errors.rewind().and_then(|()| errors.read_to_string(&mut said));
            Err(said.trim().to_owned())
        }
    }
}

/// Reads the port from what the driver says first: `ChromeDriver was started successfully on port 4444.`
/// Its output is read on to the end, so that it is never in its way. Returns all of it when it names none.
fn port(output: ChildStdout) -> Result<u16, String> {
    let mut said = String::new();
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let port = lines.find_map(|line| {
        said.push_str(&line);
        said.push('\n');
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    std::thread::spawn(move || lines.for_each(drop));
    port.ok_or(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(argv: &[&str]) -> String {
        start_as(argv).map(|(_, port)| port).unwrap_err()
    }

    #[test]
    fn what_a_driver_says_before_it_ends_is_told() {
        let program = r#"BEGIN { print "on port 0"; print "no display" > "/dev/stderr"; exit 1 }"#;

        let said = refusal(&["awk", program]);

        assert_eq!(said, "on port 0\nno display");
    }

    #[test]
    fn a_driver_that_is_not_there_is_told() {
        let said = refusal(&["no-such-driver"]);

        assert!(said.contains("no-such-driver"), "{said}");
        assert!(!said.contains(TAKEN), "{said}");
    }

    #[test]
    fn the_port_that_a_driver_chose_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let says = folder.path().join("says");
        std::fs::write(&says, "ChromeDriver was started successfully on port 4444.\n").unwrap();

        let (_driver, port) = start_as(&["tail", "-f", says.to_str().unwrap()]).unwrap();

        assert_eq!(port, 4444);
    }
}
