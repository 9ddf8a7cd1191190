//! Reads which part of a list somebody wants.

use std::fmt::Display;
use std::str::FromStr;

use berth_domain::Problems;
use berth_store::{Page, Part};

use crate::request::{HistoryRequest, PageRequest};

/// How much a page has when nobody says.
const PAGE: u32 = 100;
/// How much it has at most.
const LONGEST_PAGE: u32 = 1000;

/// Reads the page of a list that has two orders, the first of which is used when nobody says.
pub(crate) fn part<K, E: Display>(
    request: &PageRequest,
    orders: [&'static str; 2],
    place: impl FnOnce(&str) -> Result<K, E>,
    problems: &mut Problems,
) -> Part<K> {
    let PageRequest { sort, after, limit } = request;
    let order = sort.as_ref().and_then(|text| problems.one_of("sort", text, &orders, |name| name));
    let after = after.as_ref().and_then(|text| problems.check("after", place(text)));
    let page = Page { after, limit: length(*limit, problems) };
    Part { page, is_reversed: order == Some(orders[1]) }
}

/// Reads the page of a history.
pub(crate) fn history<K: FromStr<Err: Display>>(
    request: &HistoryRequest,
    problems: &mut Problems,
) -> Page<K> {
    let HistoryRequest { before, limit, .. } = request;
    let after = before.as_ref().and_then(|text| problems.check("before", text.parse()));
    Page { after, limit: length(*limit, problems) }
}

fn length(limit: Option<u32>, problems: &mut Problems) -> u32 {
    let limit = limit.unwrap_or(PAGE);
    if !(1..=LONGEST_PAGE).contains(&limit) {
        problems.add("limit", format!("a page has 1 to {LONGEST_PAGE} entries"));
    }
    limit
}

/// Reads a place in a list by name: any text that a database can compare.
pub(crate) fn name(text: &str) -> Result<String, &'static str> {
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err("this is not the `next` of a list");
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sort: Option<&str>, after: Option<&str>, limit: Option<u32>) -> (Part<String>, String) {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let request = PageRequest { sort: owned(sort), after: owned(after), limit };
        let mut problems = Problems::default();
        let part = part(&request, ["name", "-name"], name, &mut problems);
        (part, problems.to_string())
    }

    #[test]
    fn what_is_left_out_is_the_first_hundred_in_the_first_order() {
        let (part, problems) = read(None, None, None);

        assert_eq!((part, problems.as_str()), (Part::first(100), ""));
    }

    #[test]
    fn an_order_can_be_turned_round() {
        assert!(!read(Some("name"), None, None).0.is_reversed);
        assert!(read(Some("-name"), None, None).0.is_reversed);
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let (_, problems) = read(Some("size"), Some("a\0"), Some(0));

        for field in ["sort: ", "after: ", "limit: "] {
            assert!(problems.contains(field), "{problems}");
        }
    }
}
