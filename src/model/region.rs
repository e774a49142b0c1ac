//! Partitions, Regions, and the locations of an account.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A set of Regions that share ARNs, IAM and nothing with other sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Partition {
    /// The commercial Regions.
    Aws,
    /// The Regions in China.
    AwsCn,
    /// AWS GovCloud (US).
    AwsUsGov,
}

impl Partition {
    /// The name in ARNs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::AwsCn => "aws-cn",
            Self::AwsUsGov => "aws-us-gov",
        }
    }

    /// The Region that is asked when no other is named.
    pub fn default_region(self) -> Region {
        Region(match self {
            Self::Aws => "us-east-1",
            Self::AwsCn => "cn-north-1",
            Self::AwsUsGov => "us-gov-west-1",
        })
    }

    /// The domain of the AWS console in this partition.
    pub fn console_domain(self) -> &'static str {
        match self {
            Self::Aws => "console.aws.amazon.com",
            Self::AwsCn => "console.amazonaws.cn",
            Self::AwsUsGov => "console.amazonaws-us-gov.com",
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Every Region of the three public partitions (botocore 1.43, partitions.json).
const REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];

/// A Region that Foghorn knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Region(&'static str);

/// Why a text is not a Region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown Region `{0}`{hint}", hint = hint(.0))]
pub struct UnknownRegion(pub String);

fn hint(text: &str) -> String {
    match nearest(text) {
        Some(name) => format!(": did you mean `{name}`?"),
        None => String::new(),
    }
}

fn nearest(text: &str) -> Option<&'static str> {
    REGIONS
        .iter()
        .map(|name| (strsim::damerau_levenshtein(name, text), *name))
        .filter(|(distance, _)| *distance <= 3)
        .min()
        .map(|(_, name)| name)
}

impl Region {
    /// Where AWS Chatbot and other services with a single home keep their
    /// metrics.
    pub const US_EAST_1: Self = Self("us-east-1");

    /// Where AWS Chatbot is called unless another of its Regions is asked for.
    pub const US_EAST_2: Self = Self("us-east-2");

    /// The home of services with a single endpoint in China.
    pub const CN_NORTHWEST_1: Self = Self("cn-northwest-1");

    /// The home of services with a single endpoint in AWS GovCloud (US).
    pub const US_GOV_WEST_1: Self = Self("us-gov-west-1");

    /// The Region's name.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// The partition that the Region belongs to.
    pub fn partition(&self) -> Partition {
        if self.0.starts_with("cn-") {
            Partition::AwsCn
        } else if self.0.starts_with("us-gov-") {
            Partition::AwsUsGov
        } else {
            Partition::Aws
        }
    }

    /// All known Regions, sorted.
    pub fn all() -> impl Iterator<Item = Self> {
        REGIONS.iter().map(|name| Self(name))
    }
}

impl FromStr for Region {
    type Err = UnknownRegion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        REGIONS
            .binary_search(&text)
            .map(|index| Self(REGIONS[index]))
            .map_err(|_| UnknownRegion(text.to_owned()))
    }
}

impl fmt::Display for Region {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Region {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(RegionVisitor)
    }
}

/// Reads a Region from within its own text, so that a deserializer that knows
/// positions reports the Region's and not that of the list around it.
struct RegionVisitor;

impl serde::de::Visitor<'_> for RegionVisitor {
    type Value = Region;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the name of a Region")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Region, E> {
        text.parse().map_err(E::custom)
    }
}

impl schemars::JsonSchema for Region {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Region".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "enum": REGIONS,
            "description": "A Region of AWS, by its name.",
            "examples": ["us-east-1"]
        })
    }
}

/// Where in an account a thing lives. Regions sort before `global`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Location {
    /// In one Region.
    Region(Region),
    /// In no Region: AWS Chatbot.
    Global,
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Region(region) => region.fmt(formatter),
            Self::Global => formatter.write_str("global"),
        }
    }
}

impl From<Region> for Location {
    fn from(region: Region) -> Self {
        Self::Region(region)
    }
}

impl Serialize for Location {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Location {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        match &*text {
            "global" => Ok(Self::Global),
            region => region.parse().map(Self::Region).map_err(serde::de::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_region_can_be_read_back() {
        for region in Region::all() {
            assert_eq!(region.as_str().parse(), Ok(region));
        }
    }

    #[test]
    fn a_mistyped_region_is_met_with_the_nearest_one() {
        let error = "ap-norteast-2".parse::<Region>().unwrap_err();
        assert_eq!(error.to_string(), "unknown Region `ap-norteast-2`: did you mean `ap-northeast-2`?");
    }

    #[test]
    fn a_region_knows_its_partition() {
        for (name, partition) in [
            ("eu-west-1", Partition::Aws),
            ("cn-north-1", Partition::AwsCn),
            ("us-gov-east-1", Partition::AwsUsGov),
        ] {
            assert_eq!(name.parse::<Region>().map(|region| region.partition()), Ok(partition));
        }
    }
}
