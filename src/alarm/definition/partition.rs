//! The partitions of AWS, which have accounts and names of their own.

/// A partition of AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partition {
    /// The regions that are open to everyone.
    Commercial,
    /// The regions in China.
    China,
    /// The regions for the government of the United States.
    GovCloud,
}

impl Partition {
    /// Returns the partition that a region belongs to.
    pub fn of_region(region: &str) -> Self {
        if region.starts_with("us-gov-") {
            Self::GovCloud
        } else if region.starts_with("cn-") {
            Self::China
        } else {
            Self::Commercial
        }
    }

    /// Returns the name, as in ARNs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Commercial => "aws",
            Self::China => "aws-cn",
            Self::GovCloud => "aws-us-gov",
        }
    }

    /// Returns the end of the host names of services.
    pub fn url_suffix(self) -> &'static str {
        match self {
            Self::Commercial | Self::GovCloud => "amazonaws.com",
            Self::China => "amazonaws.com.cn",
        }
    }

    /// Returns the host of the console of a region. Emails of partitions other than the commercial
    /// one are not recorded; their consoles have these hosts.
    pub fn console(self, region: &str) -> String {
        match self {
            Self::Commercial => format!("{region}.console.aws.amazon.com"),
            Self::China => format!("{region}.console.amazonaws.cn"),
            Self::GovCloud => "console.amazonaws-us-gov.com".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_partition_has_its_names() {
        for (region, name, url_suffix, console) in [
            (
                "eu-west-1",
                "aws",
                "amazonaws.com",
                "eu-west-1.console.aws.amazon.com",
            ),
            (
                "cn-north-1",
                "aws-cn",
                "amazonaws.com.cn",
                "cn-north-1.console.amazonaws.cn",
            ),
            (
                "us-gov-west-1",
                "aws-us-gov",
                "amazonaws.com",
                "console.amazonaws-us-gov.com",
            ),
        ] {
            let partition = Partition::of_region(region);
            assert_eq!(partition.name(), name);
            assert_eq!(partition.url_suffix(), url_suffix);
            assert_eq!(partition.console(region), console);
        }
    }
}
