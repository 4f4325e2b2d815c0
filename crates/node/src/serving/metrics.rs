//! Metrics: a text that others read again and again, over HTTP.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::connection::Asked;
use crate::error::NodeError;

/// A server of one text, for as long as the process lives.
#[derive(Debug)]
pub struct MetricsServer {
    address: SocketAddr,
    text: Arc<Mutex<String>>,
}

impl MetricsServer {
    /// Listens at an address, as `127.0.0.1:9464`; port 0 is any that is free.
    ///
    /// # Errors
    /// When the address cannot be listened on, or no thread can be started.
    pub fn start(address: &str) -> Result<Self, NodeError> {
        let failed = |source| NodeError::Listen { address: address.to_owned(), source };
        let listener = TcpListener::bind(address).map_err(failed)?;
        let text = Arc::new(Mutex::new(String::new()));
        let (address, shown) = (listener.local_addr().map_err(failed)?, Arc::clone(&text));
        let serve = move || {
            // One after the other: who reads metrics does so seldom, and each has its time.
            for stream in listener.incoming().flatten() {
                answer(stream, &shown);
            }
        };
        thread::Builder::new().spawn(serve).map_err(failed)?;
        Ok(Self { address, text })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Shows this text from now on.
    pub fn show(&self, text: String) {
        *self.text.lock().unwrap_or_else(PoisonError::into_inner) = text;
    }
}

fn answer(stream: TcpStream, text: &Mutex<String>) {
    let Ok(mut asked) = Asked::read(stream) else { return };
    if let Err(status) = asked.path("/metrics") {
        return asked.refuse(&status);
    }
    let text = text.lock().unwrap_or_else(PoisonError::into_inner).clone();
    // Whoever went away wants nothing.
    asked.send_text(&text).ok();
}
