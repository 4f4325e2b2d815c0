//! What disputes cost, as the chain has it: by blocks, transactions and receipts, and no word of ours.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::RangeInclusive;

use alloy_primitives::{Address, hex};
use alloy_sol_types::SolCall;
use nets_chain::demands::IDemands;
use nets_chain::trial_calls::ITrials;
use nets_testkit::anvil::Anvil;
use serde_json::{Value, json};

/// What one account sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Sent {
    pub(super) gas: u64,
    pub(super) transactions: u64,
    /// Answers to demands that were taken.
    pub(super) disclosures: u64,
    /// Answers in trials that were taken: what a run ends in, and what cuts a part of it.
    pub(super) cuts: u64,
    /// What a challenger said in trials, and was taken: parts that it does not believe, steps judged.
    pub(super) objections: u64,
}

const DISCLOSURES: [[u8; 4]; 3] = [
    IDemands::answerNodesCall::SELECTOR,
    IDemands::answerLeavesCall::SELECTOR,
    IDemands::answerPreimageCall::SELECTOR,
];
const CUTS: [[u8; 4]; 2] = [ITrials::defendCall::SELECTOR, ITrials::cutPartCall::SELECTOR];
const OBJECTIONS: [[u8; 4]; 2] =
    [ITrials::pickPartCall::SELECTOR, ITrials::judgeStepCall::SELECTOR];

fn number(value: &Value) -> u64 {
    u64::from_str_radix(value.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
}

/// The latest block.
pub(super) fn latest(anvil: &Anvil) -> u64 {
    number(&anvil.ask("eth_blockNumber", &json!([])))
}

/// What everybody sent in these blocks, by addresses.
pub(super) fn sent(anvil: &Anvil, blocks: RangeInclusive<u64>) -> BTreeMap<[u8; 20], Sent> {
    let mut sent: BTreeMap<[u8; 20], Sent> = BTreeMap::new();
    for block in blocks {
        let block = anvil.ask("eth_getBlockByNumber", &json!([format!("{block:#x}"), true]));
        for transaction in block["transactions"].as_array().unwrap() {
            let receipt = anvil.ask("eth_getTransactionReceipt", &json!([transaction["hash"]]));
            let from: Address = receipt["from"].as_str().unwrap().parse().unwrap();
            let by = sent.entry(from.0.0).or_default();
            by.gas += number(&receipt["gasUsed"]);
            by.transactions += 1;
            let input = hex::decode(transaction["input"].as_str().unwrap()).unwrap();
            let Some(selector) = input.first_chunk::<4>() else { continue };
            let taken = u64::from(receipt["status"] == "0x1");
            by.disclosures += taken * u64::from(DISCLOSURES.contains(selector));
            by.cuts += taken * u64::from(CUTS.contains(selector));
            by.objections += taken * u64::from(OBJECTIONS.contains(selector));
        }
    }
    sent
}

/// Rows of numbers, of which the median and the greatest are told.
#[derive(Debug, Default)]
pub(super) struct Columns(Vec<(&'static str, Vec<f64>)>);

impl Columns {
    /// Adds a row; all have the same names.
    pub(super) fn add(&mut self, row: &[(&'static str, f64)]) {
        for &(name, value) in row {
            match self.0.iter_mut().find(|(known, _)| *known == name) {
                Some((_, values)) => values.push(value),
                None => self.0.push((name, vec![value])),
            }
        }
    }

    /// The median and the greatest of each column, as rows of a table.
    pub(super) fn table(mut self, title: &str) -> String {
        let mut text = format!("{title}\n| | median | greatest |\n|---|--:|--:|\n");
        for (name, values) in &mut self.0 {
            values.sort_by(f64::total_cmp);
            let (median, greatest) = (values[values.len() / 2], values[values.len() - 1]);
            writeln!(text, "| {name} | {median:.1} | {greatest:.1} |").unwrap();
        }
        text
    }
}
