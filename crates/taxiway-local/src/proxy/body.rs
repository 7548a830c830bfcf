//! Bodies on their way through.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited, combinators::UnsyncBoxBody};
use hyper::body::{Body, Frame, Incoming, SizeHint};

use super::{access_log::Entry, backend::InFlight};

/// The most bytes of a request that are kept so that it can be sent again.
const REPLAY_LIMIT: u64 = 64 * 1024;

/// What goes to an application.
pub(super) type RequestBody = UnsyncBoxBody<Bytes, hyper::Error>;

/// What goes to a client.
pub(super) type ResponseBody = UnsyncBoxBody<Bytes, hyper::Error>;

/// Known bytes.
pub(super) fn full(bytes: impl Into<Bytes>) -> ResponseBody {
    Full::new(bytes.into())
        .map_err(|never| match never {})
        .boxed_unsync()
}

/// The body of a request, kept where it may be needed twice.
#[derive(Debug)]
pub(super) enum Payload {
    Kept(Bytes),
    Stream(Option<Incoming>),
}

impl Payload {
    /// Reads a small body of known size; leaves any other one a stream.
    ///
    /// # Errors
    /// When the client stops sending.
    pub(super) async fn read(
        body: Incoming,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        if body.is_end_stream() {
            return Ok(Self::Kept(Bytes::new()));
        }
        match body.size_hint().exact() {
            Some(size) if size <= REPLAY_LIMIT => {
                let limit = usize::try_from(REPLAY_LIMIT).unwrap_or(usize::MAX);
                let bytes = Limited::new(body, limit).collect().await?.to_bytes();
                Ok(Self::Kept(bytes))
            }
            _ => Ok(Self::Stream(Some(body))),
        }
    }

    /// Whether it can be sent another time.
    pub(super) fn is_left(&self) -> bool {
        match self {
            Self::Kept(_) => true,
            Self::Stream(body) => body.is_some(),
        }
    }

    /// The body for one attempt.
    pub(super) fn take(&mut self) -> RequestBody {
        match self {
            Self::Kept(bytes) => full(bytes.clone()),
            Self::Stream(body) => match body.take() {
                Some(body) => body.boxed_unsync(),
                None => full(Bytes::new()),
            },
        }
    }
}

/// Whether an error of [`Payload::read`] means that the body was longer than it said.
pub(super) fn is_too_long(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<LengthLimitError>()
}

/// The body of an answer: as long as it lives its request is in flight; when it ends the access log gets its line.
#[derive(Debug)]
pub(super) struct Tracked {
    body: Incoming,
    _in_flight: InFlight,
    entry: Entry,
}

impl Tracked {
    pub(super) fn new(body: Incoming, in_flight: InFlight, entry: Entry) -> Self {
        Self {
            body,
            _in_flight: in_flight,
            entry,
        }
    }
}

impl Body for Tracked {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &frame
            && let Some(data) = frame.data_ref()
        {
            self.entry.bytes += data.len() as u64;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
