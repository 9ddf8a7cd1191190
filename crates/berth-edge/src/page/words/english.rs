//! English.

use super::super::Refusal;

#[rustfmt::skip]
pub(super) fn words(refusal: Refusal) -> (&'static str, &'static str) {
    match refusal {
        Refusal::BadRequest => ("This request cannot be read", "Your browser sent something that does not make sense here. Reload the page; if it stays like this, delete the cookies of this site."),
        Refusal::UnknownHost => ("There is nothing at this address", "Check the spelling of the address. If you were sent a link, ask for a new one."),
        Refusal::Closed => ("This page is not available", "It is closed to everybody. Nothing is wrong with your account."),
        Refusal::TooLarge => ("This is too large", "The file or form you sent is larger than allowed. Try a smaller one."),
        Refusal::CallTooLarge => ("This call is too large", "Calls to this address are limited in size. Send large data in several calls, or over XML-RPC."),
        Refusal::NotACall => ("This call cannot be read", "The body is not a JSON-RPC call."),
        Refusal::TooSlow => ("This took too long to arrive", "The connection was too slow or broke off. Try again."),
        Refusal::Starting => ("Almost there", "This site is starting. The page opens by itself in a moment."),
        Refusal::Busy => ("One moment, please", "This site is being worked on. The page opens by itself when that is done; your data is safe."),
        Refusal::Stopped => ("This site is switched off", "It was stopped on purpose and its data is kept. Ask whoever looks after it to start it again."),
        Refusal::Failed => ("This site has a problem", "It cannot be opened right now. Whoever looks after it can see why; its data is kept."),
        Refusal::Suspended => ("This site is closed", "It was closed by the people who run it, and its data is kept. If you look after it, get in touch with them."),
        Refusal::Expired => ("The time of this site is over", "It was open until a certain day, and that has passed. Its data is kept. Ask whoever looks after it to prolong it."),
        Refusal::NotAnswering => ("This site is not answering", "It may be restarting. Try again in a few seconds."),
        Refusal::BadAnswer => ("Something went wrong", "The site gave an answer that cannot be shown. Try again; if it stays like this, tell whoever looks after it."),
        Refusal::NoAnswer => ("This is taking too long", "The site did not finish in time. It may still be working on it: look before you repeat it."),
        Refusal::Crowded => ("Very busy right now", "More people want this site than it can serve at once. Try again in a few seconds."),
    }
}
