//! Files that are no networks, or mean harm: refused in words, without a panic and without a look at
//! other files.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use nets_pack::lower::lower;
use nets_pack::onnx::{read_bytes, read_file};
use tempfile::TempDir;

use crate::exported::networks;

const EXTERNAL: &str = "External.onnx";
const DATA: &str = "External.onnx.data";

fn exported(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exported").join(name)
}

fn refused(path: &Path) -> String {
    read_file(path).unwrap_err().to_string()
}

/// A model whose weights are in a file beside it, which it is told is `location`.
fn with_data_at(location: &str) -> (TempDir, PathBuf) {
    assert_eq!(location.len(), DATA.len(), "bytes are exchanged one for one");
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("model");
    fs::create_dir(&inside).unwrap();
    let mut bytes = fs::read(exported(EXTERNAL)).unwrap();
    let places: Vec<usize> = (0..bytes.len() - DATA.len())
        .filter(|&place| bytes[place..].starts_with(DATA.as_bytes()))
        .collect();
    assert!(!places.is_empty());
    for place in places {
        bytes[place..][..DATA.len()].copy_from_slice(location.as_bytes());
    }
    let path = inside.join("model.onnx");
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

#[test]
fn a_file_that_is_cut_short_is_refused_wherever_it_is_cut() {
    let bytes = fs::read(exported("Zoo-older.onnx")).unwrap();
    for len in (0..bytes.len()).step_by(7) {
        assert!(read_bytes(&bytes[..len]).is_err(), "{len} of {} bytes", bytes.len());
    }
    let message = read_bytes(&bytes[..bytes.len() / 2]).unwrap_err().to_string();
    assert!(message.contains("is the file complete?"), "{message}");
}

#[test]
fn files_that_are_no_models_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("empty.onnx"), b"").unwrap();
    assert!(refused(&at("empty.onnx")).contains("without a graph"));
    fs::write(at("text.onnx"), b"import torch\n").unwrap();
    assert!(refused(&at("text.onnx")).contains("no ONNX model"));
    assert!(refused(&at("missing.onnx")).contains("missing.onnx"));
    assert!(refused(folder.path()).contains(&folder.path().display().to_string()));
}

#[test]
fn a_file_of_two_gibibytes_is_refused_unread() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.onnx");
    File::create(&path).unwrap().set_len(2 << 30).unwrap();
    let message = refused(&path);
    assert!(message.contains("2147483648 bytes, expected at most 134217728"), "{message}");
}

#[test]
fn weights_outside_the_folder_are_not_read() {
    for location in ["../outside/xx.data", "/etc/ssl/certs/abc", "x/../../other.data"] {
        let (folder, path) = with_data_at(location);
        // What is named is there, and holds what would do.
        for elsewhere in ["outside/xx.data", "other.data"] {
            let elsewhere = folder.path().join(elsewhere);
            fs::create_dir_all(elsewhere.parent().unwrap()).unwrap();
            fs::copy(exported(DATA), elsewhere).unwrap();
        }
        fs::create_dir(path.parent().unwrap().join("x")).unwrap();
        let message = refused(&path);
        assert!(message.contains("outside the model's folder"), "{message}");
        let hint = read_file(&path).unwrap_err().hint();
        assert!(hint.starts_with("put the files with the weights into"), "{hint}");
    }
}

#[cfg(unix)]
#[test]
fn links_to_weights_are_not_followed() {
    let (_folder, path) = with_data_at(DATA);
    std::os::unix::fs::symlink(exported(DATA), path.with_file_name(DATA)).unwrap();
    let message = refused(&path);
    assert!(message.contains("which is a link"), "{message}");
    let hint = read_file(&path).unwrap_err().hint();
    assert!(hint.starts_with("put the files with the weights into"), "{hint}");
    let message = read_bytes(&fs::read(&path).unwrap()).unwrap_err().to_string();
    assert!(message.contains("and the model is no file with a folder"), "{message}");
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_not_waited_for() {
    let (_folder, path) = with_data_at(DATA);
    let pipe = path.with_file_name(DATA);
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    assert!(refused(&path).contains("it is no regular file"));
    assert!(refused(&pipe).contains("it is no regular file"));
}

#[test]
fn weights_beside_the_model_are_read_and_checked() {
    let (_folder, path) = with_data_at(DATA);
    let data = path.with_file_name(DATA);
    assert!(refused(&path).contains(DATA));
    fs::copy(exported(DATA), &data).unwrap();
    read_file(&path).unwrap();
    let whole = fs::read(&data).unwrap();
    fs::write(&data, &whole[..whole.len() / 2]).unwrap();
    let message = refused(&path);
    assert!(message.contains(&format!("which has {}", whole.len() / 2)), "{message}");
    let mut broken = whole.clone();
    broken[..4].copy_from_slice(&f32::NAN.to_le_bytes());
    fs::write(&data, &broken).unwrap();
    let message = refused(&path);
    assert!(message.contains("number 0 is NaN"), "{message}");
    broken[..4].copy_from_slice(&f32::INFINITY.to_le_bytes());
    fs::write(&data, &broken).unwrap();
    let message = lower(&read_file(&path).unwrap()).unwrap_err().to_string();
    assert!(message.contains("a weight is inf; was the network trained to its end?"), "{message}");
}

/// Bytes changed here and there: whatever comes of it is a network or a refusal.
#[test]
fn no_change_of_a_file_makes_a_panic() {
    let mut state = 1u64;
    let mut drawn = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let (mut read, mut lowered, mut turns) = (0, 0, 0);
    for (path, _) in networks() {
        let bytes = fs::read(&path).unwrap();
        for _ in 0..60 {
            let mut changed = bytes.clone();
            for _ in 0..=drawn(3) {
                let place = drawn(changed.len());
                changed[place] = [0, 1, 127, 128, 255, drawn(256) as u8][drawn(6)];
            }
            turns += 1;
            if let Ok(model) = read_bytes(&changed) {
                read += 1;
                lowered += usize::from(lower(&model).is_ok());
            }
        }
    }
    // Both ends of it come up, so that something is tried.
    assert!(0 < lowered && lowered < read && read < turns, "{lowered} {read} {turns}");
}
