//! A page without what differs each time that it is shown.

/// Returns the page with ids, keys, addresses of files, times, ages and sizes that were measured as words.
pub(crate) fn plain(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    for line in page.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<String> = split(line).map(word).collect();
        out.push_str(&ages(&words.concat()));
        out.push('\n');
    }
    out
}

/// Cuts a line where a name, a number or a time begins or ends.
fn split(line: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let mut rest = line;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest
            .char_indices()
            .find(|(_, c)| is_part(*c) != is_part(first))
            .map_or(rest.len(), |(at, _)| at);
        let (word, behind) = rest.split_at(end);
        rest = behind;
        Some(word)
    })
}

fn word(word: &str) -> String {
    let is_hexadecimal = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    if let Some((kind, id)) = word.split_once('_')
        && (is_hexadecimal(id, 32) || is_hexadecimal(id, 10))
    {
        return format!("{kind}_…");
    }
    if is_hexadecimal(word, 32) || is_hexadecimal(word, 16) || is_hexadecimal(word, 64) {
        return "…".to_owned();
    }
    let is_clock = word.len() >= 5
        && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b':')
        && word.contains(':');
    if is_clock { "NN:NN".to_owned() } else { word.to_owned() }
}

/// `3.2 s` and `120 ms` last as long as each other here, days are all the same, and so is what a database
/// fills. A size that somebody set is a whole number.
fn ages(line: &str) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut out: Vec<String> = Vec::new();
    for part in line.split_inclusive(' ') {
        let is_unit = |unit: &&str| {
            part.strip_prefix(*unit).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        };
        let last = out.last_mut();
        if let Some(last) = last {
            let start = last.rfind(|c: char| !(c.is_ascii_digit() || c == '.' || c == ' '));
            let number =
                start.map_or(0, |at| at + last[at..].chars().next().map_or(1, char::len_utf8));
            let is_number = last[number..].starts_with(|c: char| c.is_ascii_digit());
            if is_number && ["ms", "s", "min"].iter().any(&is_unit) {
                let unit = ["ms", "min", "s"].iter().find(|unit| is_unit(unit)).unwrap();
                last.replace_range(number.., "N ");
                out.push(part.replacen(*unit, "s", 1));
                continue;
            }
            if is_number && is_unit(&"MiB") && last[number..].contains('.') {
                last.replace_range(number.., "N ");
            }
            if is_number && MONTHS.iter().any(is_unit) {
                last.replace_range(number.., "N ");
                out.push(format!("Mon{}", &part[3..]));
                continue;
            }
        }
        out.push(part.to_owned());
    }
    out.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_each_time_is_a_word() {
        let page = "<a href=\"/assets/0123456789abcdef/berth.css\">op_0198c0de00007000800000000000a001</a> 12 s ago, \
                    begun 30 Nov 13:45:10, tenants 12";

        assert_eq!(
            plain(page),
            "<a href=\"/assets/…/berth.css\">op_…</a> N s ago, begun N Mon NN:NN, tenants 12\n"
        );
        assert_eq!(plain("took 120 ms</span>"), "took N s</span>\n");
        assert_eq!(plain("fills 7.5 MiB of 256 MiB"), "fills N MiB of 256 MiB\n");
        assert_eq!(plain("2 seconds"), "2 seconds\n");
    }
}
