//! An event of the contract in words: its name, and each of its fields with its value.
//!
//! What there is of an event is what its JSON has, so a new one needs no words of its own.

use std::collections::BTreeMap;
use std::fmt;

use nets_node::ArenaEvent;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::failure::Failure;

/// How many hex digits of a hash are shown.
const DIGITS: usize = 8;

/// The event as a line; addresses that have a name here are shown by it.
pub(super) fn in_words(
    event: &ArenaEvent,
    names: &BTreeMap<String, String>,
) -> Result<String, Failure> {
    let json = serde_json::to_string(event)?;
    let Fields(mut event) = serde_json::from_str(&json)?;
    let Some((name, fields)) = event.pop() else { return Ok(String::new()) };
    Ok(format!("{name}: {}", fields_in_words(&fields, names)?))
}

fn fields_in_words(fields: &RawValue, names: &BTreeMap<String, String>) -> Result<String, Failure> {
    let Fields(fields) = serde_json::from_str(fields.get())?;
    let pair = |(name, value): &(String, Box<RawValue>)| {
        Ok(format!("{} {}", field_name(name), value_in_words(value, names)?))
    };
    Ok(fields.iter().map(pair).collect::<Result<Vec<_>, Failure>>()?.join(", "))
}

fn value_in_words(value: &RawValue, names: &BTreeMap<String, String>) -> Result<String, Failure> {
    let text = value.get();
    Ok(match text.chars().next() {
        Some('{') => format!("({})", fields_in_words(value, names)?),
        Some('[') => {
            let items: Vec<Box<RawValue>> = serde_json::from_str(text)?;
            let items = items.iter().map(|item| value_in_words(item, names));
            format!("[{}]", items.collect::<Result<Vec<_>, _>>()?.join(" "))
        }
        Some('"') => {
            let text: String = serde_json::from_str(text)?;
            names.get(&text).cloned().unwrap_or_else(|| short(&text))
        }
        _ => text.to_owned(),
    })
}

/// A hash, an address or other bytes by their beginning.
fn short(text: &str) -> String {
    match text.strip_prefix("0x").filter(|digits| digits.len() > 2 * DIGITS) {
        Some(digits) => format!("0x{}…", digits.chars().take(DIGITS).collect::<String>()),
        None => text.to_owned(),
    }
}

/// A field's name in the contract, as words.
fn field_name(name: &str) -> String {
    let word = |letter: char| match letter.is_ascii_uppercase() {
        true => format!(" {}", letter.to_ascii_lowercase()),
        false => letter.to_string(),
    };
    name.chars().map(word).collect()
}

/// A JSON object's fields in their order, numbers of any size among them.
struct Fields(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Fields;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Fields, M::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_every_sort_are_short_and_whole_numbers_stay_whole() {
        let json = r#"{"entryPrice":340282366920938463463374607431768211455,"isOpen":true,
            "owner":"0x00000000000000000000000000000000000000aa","by":"0xbb",
            "root":"0x0123456789abcdef0123456789abcdef","payouts":[100,50],"terms":{"seats":1}}"#;
        let names = [("0x00000000000000000000000000000000000000aa".to_owned(), "ada".to_owned())];
        let value: Box<RawValue> = serde_json::from_str(json).unwrap();
        assert_eq!(
            fields_in_words(&value, &names.into()).unwrap(),
            "entry price 340282366920938463463374607431768211455, is open true, owner ada, by 0xbb, \
             root 0x01234567…, payouts [100 50], terms (seats 1)"
        );
    }
}
