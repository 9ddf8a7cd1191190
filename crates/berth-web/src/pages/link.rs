//! Addresses of pages that say which part of something is wanted.

/// The address of a page with these fields; those that are empty are left out.
pub(super) fn link<'a>(
    path: &str,
    fields: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let filled = fields.into_iter().filter_map(|(name, value)| Some((name, value?)));
    query.extend_pairs(filled.filter(|(_, value)| !value.trim().is_empty()));
    let query = query.finish();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{path}{mark}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_is_left_out_and_the_rest_stays_what_it_was() {
        let fields = [("text", Some("a&b=c#d")), ("state", Some(" ")), ("sort", None)];

        assert_eq!(link("/tenants", fields), "/tenants?text=a%26b%3Dc%23d");
        assert_eq!(link("/tenants", [("text", Some(""))]), "/tenants");
        assert_eq!(link("/tenants", []), "/tenants");
    }
}
