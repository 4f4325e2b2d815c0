//! Where the machine does not play along — no room, no permission, another process — a command says
//! so with a hint and exit code 2, and nothing is lost.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::arena::{NETS, agent, arena, assert_done, assert_refused, nets};
use crate::case::code_cache;
use crate::crash::copy;

/// Whom a superuser's tests run as where permissions are to count.
const NOBODY: u32 = 65_534;

/// The commands that write, on an arena with league bronze and account ada.
fn writing_commands(module: &str) -> [Vec<&str>; 3] {
    [
        vec!["account", "fund", "ada", "7"],
        vec!["agent", "add", module, "--league", "bronze", "--owner", "ada"],
        vec!["round", "run", "bronze"],
    ]
}

fn assert_refused_with_hint(output: &Output, message: &str) {
    assert_refused(output, message);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("\nhint: "), "{error}");
}

fn assert_verified(root: &Path) {
    assert_done(&nets(root, &["verify", root.to_str().unwrap()]));
}

fn accounts(root: &Path) -> Vec<u8> {
    nets(root, &["account", "list", "--json"]).stdout
}

/// An arena that a round can be run in.
fn arena_with_agent(root: &Path) {
    arena(root);
    let module = agent("snake-scout");
    assert_done(&nets(root, &["agent", "add", &module, "--league", "bronze", "--owner", "ada"]));
}

/// Runs a command that can write no file beyond so many kilobytes.
fn with_room(kilobytes: u64, root: &Path, words: &[&str]) -> Output {
    let script = format!("ulimit -f {kilobytes}; exec \"$0\" \"$@\"");
    let mut command = Command::new("bash");
    command.args(["-c", &script, NETS]).args(words).env("NETS_ARENA", root);
    command.env("NETS_CACHE", code_cache()).output().unwrap()
}

#[test]
fn a_disk_that_fills_up_loses_nothing_and_the_command_does_it_later() {
    let folder = tempfile::tempdir().unwrap();
    let [root, calm] = ["full", "calm"].map(|name| folder.path().join(name));
    arena_with_agent(&root);
    copy(&root, &calm);
    let module = agent("snake-greedy");
    for words in writing_commands(&module) {
        let before = accounts(&root);
        let log = fs::metadata(root.join("chain").join("blocks.log")).unwrap().len() / 1024;
        // The log cannot grow in any of them, whatever room the state has.
        for room in [0, 8, log] {
            let output = with_room(room, &root, &words);
            assert_refused_with_hint(&output, "cannot ");
            assert_verified(&root);
            if words[0] != "round" {
                assert_eq!(accounts(&root), before, "{words:?} with {room} kB did something");
            }
        }
        assert_done(&nets(&root, &words));
        assert_done(&nets(&calm, &words));
        assert_eq!(accounts(&root), accounts(&calm), "{words:?}");
    }
    assert_verified(&root);
}

#[test]
fn an_init_on_a_full_disk_can_be_run_again_where_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let words = ["init", root.to_str().unwrap()];
    for room in [0, 1, 16, 40] {
        assert_refused_with_hint(&with_room(room, &root, &words), "cannot ");
    }
    assert_done(&nets(&root, &words));
    assert_verified(&root);
}

#[test]
fn a_season_that_finds_no_room_says_so_and_goes_on_where_there_is_some() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("demo");
    let words = ["demo", root.to_str().unwrap(), "--quiet"];
    let full = with_room(64, &root, &words);
    assert_refused_with_hint(&full, "cannot ");
    assert!(String::from_utf8_lossy(&full.stderr).contains("File too large"), "{full:?}");
    assert_done(&nets(&root, &words));
}

#[test]
fn a_record_that_finds_no_room_leaves_the_file_there_as_it_was_and_nothing_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let (module, old, new) =
        (agent("snake-greedy"), root.join("old.match"), root.join("new.match"));
    let play = |seed, record: &Path| {
        let words =
            ["play", "snake", &module, "--seed", seed, "--record", record.to_str().unwrap()];
        words.map(str::to_owned).to_vec()
    };
    let words = play("1", &old);
    assert_done(&nets(root, &words.iter().map(String::as_str).collect::<Vec<_>>()));
    let before = fs::read(&old).unwrap();
    for record in [&old, &new] {
        let words = play("2", record);
        let full = with_room(1, root, &words.iter().map(String::as_str).collect::<Vec<_>>());
        assert_refused_with_hint(&full, "cannot write the record");
    }
    assert_eq!(fs::read(&old).unwrap(), before);
    assert_eq!(fs::read_dir(root).unwrap().count(), 1);
}

/// Gives a folder with all in it to `owner`, where it is anybody's to give, and takes or gives the
/// right to write.
fn set_access(path: &Path, owner: Option<u32>, is_writable: bool) {
    let metadata = fs::symlink_metadata(path).unwrap();
    if metadata.is_dir() {
        fs::read_dir(path).unwrap().flatten().for_each(|entry| {
            set_access(&entry.path(), owner, is_writable);
        });
    }
    if let Some(owner) = owner {
        chown(path, Some(owner), None).unwrap();
    }
    let mode = match is_writable {
        true => metadata.mode() | 0o200,
        false => metadata.mode() & !0o222,
    };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_folder_that_may_not_be_written_is_named_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena_with_agent(&root);
    let before = accounts(&root);
    // Permissions do not count for a superuser, who therefore runs the commands as nobody.
    let nobody = (fs::metadata(&root).unwrap().uid() == 0).then_some(NOBODY);
    let module = folder.path().join("agent.wasm");
    fs::copy(agent("snake-greedy"), &module).unwrap();
    let program = folder.path().join("nets");
    fs::copy(NETS, &program).unwrap();
    set_access(folder.path(), nobody, false);
    let run = |words: &[&str]| {
        let mut command = Command::new(&program);
        command.args(words).env("NETS_ARENA", &root).env("NETS_CACHE", code_cache());
        if let Some(nobody) = nobody {
            command.uid(nobody);
        }
        loop {
            match command.output() {
                // A process that another test started meanwhile holds the copy open until it runs.
                Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => {
                    sleep(Duration::from_millis(5));
                }
                output => return output.unwrap(),
            }
        }
    };
    let inside = folder.path().join("new");
    assert_refused_with_hint(&run(&["init", inside.to_str().unwrap()]), "cannot create");
    for words in writing_commands(module.to_str().unwrap()) {
        assert_refused_with_hint(&run(&words), root.to_str().unwrap());
    }
    set_access(folder.path(), None, true);
    assert_eq!(accounts(&root), before);
    assert_verified(&root);
}

#[test]
fn a_second_process_waits_its_turn() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena_with_agent(&root);
    let before = accounts(&root);
    let node = nets_node::ArenaNode::open(&root).unwrap();
    let module = agent("snake-greedy");
    for words in writing_commands(&module) {
        assert_refused_with_hint(&nets(&root, &words), "in use by another nets process");
    }
    let init = ["init", root.to_str().unwrap()];
    assert_refused_with_hint(&nets(&root, &init), "already there and not empty");
    drop(node);
    assert_eq!(accounts(&root), before);
    assert_verified(&root);
}

#[test]
fn agents_added_by_a_process_that_is_killed_are_all_in_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena(&root);
    let modules = ["snake-greedy", "snake-scout", "snake-drifter"].map(agent);
    let add = ["agent", "add", &modules[0], &modules[1], &modules[2]];
    let words = [&add[..], &["--league", "bronze", "--owner", "ada"]].concat();
    let start = Instant::now();
    // Some time that a whole run takes, so that kills fall everywhere in it.
    assert_refused(&nets(&root, &[&words[..], &["--stake", "1"]].concat()), "below");
    let whole = start.elapsed() * 2;
    let count = |root: &Path| {
        let list = nets(root, &["agent", "list", "--json"]);
        assert_done(&list);
        String::from_utf8(list.stdout).unwrap().lines().count()
    };
    for part in 0..24 {
        let mut command = Command::new(NETS);
        command
            .args(&words)
            .env("NETS_ARENA", &root)
            .env("NETS_CACHE", code_cache())
            .stdout(Stdio::null());
        let mut process = command.stderr(Stdio::null()).spawn().unwrap();
        sleep(whole * part / 24);
        process.kill().ok();
        process.wait().unwrap();
        let entered = count(&root);
        assert!(entered == 0 || entered == 3, "{entered} after {part}");
        if entered == 3 {
            break;
        }
    }
    if count(&root) == 0 {
        assert_done(&nets(&root, &words));
    }
    let list = nets(&root, &["agent", "list", "--json"]).stdout;
    assert!(String::from_utf8(list).unwrap().contains("\"name\":\"snake-drifter\""));
    assert_verified(&root);
}
