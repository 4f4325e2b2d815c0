//! Endpoints: where a node answers, written so that no secret has to stand in a file.

use std::fmt;

use crate::error::EvmError;

/// The URL of a node. `${NAME}` in it stands for an environment variable, such as a provider's key;
/// what is written into files and messages is the text with its names, never what they stand for.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    text: String,
    url: String,
}

impl Endpoint {
    /// Reads the text and fills in its variables.
    ///
    /// # Errors
    /// When it is no URL of HTTP, spells out a password, or names a variable that is not set.
    pub fn parse(text: &str) -> Result<Self, EvmError> {
        let wrong = |reason: String| EvmError::Endpoint { text: text.to_owned(), reason };
        let is_http = text.starts_with("http://") || text.starts_with("https://");
        if !is_http || text.contains(char::is_whitespace) {
            return Err(wrong("expected a URL that begins with http:// or https://".to_owned()));
        }
        let authority = text.split('/').nth(2).unwrap_or_default();
        if authority.is_empty() {
            return Err(wrong("it names no host".to_owned()));
        }
        if authority.split_once('@').is_some_and(|(user, _)| !user.contains("${")) {
            return Err(EvmError::Endpoint {
                text: "the URL".to_owned(),
                reason: "it spells out a password, which would be kept in a file; put it into an \
                         environment variable and write ${NAME} in its place"
                    .to_owned(),
            });
        }
        Ok(Self { text: text.to_owned(), url: expand(text).map_err(wrong)? })
    }

    /// The text as it was written, with the names of variables.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What requests go to.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Endpoint({})", self.text)
    }
}

fn expand(text: &str) -> Result<String, String> {
    let mut parts = text.split("${");
    let mut url = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').ok_or("a ${ has no } after it")?;
        let value = std::env::var(name)
            .map_err(|_| format!("the environment variable {name} is not set"))?;
        url.extend([value.as_str(), rest]);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_in_and_never_shown() {
        let endpoint = Endpoint::parse("https://rpc.example/${CARGO_PKG_NAME}/v2").unwrap();
        assert_eq!(endpoint.url(), "https://rpc.example/nets-chain-evm/v2");
        assert_eq!(endpoint.text(), "https://rpc.example/${CARGO_PKG_NAME}/v2");
        assert!(!format!("{endpoint:?}").contains("nets-chain-evm"));
    }

    #[test]
    fn what_is_no_url_or_spells_out_a_password_is_refused() {
        for bad in ["localhost:8545", "ws://a", "http://", "http://a b", "https://me:pass@a/"] {
            assert!(Endpoint::parse(bad).is_err(), "{bad}");
        }
        let unset = Endpoint::parse("http://a/${NETS_NO_SUCH_VARIABLE}").unwrap_err();
        assert!(unset.to_string().contains("NETS_NO_SUCH_VARIABLE is not set"), "{unset}");
        let spelt = Endpoint::parse("https://me:pass@a/").unwrap_err();
        assert!(!spelt.to_string().contains("pass@"), "{spelt}");
    }
}
