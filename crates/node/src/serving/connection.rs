//! A connection: one request in HTTP/1.1, one answer, the end. Only as much of HTTP as that takes.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use nets_core::{Digest, MatchId};

/// The most bytes before the empty line that ends a request.
const HEAD_BYTES_MAX: usize = 8 << 10;

/// How long a request may take to come.
const ASK_TIME: Duration = Duration::from_secs(10);

/// How long an answer may take to go: 16 MiB at 140 KB a second.
const ANSWER_TIME: Duration = Duration::from_secs(120);

const CHUNK_BYTES: usize = 64 << 10;

/// An answer that gives nothing.
pub(super) struct Status {
    line: &'static str,
    headers: &'static str,
    text: &'static str,
}

impl Status {
    /// The agent's entries are not frozen yet.
    pub(super) const EARLY: Self = Self {
        line: "403 Forbidden",
        headers: "",
        text: "entries of the round that this module is to play first are still open\n",
    };
    /// There is no such artifact.
    pub(super) const MISSING: Self =
        Self { line: "404 Not Found", headers: "", text: "no such artifact here\n" };
    /// It cannot be told just now whether the artifact may be given.
    pub(super) const UNKNOWN: Self = Self {
        line: "503 Service Unavailable",
        headers: "Retry-After: 10\r\n",
        text: "the arena's chain cannot be read just now\n",
    };
    const BUSY: Self = Self {
        line: "503 Service Unavailable",
        headers: "Retry-After: 10\r\n",
        text: "too many ask at once\n",
    };
    const NOT_GET: Self = Self {
        line: "405 Method Not Allowed",
        headers: "Allow: GET\r\n",
        text: "only GET is answered\n",
    };
    const NO_PATH: Self = Self {
        line: "404 Not Found",
        headers: "",
        text: "expected /artifacts/ or /records/ and 64 hex digits, or /metrics of a watcher\n",
    };
}

/// What somebody asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wish {
    /// What hashes to this.
    Artifact(Digest),
    /// The record of a signed match.
    Record(MatchId),
}

/// Somebody who asked for something.
pub(super) struct Asked {
    stream: TcpStream,
    line: String,
}

impl Asked {
    /// Reads a request to its end; what it says beside its first line does not matter.
    pub(super) fn read(mut stream: TcpStream) -> io::Result<Self> {
        let begun = Instant::now();
        // Some systems hand on the listener's way of not waiting.
        stream.set_nonblocking(false)?;
        stream.set_write_timeout(Some(ASK_TIME))?;
        let mut head = Vec::new();
        let mut chunk = [0; 1024];
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            let left = ASK_TIME.checked_sub(begun.elapsed()).filter(|left| !left.is_zero());
            stream.set_read_timeout(Some(left.ok_or(io::ErrorKind::TimedOut)?))?;
            let count = stream.read(&mut chunk)?;
            if count == 0 || head.len() + count > HEAD_BYTES_MAX {
                return Err(io::ErrorKind::InvalidData.into());
            }
            head.extend(&chunk[..count]);
        }
        let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
        Ok(Self { line: String::from_utf8_lossy(line).into_owned(), stream })
    }

    /// What is asked for, or what to answer if it is nothing that there could be.
    pub(super) fn wish(&self) -> Result<Wish, Status> {
        if let Ok(id) = self.path("/records/") {
            return id.parse().map(Wish::Record).map_err(|_| Status::NO_PATH);
        }
        let hash = self.path("/artifacts/")?;
        Digest::from_hex(hash).map(Wish::Artifact).map_err(|_| Status::NO_PATH)
    }

    /// What follows a prefix in the path that is asked for, or what to answer if it is another.
    pub(super) fn path(&self, prefix: &str) -> Result<&str, Status> {
        let mut words = self.line.split(' ');
        let (method, path) = (words.next(), words.next().unwrap_or_default());
        if method != Some("GET") {
            return Err(Status::NOT_GET);
        }
        path.strip_prefix(prefix).ok_or(Status::NO_PATH)
    }

    /// Gives a text that is another the next time.
    pub(super) fn send_text(&mut self, text: &str) -> io::Result<()> {
        let headers = "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n\
                       Cache-Control: no-store\r\n";
        self.head("200 OK", headers, text.len() as u64)?;
        self.stream.write_all(text.as_bytes())
    }

    /// Gives a file; how many bytes it had.
    pub(super) fn send(&mut self, mut file: File, wish: &Wish) -> io::Result<u64> {
        let begun = Instant::now();
        let length = file.metadata()?.len();
        let headers = match wish {
            // What is named by its hash never changes.
            Wish::Artifact(_) => {
                "Content-Type: application/octet-stream\r\n\
                 Cache-Control: public, max-age=31536000, immutable\r\n"
            }
            Wish::Record(_) => {
                "Content-Type: application/octet-stream\r\nCache-Control: no-store\r\n"
            }
        };
        self.head("200 OK", headers, length)?;
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let count = file.read(&mut chunk)?;
            if count == 0 {
                return Ok(length);
            }
            if begun.elapsed() > ANSWER_TIME {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.stream.write_all(&chunk[..count])?;
        }
    }

    /// Gives nothing, and says why.
    pub(super) fn refuse(&mut self, status: &Status) {
        let Status { line, headers, text } = status;
        // Whoever does not listen misses the reason only.
        self.head(line, headers, text.len() as u64).ok();
        self.stream.write_all(text.as_bytes()).ok();
    }

    fn head(&mut self, line: &str, headers: &str, length: u64) -> io::Result<()> {
        let head = format!(
            "HTTP/1.1 {line}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        self.stream.write_all(head.as_bytes())
    }
}

/// Tells somebody to come again, without waiting for what it asks.
pub(super) fn refuse(stream: TcpStream) {
    // It fits into what the system keeps of an answer, so nobody is waited for.
    stream.set_nonblocking(true).ok();
    Asked { stream, line: String::new() }.refuse(&Status::BUSY);
}
