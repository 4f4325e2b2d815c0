//! Blueprints: a System that was chosen, with its parameters, before it is built.
//!
//! All but the values of a data set follows from the parameters. So a league can be made, entered and
//! closed on the hash of data that nobody has shown yet; only who plays a match needs the data. Here
//! is the one place that looks a data set up by its name or hash.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use nets_core::{
    DATA, DataSpec, Descriptor, Digest, ParameterError, ParameterValues, System, SystemId, sha256,
};
use once_cell::race::OnceBox;

use crate::forecast::{SHIPPED, ShippedData};
use crate::registry::{self, Build, BuildError, Registered};

/// The data sets that come with nets, by hash.
static SHIPPED_BY_HASH: OnceBox<BTreeMap<[u8; 32], &'static [u8]>> = OnceBox::new();

fn shipped_by_hash() -> &'static BTreeMap<[u8; 32], &'static [u8]> {
    let by_hash = || SHIPPED.iter().map(|shipped| (shipped.hash().0, shipped.csv)).collect();
    SHIPPED_BY_HASH.get_or_init(|| Box::new(by_hash()))
}

/// The value of a parameter as a person gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// A number.
    Number(u64),
    /// The SHA-256 of a data set, in hex, or the name of one that ships.
    Text(String),
}

impl From<u64> for Given {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

/// A System with parameters that it accepts, to be built.
#[derive(Clone, Debug)]
pub struct Blueprint {
    system: Registered,
    parameters: ParameterValues,
}

impl Blueprint {
    /// The newest version of the System called `name`, with the parameters `given`. For the others,
    /// values that go with the data set, if it is one that ships, and defaults.
    ///
    /// # Errors
    /// When there is no System of that name, it does not accept the parameters, or no data set has
    /// the name given.
    pub fn named(name: &str, given: &BTreeMap<String, Given>) -> Result<Self, BuildError> {
        let system = registry::newest(name)?;
        let descriptor = system.descriptor;
        let refused = |source| BuildError::Parameters { name: descriptor.name, source };
        let mut numbers = BTreeMap::new();
        let mut data = None;
        if let Some(spec) = &descriptor.data {
            data = chosen(spec, given.get(DATA))?;
            let shipped = shipped(spec).iter().find(|shipped| Some(shipped.hash()) == data);
            let suited = shipped.map_or(&[][..], |shipped| shipped.parameters);
            numbers.extend(suited.iter().map(|&(name, value)| (name.to_owned(), value)));
        }
        for (name, value) in given {
            match value {
                _ if name == DATA && descriptor.data.is_some() => {}
                Given::Number(value) => drop(numbers.insert(name.clone(), *value)),
                Given::Text(got) if descriptor.parameters.iter().any(|it| it.name == *name) => {
                    let (name, got) = (name.clone(), got.clone());
                    return Err(refused(ParameterError::NotANumber { name, got }));
                }
                // That there is no such parameter is said below.
                Given::Text(_) => drop(numbers.insert(name.clone(), 0)),
            }
        }
        let values = ParameterValues::new(descriptor.parameters, &numbers).map_err(refused)?;
        Self { system, parameters: data.into_iter().fold(values, ParameterValues::on_data) }
            .checked()
    }

    /// The System of exactly this name and version, with the parameters in `parameter_bytes`.
    ///
    /// # Errors
    /// When there is no such System or it does not accept the parameters.
    pub fn canonical(id: &SystemId, parameter_bytes: &[u8]) -> Result<Self, BuildError> {
        let system = registry::exact(id)?;
        let Descriptor { name, .. } = *system.descriptor;
        let parameters = system.descriptor.decode_parameters(parameter_bytes);
        let parameters = parameters.map_err(|source| BuildError::Parameters { name, source })?;
        Self { system, parameters }.checked()
    }

    fn checked(self) -> Result<Self, BuildError> {
        let Build::OnData { check, .. } = self.system.build else { return Ok(self) };
        match check(&self.parameters) {
            Ok(()) => Ok(self),
            Err(reason) => {
                Err(BuildError::Contradictory { name: self.system.descriptor.name, reason })
            }
        }
    }

    /// The facts of the System.
    pub fn descriptor(&self) -> &'static Descriptor {
        self.system.descriptor
    }

    /// Its parameters.
    pub fn parameters(&self) -> &ParameterValues {
        &self.parameters
    }

    /// The data set that it needs to be built and that does not come with nets.
    pub fn missing_data(&self) -> Option<&Digest> {
        self.parameters.data().filter(|hash| !shipped_by_hash().contains_key(&hash.0))
    }

    /// The System, where its data set comes with nets, or it has none.
    ///
    /// # Errors
    /// When its data set does not come with nets or does not fit its parameters.
    pub fn build(&self) -> Result<Arc<dyn System>, BuildError> {
        match (self.system.build, self.parameters.data()) {
            (Build::OnData { .. }, Some(hash)) => match shipped_by_hash().get(&hash.0) {
                Some(csv) => self.build_on(csv),
                None => {
                    let name = self.system.descriptor.name;
                    Err(BuildError::MissingData { name, hash: *hash })
                }
            },
            _ => Ok(self.build_without_data()),
        }
    }

    /// The System where it has no data set. Apart from [`Blueprint::build`], so that who has every
    /// data set at hand needs none of those that come with nets.
    fn build_without_data(&self) -> Arc<dyn System> {
        match self.system.build {
            Build::Plain(build) | Build::OnData { without: Some(build), .. } => {
                build(self.parameters.clone())
            }
            Build::OnData { .. } => unreachable!("it was made with the hash of one"),
        }
    }

    /// The System on the data set in `csv`, which must be its own; where it has none, as it is.
    ///
    /// # Errors
    /// When this is another data set, or it does not fit the parameters.
    pub fn build_on(&self, csv: &[u8]) -> Result<Arc<dyn System>, BuildError> {
        let Build::OnData { build, .. } = self.system.build else {
            return Ok(self.build_without_data());
        };
        let (name, got) = (self.system.descriptor.name, sha256(csv));
        match self.parameters.data() {
            None => Ok(self.build_without_data()),
            Some(expected) if *expected != got => {
                Err(BuildError::OtherData { name, expected: *expected, got })
            }
            Some(_) => build(self.parameters.clone(), csv).map_err(|reason| BuildError::Data {
                name,
                hash: got,
                reason,
            }),
        }
    }

    /// The System for a trial: on values that are made up, where it has a data set, with the sizes
    /// that it has on any. Nothing that is played on it counts.
    ///
    /// # Errors
    /// Never where parameters are in their ranges.
    pub fn build_for_trial(&self) -> Result<Arc<dyn System>, BuildError> {
        let (Build::OnData { made_up, .. }, Some(_)) = (self.system.build, self.parameters.data())
        else {
            return self.build();
        };
        let csv = made_up(&self.parameters);
        let parameters = self.parameters.clone().on_data(sha256(csv.as_bytes()));
        Self { system: self.system, parameters }.build_on(csv.as_bytes())
    }
}

/// The data sets that come with nets for a System of this kind.
fn shipped(spec: &DataSpec) -> &'static [ShippedData] {
    // Who has a default has it from these; positions of chess are nobody's time series.
    if spec.default.is_some() { SHIPPED } else { &[] }
}

/// The hash of the data set that was given, or of the default, if there is one.
fn chosen(spec: &DataSpec, given: Option<&Given>) -> Result<Option<Digest>, BuildError> {
    let text = match given {
        None => spec.default.map(str::to_owned),
        Some(Given::Text(text)) => Some(text.clone()),
        Some(Given::Number(number)) => Some(number.to_string()),
    };
    let Some(text) = text else { return Ok(None) };
    if let Some(shipped) = shipped(spec).iter().find(|shipped| shipped.name == text) {
        return Ok(Some(shipped.hash()));
    }
    Digest::from_hex(text.strip_prefix("0x").unwrap_or(&text)).map(Some).map_err(|_| {
        let known: Vec<_> = shipped(spec).iter().map(|shipped| shipped.name).collect();
        BuildError::UnknownData { text, known: known.join(", ") }
    })
}
