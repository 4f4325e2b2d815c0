//! From the tables of an operator to trees.

use std::collections::BTreeMap;

use super::super::Problem;
use super::super::attributes::{floats_of, ints_like, texts};
use crate::onnx::Node;
use crate::program::{Tree, TreeNode};

/// A place in the tables: where a way forks, or what is said at its end.
enum Entry {
    /// The number that is asked, what it is compared with, and where the way leads if so and if not.
    Fork {
        feature: usize,
        mode: String,
        with: f32,
        yes: usize,
        no: usize,
    },
    Leaf(Vec<f32>),
}

/// The trees of older versions: nodes by tree and number, and what each leaf says of some sums.
pub(super) fn by_ids(node: &Node, kind: &str, outputs: usize) -> Result<Vec<Tree>, Problem> {
    let column = |name: &str| required(node, &format!("nodes_{name}"));
    let (trees, numbers) = (column("treeids")?, column("nodeids")?);
    let (features, yes, no) =
        (column("featureids")?, column("truenodeids")?, column("falsenodeids")?);
    let values = floats_of(node, "nodes_values")?.unwrap_or_default();
    let modes = texts(node, "nodes_modes")?.unwrap_or_default();
    let len = numbers.len();
    if [trees.len(), features.len(), yes.len(), no.len(), values.len(), modes.len()] != [len; 6] {
        return Err("its tables of nodes are not equally long".to_owned());
    }
    let mut said = said(node, kind, outputs)?;
    let places: BTreeMap<(i64, i64), usize> =
        (0..len).map(|place| ((trees[place], numbers[place]), place)).collect();
    let find = |place: usize, number: i64| {
        let found = places.get(&(trees[place], number)).copied();
        found.ok_or_else(|| format!("tree {} has no node {number}", trees[place]))
    };
    let mut entries = Vec::with_capacity(len);
    let mut roots: Vec<usize> = Vec::new();
    for place in 0..len {
        if place == 0 || trees[place] != trees[place - 1] {
            roots.push(place);
        }
        entries.push(if modes[place] == "LEAF" {
            let values = said.remove(&(trees[place], numbers[place]));
            Entry::Leaf(values.unwrap_or_else(|| vec![0.0; outputs]))
        } else {
            Entry::Fork {
                feature: index(features[place])?,
                mode: modes[place].clone(),
                with: values[place],
                yes: find(place, yes[place])?,
                no: find(place, no[place])?,
            }
        });
    }
    roots.into_iter().map(|root| tree(&entries, root)).collect()
}

/// What the leaves of each tree and number say.
fn said(
    node: &Node,
    kind: &str,
    outputs: usize,
) -> Result<BTreeMap<(i64, i64), Vec<f32>>, Problem> {
    let column = |name: &str| required(node, &format!("{kind}_{name}"));
    let (trees, numbers, ids) = (column("treeids")?, column("nodeids")?, column("ids")?);
    let weights = floats_of(node, &format!("{kind}_weights"))?.unwrap_or_default();
    if [trees.len(), numbers.len(), weights.len()] != [ids.len(); 3] {
        return Err("its tables of leaves are not equally long".to_owned());
    }
    let mut said: BTreeMap<(i64, i64), Vec<f32>> = BTreeMap::new();
    for (place, &id) in ids.iter().enumerate() {
        let leaf = said.entry((trees[place], numbers[place]));
        let leaf = leaf.or_insert_with(|| vec![0.0; outputs]);
        let sum = index(id).ok().and_then(|id| leaf.get_mut(id));
        *sum.ok_or_else(|| format!("a leaf speaks of sum {id} of {outputs}"))? += weights[place];
    }
    Ok(said)
}

/// The trees of version 5: forks and leaves in tables of their own, and where each tree begins.
pub(super) fn by_roots(node: &Node, outputs: usize) -> Result<Vec<Tree>, Problem> {
    const MODES: [&str; 7] = [
        "BRANCH_LEQ",
        "BRANCH_LT",
        "BRANCH_GTE",
        "BRANCH_GT",
        "BRANCH_EQ",
        "BRANCH_NEQ",
        "BRANCH_MEMBER",
    ];
    let column = |name: &str| required(node, name);
    let roots = column("tree_roots")?;
    let (features, yes, no) =
        (column("nodes_featureids")?, column("nodes_truenodeids")?, column("nodes_falsenodeids")?);
    let (yes_ends, no_ends) = (column("nodes_trueleafs")?, column("nodes_falseleafs")?);
    let (modes, targets) = (column("nodes_modes")?, column("leaf_targetids")?);
    let splits = floats_of(node, "nodes_splits")?.unwrap_or_default();
    let weights = floats_of(node, "leaf_weights")?.unwrap_or_default();
    let len = features.len();
    let lens = [yes.len(), no.len(), yes_ends.len(), no_ends.len(), modes.len(), splits.len()];
    if lens != [len; 6] || weights.len() != targets.len() {
        return Err("its tables are not equally long".to_owned());
    }
    // Leaves come after all forks.
    let mut entries = Vec::new();
    for place in 0..len {
        let leads = |to: &[i64], ends: &[i64]| -> Result<usize, Problem> {
            Ok(index(to[place])? + if ends[place] != 0 { len } else { 0 })
        };
        let mode = index(modes[place]).ok().and_then(|mode| MODES.get(mode));
        entries.push(Entry::Fork {
            feature: index(features[place])?,
            mode: mode.copied().unwrap_or("unknown").to_owned(),
            with: splits[place],
            yes: leads(&yes, &yes_ends)?,
            no: leads(&no, &no_ends)?,
        });
    }
    for (&target, &weight) in targets.iter().zip(&weights) {
        let mut values = vec![0.0; outputs];
        let sum = index(target).ok().and_then(|target| values.get_mut(target));
        *sum.ok_or_else(|| format!("a leaf speaks of sum {target} of {outputs}"))? = weight;
        entries.push(Entry::Leaf(values));
    }
    roots.iter().map(|&root| tree(&entries, index(root)?)).collect()
}

fn required(node: &Node, name: &str) -> Result<Vec<i64>, Problem> {
    ints_like(node, name)?.ok_or_else(|| format!("its {name} are missing"))
}

fn index(number: i64) -> Result<usize, Problem> {
    usize::try_from(number).map_err(|_| format!("{number} is no place in a table"))
}

/// The tree from an entry on, each of whose nodes is led to once.
fn tree(entries: &[Entry], root: usize) -> Result<Tree, Problem> {
    let mut tree = Tree { nodes: Vec::new(), depth: 0 };
    // Entries with their depth, and where the way to them is written down.
    let mut open = vec![(root, 0, None)];
    while let Some((place, depth, way)) = open.pop() {
        let entry = entries.get(place).ok_or_else(|| format!("there is no node {place}"))?;
        if depth > entries.len() {
            return Err("its nodes lead back to where they came from".to_owned());
        }
        let number = tree.nodes.len();
        if let Some((parent, is_yes)) = way
            && let Some(TreeNode::Fork { yes, no, .. }) = tree.nodes.get_mut(parent)
        {
            *(if is_yes { yes } else { no }) = number;
        }
        tree.depth = tree.depth.max(depth);
        match entry {
            Entry::Leaf(values) => tree.nodes.push(TreeNode::Leaf(values.clone())),
            Entry::Fork { feature, mode, with, yes, no } => {
                let (less_than, is_turned) = threshold(mode, *with)?;
                let fork = TreeNode::Fork { feature: *feature, less_than, yes: 0, no: 0 };
                tree.nodes.push(fork);
                let [first, second] = if is_turned { [no, yes] } else { [yes, no] };
                open.push((*second, depth + 1, Some((number, false))));
                open.push((*first, depth + 1, Some((number, true))));
            }
        }
    }
    Ok(tree)
}

/// A comparison as one with what is less, and whether its ways are exchanged for that.
fn threshold(mode: &str, with: f32) -> Result<(f32, bool), Problem> {
    match mode {
        "BRANCH_LT" => Ok((with, false)),
        "BRANCH_LEQ" => Ok((with.next_up(), false)),
        "BRANCH_GTE" => Ok((with, true)),
        "BRANCH_GT" => Ok((with.next_up(), true)),
        other => Err(format!("nodes of mode {other} are not supported")),
    }
}
