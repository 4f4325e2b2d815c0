//! Which versions of ONNX are known, and which attributes of each operator.
//!
//! What is not known is refused, also where nothing would ask for it: an attribute that is ignored
//! would give another network than the one in the file.

use super::attributes::{float, int};
use super::{LowerError, Problem};
use crate::onnx::{Model, Node};

/// What begins the names of operators that are not of the standard set.
const TREES: &str = "ai.onnx.ml";

/// The versions of each set of operators. Before version 7, numbers in pairs were brought together in
/// another way, and layers were told whether they are trained by what they leave out.
const VERSIONS: [(&str, i64, i64); 2] = [("ai.onnx", 7, 28), (TREES, 1, 5)];

/// Operators, and the attributes that are read of each; all others have none. Tables of trees in 64 bits,
/// `…_as_tensor`, are not among them: such trees would fork elsewhere once their numbers have 32.
const ATTRIBUTES: &[(&[&str], &[&str])] = &[
    (&["LeakyRelu", "Elu", "Swish"], &["alpha"]),
    (&["Selu"], &["alpha", "gamma"]),
    (&["HardSigmoid"], &["alpha", "beta"]),
    (&["Gelu"], &["approximate"]),
    (&["Clip"], &["min", "max"]),
    (&["Mod"], &["fmod"]),
    (&["Trilu"], &["upper"]),
    (&["BatchNormalization"], &["epsilon", "momentum", "spatial", "training_mode"]),
    (&["LayerNormalization"], &["axis", "epsilon", "stash_type"]),
    (&["InstanceNormalization"], &["epsilon"]),
    (&["GroupNormalization"], &["epsilon", "num_groups", "stash_type"]),
    (&["Softmax", "LogSoftmax", "Flatten", "Concat", "Gather"], &["axis"]),
    (
        &["MaxPool"],
        &["auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides"],
    ),
    (
        &["AveragePool"],
        &[
            "auto_pad",
            "ceil_mode",
            "count_include_pad",
            "dilations",
            "kernel_shape",
            "pads",
            "strides",
        ],
    ),
    (&["Conv"], &["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"]),
    (
        &["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin"],
        &["axes", "keepdims", "noop_with_empty_axes"],
    ),
    (&["ArgMax"], &["axis", "keepdims", "select_last_index"]),
    (&["Gemm"], &["alpha", "beta", "transA", "transB"]),
    (
        &["Attention"],
        &[
            "is_causal",
            "kv_num_heads",
            "left_window_size",
            "q_num_heads",
            "qk_matmul_output_mode",
            "right_window_size",
            "scale",
            "softcap",
            "softmax_precision",
        ],
    ),
    (&["RNN", "GRU", "LSTM"], &["activations", "direction", "hidden_size", "layout"]),
    (&["GRU"], &["linear_before_reset"]),
    (&["LSTM"], &["input_forget"]),
    (&["Reshape"], &["allowzero", "shape"]),
    (&["Squeeze", "Unsqueeze"], &["axes"]),
    (&["Transpose"], &["perm"]),
    (&["Slice"], &["axes", "ends", "starts"]),
    (&["Split"], &["axis", "num_outputs", "split"]),
    (&["Pad"], &["mode", "pads", "value"]),
    (&["Dropout"], &["ratio", "seed"]),
    (&["Constant"], &["value", "value_float", "value_floats", "value_int", "value_ints"]),
    (&["ConstantOfShape"], &["value"]),
    (&["Shape"], &["end", "start"]),
    (&["Cast"], &["round_mode", "saturate", "to"]),
    (
        &["ai.onnx.ml.TreeEnsembleRegressor"],
        &[
            "aggregate_function",
            "n_targets",
            "target_ids",
            "target_nodeids",
            "target_treeids",
            "target_weights",
        ],
    ),
    (
        &["ai.onnx.ml.TreeEnsembleClassifier"],
        &["class_ids", "class_nodeids", "class_treeids", "class_weights", "classlabels_int64s"],
    ),
    (
        &["ai.onnx.ml.TreeEnsembleRegressor", "ai.onnx.ml.TreeEnsembleClassifier"],
        &[
            "base_values",
            "nodes_falsenodeids",
            "nodes_featureids",
            "nodes_hitrates",
            "nodes_missing_value_tracks_true",
            "nodes_modes",
            "nodes_nodeids",
            "nodes_treeids",
            "nodes_truenodeids",
            "nodes_values",
            "post_transform",
        ],
    ),
    (
        &["ai.onnx.ml.TreeEnsemble"],
        &[
            "aggregate_function",
            "leaf_targetids",
            "leaf_weights",
            "n_targets",
            "nodes_falseleafs",
            "nodes_falsenodeids",
            "nodes_featureids",
            "nodes_hitrates",
            "nodes_missing_value_tracks_true",
            "nodes_modes",
            "nodes_splits",
            "nodes_trueleafs",
            "nodes_truenodeids",
            "post_transform",
            "tree_roots",
        ],
    ),
];

/// Refuses operators of sets, or of versions of them, that are not known.
pub(super) fn version(model: &Model, node: &Node) -> Result<(), LowerError> {
    let domain = node.operator.rsplit_once('.').map_or("ai.onnx", |(domain, _)| domain);
    let Some((_, least, most)) = VERSIONS.iter().find(|(name, ..)| *name == domain) else {
        let (node, domain) = (node.name.clone(), domain.to_owned());
        let known = VERSIONS.map(|(name, ..)| name).join(" and ");
        return Err(LowerError::Domain { node, domain, known });
    };
    let version = model.operator_sets.get(domain).copied().unwrap_or(1);
    if (*least..=*most).contains(&version) {
        return Ok(());
    }
    Err(LowerError::Version { domain: domain.to_owned(), version, least: *least, most: *most })
}

/// Refuses attributes that are not known, or say what is not supported.
pub(super) fn attributes(node: &Node) -> Result<(), Problem> {
    let operator = node.operator.as_str();
    let lists = ATTRIBUTES.iter().filter(|(operators, _)| operators.contains(&operator));
    let known: Vec<&str> = lists.flat_map(|(_, names)| names.iter().copied()).collect();
    if let Some(name) = node.attributes.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(format!("attribute {name:?} is not supported"));
    }
    fixed(node)
}

/// Refuses what is written at a node and is only known in one way.
fn fixed(node: &Node) -> Result<(), Problem> {
    // Numbers of 32 bits, and of 64, which are at least as exact.
    const FLOAT: i64 = 1;
    const DOUBLE: i64 = 11;
    let (name, known): (_, &[i64]) = match node.operator.as_str() {
        "LayerNormalization" | "GroupNormalization" => ("stash_type", &[FLOAT, DOUBLE]),
        "Attention" => ("softmax_precision", &[FLOAT, DOUBLE]),
        // Whether a channel has one mean or each of its places.
        "BatchNormalization" => ("spatial", &[1]),
        "Swish" if float(node, "alpha", 1.0)? != 1.0 => {
            return Err("its alpha is not 1, which alone is supported".to_owned());
        }
        _ => return Ok(()),
    };
    match int(node, name, known[0])? {
        given if known.contains(&given) => Ok(()),
        given => Err(format!("its {name} is {given}, expected one of {known:?}")),
    }
}
