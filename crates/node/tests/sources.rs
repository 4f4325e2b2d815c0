//! Artifacts from elsewhere: whoever gives them, they are the right ones or none.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nets_core::{Digest, sha256};
use nets_node::{
    ArenaFolder, ArenaNode, ArtifactId, ArtifactServer, ModuleState, NodeError, Sources,
    VerifyError, open_round, round_report, run_round, verify,
};
use nets_testkit::web::{Answer, WebServer, nobody};

use crate::support::{GO_ON, Silent, arena, copy, module, short_league, two_threads};

const LEAGUE: &str = "silver";

/// The most that an admissible module has.
const MODULE_BYTES_MAX: usize = 16 << 20;

fn rock() -> (Vec<u8>, Digest) {
    let bytes = fs::read(module("rps-rock")).unwrap();
    let hash = sha256(&bytes);
    (bytes, hash)
}

fn sources(texts: &[&str]) -> Sources {
    Sources::parse(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()).unwrap()
}

/// A server that gives this whatever is asked for.
fn always(answer: Answer) -> WebServer {
    WebServer::start(move |_| answer.clone())
}

#[test]
fn a_source_that_is_wrong_in_any_way_is_named_and_the_next_one_is_asked() {
    let (bytes, hash) = rock();
    let mut other = bytes.clone();
    other[20] ^= 1;
    let down = nobody();
    let [absent, liar, hasty, heap] = [
        Answer::Status(404),
        Answer::Whole(other.clone()),
        Answer::Cut(bytes.clone()),
        Answer::Whole(vec![0; MODULE_BYTES_MAX + 1]),
    ]
    .map(always);
    let asked_for = format!("artifacts/{hash}");
    let whole = bytes.clone();
    let honest = WebServer::start(move |path| match path == asked_for {
        true => Answer::Whole(whole.clone()),
        false => Answer::Status(404),
    });
    let urls = [&absent, &liar, &hasty, &heap, &honest].map(WebServer::url);
    let texts = [&[down.as_str()], urls.each_ref().map(String::as_str).as_slice()].concat();
    let obtained = sources(&texts).obtain(ArtifactId::Module(hash)).unwrap();
    assert_eq!(obtained.bytes, bytes);
    assert_eq!(obtained.from, honest.url());
    let expected = [
        "did not answer to the end",
        "status 404, expected 200",
        &format!("their SHA-256 is {}", sha256(&other)),
        "did not answer to the end",
        "more than 16777216 bytes",
    ];
    assert_eq!(obtained.failures.len(), expected.len());
    for ((failure, expected), source) in obtained.failures.iter().zip(expected).zip(&texts) {
        assert_eq!(failure.source, **source);
        assert!(failure.reason.contains(expected), "{failure}");
    }
    let failures = sources(&texts[..5]).obtain(ArtifactId::Module(hash)).unwrap_err();
    assert_eq!(failures.len(), 5);

    // As many bytes as may be are read to the end.
    let largest = vec![7; MODULE_BYTES_MAX];
    let id = ArtifactId::Module(sha256(&largest));
    let full = always(Answer::Whole(largest.clone()));
    assert_eq!(sources(&[&full.url()]).obtain(id).unwrap().bytes, largest);
}

#[test]
fn a_source_that_does_not_answer_is_left_after_a_while() {
    let (_, hash) = rock();
    let slow = always(Answer::Never);
    let sources = sources(&[&slow.url()]).with_timeout(Duration::from_millis(100));
    let failures = sources.obtain(ArtifactId::Module(hash)).unwrap_err();
    assert!(failures[0].reason.contains("took longer than 0.1 seconds"), "{}", failures[0]);
}

#[test]
fn a_folder_of_files_or_an_arena_is_a_source_too() {
    let (bytes, hash) = rock();
    let folder = tempfile::tempdir().unwrap();
    let [plain, damaged, empty] = ["plain", "damaged", "empty"].map(|name| {
        let path = folder.path().join(name);
        fs::create_dir(&path).unwrap();
        path
    });
    fs::write(plain.join(format!("{hash}.wasm")), &bytes).unwrap();
    fs::write(damaged.join(format!("{hash}.wasm")), &bytes[1..]).unwrap();
    let texts = [&empty, &damaged, &plain].map(|path| path.to_str().unwrap());
    let obtained = sources(&texts).obtain(ArtifactId::Module(hash)).unwrap();
    assert_eq!((obtained.bytes, obtained.from.as_str()), (bytes, texts[2]));
    assert!(obtained.failures[0].reason.contains("no such file"));
    assert!(obtained.failures[1].reason.contains("are not it"));
    assert!(Sources::parse(&["https://me:secret@example.org".to_owned()]).is_err());
}

/// A copy of an arena without its modules and rules.
fn bare_copy(from: &Path, to: &Path) {
    copy(from, to);
    for kind in ["modules", "rules"] {
        let folder = to.join("artifacts").join(kind);
        fs::remove_dir_all(&folder).unwrap();
        fs::create_dir(&folder).unwrap();
    }
}

#[test]
fn what_an_arena_lacks_comes_from_its_sources_when_it_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, bare] = ["whole", "bare"].map(|name| folder.path().join(name));
    let agents = [("ada", "rps-rock"), ("bo", "rps-cycle")];
    let mut node = arena(&whole, short_league, &agents);
    let report = run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    drop(node);
    bare_copy(&whole, &bare);
    let missing = verify(&bare, 2, &GO_ON, &Silent).unwrap_err();
    assert!(matches!(missing, VerifyError::Altered(_)), "{missing}");
    assert!(missing.to_string().contains("is missing"), "{missing}");
    let wrong = ArenaFolder::new(&bare).with_sources(vec!["nowhere".to_owned()]);
    let missing = verify(wrong, 2, &GO_ON, &Silent).unwrap_err();
    assert!(matches!(missing, VerifyError::Unchecked(NodeError::NoSource { .. })), "{missing}");
    assert!(missing.to_string().contains("source nowhere: it has no such file"), "{missing}");

    // Named for now, for verifying.
    let named = ArenaFolder::new(&bare).with_sources(vec![whole.display().to_string()]);
    let verified = verify(named, 2, &GO_ON, &Silent).unwrap();
    assert_eq!(verified.rounds, 1);
    assert_eq!(verify(&bare, 2, &GO_ON, &Silent).unwrap(), verified, "they were kept");

    // Named in the settings, for whatever needs them.
    fs::remove_dir_all(&bare).unwrap();
    bare_copy(&whole, &bare);
    fs::remove_dir_all(bare.join("artifacts/records")).unwrap();
    fs::create_dir(bare.join("artifacts/records")).unwrap();
    let settings = fs::read_to_string(bare.join("arena.toml")).unwrap();
    let settings = format!("sources = [\"../whole\"]\n{settings}");
    fs::write(bare.join("arena.toml"), &settings).unwrap();
    let node = ArenaNode::open(&bare).unwrap();
    let again = round_report(&node, LEAGUE, Some(0), two_threads(), &Silent).unwrap();
    assert_eq!(again.standings, report.standings);
    let states = node.fetch_modules(&Silent).unwrap().into_iter().map(|module| module.state);
    assert_eq!(states.collect::<Vec<_>>(), [ModuleState::Here, ModuleState::Here]);
}

fn raw(url: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// Ends a server however its test ends.
struct SetWhenOver<'a>(&'a AtomicBool);

impl Drop for SetWhenOver<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn modules_are_served_from_the_freeze_of_their_entries_on() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, bare] = ["whole", "bare"].map(|name| folder.path().join(name));
    let agents = [("ada", "rps-rock"), ("bo", "rps-cycle")];
    let mut node = arena(&whole, short_league, &agents);
    bare_copy(&whole, &bare);
    let server = ArtifactServer::bind(&whole, "127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.address().unwrap());
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| server.run(&stop, |_| {}));
        let ending = SetWhenOver(&stop);
        // Somebody who says nothing keeps nobody waiting.
        let silent = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
        let (bytes, hash) = rock();
        let from = sources(&[&url]);
        let early = from.obtain(ArtifactId::Module(hash)).unwrap_err();
        assert!(early[0].reason.contains("status 403"), "{}", early[0]);
        let named = || ArenaFolder::new(&bare).with_sources(vec![url.clone()]);
        let fetched = ArenaNode::open(named()).unwrap().fetch_modules(&Silent).unwrap();
        let states: Vec<_> = fetched.into_iter().map(|module| module.state).collect();
        assert_eq!(states, [ModuleState::Early, ModuleState::Early], "but the rules came");

        // The arena is used by somebody else all the while.
        open_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
        let shown = loop {
            match from.obtain(ArtifactId::Module(hash)) {
                Ok(obtained) => break obtained.bytes,
                Err(early) => assert!(early[0].reason.contains("status 403"), "{}", early[0]),
            }
        };
        assert_eq!(shown, bytes);
        drop(ArenaNode::open(named()).unwrap().fetch_modules(&Silent).unwrap());
        copy(&whole.join("chain"), &bare.join("chain"));
        let fetched = ArenaNode::open(named()).unwrap().fetch_modules(&Silent).unwrap();
        let is_here = |state: &ModuleState| *state != ModuleState::Early;
        assert!(fetched.iter().all(|module| is_here(&module.state)), "{fetched:?}");

        let unknown = "0".repeat(64);
        for (request, status) in [
            (format!("GET /artifacts/{unknown} HTTP/1.1\r\n\r\n"), "404"),
            ("GET /artifacts/../keys/operator.key HTTP/1.1\r\n\r\n".to_owned(), "404"),
            ("GET /keys/operator.key HTTP/1.1\r\n\r\n".to_owned(), "404"),
            (format!("POST /artifacts/{hash} HTTP/1.1\r\n\r\n"), "405"),
            (format!("GET /artifacts/{hash} HTTP/1.1\r\n\r\n"), "200"),
        ] {
            let answer = raw(&url, &request);
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request}: {answer}");
        }
        let endless = "x".repeat(20_000);
        let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
        stream.write_all(endless.as_bytes()).ok();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok();
        assert_eq!(answer, b"", "a request without an end is not answered");
        drop((silent, ending));
    });
    let counts = server.counts();
    assert!(counts.served >= 3 && counts.early >= 1 && counts.missing == 1, "{counts:?}");
    assert!(counts.bad >= 4, "{counts:?}");
}
