//! A digest of a specification, by which a container is known to be what it should be.
//!
//! # Invariants
//!
//! * Equal specifications have equal fingerprints, in every run and on every machine.
//! * Texts are preceded by their length, so no two different specifications read the same.

use std::fmt::Write;

use aws_lc_rs::digest::{Context, SHA256};
use berth_runtime::{Attachment, Labels, WorkloadSpec};

/// Raise it when `config::container` makes something else of the same specification and running
/// containers have to follow. Every container of every tenant is replaced then.
const CONFIGURATION: u64 = 1;

/// Returns the fingerprint, in hexadecimal digits.
pub(crate) fn of(spec: &WorkloadSpec) -> String {
    let mut writer = Writer(Context::new(&SHA256));
    writer.number(CONFIGURATION);
    write(&mut writer, spec);
    let digest = writer.0.finish();
    digest.as_ref().iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Destructures without `..`: a new field does not compile until it is written here.
fn write(writer: &mut Writer, spec: &WorkloadSpec) {
    let WorkloadSpec {
        name,
        role,
        labels: Labels { tenant, operation },
        generation,
        image,
        command,
        environment,
        user,
        mounts,
        attachment,
        limits,
        read_only_root,
        scratch,
        shared_memory,
        stop_grace,
        stop_signal,
    } = spec;
    writer.text(name.as_str());
    writer.text(role.as_str());
    writer.optional(tenant.as_ref(), |writer, tenant| writer.text(&tenant.to_string()));
    writer.optional(operation.as_ref(), |writer, operation| writer.text(&operation.to_string()));
    writer.number(generation.0);
    writer.text(image.as_str());
    writer.list(command, |writer, argument| writer.text(argument));
    writer.list(environment, |writer, (name, value)| {
        writer.text(name);
        writer.text(value);
    });
    writer.optional(user.as_ref(), |writer, user| {
        writer.number(user.uid.into());
        writer.number(user.gid.into());
    });
    writer.list(mounts, |writer, mount| {
        writer.text(&mount.source.as_path().to_string_lossy());
        writer.text(mount.target);
        writer.flag(mount.read_only);
    });
    write_attachment(writer, attachment);
    writer.optional(limits.as_ref(), |writer, limits| {
        writer.number(limits.cpu_millis.into());
        writer.number(limits.memory.0);
        writer.number(limits.pids.into());
    });
    writer.flag(*read_only_root);
    writer.list(scratch, |writer, path| writer.text(path));
    writer.optional(shared_memory.as_ref(), |writer, size| writer.number(size.0));
    writer.number(stop_grace.as_secs());
    writer.number(stop_grace.subsec_nanos().into());
    writer.optional(stop_signal.as_ref(), |writer, signal| writer.text(signal));
}

fn write_attachment(writer: &mut Writer, attachment: &Attachment) {
    match attachment {
        Attachment::None => writer.number(0),
        Attachment::Network { name, address } => {
            writer.number(1);
            writer.text(name.as_str());
            writer.number(u32::from(*address).into());
        }
    }
}

struct Writer(Context);

impl Writer {
    fn number(&mut self, number: u64) {
        self.0.update(&number.to_be_bytes());
    }

    fn flag(&mut self, flag: bool) {
        self.number(flag.into());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.update(text.as_bytes());
    }

    fn optional<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.flag(value.is_some());
        if let Some(value) = value {
            write(self, value);
        }
    }

    fn list<T>(
        &mut self,
        values: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        let values = values.into_iter();
        self.number(values.len() as u64);
        values.for_each(|value| write(self, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::samples;

    #[test]
    fn equal_specifications_have_the_fingerprint_they_always_had() {
        assert_eq!(of(&samples::tenant()), of(&samples::tenant()));
        // Changing this value replaces every container of every installation.
        assert_eq!(
            of(&samples::tenant()),
            "b5a1afa7c9ae93b1d21c06159f2d95aafe87413998d54e4cb4ee389f009685b1"
        );
    }

    #[test]
    fn every_difference_shows() {
        let changed: [fn(&mut WorkloadSpec); 7] = [
            |spec| spec.generation.0 += 1,
            |spec| spec.command.push(String::new()),
            |spec| spec.limits = None,
            |spec| spec.read_only_root = false,
            |spec| spec.labels.operation = None,
            |spec| spec.mounts[0].read_only = !spec.mounts[0].read_only,
            |spec| spec.attachment = Attachment::None,
        ];
        for (index, change) in changed.into_iter().enumerate() {
            let mut spec = samples::tenant();
            change(&mut spec);
            assert_ne!(of(&spec), of(&samples::tenant()), "change {index}");
        }
    }

    #[test]
    fn a_boundary_between_arguments_shows() {
        let with = |arguments: &[&str]| {
            let command = arguments.iter().map(|&argument| argument.to_owned()).collect();
            WorkloadSpec { command, ..samples::tenant() }
        };

        assert_ne!(of(&with(&["ab", "c"])), of(&with(&["a", "bc"])));
    }
}
