//! Fetching: one file from one place over HTTP, bounded in size and time.
//!
//! What comes is bytes that somebody sent; whether they are the right ones is for the caller to say.

use std::time::Duration;

use thiserror::Error;

use crate::endpoint::Endpoint;
use crate::error::EvmError;

/// A place that files are fetched from.
#[derive(Clone, Debug)]
pub struct Source {
    endpoint: Endpoint,
}

/// A file that did not come.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FetchError {
    /// It is not there, or not yet.
    #[error("it answered with status {status}, expected 200")]
    Status {
        /// The status.
        status: u16,
    },
    /// There is more of it than may be.
    #[error("it sent more than {bytes_max} bytes, the most that is read")]
    TooLong {
        /// The most that is read.
        bytes_max: u64,
    },
    /// It took too long.
    #[error("it took longer than {} seconds", timeout.as_secs_f32())]
    Slow {
        /// How long it may take.
        timeout: Duration,
    },
    /// Nobody answered, or not to the end.
    #[error("it did not answer to the end: {reason}")]
    Broken {
        /// Why not.
        reason: String,
    },
}

impl Source {
    /// The place at a URL of HTTP; `${NAME}` in it stands for an environment variable.
    ///
    /// # Errors
    /// When it is no such URL, spells out a password, or names a variable that is not set.
    pub fn parse(url: &str) -> Result<Self, EvmError> {
        Ok(Self { endpoint: Endpoint::parse(url)? })
    }

    /// The URL as it was written.
    pub fn text(&self) -> &str {
        self.endpoint.text()
    }

    /// The file at `path` under this place.
    ///
    /// # Errors
    /// When it does not come whole, within the time and of at most so many bytes.
    pub fn fetch(
        &self,
        path: &str,
        bytes_max: u64,
        timeout: Duration,
    ) -> Result<Vec<u8>, FetchError> {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            .build();
        let failed = |error: ureq::Error| self.failure(&error, bytes_max, timeout);
        let url = format!("{}/{path}", self.endpoint.url().trim_end_matches('/'));
        let mut response = ureq::Agent::from(config).get(url).call().map_err(failed)?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(FetchError::Status { status });
        }
        // Some readers refuse a body that is as long as its limit.
        let body = response.body_mut().with_config().limit(bytes_max.saturating_add(1));
        let bytes = body.read_to_vec().map_err(failed)?;
        match bytes.len() as u64 > bytes_max {
            true => Err(FetchError::TooLong { bytes_max }),
            false => Ok(bytes),
        }
    }

    fn failure(&self, error: &ureq::Error, bytes_max: u64, timeout: Duration) -> FetchError {
        match error {
            ureq::Error::BodyExceedsLimit(_) => FetchError::TooLong { bytes_max },
            ureq::Error::Timeout(_) => FetchError::Slow { timeout },
            // The address that was dialled may hold a key; what is wrong with it does not.
            error => FetchError::Broken {
                reason: error.to_string().replace(self.endpoint.url(), self.endpoint.text()),
            },
        }
    }
}
