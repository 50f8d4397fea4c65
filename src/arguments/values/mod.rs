//! Values of options that need a parser of their own.

pub(crate) mod local_folder;
pub(crate) mod moment;
pub(crate) mod number;
pub(crate) mod premature;
