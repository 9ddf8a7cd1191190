//! A future that is asked as seldom as can be.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tokio::task::coop::has_budget_remaining;

/// A future that is asked once, and then not before it can be ready.
///
/// A connection is woken twice by each request, and to ask its timer and the stop takes locks that
/// all connections share. Whom a future wakes is known to it from the first time.
pub(crate) struct Seldom<'a, F, R> {
    future: Pin<&'a mut F>,
    can_be_ready: R,
    /// Whom it wakes.
    woken: Option<Waker>,
}

impl<'a, F, R> Seldom<'a, F, R> {
    pub(crate) fn new(future: Pin<&'a mut F>, can_be_ready: R) -> Self {
        Self { future, can_be_ready, woken: None }
    }

    /// Lets the future begin anew.
    pub(crate) fn again(&mut self, begin: impl FnOnce(Pin<&mut F>)) {
        begin(self.future.as_mut());
        self.woken = None;
    }
}

impl<F: Future, R: Fn(&F) -> bool + Unpin> Future for Seldom<'_, F, R> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let known = self.woken.as_ref().is_some_and(|waker| waker.will_wake(cx.waker()));
        if known && !(self.can_be_ready)(&self.future) {
            return Poll::Pending;
        }
        // Without a budget it is not even asked whom to wake.
        self.woken = has_budget_remaining().then(|| cx.waker().clone());
        self.future.as_mut().poll(cx)
    }
}
