//! Texts of people who want something else to happen than what they were asked for.

/// None of them is the name of a tenant.
pub const NAMES: [&str; 40] = [
    "",
    " ",
    "a",
    "ab",
    "Acme",
    "ACME",
    "1acme",
    "-acme",
    "acme-",
    "ac--me",
    "acme corp",
    "acme\n",
    "acme\0",
    "acme\t",
    "acme.example",
    "acme_corp",
    "../../etc",
    "/etc/passwd",
    "..",
    "a/b",
    "a\\b",
    "acme;id",
    "acme|id",
    "acme&id",
    "$(id)",
    "`id`",
    "acme'--",
    "acme\"; DROP DATABASE postgres; --",
    "--privileged",
    "-v",
    "acme@host",
    "acme:8069",
    "acme#",
    "acme?x=1",
    "acme%2f",
    "<script>alert(1)</script>",
    "\u{430}cme",
    "acme\u{202e}",
    "postgres",
    "abcdefghijabcdefghijabcdefghijabcdefghijk",
];

/// Some of them may stand in a text that may be anything. None of them may ever start a program, leave its
/// field or its file, or become a statement.
pub const WORDS: [&str; 12] = [
    "$(touch /tmp/berth-was-here)",
    "`touch /tmp/berth-was-here`",
    ";touch /tmp/berth-was-here",
    "| touch /tmp/berth-was-here",
    "& touch /tmp/berth-was-here &",
    "--privileged",
    "-v /:/host",
    "'; DROP TABLE res_users; --",
    "\"; DROP DATABASE postgres; --",
    "../../../../etc/passwd",
    "a\nlist_db = True",
    "%(admin_passwd)s ${HOME}",
];

/// What would do harm on a page: it would be markup, end an attribute, run, or turn the direction of
/// reading for what stands around it.
pub const MARKUP: [&str; 7] = [
    "<b onclick=\"x\">'&amp;</b>\u{202e}gnp",
    "\"><img src=x onerror=alert(1)>",
    "' autofocus onfocus='alert(1)",
    "</textarea></title></script><script>alert(1)</script>",
    "javascript:alert(1)",
    "{{ 7 * 7 }}<!--middle-->",
    "\u{1b}[2J\u{1b}]8;;https://example.com\u{7}\u{2066}\u{feff}",
];
