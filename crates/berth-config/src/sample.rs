//! The commented sample file, generated from the fields.

use std::fmt::Write as _;

use crate::{providers, sections};

const HEAD: &str = "\
# Configuration of Berth. Every line that sets something is commented out and shows the default.
#
# Berth reads `berth.toml` in its home folder, or the file named by --config or BERTH_CONFIG.
# The home folder is --home, or BERTH_HOME, or else /var/lib/berth for root and
# ~/.local/share/berth for everybody else. It cannot be set here.
#
# Each setting can also be given as a variable (`edge.listen` is BERTH_EDGE_LISTEN; lists are
# separated by commas) or as a flag (`--set edge.listen=0.0.0.0:80`). A flag beats a variable, a
# variable beats this file. Changes take effect when `berth serve` starts next.
# `berth config check` finds every mistake, `berth config show` says what is in force and why.
";

/// Returns a file that documents every setting and changes none.
#[must_use]
pub fn sample() -> String {
    let mut text = HEAD.to_owned();
    for section in &sections::ALL {
        text.push('\n');
        comment(&mut text, section.doc);
        writeln!(text, "[{}]", section.name).expect("writing to a string cannot fail");
        for field in section.fields {
            text.push('\n');
            comment(&mut text, field.doc);
            writeln!(text, "# {} = {}", field.key, field.default)
                .expect("writing to a string cannot fail");
        }
        if section.name == providers::LIST.0 {
            provider(&mut text);
        }
    }
    text
}

/// An example of a provider. Its lines have no space after the `#`: they belong together.
fn provider(text: &mut String) {
    text.push_str("\n# One for each provider. What stands here is an example; variables and flags set none.\n");
    text.push_str("#[[sign_in.provider]]\n");
    for providers::Entry { key, example, doc } in &providers::KEYS {
        for line in *doc {
            writeln!(text, "# {line}").expect("writing to a string cannot fail");
        }
        writeln!(text, "#{key} = {example}").expect("writing to a string cannot fail");
    }
}

fn comment(text: &mut String, lines: &[&str]) {
    for line in lines {
        text.push('#');
        text.push_str(line);
        text.push('\n');
    }
}
