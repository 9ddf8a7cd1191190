//! What runs inside the containers of the suite.

/// Where programs find what they are told, an empty file system in memory.
pub(super) const SCRATCH: &str = "/scratch";

const SPEAK: &str = "BEGIN { printf \"\" > \"/scratch/said\"; close(\"/scratch/said\"); \
                     system(\"exec tail -n +1 -f /scratch/said\") }";
const WAIT_FOR_END: &str = "BEGIN { while ((getline line < \"/scratch/end\") < 0) \
                            system(\"sleep 0.1\"); exit 3 }";
const END: &str = "BEGIN { print \"end\" > \"/scratch/end\" }";
const SAY: &str = "BEGIN { print ARGV[1] >> \"/scratch/said\" }";
const FAIL: &str = "BEGIN { print \"to output\"; print \"to error\" > \"/dev/stderr\"; exit 3 }";

/// A program of busybox. Engines in memory recognise it by its arguments and act it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Program {
    /// Does nothing until it is stopped.
    Wait,
    /// Repeats what [`Program::Say`] tells it, until it is stopped.
    Speak,
    /// Inside a container that runs [`Program::Speak`]: lets it say a line.
    Say(String),
    /// Ends with code 3 once [`Program::End`] tells it to.
    WaitForEnd,
    /// Inside a container that runs [`Program::WaitForEnd`].
    End,
    /// Prints the numbers from 1, each on its line.
    Count(u32),
    /// Prints `to output` and `to error` to where they belong and ends with code 3.
    Fail,
    /// Prints every argument, followed by a zero byte.
    PrintArguments(Vec<String>),
    /// Copies its input to its output.
    Copy,
}

impl Program {
    /// Returns the argument list.
    #[must_use]
    pub fn command(&self) -> Vec<String> {
        match self {
            Self::Wait => list(&["sleep", "600"]),
            Self::Speak => list(&["awk", SPEAK]),
            Self::Say(line) => list(&["awk", SAY, line]),
            Self::WaitForEnd => list(&["awk", WAIT_FOR_END]),
            Self::End => list(&["awk", END]),
            Self::Count(last) => list(&["seq", "1", &last.to_string()]),
            Self::Fail => list(&["awk", FAIL]),
            Self::PrintArguments(arguments) => {
                let mut command = list(&["printf", "%s\\0"]);
                command.extend_from_slice(arguments);
                command
            }
            Self::Copy => list(&["cat"]),
        }
    }

    /// `None`: it is none of these.
    #[must_use]
    pub fn recognise(command: &[String]) -> Option<Self> {
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        let program = match words.as_slice() {
            ["awk", SAY, line] => Self::Say((*line).to_owned()),
            ["seq", "1", last] => Self::Count(last.parse().ok()?),
            ["printf", "%s\\0", ..] => Self::PrintArguments(command[2..].to_vec()),
            _ => [Self::Wait, Self::Speak, Self::WaitForEnd, Self::End, Self::Fail, Self::Copy]
                .into_iter()
                .find(|program| program.command() == command)?,
        };
        Some(program)
    }
}

pub(super) fn list(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_is_recognised_by_its_arguments() {
        let programs = [
            Program::Wait,
            Program::Speak,
            Program::Say("a; b".to_owned()),
            Program::WaitForEnd,
            Program::End,
            Program::Count(5),
            Program::Fail,
            Program::PrintArguments(vec!["$(id)".to_owned(), String::new()]),
            Program::Copy,
        ];
        for program in programs {
            assert_eq!(Program::recognise(&program.command()), Some(program));
        }
        assert_eq!(Program::recognise(&list(&["rm", "-rf", "/"])), None);
    }
}
