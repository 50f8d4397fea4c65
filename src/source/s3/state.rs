//! The state of the requests to S3, as the progress shows it.

/// The requests under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestState {
    /// The number of requests that are under way.
    pub under_way: usize,
    /// The reason why there are not more.
    pub bound_by: BoundBy,
}

/// The bound of the requests under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BoundBy {
    /// Nothing that is known yet: there will be more.
    Nothing,
    /// The largest number that is allowed.
    Concurrency,
    /// The bucket, which asked to slow down.
    Bucket,
    /// The network, or the speed of the bucket: more requests brought no more objects.
    Network,
    /// The processor: what has arrived waits for it.
    Processor,
}
