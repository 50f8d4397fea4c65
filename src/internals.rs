//! The modules that are not the interface of the crate, for its own tests, benchmarks and fuzz
//! targets, which are crates of their own. They may change with any version.

/// The module `findings`.
pub mod findings {
    pub use crate::findings::*;
}

/// The module `json`.
pub mod json {
    pub use crate::json::*;
}

/// The module `text`.
pub mod text {
    pub use crate::text::*;
}

/// The module `conclude`.
#[cfg(feature = "cli")]
pub mod conclude {
    pub use crate::conclude::*;
}

/// The module `configuration`.
#[cfg(feature = "cli")]
pub mod configuration {
    pub use crate::configuration::*;
}

/// The module `container`.
#[cfg(feature = "cli")]
pub mod container {
    pub use crate::container::*;
}

/// The module `job`.
#[cfg(feature = "cli")]
pub mod job {
    pub use crate::job::*;
}

/// The module `ledger`.
#[cfg(feature = "cli")]
pub mod ledger {
    pub use crate::ledger::*;
}

/// The module `scan`.
#[cfg(feature = "cli")]
pub mod scan {
    pub use crate::scan::*;
}

/// The module `source`.
#[cfg(feature = "cli")]
pub mod source {
    pub use crate::source::*;
}

/// The module `shards`.
#[cfg(feature = "cli")]
pub mod shards {
    pub use crate::shards::*;
}

/// The module `spool`.
#[cfg(feature = "cli")]
pub mod spool {
    pub use crate::spool::*;
}
