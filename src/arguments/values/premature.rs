//! The assumptions about a premature breach, as a user names them.

use crate::alarm::PrematureBreach;

// The variants are documented as the help of the command line shows them.
/// The state after a premature breach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Premature {
    /// INSUFFICIENT_DATA
    Insufficient,
    /// The state is kept
    Keep,
    /// OK
    Ok,
}

impl From<Premature> for PrematureBreach {
    fn from(premature: Premature) -> Self {
        match premature {
            Premature::Insufficient => Self::InsufficientData,
            Premature::Keep => Self::Keep,
            Premature::Ok => Self::Ok,
        }
    }
}
