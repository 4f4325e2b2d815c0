//! A server of files for tests, which answers as the test says: rightly, wrongly, slowly, in part.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, sleep};
use std::time::Duration;

/// What a request is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The whole file.
    Whole(Vec<u8>),
    /// The beginning of a file that is said to be longer, and the end of the connection.
    Cut(Vec<u8>),
    /// Only this status.
    Status(u16),
    /// Nothing before the server is gone.
    Never,
}

/// A running server; it is gone with this.
#[derive(Debug)]
pub struct WebServer {
    address: String,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl WebServer {
    /// Starts a server that answers by what is asked for: a path without its first slash.
    ///
    /// # Panics
    /// When no port can be listened on.
    pub fn start(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it has an address").to_string();
        let is_over = Arc::new(AtomicBool::new(false));
        let (over, answer) = (Arc::clone(&is_over), Arc::new(answer));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let (over, answer) = (Arc::clone(&over), Arc::clone(&answer));
                // Who went away was not served.
                std::thread::spawn(move || stream.and_then(|it| serve(it, &*answer, &over)));
            }
        });
        Self { address, is_over, thread: Some(thread) }
    }

    /// Where it answers.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// A URL at which nobody listens.
///
/// # Panics
/// When no port is free.
pub fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    format!("http://{}", listener.local_addr().expect("it has an address"))
}

fn serve(
    mut stream: TcpStream,
    answer: &dyn Fn(&str) -> Answer,
    over: &AtomicBool,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let path = first.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
    let (status, missing_bytes, body) = match answer(path) {
        Answer::Whole(body) => (200, 0, body),
        Answer::Cut(body) => (200, 1, body),
        Answer::Status(status) => (status, 0, Vec::new()),
        Answer::Never => {
            while !over.load(Ordering::Relaxed) {
                sleep(Duration::from_millis(10));
            }
            return Ok(());
        }
    };
    let length = body.len() + missing_bytes;
    let head =
        format!("HTTP/1.1 {status} Told\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(&body)
}

impl Drop for WebServer {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // The listener looks after the next connection.
        TcpStream::connect(&self.address).ok();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}
