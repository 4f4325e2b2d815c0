//! What a node or a chain has against it, in words.

use std::io::{Read, Write};
use std::net::TcpListener;

use alloy_primitives::B256;
use nets_chain::{Call, ChainAdapter, DeploymentPlan};
use nets_chain_evm::{Endpoint, EvmChain, EvmError, EvmSettings, check_code, deploy};
use nets_testkit::anvil::CHAIN_ID;
use serde_json::json;

use super::stage::{self, account, address};

#[test]
fn another_chain_is_refused_by_its_number_and_by_its_first_block() {
    let Some(node) = stage::start(&[]) else { return };
    let other = EvmSettings { chain_id: 1, ..node.settings(0) };
    let error = EvmChain::read(other, None).unwrap_err();
    assert!(error.to_string().ends_with("is of chain 31337, expected chain 1"), "{error}");
    assert_eq!(EvmChain::ask_chain_id(&node.settings(0)).unwrap(), CHAIN_ID);
    let error = EvmChain::read(node.settings(0), Some(B256::ZERO)).unwrap_err();
    assert!(matches!(error, EvmError::Genesis { .. }), "{error}");
    // An outbox of another chain is not taken for this one's.
    let folder = tempfile::tempdir().unwrap();
    let outbox = folder.path().join("outbox");
    drop(node.open(&outbox, 0));
    let another = stage::start(&["--timestamp", "1700000000"]).unwrap();
    let error = EvmChain::open(another.settings(0), &outbox, None).unwrap_err();
    assert!(error.to_string().contains("it is of another chain"), "{error}");
}

#[test]
fn contracts_with_other_code_than_this_build_s_are_refused() {
    let Some(node) = stage::start(&[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let ada = account("ada");
    node.fund(&ada);
    let mut chain = node.open(&folder.path().join("outbox"), 0);
    let plan = DeploymentPlan { beacon_tip: B256::repeat_byte(1) };
    let deployment = deploy(&plan, &mut chain, &ada).unwrap().deployment;
    check_code(&chain, &deployment).unwrap();
    // Those that were deployed, and the parts that arena and demands contract made for themselves.
    let all: Vec<_> = deployment.named().chain(deployment.parts()).collect();
    assert_eq!(all.len(), 13);
    for (name, address) in all {
        let code = chain.code(address).unwrap();
        let mut other = code.to_vec();
        other[100] ^= 1;
        node.ask("anvil_setCode", json!([address, alloy_primitives::Bytes::from(other)]));
        node.mine(1);
        let error = check_code(&chain, &deployment).unwrap_err().to_string();
        assert!(error.starts_with(&format!("the contract {name} at ")), "{error}");
        node.ask("anvil_setCode", json!([address, code]));
        node.mine(1);
        check_code(&chain, &deployment).unwrap();
    }
    let mut missing = deployment;
    missing.beacon = address(&account("nobody"));
    missing.court = missing.systems["rps"];
    assert!(check_code(&chain, &missing).is_err());
}

#[test]
fn an_account_that_cannot_pay_is_told_how_much_is_missing() {
    let Some(node) = stage::start(&[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let [ada, bo] = ["ada", "bo"].map(account);
    node.set_balance(&ada, 100);
    let mut chain = node.open(&folder.path().join("outbox"), 0);
    let call = |value| Call { to: Some(address(&bo)), value, data: Default::default() };
    for value in [5, 1_000] {
        let error = chain.send(&[(&ada, call(value))]).unwrap_err().to_string();
        assert!(error.contains("holds 100 wei"), "{error}");
    }
    assert_eq!(chain.status().unwrap().actions, 0);
    node.fund(&ada);
    chain.send(&[(&ada, call(5))]).unwrap();
}

/// A server that answers everything with these bytes.
fn server(answer: &'static str) -> EvmSettings {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut buffer = [0; 4_096];
            assert!(stream.read(&mut buffer).unwrap() > 0);
            stream.write_all(answer.as_bytes()).ok();
        }
    });
    EvmSettings::new(Endpoint::parse(&url).unwrap(), CHAIN_ID)
}

#[test]
fn a_node_that_does_not_play_along_is_told_from_one_that_is_not_there() {
    let limited = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\nContent-Length: 0\r\n\
                   Connection: close\r\n\r\n";
    let error = EvmChain::read(server(limited), None).unwrap_err();
    assert!(matches!(error, EvmError::RateLimited { .. }), "{error}");
    assert!(error.hint().contains("wait a little"));
    let page = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>";
    let error = EvmChain::read(server(page), None).unwrap_err();
    assert!(error.to_string().contains("expected an answer of JSON-RPC"), "{error}");
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 40\r\nConnection: close\r\n\r\n\
                {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"many\"}";
    let error = EvmChain::read(server(text), None).unwrap_err();
    assert!(error.to_string().contains("expected a chain's number"), "{error}");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = Endpoint::parse(&format!("http://{closed}")).unwrap();
    let error = EvmChain::read(EvmSettings::new(nobody, CHAIN_ID), None).unwrap_err();
    assert!(matches!(error, EvmError::Unreachable { .. }), "{error}");
    assert!(error.hint().contains("nothing sent is lost"));
}
