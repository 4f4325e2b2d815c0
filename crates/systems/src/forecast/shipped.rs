//! The data sets that come with nets; `data/README.md` says where they are from.

use nets_core::{Digest, sha256};

/// A data set that comes with nets.
#[derive(Debug)]
pub struct ShippedData {
    /// Its name, as on the command line.
    pub name: &'static str,
    /// What it holds, for people.
    pub about: &'static str,
    /// Its bytes.
    pub csv: &'static [u8],
    /// Values of parameters that go with it where no others are given.
    pub parameters: &'static [(&'static str, u64)],
}

impl ShippedData {
    /// What matches on it commit to.
    pub fn hash(&self) -> Digest {
        sha256(self.csv)
    }
}

/// Every data set that comes with nets.
pub const SHIPPED: &[ShippedData] = &[
    ShippedData {
        name: "sunspots",
        about: "sunspot number, mean of a year, 1700 to 2008",
        csv: include_bytes!("../../data/sunspots.csv"),
        parameters: &[],
    },
    ShippedData {
        name: "co2",
        about: "carbon dioxide in the air at Mauna Loa, ppm, mean of a week, 1958 to 2001",
        csv: include_bytes!("../../data/co2.csv"),
        parameters: &[("from", 1_225), ("count", 1_000), ("low", 3_000), ("levels", 1_001)],
    },
    ShippedData {
        name: "el-nino",
        about: "sea surface temperature of Niño 1+2, °C, mean of a month, 1950 to 2010",
        csv: include_bytes!("../../data/el-nino.csv"),
        parameters: &[
            ("from", 372),
            ("count", 360),
            ("season", 12),
            ("decimals", 2),
            ("low", 1_500),
            ("levels", 2_001),
        ],
    },
];
