//! Signed leagues as a user runs them: a host and agents as processes, which are killed.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const NETS: &str = env!("CARGO_BIN_EXE_nets");
const LEAGUE: &str = "signed";

/// How often everything is killed.
const KILLS: u64 = 12;

const TERMS: &str = r#"
[[league]]
name = "signed"
system = "connect-four"
matches-per-round = 4
clock-blocks = 8
minimum-stake = 10
claim-bond = 0
entry-price = 1
payouts = [50, 25]
payout-multiplier = 1
assertion-bond = 100
slot-capital = 10
slots-per-owner = 4
entry-blocks = 1
claim-blocks = 16
challenge-blocks = 2
unbond-blocks = 64
void-blocks = 8
"#;

/// A model that answers one of the legal actions, another each time, after a moment of thought.
const MODEL: &str = r#"
while read -r question; do
  sleep 0.02
  seed=$(od -An -N2 -tu2 /dev/urandom)
  printf '%s\n' "$question" | grep -o '"action":[0-9]*' | cut -d: -f2 |
    awk -v seed="$seed" 'BEGIN { srand(seed) } { line[NR] = $0 } END { print line[int(rand() * NR) + 1] }'
done
"#;

fn nets(arena: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(NETS);
    command.args(words).env("NETS_ARENA", arena).env("NETS_CACHE", crate::case::code_cache());
    command.stdin(Stdio::null());
    command
}

fn output(arena: &Path, words: &[&str]) -> String {
    let output = nets(arena, words).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    let result = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{words:?}: {result}{error}");
    result
}

fn failure(arena: &Path, words: &[&str]) -> String {
    let output = nets(arena, words).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{words:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// An agent's files and its owner.
struct Agent {
    key: PathBuf,
    owner: String,
}

struct Stage {
    root: PathBuf,
    model: PathBuf,
    agents: Vec<Agent>,
    host: String,
    log: PathBuf,
}

fn field(line: &str, name: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(line.trim()).unwrap();
    value[name].as_str().unwrap().to_owned()
}

impl Stage {
    fn new(folder: &Path) -> Self {
        let root = folder.join("arena");
        output(&root, &["init", root.to_str().unwrap(), "--seed", "5"]);
        let terms = root.join("leagues.toml");
        fs::write(&terms, fs::read_to_string(&terms).unwrap() + TERMS).unwrap();
        output(&root, &["league", "create", LEAGUE, "--fund", "1000"]);
        let agent = |name: &&str| {
            let made = output(&root, &["account", "new", name, "--fund", "100", "--json"]);
            let key = folder.join(format!("{name}.key"));
            let address = output(&root, &["agent", "key", key.to_str().unwrap(), "--json"]);
            let words = ["agent", "add", "--league", LEAGUE, "--owner", name, "--name", name];
            output(&root, &[&words[..], &["--key", &field(&address, "key")]].concat());
            Agent { key, owner: field(&made, "address") }
        };
        let agents = ["ada", "bo"].iter().map(agent).collect();
        let model = folder.join("model.sh");
        fs::write(&model, MODEL).unwrap();
        // Whoever takes the port meanwhile fails the test, and no other does.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (host, log) = (format!("127.0.0.1:{port}"), folder.join("processes.log"));
        Self { root, model, agents, host, log }
    }

    fn spawn(&self, words: &[&str]) -> Running {
        let log = fs::File::options().create(true).append(true).open(&self.log).unwrap();
        let mut command = nets(&self.root, words);
        Running(command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap())
    }

    fn host(&self) -> Running {
        self.spawn(&["round", "run", LEAGUE, "--listen", &self.host, "--move-seconds", "600"])
    }

    fn serve(&self, agent: &Agent) -> Running {
        let (key, model) = (agent.key.to_str().unwrap(), self.model.to_str().unwrap());
        let words = ["agent", "serve", "--key", key, "--owner", &agent.owner, "--host", &self.host];
        self.spawn(&[&words[..], &["--exec", "sh", model]].concat())
    }

    fn all(&self) -> Vec<Running> {
        let agents = self.agents.iter().map(|agent| self.serve(agent));
        std::iter::once(self.host()).chain(agents).collect()
    }

    fn told(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn played(&self) -> usize {
        let plays = fs::read_dir(self.root.join("plays")).into_iter().flatten().flatten();
        plays.map(|it| fs::read_to_string(it.path()).unwrap_or_default().lines().count()).sum()
    }
}

/// A process that does not outlive its test.
struct Running(Child);

impl Running {
    fn kill(&mut self) {
        self.0.kill().ok();
        self.0.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

#[test]
fn killed_agents_and_hosts_go_on_where_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::new(folder.path());
    let mut running = stage.all();
    for kills in 0..KILLS {
        let (before, begun) = (stage.played(), Instant::now());
        // Something is played, and then somebody dies, most often in the middle of a match.
        while stage.played() <= before && running[0].0.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < Duration::from_secs(120), "{}", stage.told());
            sleep(Duration::from_millis(5));
        }
        sleep(Duration::from_millis(37 * kills % 101));
        let victim = (kills % 3) as usize;
        running[victim].kill();
        if kills % 4 == 3 {
            // A host that forgets what was played is told again.
            running[0].kill();
            fs::remove_dir_all(stage.root.join("plays")).unwrap();
            running[0] = stage.host();
        }
        running[victim] = match victim {
            0 => stage.host(),
            agent => stage.serve(&stage.agents[agent - 1]),
        };
    }
    let status = running[0].0.wait().unwrap();
    running.truncate(1);
    assert!(status.success(), "{}", stage.told());
    let matches = output(&stage.root, &["round", "matches", LEAGUE, "--json"]);
    assert_eq!(matches.matches("\"played\"").count(), 4, "{matches}");
    assert!(!matches.contains("clock"), "nobody forfeited: {matches}");
    output(&stage.root, &["verify", stage.root.to_str().unwrap()]);

    // What the journals hold is what the records say, action for action and step for step.
    let records = stage.root.join("artifacts").join("records");
    let mut signed = 0;
    for entry in fs::read_dir(records).unwrap().flatten() {
        let record = nets_core::MatchRecord::decode(&fs::read(entry.path()).unwrap()).unwrap();
        for (step, recorded) in record.steps.iter().enumerate() {
            let signature = recorded.signatures[0].to_string();
            let held = stage.agents.iter().filter(|agent| {
                let journal = agent.key.with_extension("journal");
                fs::read_to_string(journal).unwrap().contains(&signature)
            });
            assert!(held.count() >= 1, "step {step} is in no journal");
            signed += 1;
        }
    }
    assert!(signed > 4 * 7);
    let record = fs::read_dir(stage.root.join("artifacts").join("records")).unwrap();
    let path = record.flatten().next().unwrap().path();
    let record = nets_core::MatchRecord::decode(&fs::read(&path).unwrap()).unwrap();
    let root = record.outcome.trace_root.to_string();
    let record = path.to_str().unwrap();
    output(&stage.root, &["replay", record]);
    let proof = folder.path().join("step.proof");
    output(&stage.root, &["prove", record, "--step", "2", "-o", proof.to_str().unwrap()]);
    output(&stage.root, &["check-proof", proof.to_str().unwrap(), "--root", &root]);
}

#[test]
fn modules_and_keys_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::new(folder.path());
    let module = format!("{}/../../agents/wasm/snake-greedy.wasm", env!("CARGO_MANIFEST_DIR"));
    let told =
        failure(&stage.root, &["agent", "add", &module, "--league", LEAGUE, "--owner", "ada"]);
    assert!(told.contains("its agents are keys") && told.contains("nets agent key"), "{told}");
    output(&stage.root, &["league", "create", "gold", "--fund", "5000"]);
    let key = format!("0x{}", "11".repeat(20));
    let words = ["agent", "add", "--key", &key, "--league", "gold", "--owner", "ada"];
    let told = failure(&stage.root, &words);
    assert!(told.contains("its agents are modules"), "{told}");
    let told = failure(&stage.root, &["round", "run", LEAGUE]);
    assert!(told.contains("have to connect") && told.contains("--listen"), "{told}");
}

#[test]
fn a_model_that_dies_or_babbles_signs_nothing_and_is_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = Stage::new(folder.path());
    let mut host = stage.host();
    let good = stage.model.clone();
    let other = stage.serve(&stage.agents[1]);
    let bad = [
        "exit 3",
        "while read -r q; do echo nonsense; done",
        "while read -r q; do echo 77; done",
        "yes",
        "cat",
    ];
    for (number, script) in bad.iter().enumerate() {
        stage.model = folder.path().join(format!("bad-{number}.sh"));
        fs::write(&stage.model, script).unwrap();
        let before = stage.told().matches("no action").count();
        let mut agent = stage.serve(&stage.agents[0]);
        let begun = Instant::now();
        while stage.told().matches("no action").count() == before {
            assert!(begun.elapsed() < Duration::from_secs(60), "{script}: {}", stage.told());
            sleep(Duration::from_millis(20));
        }
        agent.kill();
    }
    assert!(!stage.agents[0].key.with_extension("journal").metadata().is_ok_and(|it| it.len() > 0));
    stage.model = good;
    let agent = stage.serve(&stage.agents[0]);
    assert!(host.0.wait().unwrap().success(), "{}", stage.told());
    drop((agent, other));
}
