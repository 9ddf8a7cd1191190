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

/// Returns a page that is plain without the times of day in it that programs read, curves, and what counts
/// from one look to the next; its icons are what they are called.
pub(crate) fn steady(page: &str) -> String {
    const ICON: &str =
        "<svg class=\"ico\" aria-hidden=\"true\"><use href=\"/assets/…/sprite.svg#i-";
    const SHAPE: &str = "<svg aria-hidden=\"true\"><use href=\"/assets/…/sprite.svg#s-";
    let page = called(&called(page, ICON, "<i-"), SHAPE, "<s-");
    let marks = [
        ("datetime=\"", "\""),
        ("NN:NN.", "<"),
        ("after=", "\""),
        (" d=\"M", "\""),
        (" id=\"e-", "\""),
        ("T10:0", "Z"),
        ("<span>Database</span>", "<small>"),
    ];
    marks.into_iter().fold(page, |page, (from, to)| cut(&page, from, to))
}

fn called(page: &str, picture: &str, word: &str) -> String {
    let mut parts = page.split(picture);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |page, part| page + word + &part.replacen("\"/></svg>", ">", 1))
}

/// Returns a page in which every number is the same that somebody reads, and what a disk can do is not said: for
/// what differs with the machine.
pub(crate) fn uncounted(page: &str) -> String {
    let lines: Vec<&str> = page.lines().filter(|line| !line.contains("<b>Reflink</b>")).collect();
    let page = cut(&lines.join("\n"), "width=\"", "%");
    let page = cut(&page, " at <code>", "<");
    let mut is_text = true;
    let mut out = String::with_capacity(page.len());
    for c in page.chars() {
        is_text = (is_text && c != '<') || c == '>';
        let is_number = is_text && (c.is_ascii_digit() || c == '.' && out.ends_with('N'));
        if !is_number {
            out.push(c);
        } else if !out.ends_with('N') {
            out.push('N');
        }
    }
    out
}

/// Returns a text without what stands between two others.
pub(crate) fn cut(text: &str, from: &str, to: &str) -> String {
    let mut parts = text.split(from);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(from);
        out.push('…');
        out.push_str(&part[part.find(to).unwrap_or(part.len())..]);
    }
    out
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
