//! Key files: those of other wallets are read, and those written here hold what was put in.

use nets_chain::Account;
use nets_chain_evm::{Keystore, KeystoreError};

use super::stage::account;

/// The examples of Web3 secret storage's definition: the same key by both derivations.
const SCRYPT: &str = r#"{
    "crypto": {
        "cipher": "aes-128-ctr",
        "cipherparams": {"iv": "83dbcc02d8ccb40e466191a123791e0e"},
        "ciphertext": "d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c",
        "kdf": "scrypt",
        "kdfparams": {"dklen": 32, "n": 262144, "p": 8, "r": 1,
            "salt": "ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"},
        "mac": "2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097"
    },
    "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
    "version": 3
}"#;
const PBKDF2: &str = r#"{
    "crypto": {
        "cipher": "aes-128-ctr",
        "cipherparams": {"iv": "6087dab2f9fdbbfaddc31a909735c1e6"},
        "ciphertext": "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
        "kdf": "pbkdf2",
        "kdfparams": {"c": 262144, "dklen": 32, "prf": "hmac-sha256",
            "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},
        "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"
    },
    "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
    "version": 3
}"#;
const PASSWORD: &str = "testpassword";
const SECRET: &str = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

#[test]
fn the_examples_of_the_definition_open_with_their_password_only() {
    let secret: [u8; 32] = alloy_primitives::hex::decode_to_array(SECRET).unwrap();
    let expected = Account::from_secret(&secret).unwrap().address();
    for text in [SCRYPT, PBKDF2] {
        let keystore = Keystore::decode(text).unwrap();
        assert_eq!(keystore.decrypt(PASSWORD).unwrap().address(), expected);
        assert_eq!(keystore.decrypt("wrong").unwrap_err(), KeystoreError::Password);
    }
}

#[test]
fn what_was_encrypted_is_read_again_and_shows_only_its_address() {
    let ada = account("ada");
    let keystore = Keystore::encrypt(&ada, "a password", &[5; 48]).unwrap();
    let text = keystore.encode();
    assert!(!text.contains(&alloy_primitives::hex::encode(ada.secret())));
    let again = Keystore::decode(&text).unwrap();
    assert_eq!(again, keystore);
    assert_eq!(again.address(), Some(ada.address()));
    assert_eq!(again.decrypt("a password").unwrap().secret(), ada.secret());
    let other = text.replace(&again.address().unwrap().to_string()[2..], &"00".repeat(20));
    assert!(matches!(
        Keystore::decode(&other).unwrap().decrypt("a password"),
        Err(KeystoreError::Address { .. })
    ));
}

#[test]
fn what_is_no_key_file_or_asks_for_too_much_is_refused() {
    let spoilt = [
        ("\"version\": 3", "\"version\": 1"),
        ("aes-128-ctr", "aes-128-cbc"),
        ("\"scrypt\"", "\"argon2\""),
        ("262144", "262145"),
        ("262144", "1099511627776"),
        ("\"dklen\": 32", "\"dklen\": 16"),
    ];
    for (from, to) in spoilt {
        let text = SCRYPT.replace(from, to);
        assert!(matches!(Keystore::decode(&text), Err(KeystoreError::Form(_))), "{to}");
    }
    assert!(Keystore::decode("{}").is_err());
    assert!(Keystore::decode("not even JSON").is_err());
}
