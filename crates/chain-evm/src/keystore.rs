//! Keystores: a secret key in a file that only a password opens (Web3 secret storage, version 3).
//!
//! Read are files of any wallet, by scrypt or PBKDF2; written are those that every wallet reads.
//! What it is worth: a password that can be guessed is no protection, and a key that is in use is in
//! this process's memory.

use std::fmt;

use alloy_primitives::{hex, keccak256};
use ctr::cipher::{KeyIvInit, StreamCipher};
use nets_chain::Account;
use nets_core::Address;
use serde_json::{Value, json};
use thiserror::Error;

const VERSION: u64 = 3;
const CIPHER: &str = "aes-128-ctr";
const DERIVED_BYTES: usize = 32;

/// What wallets commonly use for new files: a quarter of a gibibyte for about a second.
const SCRYPT_LOG_N: u8 = 18;
const SCRYPT_R: u32 = 8;
const SCRYPT_P: u32 = 1;

/// The most memory that a file may ask for.
const SCRYPT_BYTES_MAX: u64 = 1 << 31;

/// The most rounds that a file may ask for, some minutes of work.
const PBKDF2_ROUNDS_MAX: u64 = 100_000_000;

/// A key file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeystoreError {
    /// It is none, or of a kind that is not supported.
    #[error("not a key file of Web3 secret storage, version 3: {0}")]
    Form(String),
    /// The password is wrong, or the file damaged.
    #[error("the password is wrong, or the file is damaged")]
    Password,
    /// It holds the key of another address than it says.
    #[error("it says that it is of {said}, but holds the key of {holds}")]
    Address {
        /// The address that it says.
        said: String,
        /// The address of its key.
        holds: Address,
    },
}

/// An encrypted key.
#[derive(Clone, PartialEq, Eq)]
pub struct Keystore {
    address: Option<Address>,
    derivation: Derivation,
    iv: [u8; 16],
    ciphertext: Vec<u8>,
    mac: [u8; 32],
}

/// How the password becomes a key.
#[derive(Clone, PartialEq, Eq)]
enum Derivation {
    Scrypt { log_n: u8, r: u32, p: u32, salt: Vec<u8> },
    Pbkdf2 { rounds: u32, salt: Vec<u8> },
}

impl Keystore {
    /// Encrypts a key. `randomness` must never have been used before: it is the salt and the start of
    /// the stream that hides the key.
    ///
    /// # Errors
    /// Practically never: when the derivation does not run.
    pub fn encrypt(
        account: &Account,
        password: &str,
        randomness: &[u8; 48],
    ) -> Result<Self, KeystoreError> {
        let (salt, iv) = randomness.split_at(32);
        let (log_n, r, p) = (SCRYPT_LOG_N, SCRYPT_R, SCRYPT_P);
        let mut keystore = Self {
            address: Some(account.address()),
            derivation: Derivation::Scrypt { log_n, r, p, salt: salt.to_vec() },
            iv: iv.try_into().unwrap_or_default(),
            ciphertext: account.secret().to_vec(),
            mac: [0; 32],
        };
        let derived = keystore.derivation.derive(password)?;
        apply_cipher(&derived, &keystore.iv, &mut keystore.ciphertext);
        keystore.mac = keystore.mac_with(&derived);
        Ok(keystore)
    }

    /// The key.
    ///
    /// # Errors
    /// When the password is wrong, or the file does not hold what it says.
    pub fn decrypt(&self, password: &str) -> Result<Account, KeystoreError> {
        let derived = self.derivation.derive(password)?;
        if self.mac_with(&derived) != self.mac {
            return Err(KeystoreError::Password);
        }
        let mut secret = self.ciphertext.clone();
        apply_cipher(&derived, &self.iv, &mut secret);
        let secret = secret.as_slice().try_into().map_err(|_| KeystoreError::Password)?;
        let account = Account::from_secret(secret).map_err(|_| KeystoreError::Password)?;
        match self.address {
            Some(said) if said != account.address() => {
                Err(KeystoreError::Address { said: said.to_string(), holds: account.address() })
            }
            _ => Ok(account),
        }
    }

    /// Whose key it is, if the file says so; [`Keystore::decrypt`] says whether that is true.
    pub fn address(&self) -> Option<Address> {
        self.address
    }

    fn mac_with(&self, derived: &[u8; DERIVED_BYTES]) -> [u8; 32] {
        keccak256([&derived[16..], &self.ciphertext].concat()).0
    }

    /// The file's text.
    pub fn encode(&self) -> String {
        let (kdf, parameters) = match &self.derivation {
            Derivation::Scrypt { log_n, r, p, salt } => {
                let (n, salt) = (1u64 << log_n, hex::encode(salt));
                ("scrypt", json!({"dklen": DERIVED_BYTES, "n": n, "r": r, "p": p, "salt": salt}))
            }
            Derivation::Pbkdf2 { rounds, salt } => {
                let (prf, salt) = ("hmac-sha256", hex::encode(salt));
                ("pbkdf2", json!({"dklen": DERIVED_BYTES, "c": rounds, "prf": prf, "salt": salt}))
            }
        };
        let mut object = json!({
            "version": VERSION,
            "id": self.id(),
            "crypto": {
                "cipher": CIPHER,
                "cipherparams": { "iv": hex::encode(self.iv) },
                "ciphertext": hex::encode(&self.ciphertext),
                "kdf": kdf,
                "kdfparams": parameters,
                "mac": hex::encode(self.mac),
            },
        });
        if let Some(address) = self.address {
            object["address"] = json!(hex::encode(address.0));
        }
        format!("{object:#}\n")
    }

    /// A name for the file, as wallets want one: of the form of a random UUID.
    fn id(&self) -> String {
        let mut bytes: [u8; 16] = self.iv;
        bytes.iter_mut().zip(self.mac).for_each(|(byte, mac)| *byte ^= mac);
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let digits = hex::encode(bytes);
        [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
    }

    /// Reads the text.
    ///
    /// # Errors
    /// [`KeystoreError::Form`] with what is wrong.
    pub fn decode(text: &str) -> Result<Self, KeystoreError> {
        let form = |reason: &str| KeystoreError::Form(reason.to_owned());
        let object: Value =
            serde_json::from_str(text).map_err(|error| KeystoreError::Form(error.to_string()))?;
        if object["version"].as_u64() != Some(VERSION) {
            return Err(form("its version is another"));
        }
        // Some wallets write the name in capitals.
        let crypto = object.get("crypto").or_else(|| object.get("Crypto"));
        let crypto = crypto.ok_or_else(|| form("it has no part called crypto"))?;
        if crypto["cipher"].as_str() != Some(CIPHER) {
            return Err(form("its cipher is not aes-128-ctr"));
        }
        let fixed = |value: &Value, name: &str| read_hex(value).ok_or_else(|| form(name));
        let address = match &object["address"] {
            Value::Null => None,
            value => Some(fixed(value, "address")?),
        };
        let address = address.map(|bytes| bytes.try_into().map_err(|_| form("address")));
        Ok(Self {
            address: address.transpose()?.map(Address),
            derivation: Derivation::read(crypto)?,
            iv: fixed(&crypto["cipherparams"]["iv"], "iv")?.try_into().map_err(|_| form("iv"))?,
            ciphertext: fixed(&crypto["ciphertext"], "ciphertext")?,
            mac: fixed(&crypto["mac"], "mac")?.try_into().map_err(|_| form("mac"))?,
        })
    }
}

impl Derivation {
    fn read(crypto: &Value) -> Result<Self, KeystoreError> {
        let form = |reason: &str| KeystoreError::Form(reason.to_owned());
        let parameters = &crypto["kdfparams"];
        let number = |name: &str| parameters[name].as_u64().ok_or_else(|| form(name));
        let small = |name: &str| number(name)?.try_into().map_err(|_| form(name));
        if number("dklen")? != DERIVED_BYTES as u64 {
            return Err(form("dklen is not 32"));
        }
        let salt = read_hex(&parameters["salt"]).ok_or_else(|| form("salt"))?;
        match crypto["kdf"].as_str() {
            Some("scrypt") => {
                let (n, r, p) = (number("n")?, small("r")?, small("p")?);
                let memory = n.saturating_mul(128).saturating_mul(u64::from(r));
                if !n.is_power_of_two() || memory > SCRYPT_BYTES_MAX || p > 64 {
                    return Err(form("its scrypt parameters are out of range"));
                }
                Ok(Self::Scrypt { log_n: n.trailing_zeros() as u8, r, p, salt })
            }
            Some("pbkdf2") => {
                if parameters["prf"].as_str() != Some("hmac-sha256") {
                    return Err(form("its prf is not hmac-sha256"));
                }
                let rounds = small("c")?;
                if u64::from(rounds) > PBKDF2_ROUNDS_MAX {
                    return Err(form("its PBKDF2 rounds are out of range"));
                }
                Ok(Self::Pbkdf2 { rounds, salt })
            }
            _ => Err(form("its kdf is neither scrypt nor pbkdf2")),
        }
    }

    fn derive(&self, password: &str) -> Result<[u8; DERIVED_BYTES], KeystoreError> {
        let mut derived = [0; DERIVED_BYTES];
        let password = password.as_bytes();
        match self {
            Self::Scrypt { log_n, r, p, salt } => {
                let form = || KeystoreError::Form("its scrypt parameters".to_owned());
                let parameters = scrypt::Params::new(*log_n, *r, *p).map_err(|_| form())?;
                scrypt::scrypt(password, salt, &parameters, &mut derived).map_err(|_| form())?;
            }
            Self::Pbkdf2 { rounds, salt } => {
                pbkdf2::pbkdf2_hmac::<sha2::Sha256>(password, salt, *rounds, &mut derived);
            }
        }
        Ok(derived)
    }
}

fn apply_cipher(derived: &[u8; DERIVED_BYTES], iv: &[u8; 16], bytes: &mut [u8]) {
    let mut key = [0; 16];
    key.copy_from_slice(&derived[..16]);
    ctr::Ctr128BE::<aes::Aes128>::new(&key.into(), &(*iv).into()).apply_keystream(bytes);
}

fn read_hex(value: &Value) -> Option<Vec<u8>> {
    let text = value.as_str()?;
    hex::decode(text.strip_prefix("0x").unwrap_or(text)).ok()
}

impl fmt::Debug for Keystore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Keystore").field("address", &self.address).finish_non_exhaustive()
    }
}
