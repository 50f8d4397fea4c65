//! The editions of the CIS AWS Foundations Benchmark.

// The variants are in the order of publication, which ranges of editions rely on.
/// An edition of the CIS AWS Foundations Benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edition {
    /// 1.2.0, of 2018.
    V1_2,
    /// 1.3.0
    V1_3,
    /// 1.4.0
    V1_4,
    /// 1.5.0
    V1_5,
    /// 2.0.0
    V2_0,
    /// 3.0.0
    V3_0,
    /// 4.0.0
    V4_0,
    /// 5.0.0
    V5_0,
    /// 6.0.0
    V6_0,
    /// 7.0.0
    V7_0,
}

impl Edition {
    /// Every edition, oldest first.
    pub const ALL: [Self; 10] = [
        Self::V1_2,
        Self::V1_3,
        Self::V1_4,
        Self::V1_5,
        Self::V2_0,
        Self::V3_0,
        Self::V4_0,
        Self::V5_0,
        Self::V6_0,
        Self::V7_0,
    ];

    /// Returns the newest edition.
    pub fn newest() -> Self {
        let [.., newest] = Self::ALL;
        newest
    }

    /// Returns the name, as in `cis-5.0`.
    pub fn name(self) -> &'static str {
        match self {
            Self::V1_2 => "1.2",
            Self::V1_3 => "1.3",
            Self::V1_4 => "1.4",
            Self::V1_5 => "1.5",
            Self::V2_0 => "2.0",
            Self::V3_0 => "3.0",
            Self::V4_0 => "4.0",
            Self::V5_0 => "5.0",
            Self::V6_0 => "6.0",
            Self::V7_0 => "7.0",
        }
    }

    /// Returns the name with the number of a control, as in `5.0 (4.3)`.
    pub(super) fn numbered(self, control: u8) -> String {
        format!("{} ({}.{control})", self.name(), self.chapter())
    }

    /// Returns the chapter of the edition that holds the metric filters.
    pub(super) fn chapter(self) -> u8 {
        match self {
            Self::V1_2 => 3,
            edition if edition < Self::V6_0 => 4,
            _ => 5,
        }
    }
}
