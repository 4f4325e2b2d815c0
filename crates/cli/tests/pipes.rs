//! What happens when the reader of stdout goes away, or there is no room.

use std::io::Read;
use std::process::Stdio;

use crate::case::nets;

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let actions = ["0"; 5000].join(",");
    let mut child = nets(folder.path())
        .args(["simulate", "rps", "--json", "--param", "throws=10000", "--actions"])
        .arg(actions.replace('0', "0+1"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    assert_eq!(&first, br#"{"step":0,"#);
    let done = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(done.stderr).unwrap(), "");
    assert_eq!(done.status.code(), Some(0));
}
