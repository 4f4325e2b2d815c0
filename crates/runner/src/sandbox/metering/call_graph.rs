//! Whether a module needs its stack counted: the worst stack of an acyclic call graph is known.
//!
//! Nodes are the functions and the types called indirectly; a type leads to every function of
//! that type that an element segment names, so the graph stays as small as the module. Knows only
//! calls and frame sizes.
//! Invariant: when [`CallGraph::worst_stack`] returns a number, no run uses more than that.

use std::collections::BTreeSet;

use wasmparser::Operator;

use crate::sandbox::module::AdmittedModule;

/// The calls that the functions of a module can make.
pub(super) struct CallGraph {
    /// For each function, then for each type, the nodes that it leads to.
    leads_to: Vec<Vec<usize>>,
    /// For each type, the first type that is equal to it.
    same_type: Vec<usize>,
    functions: usize,
}

impl CallGraph {
    /// Makes the graph of a module from the table alone; functions are added one by one.
    pub(super) fn new(module: &AdmittedModule) -> Self {
        let types = module.types();
        let first_equal = |ty| types.iter().position(|other| other == ty).unwrap_or_default();
        let same_type: Vec<usize> = types.iter().map(first_equal).collect();
        let functions = module.functions().len();
        let mut leads_to = vec![Vec::new(); functions + types.len()];
        let segments = module.elements().iter();
        let named: BTreeSet<u32> =
            segments.flat_map(|segment| segment.functions.iter().copied()).collect();
        for function in named {
            let type_index = module.functions()[function as usize].type_index;
            leads_to[functions + same_type[type_index as usize]].push(function as usize);
        }
        Self { leads_to, same_type, functions }
    }

    /// Adds the calls that the function with index `function` makes.
    pub(super) fn add(&mut self, function: usize, operators: &[Operator<'_>]) {
        let mut callees = BTreeSet::new();
        for operator in operators {
            match operator {
                Operator::Call { function_index } => {
                    callees.insert(*function_index as usize);
                }
                Operator::CallIndirect { type_index, .. } => {
                    callees.insert(self.functions + self.same_type[*type_index as usize]);
                }
                _ => {}
            }
        }
        self.leads_to[function] = callees.into_iter().collect();
    }

    /// Returns the most bytes of stack that a call of `decide` can use, or `None` if a function
    /// that it reaches can call itself.
    pub(super) fn worst_stack(&self, module: &AdmittedModule) -> Option<u64> {
        let decide = module.decide() as usize;
        let mut visits = vec![Visit::New; self.leads_to.len()];
        // An explicit path, since a chain of calls can be as long as the module.
        let mut path = vec![(decide, false)];
        while let Some((node, callees_done)) = path.pop() {
            let callees = &self.leads_to[node];
            if callees_done {
                let deepest = callees.iter().filter_map(|&callee| visits[callee].bytes()).max();
                let frame =
                    module.functions().get(node).map_or(0, |function| function.frame_bytes());
                visits[node] = Visit::Done(deepest.unwrap_or(0) + u64::from(frame));
                continue;
            }
            match visits[node] {
                Visit::New => {
                    visits[node] = Visit::Active;
                    path.push((node, true));
                    path.extend(callees.iter().map(|&callee| (callee, false)));
                }
                Visit::Active => return None,
                Visit::Done(_) => {}
            }
        }
        visits[decide].bytes()
    }
}

#[derive(Clone, Copy)]
enum Visit {
    New,
    /// On the path from `decide` to the node being visited.
    Active,
    /// The worst stack from here, in bytes.
    Done(u64),
}

impl Visit {
    fn bytes(self) -> Option<u64> {
        match self {
            Self::Done(bytes) => Some(bytes),
            Self::New | Self::Active => None,
        }
    }
}
