//! The protocol's library, asking through the door for everything that goes out.

use std::pin::Pin;

use berth_outbound::{Outbound, Unreached, Wanted};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

pub(super) struct Asking<'a>(pub(super) &'a Outbound);

impl<'c> AsyncHttpClient<'c> for Asking<'_> {
    type Error = Unreached;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Unreached>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.0.fetch(request, Wanted::Whole))
    }
}
