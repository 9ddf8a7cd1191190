//! One POST per message.

use std::error::Error;

use berth_domain::Timestamp;
use berth_domain::notice::Message;
use berth_engine::{Undelivered, Webhook};
use berth_outbound::{Outbound, Unreached, Wanted};
use http::{Request, StatusCode, header};
use url::Url;

use crate::sign;

pub(crate) async fn post(
    outbound: &Outbound,
    to: &Webhook,
    message: &Message,
    at: Timestamp,
) -> Result<(), Undelivered> {
    let url = outbound.check(&to.url).map_err(|why| Undelivered::Refused(in_full(&why)))?;
    let request = request(&url, to, message, at)?;
    match outbound.fetch(request, Wanted::Head).await {
        Ok(answer) => judge(answer.status()),
        Err(why) if why.is_refused() => Err(Undelivered::Refused(in_full(&why))),
        Err(why) => Err(Undelivered::Failed(in_full(&why))),
    }
}

/// What went wrong, with what it came from.
pub(crate) fn in_full(why: &Unreached) -> String {
    let sources = std::iter::successors(why.source(), |&why| why.source());
    sources.fold(why.to_string(), |text, why| format!("{text}: {why}"))
}

fn request(
    url: &Url,
    to: &Webhook,
    message: &Message,
    at: Timestamp,
) -> Result<Request<Vec<u8>>, Undelivered> {
    let body = message.to_json();
    let timestamp = at.as_second();
    let signature = sign(&to.secret, &message.id, timestamp, body.as_bytes())
        .ok_or_else(|| Undelivered::Refused("its secret cannot be used".to_owned()))?;
    Request::post(url.as_str())
        .header(header::CONTENT_TYPE, "application/json")
        .header("webhook-id", &message.id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", signature)
        .body(body.into_bytes())
        .map_err(|error| Undelivered::Refused(error.to_string()))
}

fn judge(status: StatusCode) -> Result<(), Undelivered> {
    match status {
        _ if status.is_success() => Ok(()),
        StatusCode::GONE => Err(Undelivered::Gone),
        _ => Err(Undelivered::Failed(format!("it answered {}", status.as_u16()))),
    }
}
